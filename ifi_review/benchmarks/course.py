"""What is measured, in what order, and how much of it."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ifi_review.benchmarks.exports import write_export
from ifi_review.benchmarks.papers import write_ris
from ifi_review.benchmarks.parsing import LIBRARIES, is_installed
from ifi_review.benchmarks.scratch import Databases, PartFailed, Scratch

PARSE_ROUNDS, REAL_ROUNDS, RESULT_ROUNDS = 9, 7, 9
# How long votes are measured with nothing else going on.
QUIET_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many records each measurement takes."""

    large: int = 100_000
    real: int = 20_000
    middle: int = 10_000
    small: int = 1_000
    identical: int = 10_000
    one_prefix: int = 50_000
    voting: int = 400
    while_voting: int = 50_000
    rounds: int = 30
    many_studies: int = 300
    few_studies: int = 30


QUICK = Sizes(
    large=1_000,
    real=300,
    middle=300,
    small=100,
    identical=300,
    one_prefix=500,
    voting=40,
    while_voting=500,
    rounds=3,
    many_studies=20,
    few_studies=2,
)


class Course:
    """The measurements of one run; files are made once and shared by all."""

    def __init__(self, sizes: Sizes, folder: Path, say: Callable[[str], None]) -> None:
        self.sizes = sizes
        self.folder = folder
        self.say = say
        # The databases that imports left with a large review, for the pages; by kind.
        self._filled: dict[Databases, Scratch] = {}

    def file(self, kind: str, number: int) -> Path:
        """Return the made-up file of this kind and length."""
        path = self.folder / f"{kind}-{number}.ris"
        if not path.exists():
            self.say(f"making {number:,} records, {kind}")
            write_ris(path, kind, number)
        return path

    def parse(self, scratch: Scratch) -> dict[str, Any]:
        """Measure our reader and rispy in turns on one file; the better round of each counts.

        Both only compute, so it is the processor's time that is compared: what else the machine
        does falls upon neither. Then the same on files of real lengths, each beside its library.
        """
        path = self.file("mixed", self.sizes.large)
        real = {form: self._real(scratch, form) for form in LIBRARIES}
        return {**self._compared(scratch, path, "rispy", PARSE_ROUNDS), "real": real}

    def _real(self, scratch: Scratch, form: str) -> dict[str, Any]:
        path = self.folder / f"real.{form}"
        self.say(f"making {self.sizes.real:,} records of real lengths, {form}")
        write_export(path, form, self.sizes.real)
        return self._compared(scratch, path, LIBRARIES[form], REAL_ROUNDS)

    def _compared(self, scratch: Scratch, path: Path, library: str, number: int) -> dict[str, Any]:
        readers = ["ours", library] if is_installed(library) else ["ours"]
        rounds: dict[str, list[dict[str, Any]]] = {reader: [] for reader in readers}
        for round_ in range(number):
            for reader in readers:
                self.say(f"parsing {path.name} with {reader}, round {round_ + 1}")
                took = scratch.run("parse", reader=reader, path=str(path))
                self.say(f"{reader} took {took['cpu_seconds']} s and {took['peak_mb']} MB")
                rounds[reader].append(took)
        best = {
            reader: min(taken, key=lambda took: took["cpu_seconds"])
            for reader, taken in rounds.items()
        }
        result: dict[str, Any] = {"bytes": path.stat().st_size, **best}
        if library in best:
            return {**result, "ratio": _ratio(best["ours"], best[library], by="cpu_seconds")}
        missing = f"{library} is not installed (make setup-test), so nothing is compared."
        return {**result, library: None, "missing": missing}

    def imports(self, databases: Databases) -> dict[str, Any]:
        """Measure imports beside bare inserts, then the search for duplicates in what came in."""
        large, middle = self.sizes.large, self.sizes.middle
        scratch = databases.new()
        # Before and after, so that a machine that grows busier or idler does not tip the scales.
        before = self._run(databases.new(), "bare", "mixed", large)
        imported = self._run(scratch, "import", "mixed", large, review="large")
        bare = _mean(before, self._run(databases.new(), "bare", "mixed", large))
        found = self._run(scratch, "duplicates", review="large")
        self._run(scratch, "import", "mixed", middle, review="middle")
        found_middle = self._run(scratch, "duplicates", review="middle")
        self._filled[databases] = scratch
        return {
            "bare": bare,
            "import": imported,
            "import_ratio": _ratio(imported, bare),
            "duplicates": found,
            "duplicates_ratio": _ratio(found, imported),
            "duplicates_of_fewer": found_middle,
            "growth": _ratio(found, found_middle),
            "growth_of_records": round(large / middle, 1),
        }

    def hard_cases(self, databases: Databases) -> dict[str, Any]:
        """Measure the search for duplicates where all records look alike."""
        cases = {"identical": self.sizes.identical, "one-prefix": self.sizes.one_prefix}
        result = {}
        for kind, number in cases.items():
            scratch = databases.new()
            imported = self._run(scratch, "import", kind, number, review=kind)
            found = self._run(scratch, "duplicates", review=kind)
            result[kind] = {"import": imported, "duplicates": found}
        return result

    def pages(self, databases: Databases) -> dict[str, Any]:
        """Measure the list of records in a small review and a large one of one installation."""
        scratch = self._filled.pop(databases, None)
        wanted = {"small": self.sizes.small}
        if scratch is None:
            scratch, wanted = databases.new(), {"large": self.sizes.large, **wanted}
        for review, number in wanted.items():
            self._run(scratch, "import", "mixed", number, review=review)
            self._run(scratch, "duplicates", review=review)
        self.say("asking for pages")
        return scratch.run("pages", small="small", large="large", rounds=self.sizes.rounds)

    def results(self, databases: Databases) -> dict[str, Any]:
        """Measure the outcomes table of many studies beside that of few, and its page."""
        scratch = databases.new()
        sizes = {"small": self.sizes.few_studies, "large": self.sizes.many_studies}
        for review, number in sizes.items():
            self.say(f"entering {number} studies")
            scratch.run("series", review=review, number=number)
        self.say("making tables")
        rounds = min(self.sizes.rounds, RESULT_ROUNDS)
        return scratch.run("results", small="small", large="large", rounds=rounds)

    def waits(self, databases: Databases) -> dict[str, Any]:
        """Measure the longest wait of a vote, in quiet and while much is written in the review."""
        scratch = databases.new()
        first = self.file("mixed", self.sizes.voting)
        scratch.run("prepare", review="votes", path=str(first))
        ready, stop = scratch.folder / "ready", scratch.folder / "stop"
        voter = scratch.start("vote", review="votes", ready=str(ready), stop=str(stop))
        phases: dict[str, tuple[float, float]] = {}
        try:
            while not ready.exists() and voter.process.poll() is None:
                time.sleep(0.05)
            begun = time.time()
            time.sleep(QUIET_SECONDS)
            phases["quiet"] = begun, time.time()
            for part, arguments in (
                ("import", {"path": str(self.file("mixed", self.sizes.while_voting))}),
                ("duplicates", {}),
            ):
                begun = time.time()
                self.say(f"voting during {part}")
                scratch.run(part, review="votes", **arguments)
                phases[part] = begun, time.time()
        finally:
            stop.touch()
            voted = voter.result()
        return {
            "refused": voted["refused"],
            **{name: _waits(voted["waits"], *times) for name, times in phases.items()},
        }

    def _run(
        self, scratch: Scratch, part: str, kind: str = "", number: int = 0, review: str = "large"
    ) -> dict[str, Any]:
        arguments = {"path": str(self.file(kind, number))} if kind else {}
        self.say(f"{part} {review}{f', {number:,} records' if number else ''}")
        took = scratch.run(part, review=review, **arguments)
        self.say(f"{part} took {took['seconds']} s, {took['cpu_seconds']} s of it at work itself")
        return took


def _ratio(of: dict[str, Any], to: dict[str, Any], by: str = "seconds") -> float:
    return round(of[by] / to[by], 2)


def _mean(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return the means of two measurements of the same work."""
    return {name: round((first[name] + second[name]) / 2, 3) for name in first}


def _waits(waits: list[list[float]], begun: float, ended: float) -> dict[str, Any]:
    """Return the longest wait of the votes that were under way between two moments."""
    inside = [took for start, took in waits if start + took >= begun and start <= ended]
    return {
        "votes": len(inside),
        "longest_seconds": max(inside, default=0.0),
        "over_a_second": sum(took > 1 for took in inside),
    }


def failing_alone(
    say: Callable[[str], None], measure: Callable[..., dict[str, Any]], *where: Any
) -> dict[str, Any]:
    """Return what was measured, or what went wrong, so that the other figures are not lost."""
    try:
        return measure(*where)
    except PartFailed as failure:
        say(str(failure))
        return {"failed": str(failure)}


def to_stderr(sentence: str) -> None:
    """Say how far the run is, with the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")
    sys.stderr.flush()
