"""The figures of a run as tables of Markdown, for ``docs/performance.md``.

``python -m ifi_review.benchmarks.tables < bench.json`` prints them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from ifi_review.benchmarks.parsing import LIBRARIES

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def tables(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the tables: what was measured on, goals, pages."""
    machine = figures["machine"]
    yield f"{machine['processor']}, {machine['processors']} processors, {machine['system']}, "
    yield f"Python {machine['python']}; load {figures['load_before']:.1f} before the run."
    yield ""
    yield from _table(("goal", "at most", *_names(figures)), _goals(figures))
    yield ""
    yield from _table(("work", "what", *_names(figures)), _work(figures))
    yield ""
    yield from _table(("request", "", *_names(figures)), _pages(figures))
    yield ""
    yield from _table(("outcomes of many studies", "", *_names(figures)), _results(figures))


def _names(figures: dict[str, Any]) -> list[str]:
    return [DATABASES[name] for name in figures["databases"]]


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield _line(head)
    yield _line(["---"] * len(head))
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _goals(figures: dict[str, Any]) -> Iterator[Sequence[str]]:
    found: dict[str, dict[str, Any]] = {}
    for goal in figures["goals"]:
        found.setdefault(goal["goal"], {})[goal.get("database", "")] = goal
    for name, by_database in found.items():
        most = next(iter(by_database.values()))["most"]
        told = [by_database.get(each) or by_database.get("") for each in figures["databases"]]
        yield name, f"{most:g}", *(_judged(goal) for goal in told)


def _judged(goal: dict[str, Any] | None) -> str:
    if goal is None:
        return "not measured"
    return f"{goal['figure']:g}" if goal["met"] else f"**{goal['figure']:g}, missed**"


def _work(figures: dict[str, Any]) -> Iterator[Sequence[str]]:
    parse = figures.get("parse") or {}
    for reader in ("ours", "rispy"):
        told = [_took(parse.get(reader) or {})] * len(figures["databases"])
        yield f"reading, {reader}", "seconds, MB", *told
    for form, compared in (parse.get("real") or {}).items():
        for reader in ("ours", LIBRARIES[form]):
            told = [_took(compared.get(reader) or {})] * len(figures["databases"])
            yield f"reading real lengths, {form}, {reader}", "seconds, MB", *told
    rows = (
        ("bare inserts", ("imports", "bare")),
        ("import", ("imports", "import")),
        ("duplicates", ("imports", "duplicates")),
        ("duplicates of a tenth", ("imports", "duplicates_of_fewer")),
        ("import, identical records", ("hard_cases", "identical", "import")),
        ("duplicates, identical records", ("hard_cases", "identical", "duplicates")),
        ("import, one beginning of all titles", ("hard_cases", "one-prefix", "import")),
        ("duplicates, one beginning of all titles", ("hard_cases", "one-prefix", "duplicates")),
    )
    for name, path in rows:
        told = [_took(_at(measured, path)) for measured in figures["databases"].values()]
        yield name, "seconds, MB", *told


def _at(measured: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    found: Any = measured
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _took(took: dict[str, Any]) -> str:
    return f"{took['seconds']:.1f}, {took['peak_mb']:.0f}" if took else "not measured"


def _pages(figures: dict[str, Any]) -> Iterator[Sequence[str]]:
    measured = [
        (each.get("pages") or {}).get("requests") or {} for each in figures["databases"].values()
    ]
    for name in dict.fromkeys(name for requests in measured for name in requests):
        yield name, "queries; p50, p95 in ms; ratio, rows", *(_page(m.get(name)) for m in measured)


def _results(figures: dict[str, Any]) -> Iterator[Sequence[str]]:
    measured = [each.get("results") or {} for each in figures["databases"].values()]
    for what in ("table", "page"):
        yield what, "processor ms, few and many", *(_few_and_many(m.get(what)) for m in measured)
    yield "first paint", "ms", *(f"{m.get('paint_ms') or 'not measured'}" for m in measured)


def _few_and_many(took: dict[str, Any] | None) -> str:
    return f"{took['small_ms']:.0f}, {took['large_ms']:.0f}" if took else "not measured"


def _page(request: dict[str, Any] | None) -> str:
    if not request or "large" not in request:
        return "not measured"
    large = request["large"]
    told = f"{large['queries']}; {large['p50_ms']:.0f}, {large['p95_ms']:.0f}"
    if "small" not in request:
        return told
    rows = f"{large['rows']} to {request['small']['rows']}"
    return f"{told}; {request['p50_ratio']:g}, {rows}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(json.load(sys.stdin))) + "\n")
