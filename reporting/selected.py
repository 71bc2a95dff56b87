"""The column that says which results the review's rule of selection chose."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from extraction.choices import Missing
from extraction.schema import in_months
from reporting.definitions import BLANK, Cell, Snapshot
from reporting.evidence import StudyEvidence, evidence_of
from reporting.printing import Answers, of_element
from reporting.results import Series, change_of, estimate_of, series_of
from reporting.selection import ALTERNATIVE, CHOSEN, OPEN, Candidate, Choice, select
from reviews.selection import SET, SelectionRule, Window, read_rule

OTHER = "other"
# Not a bound: the time as printed may stand for the number.
NO_BOUND = ("", "~")
NO_VALUE = "Not eligible: no value."
_UNCLEAR = (Missing.UNCLEAR, Missing.CONTACT_AUTHOR)


@dataclass(frozen=True, kw_only=True)
class _Later:
    """One value after treatment: where it competes, and as what."""

    place: tuple[str, ...]
    candidate: Candidate
    sources: tuple[UUID, ...]
    why_not: str


def rule_of(snapshot: Snapshot) -> SelectionRule:
    """Return the rule as it was declared at the snapshot, without criteria where none was."""
    return read_rule(snapshot.settings.selection_rule)


def selected_cell(snapshot: Snapshot, result: Answers) -> Cell:
    """Return whether a result is chosen; blank without a rule, and for values before treatment."""
    if "selected" not in snapshot.kept:
        rule = rule_of(snapshot)
        snapshot.kept["selected"] = _cells(snapshot, rule) if rule.criteria else {}
    cells: Mapping[UUID, Cell] = snapshot.kept["selected"]
    return cells.get(result.element.uid, BLANK) if result.element is not None else BLANK


def selection_notes(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what a table says of the rule; nothing where none is declared."""
    rule = rule_of(snapshot)
    if not rule.criteria:
        return ()
    lines = "; ".join(rule.lines)
    said = [
        "Of several results of one cohort, treatment and domain one is chosen by the review’s "
        f"rule, a total before its subscales, then: {lines}. What the rule does not tell apart is "
        "marked “choice open” and not chosen; nothing is left out of the table."
    ]
    strange = [name for name in rule.names(SET) if name not in _sets_of(snapshot)]
    if strange and snapshot.studies:
        said.append(f"The rule names analysis sets that no form offers: {', '.join(strange)}.")
    return tuple(said)


def _sets_of(snapshot: Snapshot) -> set[str]:
    asked = (copy.form.meaning("result", "set") for copy in snapshot.studies)
    return {choice.key for spec in asked if spec is not None for choice in spec.choices}


def _cells(snapshot: Snapshot, rule: SelectionRule) -> dict[UUID, Cell]:
    cells: dict[UUID, Cell] = {}
    for study in evidence_of(snapshot):
        places: dict[tuple[str, ...], list[_Later]] = {}
        for row in _later(study):
            places.setdefault(row.place, []).append(row)
        for rows in places.values():
            cells.update(_of_place(snapshot, rule, rows))
    return cells


def _later(study: StudyEvidence) -> Iterator[_Later]:
    outcomes = {
        str(element.uid): of_element(study.snapshot, study.copy, element)
        for element in study.copy.outcomes
    }
    for series in series_of(study):
        above = list(_wholes(series.outcome, outcomes))
        domain = _domain((series.outcome, *above))
        for result in series.later:
            if result.element is None:
                continue
            uid = result.element.uid
            yield _Later(
                place=(str(series.cohort.uid), series.treatment(result), *domain),
                candidate=_candidate(uid, series.outcome, result, is_subscale=bool(above)),
                sources=result.uids("time", "time.unit", "set", "adjusted")
                + series.outcome.uids("instrument", "domain", "part_of"),
                why_not="" if _has_value(series, result) else NO_VALUE,
            )


def _wholes(outcome: Answers, outcomes: Mapping[str, Answers]) -> Iterator[Answers]:
    """Yield the totals an outcome is a part of, from the nearest up; a circle ends it."""
    seen = {str(outcome.element.uid)} if outcome.element else set()
    named = outcome.says("part_of")
    while named in outcomes and named not in seen:
        seen.add(named)
        yield outcomes[named]
        named = outcomes[named].says("part_of")


def _domain(outcomes: Iterable[Answers]) -> tuple[str, ...]:
    """Return the domain of an outcome, its own or that of its total.

    Without one, or where it is none of those listed, an outcome competes with its parts only.
    """
    chain = list(outcomes)
    domain = next((said for outcome in chain if (said := outcome.says("domain"))), OTHER)
    if domain != OTHER:
        return (domain,)
    root = chain[-1].element
    return (OTHER, str(root.uid) if root else "")


def _candidate(uid: UUID, outcome: Answers, result: Answers, *, is_subscale: bool) -> Candidate:
    adjusted = result.get("adjusted")
    is_unclear = adjusted is not None and adjusted.missing in _UNCLEAR
    return Candidate(
        uid=uid,
        months=months_of(result),
        analysis_set=result.says("set"),
        adjusted=None if is_unclear else bool(result.says("adjusted")),
        instrument=outcome.says("instrument") or outcome.says("label"),
        is_subscale=is_subscale,
    )


def months_of(result: Answers) -> Decimal | None:
    """Return the time of a result, exactly; ``None`` where none is given or it is a bound."""
    time, number = result.get("time"), result.number("time")
    if time is None or number is None or time.qualifier not in NO_BOUND:
        return None
    return in_months(number, result.says("time.unit"))


def _has_value(series: Series, result: Answers) -> bool:
    said = estimate_of(series.study, result).text
    return bool(said) or change_of(series, result).kind == "reported"


def _of_place(
    snapshot: Snapshot, rule: SelectionRule, rows: list[_Later]
) -> Iterator[tuple[UUID, Cell]]:
    """Yield the cells of the results that compete, window by window."""
    instruments = snapshot.vocabularies.instruments
    waiting: dict[Window | None, list[_Later]] = {}
    for row in rows:
        window = window_of(rule, row.candidate.months)
        why_not = row.why_not or (_outside(row) if rule.windows and window is None else "")
        if why_not:
            yield row.candidate.uid, _cell(row, ALTERNATIVE, why_not)
        else:
            waiting.setdefault(window, []).append(row)
    for window, eligible in waiting.items():
        candidates = [row.candidate for row in eligible]
        choice = select(candidates, rule, window=window, instruments=instruments)
        for row in eligible:
            yield row.candidate.uid, _chosen_or_not(row, choice)


def window_of(rule: SelectionRule, months: Decimal | None) -> Window | None:
    """Return the window of the rule that holds a time, ``None`` where none does."""
    if months is None:
        return None
    return next((window for window in rule.windows if window.holds(months)), None)


def _outside(row: _Later) -> str:
    if row.candidate.months is None:
        return "Not eligible: no time is given that lies in a window."
    return "Not eligible: outside every window."


def _chosen_or_not(row: _Later, choice: Choice) -> Cell:
    uid = row.candidate.uid
    if uid == choice.chosen:
        return _cell(row, CHOSEN, f"Chosen {choice.why}." if choice.behind else "")
    if uid in choice.tied:
        return _cell(row, OPEN, f"Choice open: {choice.why}.")
    return _cell(row, ALTERNATIVE, f"Behind by {choice.behind[uid]}.")


def _cell(row: _Later, text: str, note: str) -> Cell:
    return Cell(text=text, value=text, note=note, sources=row.sources)
