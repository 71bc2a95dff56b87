"""What the figures are to be, and whether they are."""

from collections.abc import Iterator
from typing import Any

# Eight of the list itself, and the five of the rail that every page has.
MOST_QUERIES, MOST_MS, MOST_PAGE_RATIO = 8 + 5, 300.0, 1.5
MOST_GROWTH = 13.0
MOST_IMPORT_RATIO = 3.0
MOST_PARSE_MB = 200.0
# Of records as long as real ones, by format, beside the library that others read it with.
MOST_REAL = {"ris": ("rispy", 0.65), "nbib": ("nbib", 0.35), "bibtex": ("bibtexparser", 1.0)}
LONGEST_WAIT = 1.0
# Of 300 studies beside 30; the page as a browser first paints something of it.
MOST_TABLE_RATIO, MOST_PAINT_MS = 12.0, 1_000.0
# Of records that all look alike; ours, since the promise is only that the cost stays bounded.
MOST_HARD_RATIO = 3.0

Goal = dict[str, Any]


def goals(figures: dict[str, Any]) -> list[Goal]:
    """Return each goal with its figure and whether it is met; what was not measured is left out."""
    met = list(_of_reading(figures.get("parse") or {}))
    for database, measured in figures["databases"].items():
        for goal in _of_database(measured):
            met.append({"database": database, **goal})
    return met


def _goal(name: str, figure: float | None, most: float) -> Iterator[Goal]:
    if figure is not None:
        yield {"goal": name, "figure": figure, "most": most, "met": figure <= most}


def _of_reading(parse: dict[str, Any]) -> Iterator[Goal]:
    ours = parse.get("ours") or {}
    yield from _goal("reading, beside rispy", parse.get("ratio"), 1.0)
    real = parse.get("real") or {}
    for form, (library, most) in MOST_REAL.items():
        ratio = (real.get(form) or {}).get("ratio")
        yield from _goal(f"reading real lengths, {form}, beside {library}", ratio, most)
    yield from _goal("memory of reading, MB", ours.get("peak_mb"), MOST_PARSE_MB)


def _of_database(measured: dict[str, Any]) -> Iterator[Goal]:
    imports = measured.get("imports") or {}
    yield from _goal("import, beside bare inserts", imports.get("import_ratio"), MOST_IMPORT_RATIO)
    yield from _goal("duplicates, beside the import", imports.get("duplicates_ratio"), 1.0)
    yield from _goal("growth of duplicates", imports.get("growth"), MOST_GROWTH)
    for kind, case in (measured.get("hard_cases") or {}).items():
        figure = _a_record_beside(case, imports.get("duplicates"))
        yield from _goal(f"a record among {kind} ones, beside others", figure, MOST_HARD_RATIO)
    requests = (measured.get("pages") or {}).get("requests") or {}
    pages = [request for request in requests.values() if "large" in request]
    if pages:
        large = [page["large"] for page in pages]
        ratios = [page["p50_ratio"] for page in pages if _shows_as_much(page)]
        yield from _goal("queries of a page", max(p["queries"] for p in large), MOST_QUERIES)
        yield from _goal("slowest page, p95, ms", max(p["p95_ms"] for p in large), MOST_MS)
        yield from _goal("page, large beside small", max(ratios, default=None), MOST_PAGE_RATIO)
    results = measured.get("results") or {}
    for what in ("table", "page"):
        ratio = (results.get(what) or {}).get("ratio")
        yield from _goal(f"outcomes of 300 studies beside 30, {what}", ratio, MOST_TABLE_RATIO)
    yield from _goal("outcomes of 300 studies, paint, ms", results.get("paint_ms"), MOST_PAINT_MS)
    waits = measured.get("waits") or {}
    for phase in ("import", "duplicates"):
        longest = (waits.get(phase) or {}).get("longest_seconds")
        yield from _goal(f"longest wait of a vote during {phase}, s", longest, LONGEST_WAIT)


def _shows_as_much(page: Goal) -> bool:
    """Say whether both reviews fill the page: drawing a row costs what it costs in any review."""
    small, large = page.get("small"), page["large"]
    return small is not None and small["rows"] >= large["rows"]


def _a_record_beside(case: Any, ordinary: dict[str, Any] | None) -> float | None:
    """Return what a record costs where all look alike, beside what it costs among ordinary ones."""
    found = case.get("duplicates") if isinstance(case, dict) else None
    if not found or not ordinary:
        return None
    costs = [took["seconds"] / took["records"] for took in (found, ordinary)]
    return round(costs[0] / costs[1], 2)
