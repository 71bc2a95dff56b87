"""A mean change with its 95 % interval: as printed, else from what the report gives.

The correlation of two measurements is seldom reported. Where it has to be assumed the row says so
and shows the interval with a lower and a higher one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from reporting.definitions import BLANK, Cell
from reporting.printing import Answers, plain, rounded
from reporting.results import INTERVALS, Change, Series, change_of, estimate_of, interval_cell
from reporting.results import number_and_unit as of_how_many
from reporting.selected import NO_BOUND
from stats.agreement import UndefinedStatistic
from stats.change import MeanInterval, interval_from_sd, interval_from_se, sd_of_change

ASSUMED, SENSITIVITY = Decimal("0.5"), (Decimal("0.2"), Decimal("0.8"))
REPORTED = "reported"
FROM_SD, FROM_SE = "from SD of the change", "from SE"
DERIVED = f"derived, r = {ASSUMED}"
DERIVED_NOTE = (
    "Change and interval derived from means and SDs before and after: the same people and "
    f"a correlation of {ASSUMED} are assumed"
)
DERIVED_ALONE = "Change derived from two means: the same people are assumed"
UNITS = "units"
LARGEST = 1e40
Pair = tuple[Cell, Cell]


@dataclass(frozen=True, kw_only=True)
class MeanChange:
    """A mean change as it is drawn, or why it is not.

    ``interval`` are the cells of both limits, ``source`` what they are from, ``sensitivity`` the
    limits by the correlation that is assumed instead. ``marks`` is what must be said of it.
    """

    value: Decimal | None = None
    cell: Cell = BLANK
    kind: str = ""
    n: Decimal | None = None
    n_cell: Cell = BLANK
    unit: str = ""
    interval: Pair | None = None
    source: str = ""
    sensitivity: Mapping[Decimal, Pair] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def limits(self) -> tuple[Decimal, Decimal] | None:
        """Return both limits as they print, ``None`` without an interval."""
        if self.interval is None:
            return None
        low, high = (cell.value for cell in self.interval)
        return (low, high) if isinstance(low, Decimal) and isinstance(high, Decimal) else None


@dataclass(frozen=True, kw_only=True)
class _Interval:
    """Limits, what they are from, and what must be said; or why there are none."""

    cells: Pair | None = None
    source: str = ""
    sensitivity: Mapping[Decimal, Pair] = field(default_factory=dict)
    said: tuple[str, ...] = ()


def mean_change(series: Series, result: Answers) -> MeanChange:
    """Return the mean change of a result with its interval, or why it is not drawn."""
    change = change_of(series, result)
    why = _why_not(series, result, change)
    if why or change.value is None:
        return MeanChange(kind=change.kind, cell=change.cell, why_not=why, **_n(result, change))
    n = _n(result, change)
    if change.kind == REPORTED:
        found = _reported(result, change.value, n["n"], n["unit"])
        cell = result.cell("change.value")
    else:
        found = _derived(series, result, change, n["n"])
        cell = change.cell
    said = tuple(f"{text}." for text in (*found.said, *_not_independent(series, n["unit"], found)))
    return MeanChange(
        value=change.value,
        cell=_noted(cell, said),
        kind=change.kind,
        interval=found.cells,
        source=found.source,
        sensitivity=found.sensitivity,
        marks=said,
        **n,
    )


def _noted(cell: Cell, said: tuple[str, ...]) -> Cell:
    """Return the cell with what must be said of the change, once."""
    own = "" if cell.formula else cell.note
    return Cell(
        text=cell.text,
        value=cell.value,
        sources=cell.sources,
        formula=cell.formula,
        page=cell.page,
        note=" ".join(part for part in (own, *said) if part),
    )


def _n(result: Answers, change: Change) -> dict:
    """Return how many the change is of: a reported one may say it itself."""
    own = change.kind == REPORTED and result.number("change.n") is not None
    n, unit = of_how_many(result)
    given = "n" if result.get("estimate.n") is None else "estimate.n"
    return {
        "n": result.number("change.n") if own else n,
        "n_cell": result.cell("change.n" if own else given),
        "unit": unit,
    }


def _why_not(series: Series, result: Answers, change: Change) -> str:
    """Return why a result is no mean change that can be drawn; empty where it is one."""
    if change.kind == REPORTED:
        return _no_reported_mean(result, change)
    if change.kind:
        return ""
    kind = estimate_of(series.study, result).statistic.partition(" (")[0]
    # A value that is no mean is named for what it is: it is never made into one.
    return change.why if kind == "mean" else kind or "no value"


def _no_reported_mean(result: Answers, change: Change) -> str:
    """Return why a reported change is no mean change; empty where it is one."""
    if change.value is None:
        return "an interval of the change without the change"
    answer, centre = result.get("change.value"), result.says("change.centre")
    if centre != "mean":
        return centre if centre and centre != "none" else "statistic of the change not stated"
    return "a bound" if answer is not None and answer.qualifier not in NO_BOUND else ""


def _reported(result: Answers, value: Decimal, n: Decimal | None, unit: str) -> _Interval:
    """Return the interval of a reported change: as printed, else from its SD or SE."""
    spread = result.says("change.spread")
    if spread == "ci95":
        low, high = (result.cell(f"change.spread_{end}") for end in ("low", "high"))
        if isinstance(low.value, Decimal) and isinstance(high.value, Decimal):
            return _Interval(cells=(low, high), source=REPORTED)
        return _Interval(said=("No interval: only one limit is reported",))
    if spread in INTERVALS:
        given = interval_cell(result, "change").text
        return _Interval(said=(f"The interval reported, {given}, is not said to be of 95 %",))
    number = result.number("change.spread_value")
    if number is None or spread not in ("sd", "se"):
        word = "of the change no SD, SE or interval is reported"
        if number is not None or spread == "iqr":
            word = "the spread of the change is not said to be an SD, an SE or an interval"
        return _Interval(said=(f"No interval: {word}",))
    made = interval_from_sd if spread == "sd" else interval_from_se
    by = f"SD / √n = {plain(number)} / √{n}" if spread == "sd" else f"SE = {plain(number)}"
    keys = ("change.value", "change.centre", "change.spread", "change.spread_value")
    uids = result.uids(*keys, "n" if result.get("change.n") is None else "change.n", "n.unit")
    try:
        cells = _cells(made(float(value), float(number), _whole(n)), value, by, uids)
    except UndefinedStatistic as refusal:
        return _Interval(said=(f"No interval: {refusal}",))
    return _Interval(cells=cells, source=FROM_SD if spread == "sd" else FROM_SE)


def _derived(series: Series, result: Answers, change: Change, n: Decimal | None) -> _Interval:
    """Return the interval of a derived change, with the correlation assumed and with others."""
    before, _ = series.before(result)
    sds = [_sd(row) for row in (before, result)]
    first, last = sds
    if change.value is None or before is None or first is None or last is None:
        absent = " or ".join(
            word for word, sd in zip(("before", "after"), sds, strict=True) if sd is None
        )
        return _Interval(said=(DERIVED_ALONE, f"No interval: no SD {absent} is reported"))
    keys = ("estimate.centre", "estimate.spread", "estimate.spread_value", "n.unit")
    uids = (*change.sources, *result.uids(*keys), *before.uids(*keys))
    found: dict[Decimal, Pair] = {}
    for r in (ASSUMED, *SENSITIVITY):
        try:
            sd = sd_of_change(float(first), float(last), correlation=float(r))
            interval = interval_from_sd(float(change.value), sd, _whole(n))
            by = (
                "SD / √n, SD = √(SD₁² + SD₂² − 2 r SD₁ SD₂) = "
                f"√({plain(first)}² + {plain(last)}² − 2 × {r} × {plain(first)} × {plain(last)}) = "
                f"{_short(sd)}, n = {n}, r = {r}"
            )
            found[r] = _cells(interval, change.value, by, uids)
        except UndefinedStatistic as refusal:
            return _Interval(said=(DERIVED_ALONE, f"No interval: {refusal}"))
    return _Interval(
        cells=found.pop(ASSUMED), source=DERIVED, sensitivity=found, said=(DERIVED_NOTE,)
    )


def _sd(row: Answers | None) -> Decimal | None:
    if row is None or row.says("estimate.spread") != "sd":
        return None
    return row.number("estimate.spread_value")


def _whole(n: Decimal | None) -> int:
    """Return n as a whole number.

    Raises:
        UndefinedStatistic: it is not given, or is not whole.
    """
    if n is None:
        raise UndefinedStatistic("n is not given")
    if n != int(n):
        raise UndefinedStatistic("n is not a whole number")
    return int(n)


def _cells(found: MeanInterval, value: Decimal, by: str, uids: tuple[UUID, ...]) -> Pair:
    """Return both limits, with as many decimals as the change is printed with.

    Raises:
        UndefinedStatistic: they are too large to be written with all their digits.
    """
    if max(abs(found.low), abs(found.high)) >= LARGEST:
        raise UndefinedStatistic("the numbers are too large to be printed")
    places = max(0, -int(value.as_tuple().exponent))
    sources = tuple(dict.fromkeys(uids))

    def cell(exact: float, sign: str) -> Cell:
        number = rounded(Decimal(repr(exact)), places)
        return Cell(
            text=plain(number),
            value=number,
            exact=Decimal(repr(exact)),
            sources=sources,
            formula=(
                f"mean {sign} t × SE = {plain(value)} {sign} {found.critical:.4f} × "
                f"{_short(found.se)}; {by}; t of {found.df} degrees of freedom at 95 %"
            ),
        )

    return cell(found.low, "−"), cell(found.high, "+")


def _short(number: float) -> str:
    return f"{number:.4g}"


def _not_independent(series: Series, unit: str, found: _Interval) -> tuple[str, ...]:
    """Return the sentence on units of one patient, where there are more units than patients."""
    if unit != UNITS or found.cells is None or not has_more_units(series):
        return ()
    units = series.study.snapshot.units
    if found.source == REPORTED:
        return (f"More {units} than patients; whether the interval allows for it is not known",)
    return (f"{units[:1].upper()}{units[1:]} treated as independent",)


def has_more_units(series: Series) -> bool:
    """Return whether the cohort has more units than patients."""
    cohort = series.cohort.answers
    if (cohort.number("patients.bilateral") or 0) > 0:
        return True
    pairs = ((f"units.{point}", f"patients.{point}") for point in ("analysed", "treated"))
    numbers = [tuple(cohort.number(means) for means in pair) for pair in pairs]
    return any(
        units is not None and patients is not None and units > patients
        for units, patients in numbers
    )
