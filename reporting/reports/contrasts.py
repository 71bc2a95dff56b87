"""Contrasts: differences between two cohorts as the reports state them."""

from collections.abc import Iterator, Sequence

from extraction import groups
from reporting.cells import key_cell, row_key
from reporting.definitions import (
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.evidence import evidence_of
from reporting.layouts import ends_of, in_brackets
from reporting.printing import MISSING_LEGEND, of_element, study_cell
from reporting.times import months_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort_a", heading="Cohort"),
    Column(key="cohort_b", heading="Compared with"),
    Column(key="outcome", heading="Outcome"),
    Column(key="event_class", heading="Class of event", names=True),
    Column(key="time", heading="Time as printed"),
    Column(key="time_unit", heading="Unit of time"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="measure", heading="Measure"),
    Column(key="estimate", heading="Estimate", numeric=True),
    Column(key="low", heading="Lower limit", numeric=True),
    Column(key="high", heading="Upper limit", numeric=True),
    Column(key="p", heading="p", numeric=True),
    Column(key="adjusted_for", heading="Adjusted for"),
    Column(key="accounts_for", heading="Accounts for"),
    Column(key="set", heading="Analysis set"),
)


def contrasts_table(snapshot: Snapshot) -> Table:
    """Return one row a contrast, as printed in its report."""
    return Table(rows=tuple(_rows(snapshot)), notes=("p as printed.", MISSING_LEGEND))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        for element in study.copy.in_group(groups.CONTRAST):
            contrast = of_element(snapshot, study.copy, element)
            cells = {
                "study": study_cell(study.copy),
                **contrast.cells("cohort_a", "cohort_b", "outcome", "time", "estimate"),
                **contrast.cells("low", "high", "p", "adjusted_for", "accounts_for", "set"),
                "measure": key_cell(contrast, "measure"),
                "time_unit": contrast.cell("time.unit"),
                "event_class": key_cell(contrast, "event_class"),
                "months": months_cell(contrast),
            }
            yield Row(key=row_key(contrast), cells=cells)


def _groups(cells: Sequence[Cell]) -> str:
    one, other = (cell.text for cell in cells)
    return f"{one or '–'} against {other or '–'}" if one or other else ""


def _outcome(cells: Sequence[Cell]) -> str:
    """Write the outcome, or the class of events in words."""
    outcome, event_class = cells
    word = event_class.text.replace("_", " ")
    return "; ".join(text for text in (outcome.text, word) if text)


def _measure(cells: Sequence[Cell]) -> str:
    return cells[0].text.replace("_", " ")


def _estimate(cells: Sequence[Cell]) -> str:
    """Write the estimate with its limits."""
    estimate, low, high = cells
    return in_brackets([estimate, Cell(text=ends_of(low.text, high.text))])


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(key="groups", heading="Groups", of=("cohort_a", "cohort_b"), write=_groups),
        Joined(
            key="compared",
            heading="Outcome or event",
            of=("outcome", "event_class"),
            write=_outcome,
        ),
        Joined(key="months", heading="Time", unit="months", numeric=True),
        Joined(key="measured_as", heading="Measure", of=("measure",), write=_measure),
        Joined(
            key="estimate_limits",
            heading="Estimate (interval)",
            numeric=True,
            of=("estimate", "low", "high"),
            write=_estimate,
        ),
        Joined(key="p", heading="p", numeric=True),
        Joined(key="adjusted_for", heading="Adjusted for"),
        Joined(key="accounts_for", heading="Accounts for"),
        Joined(key="set", heading="Analysis set"),
    ),
    once=("study", "groups"),
    notes=(
        "MD: mean difference; SMD: standardised mean difference; RR: risk ratio; OR: odds ratio; "
        "HR: hazard ratio; RD: risk difference; IRR: incidence rate ratio; p only: the p value "
        "alone. In brackets: lower and upper limit.",
    ),
)
CONTRASTS = ReportDefinition(
    slug="contrasts",
    title="Differences between groups",
    columns=COLUMNS,
    rows=contrasts_table,
    named_by=("study", "cohort_a", "cohort_b", "outcome", "event_class", "measure"),
    source="PRISMA 2020, item 19 (results of individual studies)",
    journal=JOURNAL,
)
