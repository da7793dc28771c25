"""What tests of several rooms share, and how they are run: side by side, with what is left to wait."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests import progress

MEMORY = 3 * 2**30  # bytes that a process of tests may need: a model, a browser, an app
# Tests run side by side, and torch crawls where it has more threads than free cores. Set before it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("darkroom")
    group.addoption("--quick", action="store_true", help="of each file what is soon done; no browser, no notebook")
    group.addoption("--write-seconds", action="store_true", help="write down what each test took: tests/seconds.json")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.quick:
        config.option.markexpr = "not slow and not browser"
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(progress.Progress(config))


@pytest.hookimpl(trylast=True)  # after -k and -m have chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.quick:
        chosen = progress.quick([item.nodeid for item in items], progress.expected())
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in chosen])
        items[:] = [item for item in items if item.nodeid in chosen]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many processes as cores and memory allow; one alone for the tests of one file."""
    if len(config.args) == 1 and Path(config.args[0].split("::")[0]).is_file():
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else cores * MEMORY
    return max(1, min(cores, int(memory // MEMORY), 8))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers of a session: it keeps an event loop running, beside which a second one cannot start."""
    with sync_playwright() as one:
        yield one
