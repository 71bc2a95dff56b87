"""Complications: events apart from people affected, by treatment; none reported is not none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction.choices import Missing
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
from reporting.layouts import share
from reporting.printing import (
    MISSING_LEGEND,
    MISSING_TEXT,
    Answers,
    key_of,
    percent_cell,
    plain,
    study_cell,
    without_zeros,
)
from reporting.quantities import QUANTITIES, Quantity, affected_at_least, is_whole, told_by
from reporting.reports.by_treatment import (
    BASIS,
    NOT_ASSESSED,
    Marks,
    Sums,
    by_category,
    cohorts_by_category,
    total_rows,
)
from reporting.reports.joining import COHORT_OR_REPORTING, cohort_or_reporting
from reporting.times import time_cell

CLASS = "complication"
ANY = "any complication"
OF_A_KIND = "A kind of complication; the row of any complication counts it."
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="assessed", heading="Assessed"),
    Column(key="definition", heading="Definition"),
    Column(key="type", heading="Type"),
    Column(key="events", heading="Events", unit="n", numeric=True),
    Column(key="affected", heading="Affected", unit="n/N", numeric=True),
    Column(key="affected_percent", heading="Affected", unit="% computed", numeric=True),
    Column(key="unit", heading="Counts"),
    Column(key="severity_scheme", heading="Severity scheme"),
    Column(key="grade", heading="Grade"),
    Column(key="time", heading="Time"),
    Column(key="treatment", heading="Treated how"),
    Column(key="major", heading="Major"),
    Column(key="related", heading="Related"),
    Column(key="category", heading="Category of treatment"),
    Column(key="studies_reporting", heading="Studies reporting"),
)


def complications_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, each cohort's complications and the totals."""
    sums = {
        "events": Sums(snapshot=snapshot, quantity=QUANTITIES[f"events.{CLASS}"]),
        "affected": Sums(snapshot=snapshot, quantity=QUANTITIES[f"affected.{CLASS}"]),
    }
    rows = (
        (category, row)
        for study in evidence_of(snapshot)
        for cohort in study.cohorts
        for category, row in _of_cohort(study, cohort, sums)
    )

    def totals(category: str) -> Iterator[Row]:
        yield from total_rows(snapshot, category, {"events": sums["events"]}, unit="events")
        yield from total_rows(snapshot, category, {"affected": sums["affected"]})
        if snapshot.settings.affected_at_least:
            yield from _at_least(snapshot, category)

    return Table(
        rows=tuple(by_category(snapshot, rows, totals)),
        notes=(
            "Events are occurrences; affected are the patients or "
            f"{snapshot.units} that had at least one.",
            BASIS.format(units=snapshot.units),
            MISSING_LEGEND,
        ),
    )


def _of_cohort(
    study: StudyEvidence, cohort: Cohort, sums: dict[str, Sums]
) -> Iterator[tuple[str, Row]]:
    told = study.events(cohort, CLASS)
    answers = cohort.answers
    asked = any(answers.get(f"complications.{part}") for part in ("assessed", "definition"))
    for category in cohorts_by_category(study, cohort, told, always=asked):
        events = told.get(category, [])
        yield category, _whole(study, cohort, category, events, sums)
        if len(events) > 1:
            for row in events:
                if not is_whole(row):
                    yield category, _kind(study, cohort, row)


def _shared(study: StudyEvidence, cohort: Cohort) -> dict[str, Cell]:
    return {
        "study": study_cell(study.copy),
        **cohort.answers.cells(
            cohort="label",
            assessed="complications.assessed",
            definition="complications.definition",
        ),
    }


def _whole(
    study: StudyEvidence,
    cohort: Cohort,
    category: str,
    events: Sequence[Answers],
    sums: dict[str, Sums],
) -> Row:
    """Return the row that totals read: the class as a whole, or what its kinds add up to."""
    one = events[0] if len(events) == 1 else None
    marks = Marks()
    for name, summed in sums.items():
        why = summed.why_not(study, cohort, category)
        is_unasked = not events and cohort.answers.says("complications.assessed") == "no"
        marks.add(name, NOT_ASSESSED if is_unasked and why else why)
    cells = {**_shared(study, cohort), **_of_event(one)} if one else _shared(study, cohort)
    if one is None or is_whole(one):
        cells["type"] = Cell(text=ANY, value=ANY)
    cells |= told_cells(study.snapshot, cohort, events)
    key = f"{cohort.uid}-{key_of(category)}"
    return Row(key=key, cells=cells, mark=marks.text, counts=marks.counts)


def told_cells(snapshot: Snapshot, cohort: Cohort, events: Sequence[Answers]) -> dict[str, Cell]:
    """Return events, affected and unit of what the events of one class say together."""
    if not events:
        if cohort.answers.says("complications.assessed") != "yes":
            return {}
        code = Missing.NOT_REPORTED
        blank = Cell(
            text=MISSING_TEXT[code],
            missing=code,
            sources=cohort.answers.uids("complications.assessed"),
            note="Assessed; how many there were is not given, which is not none.",
        )
        return {"events": blank, "affected": blank}
    told = told_by(events)
    unit = snapshot.unit_word(told.unit)
    return {
        "events": events_cell(events),
        "affected": affected_cell(events),
        "affected_percent": percent_cell(told.affected, told.of, told.sources),
        "unit": Cell(text=unit, value=unit) if unit else BLANK,
    }


def events_cell(events: Sequence[Answers]) -> Cell:
    """Return how often events of one class happened: as printed, or the sum of the kinds."""
    told, stated = told_by(events), _stated(events)
    if stated is not None and (told.events is None or stated.number("events") == told.events):
        return stated.cell("events")
    if told.events is None:
        return BLANK
    formula = "the sum of its kinds" if told.events else "nobody affected"
    return Cell(text=plain(told.events), value=told.events, sources=told.sources, formula=formula)


def affected_cell(events: Sequence[Answers]) -> Cell:
    """Return who had at least one event of one class, out of how many."""
    told, stated = told_by(events), _stated(events)
    if told.affected is None:
        is_said = stated is not None and stated.get("affected") is not None
        return stated.out_of("affected", "of") if stated is not None and is_said else BLANK
    of = None if told.of is None else without_zeros(told.of)
    return out_of_cell(without_zeros(told.affected), of, told.sources)


def _stated(events: Sequence[Answers]) -> Answers | None:
    """Return the event that speaks for all: the class as a whole, or the only one."""
    wholes = [row for row in events if is_whole(row)]
    if len(wholes) == 1:
        return wholes[0]
    return events[0] if len(events) == 1 else None


def _of_event(event: Answers) -> dict[str, Cell]:
    return {
        **event.cells("type", "grade", "major", "related"),
        **event.cells(severity_scheme="scheme", treatment="treated"),
        "time": time_cell(event),
    }


def _kind(study: StudyEvidence, cohort: Cohort, event: Answers) -> Row:
    affected = event.out_of("affected", "of") if event.get("affected") else BLANK
    return Row(
        key=row_key(event),
        cells={
            **_shared(study, cohort),
            **_of_event(event),
            "events": event.cell("events"),
            "affected": affected,
            "affected_percent": event.percent("affected", "of"),
            "unit": event.cell("of.unit"),
        },
        mark=OF_A_KIND,
        counts=False,
    )


def _at_least(snapshot: Snapshot, category: str) -> Iterator[Row]:
    """Yield the lower bounds of who was affected, which have no percentage."""
    quantity = Quantity(name=f"affected.{CLASS}.at_least", read=affected_at_least(CLASS))
    columns = {"affected": Sums(snapshot=snapshot, quantity=quantity)}
    for row in total_rows(snapshot, category, columns, kind="at least"):
        cell = row.cell("affected")
        if cell.text:
            bound = replace(cell, text=f"≥ {cell.text}")
            key = row.key.replace(" ", "-")
            yield replace(row, key=key, cells={**row.cells, "affected": bound})


def _looked_for(cells: Sequence[Cell]) -> str:
    """Write whether complications were looked for, and what counted as one."""
    assessed, definition = cells
    if not definition.text:
        return assessed.text
    word = f"definition {definition.text}" if definition.missing else definition.text
    return f"{assessed.text} ({word})" if assessed.text else word


def _named(cells: Sequence[Cell]) -> str:
    """Write a complication with its grade, and whether it is called major and related."""
    kind, scheme, grade, major, related = cells
    graded = " ".join(cell.text for cell in (scheme, grade) if cell.text and not cell.missing)
    said = [graded or ("grade " + grade.text if grade.missing else "")]
    if major.text and not major.missing:
        said.append({"yes": "major", "no": "minor"}.get(major.text, major.text))
    if related.text and not related.missing:
        said.append(f"related: {related.text}")
    inside = "; ".join(filter(None, said))
    return f"{kind.text} ({inside})" if kind.text and inside else kind.text or inside


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        cohort_or_reporting(),
        Joined(
            key="looked_for",
            heading="Assessed (definition)",
            of=("assessed", "definition"),
            write=_looked_for,
        ),
        Joined(
            key="complication",
            heading="Complication (grade)",
            of=("type", "severity_scheme", "grade", "major", "related"),
            write=_named,
        ),
        Joined(key="events", heading="Events", unit="n", numeric=True),
        Joined(
            key="affected_share",
            heading="Affected",
            unit="n/N (%)",
            numeric=True,
            of=("affected", "affected_percent"),
            write=share,
        ),
        Joined(key="unit", heading="Counts"),
        Joined(key="time", heading="Time"),
        Joined(key="treatment", heading="Treated how"),
    ),
    once=("study", COHORT_OR_REPORTING, "looked_for"),
)
COMPLICATIONS = ReportDefinition(
    slug="complications",
    title="Complications",
    columns=COLUMNS,
    rows=complications_table,
    named_by=("study", "cohort", "type"),
    source="PRISMA 2020, item 19 (results of individual studies); PRISMA Harms",
    journal=JOURNAL,
)
