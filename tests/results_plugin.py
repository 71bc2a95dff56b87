"""Write down what became of each test, so that the runs on both databases make one summary.

With ``IFI_TEST_REPORT=PATH`` the outcomes, the reasons of skips and the rows of the catalogue
that each test is about go to PATH as JSON. At the end of any run the proved rows are counted.
"""

import json
import os
from collections.abc import Collection
from pathlib import Path

import pytest

from tests import once_plugin

# What became, in this run, of a test that another run has to run.
LEFT = "left"


def proved(reports: Collection[dict]) -> list[str]:
    """Return the rows of the catalogue whose tests all passed wherever they had to run."""
    rows: set[str] = set()
    doubtful: set[str] = set()
    for test, of in (pair for report in reports for pair in report["catalogue"].items()):
        outcomes = {report["outcomes"].get(test, "not run") for report in reports}
        rows.update(of)
        if outcomes - {LEFT} != {"passed"}:
            doubtful.update(of)
    return sorted(rows - doubtful)


class Results:
    """What became of the tests of one run."""

    def __init__(self) -> None:
        self.rows_of: dict[str, list[str]] = {}
        self.outcomes: dict[str, str] = {}
        self.skipped: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the rows of the catalogue that each test is about."""
        for item in items:
            marks = item.iter_markers("catalogue")
            self.rows_of[item.nodeid] = [str(row) for mark in marks for row in mark.args]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests that another run has to run."""
        self.outcomes |= dict.fromkeys(session.config.stash.get(once_plugin.LEFT_OUT, ()), LEFT)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome: a failure in set-up or tear-down is a failure of the test."""
        if report.skipped:
            self.outcomes[report.nodeid] = "skipped"
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            self.skipped[report.nodeid] = str(reason).removeprefix("Skipped: ")
        elif report.failed:
            self.outcomes[report.nodeid] = "failed"
        elif report.when == "call":
            self.outcomes.setdefault(report.nodeid, "passed")

    def report(self) -> dict[str, dict]:
        """Return what is written down."""
        catalogue = {test: rows for test, rows in self.rows_of.items() if rows}
        return {"outcomes": self.outcomes, "skipped": self.skipped, "catalogue": catalogue}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Count the rows of the catalogue below the results."""
        rows = proved([self.report()])
        terminalreporter.write_line(f"catalogue: {len(rows)} rows have passing tests")

    def pytest_sessionfinish(self) -> None:
        """Write the report, if one was asked for."""
        path = os.environ.get("IFI_TEST_REPORT")
        if path and not os.environ.get("PYTEST_XDIST_WORKER"):
            Path(path).write_text(json.dumps(self.report()), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the results of this run."""
    config.pluginmanager.register(Results(), "ifi-results")
