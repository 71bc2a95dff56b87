"""Results in long form: one row an estimate, each part in a column of its own, for statistics."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from extraction.copies import Cell as Answer
from extraction.copies import StudyCopy
from extraction.schema import MissingCode
from extraction.sheets import names_of
from reporting.cells import key_cell, number_cell, row_key, word
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.evidence import StudyEvidence, evidence_of
from reporting.printing import EXACT, Answers, plain, rounded, study_cell
from reporting.results import (
    Series,
    change_of,
    estimate_of,
    number_and_unit,
    series_of,
    treatment_cell,
)
from reporting.selected import selected_cell, selection_notes
from reporting.times import months_cell

INTERVALS = ("ci95", "ci_other", "iqr")
# Of an answer that says where the estimate was read.
READ_FROM = ("estimate.value", "events", "percent", "estimate.min", "estimate.max")
THRESHOLDS = ("mcid", "pass", "scb")
MORE_PLACES = 1
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="report", heading="Report"),
    Column(key="cohort", heading="Cohort"),
    Column(key="part_of", heading="Part of"),
    Column(key="outcome", heading="Outcome"),
    Column(key="instrument", heading="Instrument"),
    Column(key="direction", heading="Direction"),
    Column(key="time_point_kind", heading="Kind of time point"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="statistic", heading="Statistic"),
    Column(key="as_printed", heading="As printed"),
    Column(key="value", heading="Value", numeric=True),
    Column(key="qualifier", heading="Qualifier"),
    Column(key="unit", heading="Unit"),
    Column(key="n", heading="n", numeric=True),
    Column(key="n_unit", heading="n counts"),
    Column(key="missing", heading="Missing"),
    Column(key="obtained", heading="Obtained"),
    Column(key="formula", heading="Formula"),
    Column(key="page", heading="Page"),
    Column(key="quote", heading="Quote", file_only=True),
    Column(key="cohort_kind", heading="Kind of cohort"),
    Column(key="counts", heading="Counts towards totals"),
    Column(key="category", heading="Category of treatment"),
    Column(key="treatment", heading="Treatment"),
    Column(key="version", heading="Version"),
    Column(key="time_label", heading="Time point as printed"),
    Column(key="set", heading="Analysis set"),
    Column(key="adjusted", heading="Adjusted for"),
    Column(key="selected", heading="Selected"),
    Column(key="mean", heading="Mean", numeric=True),
    Column(key="sd", heading="SD", numeric=True),
    Column(key="sd_kind", heading="SD is"),
    Column(key="se", heading="SE", numeric=True),
    Column(key="median", heading="Median", numeric=True),
    Column(key="low", heading="Lower limit", numeric=True),
    Column(key="high", heading="Upper limit", numeric=True),
    Column(key="limits_kind", heading="Limits are"),
    Column(key="min", heading="Lowest", numeric=True),
    Column(key="max", heading="Highest", numeric=True),
    Column(key="baseline_n", heading="Baseline: n", numeric=True),
    Column(key="baseline_n_unit", heading="Baseline: n counts"),
    Column(key="baseline_mean", heading="Baseline: mean", numeric=True),
    Column(key="baseline_sd", heading="Baseline: SD", numeric=True),
    Column(key="change_mean", heading="Change: mean", numeric=True),
    Column(key="change_sd", heading="Change: SD", numeric=True),
    Column(key="change_low", heading="Change: lower limit", numeric=True),
    Column(key="change_high", heading="Change: upper limit", numeric=True),
    Column(key="change_limits_kind", heading="Change: limits are"),
    Column(key="change_n", heading="Change: n", numeric=True),
    Column(key="change_kind", heading="Change is"),
    Column(key="change_p", heading="p of the change"),
    Column(key="events", heading="Events", numeric=True),
    Column(key="percent", heading="Per cent", numeric=True),
    Column(key="p", heading="p"),
    Column(key="person_time", heading="Person-time", unit="patient-years", numeric=True),
    Column(key="mcid", heading="MCID", numeric=True),
    Column(key="mcid_n", heading="Reaching MCID", numeric=True),
    Column(key="mcid_of", heading="MCID of", numeric=True),
    Column(key="pass", heading="PASS", numeric=True),
    Column(key="pass_n", heading="Reaching PASS", numeric=True),
    Column(key="pass_of", heading="PASS of", numeric=True),
    Column(key="scb_n", heading="Reaching SCB", numeric=True),
    Column(key="scb_of", heading="SCB of", numeric=True),
    Column(key="range_low", heading="Scale: lowest", numeric=True),
    Column(key="range_high", heading="Scale: highest", numeric=True),
    Column(key="result", heading="Result", file_only=True),
    Column(key="baseline", heading="Its baseline", file_only=True),
)


def results_long(snapshot: Snapshot) -> Table:
    """Return one row a result, baselines too; numbers are numbers, or blank."""
    return Table(
        rows=tuple(_rows(snapshot)),
        notes=(
            "A standard deviation out of a standard error is SE × √n, marked as derived. Changes "
            "are as reported or the difference of two means of the same number, marked as derived.",
            *selection_notes(snapshot),
        ),
    )


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        names = names_of(study.copy)
        for series in series_of(study):
            shared = _shared(series, names)
            for result in (*series.baselines, *series.later):
                cells = {**shared, **_cells(study, series, result)}
                yield Row(key=row_key(result), cells=cells)


def _shared(series: Series, names: Mapping[UUID, str]) -> dict[str, Cell]:
    cohort, outcome = series.cohort, series.outcome
    named = series.study.copy
    return {
        "study": study_cell(named),
        "cohort": word(names[cohort.uid]),
        "part_of": word(names[cohort.part_of.uid] if cohort.part_of else ""),
        "outcome": word(names[outcome.element.uid] if outcome.element else ""),
        "counts": key_cell(cohort.answers, "counts"),
        "cohort_kind": key_cell(cohort.answers, "kind"),
        "direction": key_cell(outcome, "direction"),
        **outcome.cells("instrument", "version", "unit"),
        **_numbers(outcome, "mcid", "pass", range_low="range.low", range_high="range.high"),
    }


def _cells(study: StudyEvidence, series: Series, result: Answers) -> dict[str, Cell]:
    read = next((found for key in READ_FROM if (found := result.get(key))), None)
    before, _ = series.before(result) if result in series.later else (None, "")
    n, unit = number_and_unit(result)
    return {
        **_place(study.copy, read),
        "time_point_kind": key_cell(result, "time.kind"),
        "set": key_cell(result, "set"),
        **result.cells("adjusted", "p", time_label="time.label", change_p="change.p"),
        "months": _plain(months_cell(result)),
        "category": word(study.category_of(series.cohort, result)),
        "treatment": treatment_cell(study, series.cohort, result),
        "selected": selected_cell(study.snapshot, result),
        **_estimate(study, result),
        "n": number_cell(n, result.uids("n", "estimate.n")),
        "n_unit": word(unit),
        **_numbers(result, "events", "percent", "person_time"),
        **_numbers(result, **{f"{one}_n": f"{one}.n" for one in THRESHOLDS}),
        **{f"{one}_of": _whole(result, one) for one in THRESHOLDS},
        **(_baseline(before) if before is not None else {}),
        **(_change(series, result) if result in series.later else {}),
        "result": word(row_key(result)),
        "baseline": word(row_key(before) if before is not None else ""),
    }


def _place(copy: StudyCopy, read: Answer | None) -> dict[str, Cell]:
    """Return where and how an estimate was read."""
    if read is None:
        return {"report": word(report_name(copy, None))}
    return {
        "report": word(report_name(copy, read)),
        "qualifier": word(read.qualifier),
        "missing": word(missing_code(read)),
        "obtained": word(read.obtained),
        "formula": word(read.formula),
        "page": word(read.page),
        "quote": word(read.quote),
    }


def report_name(copy: StudyCopy, answer: Answer | None) -> str:
    """Return the report a value was read in, by DOI or number: the only one, if it names none."""
    if answer is not None and answer.report is not None:
        named = [report.record for report in copy.reports if report.pk == answer.report]
    else:
        named = [report.record for report in copy.reports] if len(copy.reports) == 1 else []
    dois = [report.record.doi.lower() for report in copy.reports]
    return "".join(
        record.doi if record.doi and dois.count(record.doi.lower()) == 1 else str(record.number)
        for record in named
    )


def missing_code(answer: Answer) -> str:
    """Return why there is no value, as an extraction sheet writes it."""
    return MissingCode(answer.missing).shortcut if answer.missing else ""


def _estimate(study: StudyEvidence, result: Answers) -> dict[str, Cell]:
    estimate = estimate_of(study, result)
    value = estimate.number
    if value is None and estimate.statistic == "n/N":
        value = result.number("events")
    cells = {
        "statistic": word(estimate.statistic),
        "as_printed": Cell(text=estimate.text, value=estimate.text, sources=estimate.sources),
        "value": number_cell(value, estimate.sources),
        **_numbers(result, min="estimate.min", max="estimate.max"),
        **_limits(result, "estimate", "low", "high", "limits_kind"),
        **_sd(result, "sd"),
    }
    if result.says("estimate.spread") == "se":
        cells |= _numbers(result, se="estimate.spread_value")
    centre = result.says("estimate.centre")
    if centre in ("mean", "median"):
        cells[centre] = _exact(result, "estimate.value")
    return cells


def _limits(result: Answers, stem: str, low: str, high: str, kind: str) -> dict[str, Cell]:
    spread = result.says(f"{stem}.spread")
    if spread not in INTERVALS:
        return {}
    cells = _numbers(result, **{low: f"{stem}.spread_low", high: f"{stem}.spread_high"})
    return {**cells, kind: word(spread)} if any(cell.text for cell in cells.values()) else {}


def _sd(result: Answers, column: str) -> dict[str, Cell]:
    """Return the standard deviation: as printed, or out of a standard error with its formula."""
    spread, number = result.says("estimate.spread"), result.number("estimate.spread_value")
    if number is None or spread not in ("sd", "se"):
        return {}
    if spread == "sd":
        said = {} if column != "sd" else {"sd_kind": word("reported")}
        return {column: number_cell(number, result.uids("estimate.spread_value")), **said}
    n, _ = number_and_unit(result)
    if n is None or n <= 0:
        return {}
    exact = EXACT.multiply(number, EXACT.sqrt(n))
    exponent = number.as_tuple().exponent
    places = max(0, -exponent if isinstance(exponent, int) else 0) + MORE_PLACES
    cell = Cell(
        text=plain(rounded(exact, places)),
        value=rounded(exact, places),
        sources=result.uids("estimate.spread_value", "n", "estimate.n"),
        formula=f"{plain(number)} × √{plain(n)}",
        note=f"SD = SE × √n: {plain(number)} × √{plain(n)}.",
    )
    return {column: cell, **({"sd_kind": word("derived")} if column == "sd" else {})}


def _baseline(before: Answers) -> dict[str, Cell]:
    n, unit = number_and_unit(before)
    is_mean = before.says("estimate.centre") == "mean"
    return {
        "baseline_n": number_cell(n, before.uids("n", "estimate.n")),
        "baseline_n_unit": word(unit),
        "baseline_mean": _exact(before, "estimate.value") if is_mean else BLANK,
        **_sd(before, "baseline_sd"),
    }


def _change(series: Series, result: Answers) -> dict[str, Cell]:
    change = change_of(series, result)
    cells = {"change_kind": word(change.kind)}
    if change.kind == "derived":
        n, _ = number_and_unit(result)
        number = number_cell(change.value, change.sources)
        return {**cells, "change_mean": number, "change_n": number_cell(n, result.uids("n"))}
    if result.says("change.centre") == "mean":
        cells["change_mean"] = _exact(result, "change.value")
    if result.says("change.spread") == "sd":
        cells |= _numbers(result, change_sd="change.spread_value")
    limits = _limits(result, "change", "change_low", "change_high", "change_limits_kind")
    return {**cells, **limits, **_numbers(result, change_n="change.n")}


def _whole(result: Answers, stem: str) -> Cell:
    if result.number(f"{stem}.n") is None:
        return BLANK
    if result.number(f"{stem}.of") is not None:
        return _numbers(result, whole=f"{stem}.of")["whole"]
    return number_cell(number_and_unit(result)[0], result.uids("n", "estimate.n"))


def _numbers(answers: Answers, *means: str, **renamed: str) -> dict[str, Cell]:
    """Return answers as plain numbers, blank where there is none."""
    wanted = {**dict(zip(means, means, strict=True)), **renamed}
    return {
        column: number_cell(answers.number(one), answers.uids(one))
        for column, one in wanted.items()
    }


def _exact(answers: Answers, means: str) -> Cell:
    """Return a number that is no bound."""
    answer = answers.get(means)
    is_bound = answer is not None and bool(answer.qualifier)
    return BLANK if is_bound else number_cell(answers.number(means), answers.uids(means))


def _plain(cell: Cell) -> Cell:
    return cell if isinstance(cell.value, Decimal) else BLANK


RESULTS_LONG = ReportDefinition(
    slug="results-long",
    title="Results in long form",
    columns=COLUMNS,
    rows=results_long,
    named_by=("study", "cohort", "outcome", "time_point_kind"),
    source="Every estimate with its parts, for programs of statistics",
)
