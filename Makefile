# Short names for what one does here all day. Everything works without make, too: these are the very commands.
PYTHON ?= python3
.PHONY: help app notebooks test quick lint benchmarks pictures ci

help:        ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

app:         ## the browser demo
	$(PYTHON) darkroom.py app

notebooks:   ## the companion notebooks, in JupyterLab
	$(PYTHON) darkroom.py notebooks

test:        ## all tests
	$(PYTHON) darkroom.py test

quick:       ## the quick tests alone
	$(PYTHON) darkroom.py test --quick

lint:        ## style, types, and the walls between the rooms
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

benchmarks:  ## every claim about speed and memory, beside what people would use instead
	$(PYTHON) darkroom.py python -m benchmarks

pictures:    ## README's pictures and tables, from actual runs
	$(PYTHON) darkroom.py python -m docs

ci:          ## everything that must hold before a change is taken
	.ci/run
