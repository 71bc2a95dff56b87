"""Study estimates of change: one row a cohort, outcome and treatment, each with its own interval.

Nothing is pooled. What is not drawn keeps its row, and says why.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reporting.cells import row_key, word
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
from reporting.forest.beside import beside
from reporting.forest.drawing import DRAWING
from reporting.forest.estimates import Estimate, axis_of, estimates_of
from reporting.forest.intervals import ASSUMED, SENSITIVITY, MeanChange
from reporting.forest.parts import Part, mcid_words, parts_of, titles_of
from reporting.forest.words import not_pooled, ranges_words, without_words
from reporting.printing import MISSING_LEGEND, study_cell
from reporting.reports.by_treatment import by_category
from reporting.results import instrument_cell, treatment_cell
from reporting.selected import selection_notes
from reporting.times import months_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="category", heading="Category of treatment"),
    Column(key="instrument", heading="Instrument"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="n", heading="Analysed", unit="n", numeric=True),
    Column(key="n_unit", heading="Counts"),
    Column(key="change", heading="Mean change", numeric=True),
    Column(key="low", heading="Lower limit", numeric=True),
    Column(key="high", heading="Upper limit", numeric=True),
    Column(key="level", heading="Level", unit="%", numeric=True),
    Column(key="interval_from", heading="Interval is"),
    Column(key="low_r02", heading="Lower limit, r = 0.2", numeric=True),
    Column(key="high_r02", heading="Upper limit, r = 0.2", numeric=True),
    Column(key="low_r08", heading="Lower limit, r = 0.8", numeric=True),
    Column(key="high_r08", heading="Upper limit, r = 0.8", numeric=True),
    Column(key="mcid", heading="MCID", numeric=True),
    Column(key="mcid_source", heading="Source of the MCID"),
    Column(key="direction", heading="Direction"),
    Column(key="not_drawn", heading="Not drawn, because"),
    Column(key="change_from", heading="Change is"),
    Column(key="time_point", heading="Time point"),
    Column(key="treatment", heading="Treatment"),
    Column(key="scale", heading="Scale"),
    Column(key="figure", heading="Figure"),
)


def forest_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, one row an estimate in the order of studies."""
    parts = parts_of(snapshot)
    rows = ((one.category, _row(snapshot, one)) for one in estimates_of(snapshot))
    return Table(
        rows=tuple(by_category(snapshot, rows, _no_totals)), notes=tuple(_notes(snapshot, parts))
    )


def _no_totals(_category: str) -> Iterator[Row]:
    """Yield nothing: changes of different studies are not added up."""
    yield from ()


def _notes(snapshot: Snapshot, parts: Sequence[Part]) -> Iterator[str]:
    drawn = [one for part in parts for one in part.drawn]
    if drawn:
        yield not_pooled(drawn)
    yield (
        "A row is one cohort, outcome and treatment: the result that the review’s rule of "
        "selection chose, or without a rule the one at final follow-up, else at the latest visit."
    )
    yield (
        "Intervals are of 95 %: as printed; else change ± t × SE from the SD or SE of the change "
        "with n − 1 degrees of freedom; of a change derived from two means, from the SDs before "
        f"and after with an assumed correlation of r = {ASSUMED}, and beside it with "
        f"{' and '.join(map(str, SENSITIVITY))}. Limits that are computed have the decimals of "
        "the change."
    )
    yield (
        f"n counts patients or {snapshot.units} as the study analysed them. No correlation within "
        f"patients is reported that would allow for several {snapshot.units} of one patient."
    )
    yield (
        "Medians are not made into means. Who is not drawn keeps a row; nobody is drawn twice "
        "after one treatment on one scale."
    )
    for part in parts:
        said = (ranges_words(part), mcid_words(part), without_words(part))
        yield f"{part.title}. {' '.join(text for text in said if text)}"
    yield from selection_notes(snapshot)
    yield MISSING_LEGEND


def _row(snapshot: Snapshot, one: Estimate) -> Row:
    change, outcome = one.change, one.outcome
    low, high = change.interval or (BLANK, BLANK)
    drawn = change.value is not None
    return Row(
        key=row_key(one.result),
        counts=one.is_drawn,
        cells={
            "study": study_cell(one.study.copy),
            "cohort": one.cohort.answers.cell("label"),
            "instrument": instrument_cell(outcome),
            "months": months_cell(one.result),
            "n": change.n_cell,
            "n_unit": one.result.cell("n.unit"),
            "change": change.cell if change.kind else BLANK,
            "low": low,
            "high": high,
            "level": word("95") if drawn and change.interval else BLANK,
            "interval_from": word(change.source),
            **_sensitivity(change),
            **outcome.cells("mcid", "direction", mcid_source="mcid.source"),
            "not_drawn": word(one.why_not),
            "change_from": word(change.kind),
            "time_point": one.result.cell("time.kind"),
            "treatment": treatment_cell(one.study, one.cohort, one.result),
            "scale": word(one.scale),
            "figure": word(titles_of(snapshot)[axis_of(one)] if one.is_drawn else ""),
        },
    )


def _sensitivity(change: MeanChange) -> dict[str, Cell]:
    """Return the limits with the other correlations, by column."""
    return {
        f"{end}_r{str(r).replace('.', '')}": cell
        for r, pair in change.sensitivity.items()
        for end, cell in zip(("low", "high"), pair, strict=True)
    }


def _counted(cells: Sequence[Cell]) -> str:
    """Write n with what it counts: 15 hips."""
    n, unit = cells
    return n.text if n.missing or not unit.text else f"{n.text} {unit.text}".strip()


def _with_interval(cells: Sequence[Cell]) -> str:
    """Write the change with its limits: 29.0 (22.5 to 35.5)."""
    change, low, high = cells
    if not (low.text and high.text):
        return _true(change)
    return f"{_true(change)} ({_true(low)} to {_true(high)})"


def _true(cell: Cell) -> str:
    """Return a number with a true minus sign; words as they are."""
    return cell.text.replace("-", "−") if isinstance(cell.value, Decimal) else cell.text


def _others(cells: Sequence[Cell]) -> str:
    """Write the limits with the other correlations: −7.1 to −3.5; −6.4 to −4.2."""
    ends = [_true(cell) for cell in cells]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return "; ".join(f"{low} to {high}" for low, high in pairs if low and high)


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(key="cohort", heading="Cohort"),
        Joined(key="instrument", heading="Instrument"),
        Joined(
            key="analysed", heading="Analysed", numeric=True, of=("n", "n_unit"), write=_counted
        ),
        Joined(key="months", heading="Months", numeric=True),
        Joined(
            key="change_and_interval",
            heading="Mean change (95 % CI)",
            numeric=True,
            of=("change", "low", "high"),
            write=_with_interval,
        ),
        Joined(
            key="other_correlations",
            heading="95 % CI with r = 0.2; 0.8",
            numeric=True,
            of=("low_r02", "high_r02", "low_r08", "high_r08"),
            write=_others,
        ),
        Joined(key="mcid", heading="MCID", numeric=True),
        Joined(key="not_drawn", heading="Not drawn, because"),
    ),
    once=("study",),
)

FOREST = ReportDefinition(
    slug="forest",
    title="Study estimates of change",
    columns=COLUMNS,
    rows=forest_table,
    named_by=("study", "cohort", "instrument", "time_point"),
    formats=("csv", "xlsx", "docx", "md", "json", "html", "svg", "png"),
    journal=JOURNAL,
    figure=DRAWING,
    beside=beside,
    source="PRISMA 2020, item 19 (results of individual studies)",
)
