"""Which changes are drawn: one of each cohort, outcome and treatment, and nobody twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from extraction.vocabularies import name_key
from reporting.definitions import Cell, Snapshot
from reporting.evidence import SEVERAL, Cohort, StudyEvidence, evidence_of
from reporting.forest.intervals import MeanChange, mean_change
from reporting.printing import Answers
from reporting.results import Series, between, change_of, estimate_of, series_of
from reporting.selected import months_of, rule_of, selected_cell, window_of
from reporting.selection import CHOSEN, OPEN
from reporting.subtotals import NEVER_SUMMED

FINAL = "final_follow_up"
CHOICE_OPEN = "choice open"
NO_VALUE_AFTER = "only a value before treatment"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The change of one cohort on one outcome after one treatment.

    ``name`` and ``scale`` tell which estimates share an axis, ``window`` the times that serve one
    comparison. ``why_not`` says why it is not drawn, and is empty where it is.
    """

    series: Series
    result: Answers
    category: str
    name: str
    scale: str
    window: str
    change: MeanChange
    why_not: str

    @property
    def study(self) -> StudyEvidence:
        """Return the study it is of."""
        return self.series.study

    @property
    def cohort(self) -> Cohort:
        """Return the cohort it is of."""
        return self.series.cohort

    @property
    def outcome(self) -> Answers:
        """Return the outcome it is of."""
        return self.series.outcome

    @property
    def is_drawn(self) -> bool:
        """Return whether it is drawn."""
        return not self.why_not


def estimates_of(snapshot: Snapshot) -> Sequence[Estimate]:
    """Return the estimates of every study, in the order of studies; made once."""
    if "forest" not in snapshot.kept:
        every = [
            one
            for study in evidence_of(snapshot)
            for series in series_of(study)
            for one in _of_series(series)
        ]
        by_study: dict[UUID, list[Estimate]] = {}
        for one in _on_shared_scales(every):
            by_study.setdefault(one.study.uid, []).append(one)
        snapshot.kept["forest"] = tuple(
            one for own in by_study.values() for one in _without_repeats(own)
        )
    estimates: Sequence[Estimate] = snapshot.kept["forest"]
    return estimates


def _of_series(series: Series) -> Iterator[Estimate]:
    if not series.later:
        for result in series.baselines[:1]:
            yield _estimate(series, result, NO_VALUE_AFTER)
        return
    by_treatment: dict[str, list[Answers]] = {}
    for result in series.later:
        by_treatment.setdefault(series.treatment(result), []).append(result)
    ruled = bool(rule_of(series.study.snapshot).criteria)
    for results in by_treatment.values():
        choose = _by_rule if ruled else _by_time
        for result, why in choose(series, results):
            yield _estimate(series, result, why)


def _by_rule(series: Series, results: Sequence[Answers]) -> Iterator[tuple[Answers, str]]:
    """Yield what the review's rule chose, and what it left open; without either, all the others."""
    cells = [(result, selected_cell(series.study.snapshot, result)) for result in results]
    told = [(result, cell) for result, cell in cells if cell.text in (CHOSEN, OPEN)]
    for result, cell in told or cells:
        yield result, "" if cell.text == CHOSEN else _why(cell)


def _why(cell: Cell) -> str:
    """Return why the rule did not choose a result, as the end of a sentence."""
    said = cell.note.rstrip(".")
    said = said[:1].lower() + said[1:]
    return said if cell.text == OPEN else f"not chosen by the review’s rule ({said})"


def _by_time(series: Series, results: Sequence[Answers]) -> Iterator[tuple[Answers, str]]:
    """Yield the result at final follow-up, else that of the latest visit; a tie stays open."""
    given = [result for result in results if _has_value(series, result)] or list(results)
    last = [result for result in given if result.says("time.kind") == FINAL]
    why = f"{len(last)} results at final follow-up"
    if not last:
        times = [months_of(result) for result in given]
        known = [time for time in times if time is not None]
        if len(given) > 1 and len(known) < len(given):
            last, why = given, "several visits, not all with a time"
        else:
            latest = max(known, default=None)
            last = [row for row, time in zip(given, times, strict=True) if time == latest]
            why = f"{len(last)} results at the latest visit"
    for result in last:
        yield result, f"{CHOICE_OPEN}: {why}" if len(last) > 1 else ""


def _has_value(series: Series, result: Answers) -> bool:
    return bool(estimate_of(series.study, result).text) or bool(change_of(series, result).kind)


def _estimate(series: Series, result: Answers, why: str) -> Estimate:
    snapshot, outcome = series.study.snapshot, series.outcome
    rule = rule_of(snapshot)
    window = window_of(rule, months_of(result)) if len(rule.windows) > 1 else None
    change = mean_change(series, result) if why != NO_VALUE_AFTER else MeanChange()
    limits = between(outcome.says("range.low"), outcome.says("range.high"))
    return Estimate(
        series=series,
        result=result,
        category=series.study.category_of(series.cohort, result),
        name=_name(snapshot, outcome),
        scale=limits or outcome.says("unit"),
        window=window.title if window is not None else "",
        change=change,
        why_not=why or change.why_not,
    )


def _name(snapshot: Snapshot, outcome: Answers) -> str:
    """Return the instrument as the review's vocabulary calls it, with its version."""
    named = outcome.says("instrument") or outcome.says("label")
    version = " ".join(outcome.says("version").split())
    instruments = snapshot.vocabularies.instruments
    called = instruments.called(named) or "instrument not stated"
    if not version:
        return called
    # A version may be a part of the name that a list knows.
    return instruments.term(f"{named} ({version})") or f"{called} ({version})"


def _without_repeats(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Return the estimates of one study; whose people stand in another one says so.

    What is never summed is not drawn either: subgroups, and series of which a part fits.
    """
    kept = [replace(one, why_not=one.why_not or _stands_aside(one.cohort)) for one in estimates]
    groups: dict[tuple[str, ...], list[Estimate]] = {}
    for one in kept:
        if one.is_drawn:
            groups.setdefault(axis_of(one), []).append(one)
    return [_once(one, groups.get(axis_of(one), ())) for one in kept]


def axis_of(one: Estimate) -> tuple[str, ...]:
    """Return by what an estimate is told from those on other axes."""
    return (name_key(one.name), name_key(one.scale), one.window)


def _stands_aside(cohort: Cohort) -> str:
    if cohort.kind in NEVER_SUMMED:
        return "a subgroup"
    if not cohort.counts and any(part.kind == "eligible_subset" for part in cohort.parts):
        return "a mixed series, of which a part fits the review"
    return ""


def _once(one: Estimate, drawn: Sequence[Estimate]) -> Estimate:
    """Return the estimate, not drawn where its people are drawn through another one."""
    if not one.is_drawn:
        return one
    same = [other for other in drawn if other is not one and other.category == one.category]
    wholes = set(one.cohort.wholes())
    around = next((other for other in same if other.cohort in wholes), None)
    if around is not None:
        return replace(one, why_not=f"the same people are drawn through {around.cohort.name}")
    if one.category == SEVERAL and _inside(one, drawn):
        return replace(one, why_not="its parts are drawn after their own treatments")
    twins = [other for other in same if _place(other) == _place(one)]
    if twins:
        return replace(one, why_not=f"{CHOICE_OPEN}: {len(twins) + 1} outcomes of this name")
    return one


def _inside(one: Estimate, drawn: Iterable[Estimate]) -> bool:
    inside = set(one.cohort.inside())
    return any(other.cohort in inside for other in drawn if other.category != SEVERAL)


def _place(one: Estimate) -> tuple[UUID, str]:
    return one.cohort.uid, one.series.treatment(one.result)


def _on_shared_scales(estimates: Sequence[Estimate]) -> Iterator[Estimate]:
    """Yield the estimates; one that states no scale shares the only one stated, if it fits."""
    scales: dict[str, dict[str, Estimate]] = {}
    for one in estimates:
        if one.scale:
            scales.setdefault(name_key(one.name), {}).setdefault(name_key(one.scale), one)
    for one in estimates:
        stated = list(scales.get(name_key(one.name), {}).values())
        if one.scale or len(stated) != 1 or not _fits(one, stated[0].outcome):
            yield one
            continue
        said = f"Scale not stated, taken to be {stated[0].scale}."
        change = replace(one.change, marks=(*one.change.marks, said))
        yield replace(one, scale=stated[0].scale, change=change)


def _fits(one: Estimate, outcome: Answers) -> bool:
    """Return whether the change is one that a scale allows, where it has two ends."""
    low, high = outcome.number("range.low"), outcome.number("range.high")
    value = one.change.value
    return low is None or high is None or value is None or abs(value) <= high - low
