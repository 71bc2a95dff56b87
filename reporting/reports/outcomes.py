"""Outcomes: a row for each value after baseline, with the value before the same treatment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
from reporting.evidence import StudyEvidence, evidence_of
from reporting.layouts import SUMMARY_NOTE, ends_of, in_brackets, in_statistic
from reporting.printing import MISSING_LEGEND, Answers, key_of, study_cell
from reporting.reports.by_treatment import by_category
from reporting.reports.joining import COHORT_OR_REPORTING, cohort_or_reporting
from reporting.results import (
    Series,
    between,
    change_of,
    estimate_cell,
    estimate_of,
    instrument_cell,
    interval_cell,
    series_of,
    treatment_cell,
)
from reporting.selected import NO_VALUE, selected_cell, selection_notes
from reporting.selection import ALTERNATIVE, OPEN
from reporting.times import months_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="instrument", heading="Instrument"),
    Column(key="range", heading="Range"),
    Column(key="direction", heading="Direction"),
    Column(key="time_point", heading="Time point"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="months_min", heading="Shortest", unit="months", numeric=True),
    Column(key="months_max", heading="Longest", unit="months", numeric=True),
    Column(key="n", heading="Analysed", unit="n", numeric=True),
    Column(key="n_unit", heading="Counts"),
    Column(key="statistic", heading="Statistic"),
    Column(key="before", heading="Before", numeric=True),
    Column(key="after", heading="After", numeric=True),
    Column(key="change", heading="Change", numeric=True),
    Column(key="change_from", heading="Change is"),
    Column(key="interval", heading="Interval after", numeric=True),
    Column(key="p", heading="p", numeric=True),
    Column(key="mcid", heading="MCID", numeric=True),
    Column(key="mcid_source", heading="Source of the MCID"),
    Column(key="n_reaching_mcid", heading="Reaching MCID", unit="n/N", numeric=True),
    Column(key="n_reaching_pass", heading="Reaching PASS", unit="n/N", numeric=True),
    Column(key="n_reaching_scb", heading="Reaching SCB", unit="n/N", numeric=True),
    Column(key="statistic_before", heading="Statistic before"),
    Column(key="n_before", heading="Analysed before", unit="n", numeric=True),
    Column(key="n_before_unit", heading="Counts before"),
    Column(key="change_statistic", heading="Statistic of the change"),
    Column(key="change_interval", heading="Interval of the change", numeric=True),
    Column(key="change_p", heading="p of the change", numeric=True),
    Column(key="set", heading="Analysis set"),
    Column(key="adjusted", heading="Adjusted for"),
    Column(key="selected", heading="Selected"),
    Column(key="treatment", heading="Treatment"),
    Column(key="category", heading="Category of treatment"),
    Column(key="studies_reporting", heading="Studies reporting"),
)


def outcomes_table(snapshot: Snapshot) -> Table:
    """Return, by category of treatment, one row a value after baseline.

    An outcome with a baseline alone keeps its row.
    """
    rows = list(_rows(snapshot))
    reporting: dict[str, dict[StudyEvidence, None]] = {}
    for study, category, _ in rows:
        reporting.setdefault(category, {})[study] = None

    def totals(category: str) -> Iterator[Row]:
        yield from _reporting(snapshot, category, list(reporting.get(category, ())))

    return Table(
        rows=tuple(by_category(snapshot, (row[1:] for row in rows), totals)),
        notes=(
            "Before and after stand in the statistic that the row names; p as printed.",
            "A change is reported, or the difference of two means of as many people or "
            f"{snapshot.units}, who are assumed to be the same; such a one has no interval.",
            "Values of different studies are not added up.",
            *selection_notes(snapshot),
            MISSING_LEGEND,
        ),
    )


def outcome_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the rows study by study, each with its category of treatment."""
    for _, category, row in _rows(snapshot):
        word = Cell(text=category, value=category)
        yield replace(row, cells={**row.cells, "category": word})


def _rows(snapshot: Snapshot) -> Iterator[tuple[StudyEvidence, str, Row]]:
    for study in evidence_of(snapshot):
        for series in series_of(study):
            for category, row in _of_series(series):
                yield study, category, row


def _reporting(snapshot: Snapshot, category: str, given: list[StudyEvidence]) -> Iterator[Row]:
    """Yield the row that says how many studies of a category report an outcome."""
    treated = [
        study
        for study in evidence_of(snapshot)
        if study in given
        or any(
            category in study.categories_of(cohort) and not study.is_mixed(cohort)
            for cohort in study.cohorts
        )
    ]
    if not treated:
        return
    title = f"Reporting, {category}"
    text = f"{len(given)} of {len(treated)}"
    without = [study.label for study in treated if study not in given]
    yield Row(
        key=f"reporting-{key_of(category)}",
        cells={
            "study": Cell(text=title, value=title),
            "studies_reporting": Cell(
                text=text, value=text, studies=tuple(study.uid for study in given)
            ),
        },
        note=f"No outcome reported in: {', '.join(without)}." if without else "",
        is_total=True,
    )


def _of_series(series: Series) -> Iterator[tuple[str, Row]]:
    study, outcome = series.study, series.outcome
    shared = {
        "study": study_cell(study.copy),
        "cohort": series.cohort.answers.cell("label"),
        "instrument": instrument_cell(outcome),
        "range": outcome.joined(("range.low", "range.high", "unit"), _range),
        **outcome.cells("direction", "mcid", mcid_source="mcid.source"),
    }
    for result in series.later or series.baselines:
        cells = {**shared, **_of_result(series, result)}
        category = study.category_of(series.cohort, result)
        yield category, Row(key=row_key(result), cells=cells)


def _range(texts: list[str]) -> str:
    low, high, unit = texts
    limits = between(low, high)
    return " ".join(part for part in (limits, unit) if part)


def _of_result(series: Series, result: Answers) -> dict[str, Cell]:
    study = series.study
    cells = {
        "time_point": result.joined(("time.kind", "time.label"), _time_point),
        "months": months_cell(result, "time", "time.unit"),
        "months_min": months_cell(result, "time.min", "time.unit"),
        "months_max": months_cell(result, "time.max", "time.unit"),
        "treatment": treatment_cell(study, series.cohort, result),
        "selected": selected_cell(study.snapshot, result),
        **result.cells("set", "adjusted", "p", change_p="change.p"),
        "n_reaching_mcid": _reaching(result, "mcid"),
        "n_reaching_pass": _reaching(result, "pass"),
        "n_reaching_scb": _reaching(result, "scb"),
    }
    if result not in series.later:
        return {**cells, **_before(study, result), "statistic": _word(study, result)}
    before, _ = series.before(result)
    change = change_of(series, result)
    cells |= _before(study, before, beside=result) if before is not None else {}
    return {
        **cells,
        "n": _n(result),
        "n_unit": result.cell("n.unit"),
        "statistic": _word(study, result),
        "after": estimate_cell(study, result),
        "interval": interval_cell(result, "estimate"),
        "change": change.cell,
        "change_from": Cell(text=change.kind, value=change.kind),
        "change_statistic": Cell(text=change.statistic, value=change.statistic),
        "change_interval": interval_cell(result, "change"),
    }


def _before(
    study: StudyEvidence, before: Answers, beside: Answers | None = None
) -> dict[str, Cell]:
    statistic = _word(study, before)
    notes = []
    if beside is not None and statistic.text not in ("", _word(study, beside).text):
        notes.append(f"Before: {statistic.text}")
    return {
        "before": estimate_cell(study, before, *notes),
        "statistic_before": statistic,
        "n_before": _n(before),
        "n_before_unit": before.cell("n.unit"),
    }


def _word(study: StudyEvidence, result: Answers) -> Cell:
    statistic = estimate_of(study, result).statistic
    return Cell(text=statistic, value=statistic)


def _n(result: Answers) -> Cell:
    return result.cell("n" if result.get("estimate.n") is None else "estimate.n")


def _time_point(texts: list[str]) -> str:
    kind, label = texts
    return kind if not label or label.casefold() == kind.casefold() else f"{kind}: {label}"


def _reaching(result: Answers, stem: str) -> Cell:
    """Return who reached a threshold, out of its own whole, else of those the result is of."""
    n, of = f"{stem}.n", f"{stem}.of"
    if result.get(n) is None:
        return BLANK
    if result.get(of) is not None or result.number(n) is None:
        return result.out_of(n, of)
    whole = "n" if result.get("estimate.n") is None else "estimate.n"
    return out_of_cell(result.says(n), result.says(whole), result.uids(n, whole))


def _outcome(cells: Sequence[Cell]) -> str:
    """Write the instrument with its range, what it is adjusted for, and a choice left open."""
    instrument, limits, adjusted, selected = cells
    said = [
        limits.text,
        f"adjusted for {adjusted.text}" if adjusted.text else "",
        OPEN if selected.text == OPEN else "",
    ]
    return in_brackets([instrument, *(Cell(text=text) for text in said)])


def _time(cells: Sequence[Cell]) -> str:
    """Write the months with the shortest and longest; without a number, which time it was."""
    months, low, high, point = cells
    if not months.text or months.missing:
        return in_brackets([point, months]) if point.text else months.text
    ends = ends_of(low.text, high.text)
    return f"{months.text} ({ends})" if ends else months.text


def _analysed(cells: Sequence[Cell]) -> str:
    """Write how many of what were analysed, how many before where they were others, and the set."""
    n, unit, before, before_unit, analysis = (cell.text for cell in cells)
    said = [f"{n} {unit}".strip()] if n else []
    if before and (before, before_unit) != (n, unit):
        other = before_unit if before_unit != unit else ""
        said.append(f"before: {before} {other}".strip())
    texts = "; ".join(said)
    return f"{texts} ({analysis})" if texts and analysis else texts or analysis


def _change(cells: Sequence[Cell]) -> str:
    """Write the change in its statistic with its confidence interval."""
    statistic, change, interval = cells
    said = Cell(text=in_statistic((statistic, change)))
    limits = f"CI {interval.text}" if interval.text else ""
    return in_brackets([said, Cell(text=limits)]) if said.text else limits


def _p(cells: Sequence[Cell]) -> str:
    """Write the p value, and that of the change where it is another."""
    p, of_change = (cell.text for cell in cells)
    other = f"{of_change} (change)" if of_change and of_change != p else ""
    return "; ".join(text for text in (p, other) if text)


def _thresholds(cells: Sequence[Cell]) -> str:
    """Write who reached each threshold, by its name."""
    named = zip(("MCID", "PASS", "SCB"), cells, strict=True)
    return "; ".join(f"{name} {cell.text}" for name, cell in named if cell.text)


def _not_taken(row: Row) -> bool:
    """Return whether the review's rule of selection takes another value in the place of this."""
    selected = row.cell("selected")
    return selected.text == ALTERNATIVE and selected.note != NO_VALUE


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        cohort_or_reporting(),
        Joined(
            key="outcome",
            heading="Outcome",
            of=("instrument", "range", "adjusted", "selected"),
            write=_outcome,
        ),
        Joined(
            key="time",
            heading="Time",
            unit="months",
            numeric=True,
            of=("months", "months_min", "months_max", "time_point"),
            write=_time,
        ),
        Joined(
            key="analysed",
            heading="Analysed",
            unit="n",
            numeric=True,
            of=("n", "n_unit", "n_before", "n_before_unit", "set"),
            write=_analysed,
        ),
        Joined(
            key="before_in_statistic",
            heading="Before",
            numeric=True,
            of=("statistic_before", "before"),
            write=in_statistic,
        ),
        Joined(
            key="after_in_statistic",
            heading="After",
            numeric=True,
            of=("statistic", "after"),
            write=in_statistic,
        ),
        Joined(
            key="change_interval_of",
            heading="Change (interval)",
            numeric=True,
            of=("change_statistic", "change", "change_interval"),
            write=_change,
        ),
        Joined(key="p_values", heading="p", numeric=True, of=("p", "change_p"), write=_p),
        Joined(
            key="reached",
            heading="Reaching a threshold",
            unit="n/N",
            numeric=True,
            of=("n_reaching_mcid", "n_reaching_pass", "n_reaching_scb"),
            write=_thresholds,
        ),
    ),
    once=("study", COHORT_OR_REPORTING),
    notes=(
        SUMMARY_NOTE,
        "Times are mean (shortest–longest). CI: 95 % confidence interval unless noted. Where the "
        "review has declared a rule of selection, the values that it does not take stand in the "
        "full layout.",
    ),
    leaves_out=_not_taken,
)
OUTCOMES = ReportDefinition(
    slug="outcomes",
    title="Outcomes before and after treatment",
    columns=COLUMNS,
    rows=outcomes_table,
    named_by=("study", "cohort", "instrument", "time_point"),
    source="PRISMA 2020, item 19 (results of individual studies)",
    journal=JOURNAL,
)
