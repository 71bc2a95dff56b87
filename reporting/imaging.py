"""Imaging at baseline in one cell: the review's own questions, and imaging outcomes at baseline."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from extraction import groups
from extraction.schema import FieldSpec
from reporting.definitions import BLANK, Cell
from reporting.printing import Answers, of_element, with_spread
from reporting.results import estimate_cell, instrument_cell, results_of

SECTION = "imaging"
PARTS = ("mean", "sd", "min", "max", "n", "total")


def imaging_cell(answers: Answers) -> Cell:
    """Return what a cohort's imaging showed before treatment, measure by measure."""
    by_name = dict(_measured(answers))
    by_name.update(_asked(answers))
    cells = list(by_name.values())
    if not cells:
        return BLANK
    text = "; ".join(cell.text for cell in cells)
    return Cell(
        text=text,
        value=text,
        sources=tuple(uid for cell in cells for uid in cell.sources),
        note=" ".join(dict.fromkeys(cell.note for cell in cells if cell.note)),
        page=", ".join(dict.fromkeys(cell.page for cell in cells if cell.page)),
    )


def _asked(answers: Answers) -> Iterator[tuple[str, Cell]]:
    """Yield one cell a measure that the form asks of cohorts under imaging.

    Questions such as “Ischiofemoral space: mean” and “Ischiofemoral space: SD”, whose keys end in
    ``_mean`` and ``_sd``, are one measure.
    """
    measures: dict[str, dict[str, FieldSpec]] = defaultdict(dict)
    for spec in answers.copy.form.fields:
        if spec.group == groups.COHORT and spec.section == SECTION:
            part = spec.key.rpartition("_")[2]
            name = spec.question.partition(":")[0]
            measures[name][part if part in PARTS else spec.key] = spec
    for name, specs in measures.items():
        keys = [spec.key for spec in specs.values()]
        cell = answers.joined(keys, partial(_of_parts, list(specs)))
        if cell.text:
            unit = "" if "n" in specs or cell.missing else specs[next(iter(specs))].unit
            yield _named(name, cell, unit)


def _of_parts(parts: list[str], texts: list[str]) -> str:
    return _written(dict(zip(parts, texts, strict=True)))


def _written(given: dict[str, str]) -> str:
    """Write mean (SD; lowest–highest), or number/total, and other answers after them."""
    mean, sd, low, high, number, whole = (given.pop(part, "") for part in PARTS)
    limits = "–".join(text for text in (low, high) if text)
    spread = "; ".join(text for text in (sd, limits) if text)
    share = f"{number}/{whole or '–'}" if number else ""
    estimate = with_spread([mean, spread]) if mean else spread
    return " ".join(text for text in (estimate, share, *given.values()) if text)


def _measured(answers: Answers) -> Iterator[tuple[str, Cell]]:
    """Yield the cohort's results at baseline of outcomes that are imaging measures."""
    copy, snapshot = answers.copy, answers.snapshot
    for outcome in copy.outcomes:
        about = of_element(snapshot, copy, outcome)
        if about.says("domain") != "imaging" or answers.element is None:
            continue
        for result in results_of(copy, outcome, answers.element):
            given = of_element(snapshot, copy, result)
            if given.says("time_kind") == "baseline":
                yield _named(instrument_cell(about).text, estimate_cell(given), about.says("unit"))


def _named(name: str, cell: Cell, unit: str) -> tuple[str, Cell]:
    """Return a measure's cell by its name, so that none stands twice."""
    text = " ".join(part for part in (name, cell.text, unit) if part)
    named = Cell(text=text, value=text, sources=cell.sources, note=cell.note, page=cell.page)
    return name.casefold(), named
