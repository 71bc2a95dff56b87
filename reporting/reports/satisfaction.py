"""Satisfaction: who was satisfied and who would do it again, by treatment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extraction import groups
from reporting.cells import out_of_cell, row_key
from reporting.definitions import (
    BLANK,
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.layouts import SUMMARY_NOTE, in_brackets, in_statistic, share
from reporting.printing import MISSING_LEGEND, Answers, key_of, percent_cell, study_cell
from reporting.quantities import QUANTITIES, derived_count
from reporting.reports.by_treatment import (
    BASIS,
    NOT_REPORTED,
    Marks,
    Sums,
    by_category,
    cohorts_by_category,
    total_rows,
)
from reporting.reports.joining import COHORT_OR_REPORTING, cohort_or_reporting
from reporting.results import steps_of, summary_of

SUMMED = {"satisfied": "satisfied", "would_repeat": "again"}
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="instrument", heading="Instrument or question"),
    Column(key="scale", heading="Scale"),
    Column(key="threshold", heading="Threshold"),
    Column(key="satisfied", heading="Satisfied", unit="n/N", numeric=True),
    Column(key="satisfied_percent", heading="Satisfied", unit="% computed", numeric=True),
    Column(key="percent_reported", heading="Satisfied", unit="% as printed", numeric=True),
    Column(key="unit", heading="Counts"),
    Column(key="score_statistic", heading="Score: statistic"),
    Column(key="score", heading="Score", numeric=True),
    Column(key="levels", heading="Answers by level"),
    Column(key="would_repeat", heading="Would repeat", unit="n/N", numeric=True),
    Column(key="would_repeat_percent", heading="Would repeat", unit="% computed", numeric=True),
    Column(key="would_repeat_unit", heading="Would repeat counts"),
    Column(key="category", heading="Category of treatment"),
    Column(key="studies_reporting", heading="Studies reporting"),
)


def satisfaction_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, what each cohort was asked, and the totals."""
    sums = {
        column: Sums(snapshot=snapshot, quantity=QUANTITIES[name])
        for column, name in SUMMED.items()
    }
    rows = (
        (category, row)
        for study in evidence_of(snapshot)
        for cohort in study.cohorts
        for category, row in _of_cohort(study, cohort, sums)
    )

    def totals(category: str) -> Iterator[Row]:
        for row in total_rows(snapshot, category, sums):
            yield replace(row, cells={**row.cells, "would_repeat_unit": _unit_of(row)})

    return Table(
        rows=tuple(by_category(snapshot, rows, totals)),
        notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND),
    )


def _unit_of(row: Row) -> Cell:
    return row.cell("unit") if row.cell("would_repeat").text else BLANK


def _of_cohort(
    study: StudyEvidence, cohort: Cohort, sums: dict[str, Sums]
) -> Iterator[tuple[str, Row]]:
    found: dict[str, list[Answers]] = {}
    for asked in study.of(groups.SATISFACTION, cohort):
        found.setdefault(study.category_of(cohort, asked), []).append(asked)
    shared = {"study": study_cell(study.copy), "cohort": cohort.answers.cell("label")}
    for category in cohorts_by_category(study, cohort, found, always=False):
        if category not in found:
            key = f"{cohort.uid}-{key_of(category)}"
            mark = f"In no total: {NOT_REPORTED}."
            yield category, Row(key=key, cells=shared, mark=mark, counts=False)
        for asked in found.get(category, ()):
            marks = Marks()
            if asked.get("satisfied") or asked.get("percent"):
                marks.add("satisfied", sums["satisfied"].why_not(study, cohort, category))
            if asked.get("again"):
                marks.add("would repeat", sums["would_repeat"].why_not(study, cohort, category))
            if not marks.whys:
                marks.add("satisfied", "no number satisfied")
            yield (
                category,
                Row(
                    key=row_key(asked),
                    cells={**shared, **_cells(study, asked)},
                    mark=marks.text,
                    counts=marks.counts,
                ),
            )


def _cells(study: StudyEvidence, asked: Answers) -> dict[str, Cell]:
    score = summary_of(asked, "score")
    satisfied, number = _satisfied(asked)
    unit = "again.unit" if asked.get("again.unit") else "of.unit"
    return {
        **asked.cells("instrument", "scale", "threshold", percent_reported="percent"),
        "satisfied": satisfied,
        "satisfied_percent": percent_cell(number, asked.number("of"), satisfied.sources),
        "unit": asked.cell("of.unit"),
        "score_statistic": Cell(text=score.statistic, value=score.statistic) if score else BLANK,
        "score": score.cell() if score else asked.cell("score.value"),
        "levels": _levels(study, asked),
        "would_repeat": asked.out_of("again", "again.of") if asked.get("again") else BLANK,
        "would_repeat_percent": asked.percent("again", "again.of"),
        "would_repeat_unit": asked.cell(unit) if asked.get("again") else BLANK,
    }


def _satisfied(asked: Answers) -> tuple[Cell, Decimal | None]:
    """Return who was satisfied, out of those asked, and the number.

    A percentage alone gives the number where only one does.
    """
    if asked.number("satisfied") is not None:
        return asked.out_of("satisfied", "of"), asked.number("satisfied")
    printed, of = asked.get("percent"), asked.number("of")
    derived = derived_count(printed, of)
    if printed is not None and derived is not None:
        formula = f"{printed.text} % of {asked.says('of')}"
        uids = asked.uids("percent", "of")
        cell = out_of_cell(
            str(derived), asked.says("of"), uids, formula=formula, note=f"From {formula}."
        )
        return cell, derived
    return (asked.out_of("satisfied", "of") if asked.get("satisfied") else BLANK), None


def _levels(study: StudyEvidence, asked: Answers) -> Cell:
    rows = steps_of(study, asked)
    text = "; ".join(f"{row.says('label')} {row.says('n') or '–'}" for row in rows)
    uids = tuple(uid for row in rows for uid in row.uids("label", "n"))
    return Cell(text=text, value=text, sources=uids)


def _would_repeat(cells: Sequence[Cell]) -> str:
    """Write who would do it again, with what is counted where the row counts something else."""
    count, percent, unit, counted = cells
    said = count.text if count.missing else share((count, percent))
    apart = unit.text if unit.text != counted.text and not unit.missing else ""
    return " ".join(part for part in (said, apart if said else "") if part)


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        cohort_or_reporting(),
        Joined(
            key="question",
            heading="Instrument or question (scale)",
            of=("instrument", "scale"),
            write=in_brackets,
        ),
        Joined(key="threshold", heading="Threshold"),
        Joined(
            key="satisfied_share",
            heading="Satisfied",
            unit="n/N (%)",
            numeric=True,
            of=("satisfied", "satisfied_percent"),
            write=share,
        ),
        Joined(key="percent_reported", heading="Satisfied", unit="% as printed", numeric=True),
        Joined(key="unit", heading="Counts"),
        Joined(
            key="score_described",
            heading="Score",
            numeric=True,
            of=("score_statistic", "score"),
            write=in_statistic,
        ),
        Joined(key="levels", heading="Answers by level"),
        Joined(
            key="would_repeat_share",
            heading="Would repeat",
            unit="n/N (%)",
            numeric=True,
            of=("would_repeat", "would_repeat_percent", "would_repeat_unit", "unit"),
            write=_would_repeat,
        ),
    ),
    once=("study", COHORT_OR_REPORTING),
    notes=(SUMMARY_NOTE,),
)
SATISFACTION = ReportDefinition(
    slug="satisfaction",
    title="Satisfaction",
    columns=COLUMNS,
    rows=satisfaction_table,
    named_by=("study", "cohort", "instrument"),
    source="PRISMA 2020, item 19 (results of individual studies)",
    journal=JOURNAL,
)
