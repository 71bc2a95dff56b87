"""Reoperations: class by class, by treatment; a planned hardware removal is counted apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

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
from reporting.layouts import in_lines
from reporting.printing import (
    MISSING_LEGEND,
    Answers,
    key_of,
    percent_cell,
    study_cell,
)
from reporting.quantities import QUANTITIES, told_by
from reporting.reports.by_treatment import (
    BASIS,
    NOT_ASSESSED,
    NOT_REPORTED,
    Marks,
    Sums,
    by_category,
    cohorts_by_category,
    total_rows,
)
from reporting.reports.complications import affected_cell, events_cell
from reporting.reports.joining import (
    COHORT_OR_REPORTING,
    affected_and_events,
    cohort_or_reporting,
)
from reporting.times import time_cell

# A column to the class of events that it counts.
CLASSES = {
    "revision": "revision",
    "arthroplasty": "conversion",
    "hardware_removal": "planned_removal",
    "other": "other_reoperation",
    "any_reoperation": "any_reoperation",
    "crossover": "crossover",
}
HEADINGS = {
    "revision": "Revision",
    "arthroplasty": "Conversion to arthroplasty",
    "hardware_removal": "Planned hardware removal",
    "other": "Other",
    "any_reoperation": "Any reoperation",
    "crossover": "Injection to surgery",
}
ANY = "any_reoperation"
Told = dict[str, list[Answers]]


def _affected(column: str) -> Column:
    return Column(key=column, heading=HEADINGS[column], unit="n/N", numeric=True)


def _percent(column: str) -> Column:
    return Column(
        key=f"{column}_percent", heading=HEADINGS[column], unit="% computed", numeric=True
    )


COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="unit", heading="Counts"),
    _affected("revision"),
    _percent("revision"),
    *(_affected(column) for column in CLASSES if column != "revision"),
    Column(key="definition", heading="Definition"),
    Column(key="time", heading="Time"),
    Column(key="kinds", heading="Kinds"),
    Column(key="assessed", heading="Assessed"),
    Column(key="includes_planned_removal", heading="Any includes planned removals"),
    *(_percent(column) for column in CLASSES if column != "revision"),
    *(
        Column(key=f"{column}_events", heading=HEADINGS[column], unit="events", numeric=True)
        for column in CLASSES
    ),
    Column(key="category", heading="Category of treatment"),
    Column(key="studies_reporting", heading="Studies reporting"),
)


def reoperations_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, each cohort's reoperations and the totals."""
    affected = {
        column: Sums(snapshot=snapshot, quantity=QUANTITIES[f"affected.{one}"])
        for column, one in CLASSES.items()
    }
    events = {
        f"{column}_events": Sums(snapshot=snapshot, quantity=QUANTITIES[f"events.{one}"])
        for column, one in CLASSES.items()
    }
    rows = (
        (category, row)
        for study in evidence_of(snapshot)
        for cohort in study.cohorts
        for category, row in _of_cohort(study, cohort, affected, events)
    )

    def totals(category: str) -> Iterator[Row]:
        for row in total_rows(snapshot, category, affected):
            yield _with_removals(row, affected[ANY], category)
        yield from total_rows(snapshot, category, events, unit="events")

    return Table(
        rows=tuple(by_category(snapshot, rows, totals)),
        notes=(
            f"n/N are patients or {snapshot.units} that had at least one; events are occurrences.",
            "Any reoperation is printed where the report states it and never added up; planned "
            "removals and crossover from injection to surgery are counted apart.",
            BASIS.format(units=snapshot.units),
            MISSING_LEGEND,
        ),
    )


def _with_removals(row: Row, sums: Sums, category: str) -> Row:
    """Name in the total of any reoperation the studies that count planned removals among them."""
    taken = [
        f"{study.label}"
        for part in sums.of(category)
        for study, figures in part.taken
        if any(_includes_removals(figure.cohort) for figure in figures)
    ]
    cell = row.cell(ANY)
    if not taken or not cell.text:
        return row
    said = f"{cell.note} Planned removals are included in: {', '.join(dict.fromkeys(taken))}."
    return replace(row, cells={**row.cells, ANY: replace(cell, note=said)})


def _includes_removals(cohort: Cohort) -> bool:
    return cohort.answers.says("includes_planned_removal") == "yes"


def _of_cohort(
    study: StudyEvidence, cohort: Cohort, affected: Mapping[str, Sums], events: Mapping[str, Sums]
) -> Iterator[tuple[str, Row]]:
    told = {column: study.events(cohort, one) for column, one in CLASSES.items()}
    said = [category for by_category in told.values() for category in by_category]
    asked = any(cohort.answers.get(f"reoperations.{part}") for part in ("assessed", "definition"))
    for category in cohorts_by_category(study, cohort, said, always=asked):
        here = {column: told[column].get(category, []) for column in CLASSES}
        given = {column: rows for column, rows in here.items() if rows}
        by_unit: dict[str, Told] = {}
        for column, rows in given.items():
            by_unit.setdefault(told_by(rows).unit, {})[column] = rows
        for unit, classes in (by_unit or {"": {}}).items():
            marks = _marks(study, cohort, category, classes, affected, events)
            yield (
                category,
                Row(
                    key="-".join(filter(None, (str(cohort.uid), key_of(category), unit))),
                    cells=_cells(study, cohort, unit, classes),
                    mark=marks.text,
                    counts=marks.counts,
                ),
            )


def _marks(
    study: StudyEvidence,
    cohort: Cohort,
    category: str,
    classes: Told,
    affected: Mapping[str, Sums],
    events: Mapping[str, Sums],
) -> Marks:
    marks = Marks()
    for column in classes:
        name = HEADINGS[column].lower()
        marks.add(name, affected[column].why_not(study, cohort, category))
        if any(row.get("events") for row in classes[column]):
            why = events[f"{column}_events"].why_not(study, cohort, category)
            marks.add(f"events of {name}", why)
    if not classes:
        is_unasked = cohort.answers.says("reoperations.assessed") == "no"
        marks.add("reoperations", NOT_ASSESSED if is_unasked else NOT_REPORTED)
    return marks


def _cells(study: StudyEvidence, cohort: Cohort, unit: str, classes: Told) -> dict[str, Cell]:
    snapshot, answers = study.snapshot, cohort.answers
    word = snapshot.unit_word(unit)
    rows = [row for given in classes.values() for row in given]
    cells = {
        "study": study_cell(study.copy),
        **answers.cells(
            cohort="label",
            definition="reoperations.definition",
            assessed="reoperations.assessed",
            includes_planned_removal="includes_planned_removal",
        ),
        "unit": Cell(text=word, value=word) if word else BLANK,
        "time": _listed(rows, lambda row: time_cell(row).text, ("time", "time.unit")),
        "kinds": _listed(rows, _kind, ("type", "grade", "events")),
    }
    for column, given in classes.items():
        cells |= _of_class(column, given)
    if ANY in classes and cells[ANY].text and _includes_removals(cohort):
        cells[ANY] = replace(cells[ANY], note="Planned removals are included.")
    return cells


def _of_class(column: str, rows: Sequence[Answers]) -> dict[str, Cell]:
    told = told_by(rows)
    return {
        column: affected_cell(rows),
        f"{column}_percent": percent_cell(told.affected, told.of, told.sources),
        f"{column}_events": events_cell(rows),
    }


def _kind(event: Answers) -> str:
    """Return what a kind of event is called, with how often it happened."""
    named = event.says("type") or " ".join(
        part for part in (event.says("scheme"), event.says("grade")) if part
    )
    if not named:
        return ""
    return f"{named} ({event.says('events')})" if event.says("events") else named


def _listed(rows: Sequence[Answers], say: Callable[[Answers], str], means: tuple[str, ...]) -> Cell:
    said = [(text, row.uids(*means)) for row in rows if (text := say(row))]
    text = "; ".join(dict.fromkeys(text for text, _ in said))
    return Cell(text=text, value=text, sources=tuple(uid for _, uids in said for uid in uids))


def _joined(column: str) -> Joined:
    return Joined(
        key=f"{column}_share",
        heading=HEADINGS[column],
        unit="n/N (%)",
        numeric=True,
        of=(column, f"{column}_percent", f"{column}_events"),
        write=affected_and_events,
    )


# A total of events says what it is of in its name.
_IN_TOTALS = {
    f"{column}{of}".replace("_", " "): heading.lower()
    for column, heading in HEADINGS.items()
    for of in ("", "_events")
}
JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        cohort_or_reporting(_IN_TOTALS),
        Joined(key="unit", heading="Counts"),
        *(_joined(column) for column in CLASSES),
        Joined(key="kinds_time", heading="Kinds; time", of=("kinds", "time"), write=in_lines("; ")),
    ),
    once=("study", COHORT_OR_REPORTING),
    notes=("Events are named where they are another number than those affected.",),
)
REOPERATIONS = ReportDefinition(
    slug="reoperations",
    title="Reoperations",
    columns=COLUMNS,
    rows=reoperations_table,
    named_by=("study", "cohort", "unit"),
    source="PRISMA 2020, item 19 (results of individual studies)",
    journal=JOURNAL,
)
