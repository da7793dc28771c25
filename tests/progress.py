"""How far the tests are: minutes left while they run, failures as they happen, at the end what did not run and why.

    412 of 1,975 tests, 1 failed, about 7 minutes left

The estimate comes from what each test took when somebody last wrote it down: `python darkroom.py test --write-seconds`.
So does the choice of the quick ones: of each file the quickest, as many as fit into its share of a minute and a half.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

SECONDS = Path(__file__).parent / "seconds.json"
EVERY = 20.0  # seconds between two lines
TRUSTED = 60.0  # seconds of work after which this machine's own speed counts more than the one that was written down
UNKNOWN = 0.3  # seconds of a test that is new
SHARE = 1.0  # seconds of each file among the quick tests


def expected(path: Path = SECONDS) -> dict[str, float]:
    """{test: seconds, on the machine that wrote them down}; a test with parameters has the mean over them."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def file_of(nodeid: str) -> str:
    return nodeid.split("::")[0]


def test_of(nodeid: str) -> str:
    """Without its parameters."""
    return nodeid.split("[")[0]


def quick(nodes: Iterable[str], known: Mapping[str, float]) -> set[str]:
    """Of each file the quickest tests, until its share is used up."""
    spent: Counter[str] = Counter()  # seconds, by file
    chosen = set()
    for node in sorted(nodes, key=lambda node: known.get(test_of(node), UNKNOWN)):  # in order where equally quick
        spent[file_of(node)] += known.get(test_of(node), UNKNOWN)
        if spent[file_of(node)] <= SHARE:
            chosen.add(node)
    return chosen


def left(done: float, ahead: float, elapsed: float, processes: int) -> float:
    """Seconds left, when tests expected to take `done` seconds took `elapsed`, and the others are to take `ahead`."""
    slower = (elapsed * processes + TRUSTED) / (done + TRUSTED)
    return ahead * slower / processes


def spoken(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' * (minutes > 1)} left"


class Progress:
    """Registered in the process that reports, not in those that run tests."""

    def __init__(self, config: pytest.Config):
        self.config = config
        self.known = expected()
        self.begun = self.said = time.monotonic()
        self.nodes: list[str] = []
        self.finished: Counter[str] = Counter()  # by test, its parameters together
        self.took: defaultdict[str, float] = defaultdict(float)  # by test
        self.failed = 0
        self.skipped: defaultdict[str, list[str]] = defaultdict(list)  # reason: tests

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.planned([item.nodeid for item in session.items])

    def pytest_xdist_node_collection_finished(self, node, ids: list[str]) -> None:
        self.planned(ids)

    def planned(self, nodes: list[str]) -> None:
        if nodes and not self.nodes:
            self.nodes, self.begun = nodes, time.monotonic()

    def pytest_report_teststatus(self, report: pytest.TestReport, config: pytest.Config):
        if hasattr(report, "wasxfail") or config.option.verbose > 0:
            return None
        if isinstance(report, pytest.TestReport):  # no dots: lines of our own say more
            counts = report.when == "call" or not report.passed
            return report.outcome if counts else "", "", "FAILED" if report.failed else ""

    @property
    def processes(self) -> int:
        return self.config.option.numprocesses or 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[test_of(report.nodeid)] += report.duration
        if report.failed:
            self.failed += 1
            self.write(f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext}\n", red=True)
            for title, text in report.sections:
                if title.startswith("a visitor"):
                    self.write(f"--- {title}\n{text}\n")
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.skipped[reason.removeprefix("Skipped: ")].append(report.nodeid)
        if report.when == "teardown":
            self.finished[test_of(report.nodeid)] += 1
            if time.monotonic() - self.said > EVERY:
                self.say()

    def say(self) -> None:
        self.said = time.monotonic()
        done = sum(count * self.known.get(test, UNKNOWN) for test, count in self.finished.items())
        whole = sum(self.known.get(test_of(node), UNKNOWN) for node in self.nodes)
        seconds = left(done, whole - done, self.said - self.begun, self.processes)
        failed = f", {self.failed} failed" if self.failed else ""
        self.write(f"{self.finished.total():,} of {len(self.nodes):,} tests{failed}, {spoken(seconds)}")

    def write(self, text: str, **markup: bool) -> None:
        self.config.get_terminal_writer().line(text, **markup)
        self.config.get_terminal_writer().flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.config.option.tbstyle = "no"  # failures were shown when they happened
        if self.config.option.write_seconds:
            means = {test: round(self.took[test] / count, 2) for test, count in self.finished.items()}
            SECONDS.write_text(json.dumps(self.known | means, indent=0, sort_keys=True) + "\n", "utf-8")

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if self.skipped:
            terminalreporter.section("not run, and why")
            for reason, nodes in self.skipped.items():
                terminalreporter.line(f"{len(nodes)} in {', '.join(sorted(set(map(file_of, nodes))))}: {reason}")
        if self.config.option.quick:
            terminalreporter.section("only the quick tests")
            terminalreporter.line(
                "Of each file those that are soon done; none that drives a browser or runs a notebook: "
                "python darkroom.py test runs all."
            )
