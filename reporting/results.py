"""How results print: an estimate with its spread, and the instrument it was measured with."""

from collections.abc import Callable
from dataclasses import replace

from extraction.copies import ElementCopy, StudyCopy
from reporting.definitions import Cell
from reporting.printing import Answers, with_spread


def results_of(copy: StudyCopy, outcome: ElementCopy, cohort: ElementCopy) -> list[ElementCopy]:
    """Return the results of one outcome in one cohort, in their order."""
    return [r for r in copy.results if r.outcome == outcome.uid and r.cohort == cohort.uid]


def instrument_cell(outcome: Answers) -> Cell:
    """Return the instrument with its version."""
    return outcome.joined(("instrument", "instrument_version"), _named)


def estimate_cell(result: Answers, note: str = "") -> Cell:
    """Return a result's estimate as printed: with what it was given with, in its statistic."""
    keys, write = _SHAPES.get(result.says("statistic"), _SHAPES["other"])
    cell = result.joined(keys, write)
    number = result.number(keys[0])
    said = " ".join(part for part in (cell.note, note, result.says("result_note")) if part)
    return replace(cell, value=cell.value if number is None else number, note=said)


def _named(texts: list[str]) -> str:
    name, version = texts
    return f"{name} ({version})" if version else name


def _limits(texts: list[str]) -> str:
    value, low, high = texts
    limits = "–".join(text or "…" for text in (low, high)) if low or high else ""
    return with_spread([value, limits]) if value else limits


def _range(texts: list[str]) -> str:
    return "–".join(text or "…" for text in texts)


def _first(texts: list[str]) -> str:
    return texts[0]


def _count(texts: list[str]) -> str:
    return "/".join(text or "–" for text in texts)


def _whatever(texts: list[str]) -> str:
    """Write what is there where the statistic was not said: mean (SD), median (limits), count."""
    mean, sd, median, events = texts
    return with_spread([mean, sd]) if mean else median or events


_SHAPES: dict[str, tuple[tuple[str, ...], Callable[[list[str]], str]]] = {
    "mean_sd": (("mean", "sd"), with_spread),
    "median_iqr": (("median", "q1", "q3"), _limits),
    "mean_range": (("mean", "min", "max"), _limits),
    "range_only": (("min", "max"), _range),
    "count": (("events", "n"), _count),
    "percentage": (("percent",), _first),
    "other": (("mean", "sd", "median", "events"), _whatever),
}
