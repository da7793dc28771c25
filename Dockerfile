# The browser demo in a container, as an ordinary user on a read-only root; deploy/README.md tells more.
#
#     docker build -t darkroom .
#     docker run --read-only --tmpfs /tmp -p 7860:7860 darkroom
#
# By default PyTorch brings the libraries of NVIDIA's cards along, several gigabytes. With the address of its build for
# processors (README.md, "The small install", says where that is found) the image stays small:
#
#     docker build -t darkroom --build-arg PIP_EXTRA_INDEX_URL=ADDRESS .

FROM python:3.12-slim AS built
ARG PIP_EXTRA_INDEX_URL=
WORKDIR /darkroom
COPY requirements.txt .
# All but the notebooks, which belong on a desk.
RUN grep -vE '^(jupyterlab|ipywidgets|anywidget)~' requirements.txt > app.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r app.txt
COPY app.py LICENSE ./
COPY explainers explainers
COPY assets assets
# Nothing can be compiled later: the root is read-only.
RUN /venv/bin/python -m compileall -q app.py explainers

FROM python:3.12-slim
RUN useradd --uid 1000 --no-create-home darkroom
COPY --from=built /venv /venv
COPY --from=built /darkroom /darkroom
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /darkroom
USER 1000
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 7860)}/healthz', timeout=4)"]
CMD ["python", "app.py", "--host", "0.0.0.0"]
