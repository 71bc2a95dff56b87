"""Write down what became of each test, so that the runs on both databases make one summary.

With ``IFI_TEST_REPORT=PATH`` the outcomes, the reasons of skips and the rows of the catalogue
that a passing test proves go to PATH as JSON. At the end of any run the rows are counted.
"""

import json
import os
from pathlib import Path

import pytest


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

    def proved(self) -> list[str]:
        """Return the rows of the catalogue whose tests all passed."""
        states: dict[str, set[str]] = {}
        for test, rows in self.rows_of.items():
            for row in rows:
                states.setdefault(row, set()).add(self.outcomes.get(test, "not run"))
        return sorted(row for row, outcomes in states.items() if outcomes == {"passed"})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Count the rows of the catalogue below the results."""
        terminalreporter.write_line(f"catalogue: {len(self.proved())} rows have passing tests")

    def pytest_sessionfinish(self) -> None:
        """Write the report, if one was asked for."""
        path = os.environ.get("IFI_TEST_REPORT")
        if path and not os.environ.get("PYTEST_XDIST_WORKER"):
            report = {
                "outcomes": self.outcomes, "skipped": self.skipped, "catalogue": self.proved()
            }  # fmt: skip
            Path(path).write_text(json.dumps(report), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the results of this run."""
    config.pluginmanager.register(Results(), "ifi-results")
