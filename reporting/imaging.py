"""Imaging at baseline in one cell: the review's own questions, and imaging outcomes at baseline."""

from collections.abc import Iterator, Sequence

from extraction import groups
from extraction.schema import FieldSpec, FieldType
from reporting.definitions import BLANK, Cell
from reporting.descriptive import described, described_by_key
from reporting.evidence import Cohort, StudyEvidence
from reporting.printing import Answers, joined_cells
from reporting.results import estimate_cell, instrument_cell, series_of

SECTION = "imaging"


def imaging_cell(study: StudyEvidence, cohort: Cohort) -> Cell:
    """Return what a cohort's imaging showed before treatment, measure by measure."""
    by_name = {**dict(_measured(study, cohort)), **dict(_asked(cohort.answers))}
    return joined_cells(list(by_name.values()), "; ".join)


def _asked(answers: Answers) -> Iterator[tuple[str, Cell]]:
    """Yield one cell a measure that the form asks of cohorts under imaging.

    A summary statistic is one measure. So are several questions that are called the same before a
    colon; of two numbers the second is what the first is out of.
    """
    measures: dict[str, list[FieldSpec]] = {}
    for spec in answers.copy.form.in_group(groups.COHORT):
        if spec.section == SECTION:
            measures.setdefault(spec.question.partition(":")[0], []).append(spec)
    for name, specs in measures.items():
        cell = _measure(answers, specs)
        if cell.text:
            yield _named(name, cell, "" if len(specs) > 1 or cell.missing else specs[0].unit)


def _measure(answers: Answers, specs: Sequence[FieldSpec]) -> Cell:
    """Return what was answered to the questions of one measure."""
    if specs[0].type is FieldType.SUMMARY:
        return described_by_key(answers, specs[0].key).together
    cells = answers.element.cells if answers.element else {}
    given = [cells.get(spec.key) for spec in specs]
    printed = [answers.printed(answer) if answer else BLANK for answer in given]
    share = len(specs) == 2 and all(spec.type.is_number for spec in specs)
    return joined_cells(printed, _share if share else _words)


def _share(texts: list[str]) -> str:
    return "/".join(text or "–" for text in texts)


def _words(texts: list[str]) -> str:
    return " ".join(text for text in texts if text)


def _measured(study: StudyEvidence, cohort: Cohort) -> Iterator[tuple[str, Cell]]:
    """Yield the cohort's results at baseline of outcomes that are imaging measures."""
    for series in series_of(study):
        about = series.outcome
        if series.cohort is cohort and about.says("domain") == "imaging":
            for given in series.baselines:
                cell = described(given, "estimate").together
                cell = cell if cell.text else estimate_cell(study, given)
                yield _named(instrument_cell(about).text, cell, about.says("unit"))


def _named(name: str, cell: Cell, unit: str) -> tuple[str, Cell]:
    """Return a measure's cell by its name, so that none stands twice."""
    text = " ".join(part for part in (name, cell.text, unit) if part)
    named = Cell(text=text, value=text, sources=cell.sources, note=cell.note, page=cell.page)
    return name.casefold(), named
