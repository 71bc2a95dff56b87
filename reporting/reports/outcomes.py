"""Outcomes: one row a result after baseline, with its baseline as the value before."""

from collections.abc import Iterator

from extraction.copies import ElementCopy, StudyCopy
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import (
    EXACT,
    MISSING_LEGEND,
    Answers,
    of_element,
    plain,
    study_cell,
    with_spread,
)
from reporting.results import estimate_cell, instrument_cell, results_of

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
    Column(key="interval", heading="Interval", numeric=True),
    Column(key="p", heading="p", numeric=True),
    Column(key="mcid", heading="MCID", numeric=True),
    Column(key="mcid_source", heading="Source of the MCID"),
    Column(key="n_reaching_mcid", heading="Reaching MCID", unit="n/N", numeric=True),
    Column(key="n_reaching_pass", heading="Reaching PASS", unit="n/N", numeric=True),
)


def outcomes_table(snapshot: Snapshot) -> Table:
    """Return one row a result after baseline; an outcome with a baseline alone keeps its row."""
    return Table(
        rows=tuple(outcome_rows(snapshot)),
        notes=(
            "Before and after stand in the statistic that the row names; p as printed.",
            "A derived change is the difference of the two means, without an interval.",
            MISSING_LEGEND,
        ),
    )


def outcome_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the rows, by study, outcome, cohort and result."""
    for copy in snapshot.studies:
        for outcome in copy.outcomes:
            for cohort in copy.cohorts:
                yield from _of_cohort(snapshot, copy, outcome, cohort)


def _of_cohort(
    snapshot: Snapshot, copy: StudyCopy, outcome: ElementCopy, cohort: ElementCopy
) -> Iterator[Row]:
    given = [of_element(snapshot, copy, e) for e in results_of(copy, outcome, cohort)]
    baselines = [result for result in given if result.says("time_kind") == "baseline"]
    later = [result for result in given if result not in baselines]
    before = baselines[0] if baselines else None
    shared = {
        "study": study_cell(copy),
        "cohort": of_element(snapshot, copy, cohort).cell("label"),
        **_instrument(of_element(snapshot, copy, outcome)),
    }
    for result in later or baselines:
        if result.element:
            after = result if later else None
            cells = {**shared, **_result(result), **_values(before, after)}
            yield Row(key=str(result.element.uid), cells=cells)


def _instrument(outcome: Answers) -> dict[str, Cell]:
    return {
        "instrument": instrument_cell(outcome),
        "range": outcome.joined(("range_min", "range_max", "unit"), _range),
        **outcome.cells("direction", "mcid", "mcid_source"),
    }


def _range(texts: list[str]) -> str:
    low, high, unit = texts
    limits = "–".join(text for text in (low, high) if text)
    return " ".join(part for part in (limits, unit) if part)


def _result(result: Answers) -> dict[str, Cell]:
    return {
        "time_point": result.joined(("time_kind", "time_label"), _time_point),
        **result.cells("months", "months_min", "months_max", "n", "n_unit", "statistic"),
        "interval": result.joined(("ci_low", "ci_high"), _interval),
        "p": result.cell("p_value"),
        "n_reaching_mcid": _reaching(result, "mcid_n"),
        "n_reaching_pass": _reaching(result, "pass_n"),
    }


def _time_point(texts: list[str]) -> str:
    kind, label = texts
    return kind if not label or label.casefold() == kind.casefold() else f"{kind}: {label}"


def _interval(texts: list[str]) -> str:
    return " to ".join(text or "…" for text in texts)


def _reaching(result: Answers, key: str) -> Cell:
    return result.out_of(key, "n") if result.get(key) else BLANK


def _values(before: Answers | None, after: Answers | None) -> dict[str, Cell]:
    first = estimate_cell(before) if before else BLANK
    last = estimate_cell(after) if after else BLANK
    if before and after and before.says("statistic") != after.says("statistic"):
        words = before.cell("statistic").text.lower()
        first = estimate_cell(before, note=f"Before: {words}." if words else "")
    change, how = _change(before, after)
    return {
        "before": first,
        "after": last,
        "change": change,
        "change_from": Cell(text=how, value=how),
    }


def _change(before: Answers | None, after: Answers | None) -> tuple[Cell, str]:
    """Return the change as reported, else the difference of the means, and which it is."""
    if after is None:
        return BLANK, ""
    if after.get("change_mean"):
        return after.joined(("change_mean", "change_sd"), with_spread), "reported"
    if before is None:
        return BLANK, ""
    first, last = before.number("mean"), after.number("mean")
    if first is None or last is None:
        return BLANK, ""
    cell = Cell(
        text=plain(EXACT.subtract(last, first)),
        value=EXACT.subtract(last, first),
        sources=after.uids("mean") + before.uids("mean"),
        formula=f"{plain(last)} − {plain(first)}",
    )
    return cell, "derived"


OUTCOMES = ReportDefinition(
    slug="outcomes",
    title="Outcomes before and after treatment",
    columns=COLUMNS,
    rows=outcomes_table,
    named_by=("study", "cohort", "instrument", "time_point"),
    source="PRISMA 2020, item 19 (results of individual studies)",
)
