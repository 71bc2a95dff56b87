"""Run the whole suite on SQLite and on PostgreSQL, and print one summary.

``python -m tests.both [pytest arguments]``. Both halves run at once where there are two
processors: each has its own database, folder and port. What a missing browser or server makes
the run skip is named; with ``REQUIRE_ALL=1`` it is a failure.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

DATABASES = ("sqlite", "postgres")
NO_TESTS_COLLECTED = 5
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def has_postgresql() -> bool:
    """Say whether a server can be started here."""
    return bool(shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


class Half:
    """The suite on one database."""

    def __init__(self, database: str, folder: Path, arguments: list[str]) -> None:
        self.database = database
        self.report = folder / f"{database}.json"
        self.output = folder / f"{database}.txt"
        command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider"]
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"IFI_TEST_DB": database, "IFI_TEST_REPORT": str(self.report)}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *arguments], stdout=output, stderr=subprocess.STDOUT, env=environment
            )

    def finish(self) -> dict[str, object]:
        """Wait for the end, print what pytest said, and return the report."""
        self.process.wait()
        print(f"\n===== {self.database} =====", flush=True)
        print(self.output.read_text(encoding="utf-8", errors="replace"), flush=True)
        if self.report.exists():
            return json.loads(self.report.read_text(encoding="utf-8"))
        return {"outcomes": {}, "skipped": {}, "catalogue": []}


def main(arguments: list[str]) -> int:
    """Run the halves; return the exit status of the whole."""
    wanted = [name for name in DATABASES if name == "sqlite" or has_postgresql()]
    at_once = (os.cpu_count() or 1) > 1 and os.environ.get("TEST_ONE_BY_ONE") != "1"
    reports = {}
    statuses = {}
    with tempfile.TemporaryDirectory(prefix="ifi-tests-") as name:
        waves = [wanted] if at_once else [[database] for database in wanted]
        for wave in waves:
            halves = [Half(database, Path(name), arguments) for database in wave]
            for half in halves:
                reports[half.database] = half.finish()
                statuses[half.database] = half.process.returncode
    return summary(reports, statuses)


def summary(reports: dict[str, dict], statuses: dict[str, int]) -> int:
    """Print what was skipped and why, the rows of the catalogue, and the counts."""
    counts: Counter[str] = Counter()
    skips: Counter[str] = Counter()
    for database, report in reports.items():
        counts.update(report["outcomes"].values())
        skips.update(f"{database}: {reason}" for reason in report["skipped"].values())
    broken = [name for name, status in statuses.items() if status not in {0, 1}]
    if "postgres" not in statuses:
        skips["postgres: the whole half (PostgreSQL is not installed: no initdb)"] += 1

    print("===== summary =====")
    for reason, number in sorted(skips.items()):
        print(f"skipped {number:4d}  {reason}")
    proved = set.intersection(*(set(report["catalogue"]) for report in reports.values()))
    print(f"catalogue: {len(proved)} rows have passing tests on {' and '.join(reports)}")
    for name in broken:
        print(f"the run on {name} broke off with status {statuses[name]}")
    absent = "postgres" not in statuses
    print(f"{counts['passed']} passed, {counts['failed'] + len(broken)} failed, "
          f"{counts['skipped'] + absent} skipped")  # fmt: skip
    failed = any(statuses.values()) or (REQUIRE_ALL and absent)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
