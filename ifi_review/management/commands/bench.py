"""Measure how fast imports, duplicates, lists and tables are, on databases of its own."""

import json
import os
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ifi_review.benchmarks import server
from ifi_review.benchmarks.course import QUICK, Course, Sizes, failing_alone, to_stderr
from ifi_review.benchmarks.goals import goals
from ifi_review.benchmarks.measure import machine
from ifi_review.benchmarks.scratch import Databases, databases

TERMINATED = 143
KINDS = ("sqlite", "postgres")
MEASURED = ("parse", "imports", "hard_cases", "pages", "results", "waits")


class Command(BaseCommand):
    """Prints one JSON object; the configured database is never touched."""

    help = "Measure reading, importing, duplicates, pages, tables and waits, as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is measured, and where."""
        parser.add_argument("--quick", action="store_true", help="small numbers, to try it out")
        parser.add_argument(
            "--database", choices=KINDS, nargs="+", help="one of them only (default: both)"
        )
        parser.add_argument("--only", choices=MEASURED, nargs="+", default=MEASURED)
        parser.add_argument(
            "--folder", metavar="PATH", help="where files and databases are made (default: /tmp)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure what was asked for and print it."""
        sizes = QUICK if options["quick"] else Sizes()
        with (
            _ending_in_order(),
            tempfile.TemporaryDirectory(prefix="ifi-bench-", dir=options["folder"]) as name,
        ):
            course = Course(sizes, Path(name), to_stderr)
            figures = {
                "product": settings.PRODUCT_VERSION,
                "quick": options["quick"],
                "machine": {**machine(), "processors": os.cpu_count()},
                "load_before": os.getloadavg()[0],
                "databases": {},
            }
            for kind in self._kinds(options["database"]):
                to_stderr(f"measuring on {kind}")
                with databases(kind, Path(name)) as made:
                    figures["databases"][kind] = _on(made, course, options["only"])
                    if "parse" in options["only"] and "parse" not in figures:
                        figures["parse"] = failing_alone(to_stderr, course.parse, made.bare())
        figures["goals"] = goals(figures)
        self.stdout.write(json.dumps(figures, ensure_ascii=True, indent=1))

    def _kinds(self, asked: list[str] | None) -> list[str]:
        """Return the databases to measure; without a server PostgreSQL is left out, with a word."""
        kinds = list(dict.fromkeys(asked or KINDS))
        if "postgres" in kinds and not server.is_installed():
            to_stderr("PostgreSQL is not installed (no initdb), so nothing is measured on it")
            kinds.remove("postgres")
        return kinds


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let the server and the files go with a command that is told to end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _on(made: Databases, course: Course, only: list[str]) -> dict[str, Any]:
    parts: dict[str, Callable[[Databases], dict[str, Any]]] = {
        "imports": course.imports,
        "hard_cases": course.hard_cases,
        "pages": course.pages,
        "results": course.results,
        "waits": course.waits,
    }
    result: dict[str, Any] = {"durability": made.durability}
    for name, measure in parts.items():
        if name in only:
            result[name] = failing_alone(to_stderr, measure, made)
    return result
