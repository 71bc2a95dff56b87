"""Run the whole suite on SQLite and on PostgreSQL, and print one summary.

``python -m tests.both [pytest arguments]``. Both halves run at once where there are two
processors: each has its own database, folder and port. Tests that ask for no database run in
one half only. What a missing browser or server makes the run skip is named; with ``REQUIRE_ALL=1``
it is a failure.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.results_plugin import LEFT, proved

DATABASES = ("sqlite", "postgres")
# What asks for no database runs in the half that would be over first.
FASTER = "sqlite"
NO_TESTS_COLLECTED = 5
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def has_postgresql() -> bool:
    """Say whether a server can be started here."""
    return bool(shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


class Half:
    """The suite on one database of those wanted."""

    def __init__(
        self, database: str, wanted: Sequence[str], folder: Path, arguments: list[str]
    ) -> None:
        self.database = database
        self.report = folder / f"{database}.json"
        self.output = folder / f"{database}.txt"
        command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider"]
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"IFI_TEST_DB": database, "IFI_TEST_REPORT": str(self.report)}
        other_runs_all = database != FASTER and FASTER in wanted
        environment["IFI_TEST_EACH_DATABASE"] = "1" if other_runs_all else ""
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
        return {"outcomes": {}, "skipped": {}, "catalogue": {}}


def main(arguments: list[str]) -> int:
    """Run the halves; return the exit status of the whole."""
    wanted = [name for name in DATABASES if name == "sqlite" or has_postgresql()]
    at_once = (os.cpu_count() or 1) > 1 and os.environ.get("TEST_ONE_BY_ONE") != "1"
    reports = {}
    statuses = {}
    with tempfile.TemporaryDirectory(prefix="ifi-tests-") as name:
        waves = [wanted] if at_once else [[database] for database in wanted]
        for wave in waves:
            halves = [Half(database, wanted, Path(name), arguments) for database in wave]
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
    broken = list(breaks(reports, statuses))
    absent = "postgres" not in statuses
    if absent:
        skips["postgres: the whole half (PostgreSQL is not installed: no initdb)"] += 1

    print("===== summary =====")
    for reason, number in sorted(skips.items()):
        print(f"skipped {number:4d}  {reason}")
    rows = proved(reports.values())
    print(f"catalogue: {len(rows)} rows have passing tests on {' and '.join(reports)}")
    if counts[LEFT]:
        print(f"{counts[LEFT]} tests ask for no database and ran on one only")
    for sentence in broken:
        print(sentence)
    failed = counts["failed"] + len(broken)
    print(f"{counts['passed']} passed, {failed} failed, {counts['skipped'] + absent} skipped")
    return 1 if failed or 1 in statuses.values() or (REQUIRE_ALL and absent) else 0


def breaks(reports: dict[str, dict], statuses: dict[str, int]) -> Iterator[str]:
    """Name each half that broke off or ran less than it had to, and what no half ran at all."""
    outcomes = {database: report["outcomes"] for database, report in reports.items()}
    known = set().union(*outcomes.values())
    for database, status in statuses.items():
        missing = known - set(outcomes[database])
        none_to_run = status == NO_TESTS_COLLECTED and set(outcomes[database].values()) == {LEFT}
        if status not in {0, 1} and not none_to_run:
            yield f"the run on {database} broke off with status {status}"
        elif missing:
            yield f"the run on {database} did not come to {len(missing)} tests"
    left = [test for test in known if all(of.get(test) == LEFT for of in outcomes.values())]
    if left:
        yield f"{len(left)} tests ran on no database"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
