"""Return to activity: sport, work and daily life apart, out of those who were assessed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
from reporting.descriptive import described
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.layouts import SUMMARY_NOTE, share, summary_of
from reporting.printing import (
    MISSING_LEGEND,
    Answers,
    key_of,
    percent_cell,
    study_cell,
    without_zeros,
)
from reporting.quantities import ACTIVITIES, PATIENTS, QUANTITIES, RETURNED
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

# A column to what is counted in it.
LEVELS = {
    "returned_any": "any",
    "returned_same": "same",
    "returned_lower": "lower",
    "returned_higher": "higher",
    "returned_same_or_higher": "same_or_higher",
}
SUMMED = {"returned_any": "any", "returned_same_or_higher": "same_or_higher"}
OF_ASSESSED = "n/N assessed"
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="kind", heading="Kind"),
    Column(key="definition", heading="Definition"),
    Column(key="eligible", heading="Eligible before", unit="n", numeric=True),
    Column(key="assessed", heading="Assessed", unit="n", numeric=True),
    Column(key="returned_any", heading="Returned, any level", unit=OF_ASSESSED, numeric=True),
    Column(key="returned_any_percent", heading="Any level", unit="% computed", numeric=True),
    Column(key="returned_same", heading="Same level", unit=OF_ASSESSED, numeric=True),
    Column(key="returned_lower", heading="Lower level", unit=OF_ASSESSED, numeric=True),
    Column(key="returned_higher", heading="Higher level", unit=OF_ASSESSED, numeric=True),
    Column(key="returned_same_or_higher", heading="Same or higher", unit=OF_ASSESSED, numeric=True),
    Column(
        key="returned_same_or_higher_percent",
        heading="Same or higher",
        unit="% computed",
        numeric=True,
    ),
    Column(key="unit", heading="Counts"),
    Column(key="time_statistic", heading="Time: statistic"),
    Column(key="time", heading="Time", unit="months", numeric=True),
    Column(key="time_dispersion", heading="Spread", numeric=True),
    Column(key="time_min", heading="Shortest", unit="months", numeric=True),
    Column(key="time_max", heading="Longest", unit="months", numeric=True),
    Column(key="category", heading="Category of treatment"),
    Column(key="studies_reporting", heading="Studies reporting"),
)


def return_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, who returned to what, and the totals of each activity."""
    sums = {
        kind: {
            column: Sums(snapshot=snapshot, quantity=QUANTITIES[f"activity.{kind}.{level}"])
            for column, level in SUMMED.items()
        }
        for kind in ACTIVITIES
    }
    rows = (
        (category, row)
        for study in evidence_of(snapshot)
        for cohort in study.cohorts
        for category, row in _of_cohort(study, cohort, sums)
    )
    asked = [kind for kind in ACTIVITIES if any(s.figures for s in sums[kind].values())]

    def totals(category: str) -> Iterator[Row]:
        for kind in asked or ACTIVITIES:
            word = Cell(text=kind.replace("_", " ").capitalize(), value=kind)
            for row in total_rows(snapshot, category, sums[kind], kind=kind):
                noted = _with_definitions(row, sums[kind]["returned_any"], category)
                yield replace(noted, cells={**noted.cells, "kind": word})

    return Table(
        rows=tuple(by_category(snapshot, rows, totals)),
        notes=(
            "Sport, work and daily life are never summed. The denominator is who was assessed "
            "afterwards; who did it before is shown beside it and never put in its place.",
            BASIS.format(units=snapshot.units),
            MISSING_LEGEND,
        ),
    )


def _with_definitions(row: Row, sums: Sums, category: str) -> Row:
    """Name in a total the definitions of having returned, where they differ."""
    column = next((key for key in SUMMED if row.cell(key).text), "")
    said: dict[str, str] = {}
    kind = sums.quantity.name.split(".")[1]
    for part in sums.of(category):
        for study, figures in part.taken:
            for figure in figures:
                for activity in study.of(groups.ACTIVITY, figure.cohort):
                    if activity.says("kind") == kind:
                        said[study.label] = activity.says("definition") or "none given"
    if not column or len(set(said.values())) < 2:
        return row
    listed = "; ".join(f"{label}: {text}" for label, text in said.items())
    cell = row.cell(column)
    note = f"{cell.note} Definitions differ: {listed}."
    return replace(row, cells={**row.cells, column: replace(cell, note=note)})


def _of_cohort(
    study: StudyEvidence, cohort: Cohort, sums: dict[str, dict[str, Sums]]
) -> Iterator[tuple[str, Row]]:
    found: dict[str, list[Answers]] = {}
    for activity in study.of(groups.ACTIVITY, cohort):
        found.setdefault(study.category_of(cohort, activity), []).append(activity)
    shared = {"study": study_cell(study.copy), "cohort": cohort.answers.cell("label")}
    for category in cohorts_by_category(study, cohort, found, always=False):
        if category not in found:
            key = f"{cohort.uid}-{key_of(category)}"
            mark = f"In no total: {NOT_REPORTED}."
            yield category, Row(key=key, cells=shared, mark=mark, counts=False)
        for activity in found.get(category, ()):
            marks = _marks(study, cohort, category, activity, sums)
            yield (
                category,
                Row(
                    key=row_key(activity),
                    cells={**shared, **_cells(activity)},
                    mark=marks.text,
                    counts=marks.counts,
                ),
            )


def _marks(
    study: StudyEvidence,
    cohort: Cohort,
    category: str,
    activity: Answers,
    sums: dict[str, dict[str, Sums]],
) -> Marks:
    marks = Marks()
    kind = activity.says("kind")
    if kind not in sums:
        marks.add("return", "no kind of activity is given")
        return marks
    words = {"returned_any": "any level", "returned_same_or_higher": "same or higher level"}
    for column, summed in sums[kind].items():
        if column == "returned_any" or RETURNED[SUMMED[column]](activity)[1] is not None:
            marks.add(words[column], summed.why_not(study, cohort, category))
    return marks


def _cells(activity: Answers) -> dict[str, Cell]:
    unit = activity.says("of.unit") or PATIENTS
    word = activity.snapshot.unit_word(unit)
    cells = {
        **activity.cells("kind", "definition", "eligible", "assessed"),
        "unit": Cell(text=word, value=word, sources=activity.uids("of.unit")),
        **_time(activity),
    }
    for column, level in LEVELS.items():
        cells[column] = _returned(activity, level)
    for column, level in SUMMED.items():
        means, number = RETURNED[level](activity)
        uids = activity.uids(*means, "assessed")
        cells[f"{column}_percent"] = percent_cell(number, activity.number("assessed"), uids)
    return cells


def _returned(activity: Answers, level: str) -> Cell:
    """Return who returned at a level: as printed, or added up of the levels that make it."""
    if activity.get(level) is not None:
        return activity.out_of(level, "assessed")
    if level not in RETURNED:
        return BLANK
    means, number = RETURNED[level](activity)
    if number is None:
        return BLANK
    formula = " + ".join(activity.says(one) for one in means)
    uids = activity.uids(*means, "assessed")
    of = activity.says("assessed")
    return out_of_cell(without_zeros(number), of, uids, formula=formula)


def _time(activity: Answers) -> dict[str, Cell]:
    time = described(activity, "time")
    return {
        "time_statistic": time.statistic,
        "time": time.value,
        "time_dispersion": time.spread,
        "time_min": time.lowest,
        "time_max": time.highest,
    }


def _people(cells: Sequence[Cell]) -> str:
    """Write how many did it before and how many were assessed, each in its place."""
    return " / ".join(cell.text or "–" for cell in cells)


def _other_levels(cells: Sequence[Cell]) -> str:
    """Write who returned at each level by its name."""
    named = zip(("higher", "same", "lower"), cells, strict=True)
    return "; ".join(f"{level} {cell.text}" for level, cell in named if cell.text)


def _returned_share(column: str, heading: str) -> Joined:
    return Joined(
        key=f"{column}_share",
        heading=heading,
        unit="n/N assessed (%)",
        numeric=True,
        of=(column, f"{column}_percent"),
        write=share,
    )


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        cohort_or_reporting(
            {"returned any": "any level", "returned same or higher": "same or higher level"}
        ),
        Joined(key="kind", heading="Kind"),
        Joined(key="definition", heading="Definition"),
        Joined(
            key="people",
            heading="Eligible before / assessed",
            unit="n",
            numeric=True,
            of=("eligible", "assessed"),
            write=_people,
        ),
        _returned_share("returned_any", "Returned, any level"),
        _returned_share("returned_same_or_higher", "Same or higher level"),
        Joined(
            key="levels",
            heading="By level",
            unit=OF_ASSESSED,
            numeric=True,
            of=("returned_higher", "returned_same", "returned_lower"),
            write=_other_levels,
        ),
        Joined(key="unit", heading="Counts"),
        Joined(
            key="time_described",
            heading="Time to return",
            unit="months",
            numeric=True,
            of=("time_statistic", "time", "time_dispersion", "time_min", "time_max"),
            write=summary_of,
        ),
    ),
    once=("study", COHORT_OR_REPORTING),
    notes=(SUMMARY_NOTE,),
)
RETURN_TO_ACTIVITY = ReportDefinition(
    slug="return-to-activity",
    title="Return to activity",
    columns=COLUMNS,
    rows=return_table,
    named_by=("study", "cohort", "kind"),
    source="PRISMA 2020, item 19 (results of individual studies)",
    journal=JOURNAL,
)
