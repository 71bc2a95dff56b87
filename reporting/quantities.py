"""What each cohort says of a quantity: a count, or a count out of a whole, or why there is none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from extraction import groups
from extraction.choices import Missing
from extraction.comparison import normalised
from extraction.copies import Cell as Answer
from reporting.evidence import SEVERAL, Cohort, StudyEvidence
from reporting.printing import EXACT, Answers
from stats.counts import count_from_percent

PATIENTS, UNITS = "patients", "units"
EVENT_CLASSES = (
    "complication",
    "revision",
    "conversion",
    "other_reoperation",
    "any_reoperation",
    "planned_removal",
    "crossover",
)
ACTIVITIES = ("sport", "work", "daily_life")
_AXES = ("type", "grade", "major", "time")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one cohort says of a quantity after one category of treatment.

    ``n`` is the count and ``of`` the whole it is out of, where the quantity is a share; ``why``
    says why there is no count that could be summed. ``unit`` is empty where it was not said.
    """

    cohort: Cohort
    category: str
    unit: str
    n: Decimal | None = None
    of: Decimal | None = None
    sources: tuple[UUID, ...] = ()
    why: str = ""
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Return whether the figure can be summed."""
        return not self.why


Reader = Callable[[StudyEvidence], Iterator[Figure]]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Something that is summed: its name in scripts, how it is read, and how it is summed.

    ``is_share`` marks a count out of a whole. ``whole_or_none`` marks one of which a study is left
    out where one of its cohorts does not tell it.
    """

    name: str
    read: Reader
    is_share: bool = False
    whole_or_none: bool = False
    of_people: bool = False


def people(means: str, unit: str) -> Reader:
    """Return the reader of a number of people or units that each cohort states."""

    def read(study: StudyEvidence) -> Iterator[Figure]:
        for cohort in study.cohorts:
            answer = cohort.answers.get(means)
            number = cohort.answers.number(means)
            why = "" if number is not None else _why(answer.missing if answer else "")
            yield from _by_category(
                study,
                cohort,
                unit=unit,
                n=number,
                sources=cohort.answers.uids(means),
                why=why,
            )

    return read


def women(study: StudyEvidence) -> Iterator[Figure]:
    """Yield the women of each cohort, out of those whose sex the report gives."""
    for cohort in study.cohorts:
        answers = cohort.answers
        whole = "women.of" if answers.get("women.of") else "patients.treated"
        number, of = answers.number("women"), answers.number(whole)
        note = ""
        printed = answers.get("women.percent")
        if number is None and (number := derived_count(printed, of)) is not None and printed:
            note = f"{printed.text} % of {of}"
        said = answers.get("women")
        why = _why(said.missing if said else "") if number is None else ""
        if not why and of is None:
            why = "out of how many is not given"
        yield from _by_category(
            study,
            cohort,
            unit=PATIENTS,
            n=number,
            of=of,
            sources=answers.uids("women", "women.percent", whole)
            if note
            else answers.uids("women", whole),
            why=why,
            note=note,
        )


def derived_count(printed: Answer | None, of: Decimal | None) -> Decimal | None:
    """Return the one count that a printed percentage of a whole stands for, if there is one."""
    if printed is None or not printed.number or printed.qualifier or of is None or of % 1:
        return None
    count = count_from_percent(Decimal(printed.number), int(of))
    return None if count is None else Decimal(count)


def _by_category(study: StudyEvidence, cohort: Cohort, **said: Any) -> Iterator[Figure]:
    """Yield what a cohort says of its people under each category they were treated with.

    A whole whose parts had different treatments stands under none of them.
    """
    if study.is_mixed(cohort):
        yield Figure(cohort=cohort, category=SEVERAL, **said)
        return
    for category in study.categories_of(cohort):
        yield Figure(cohort=cohort, category=category, **said)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the events of one class, cohort and treatment say together."""

    events: Decimal | None = None
    affected: Decimal | None = None
    of: Decimal | None = None
    unit: str = ""
    least: Decimal | None = None
    sources: tuple[UUID, ...] = ()
    why_events: str = ""
    why_affected: str = ""


def told_by(rows: Sequence[Answers]) -> _Told:
    """Return what the events of one class, cohort and treatment say together.

    The class as a whole has neither type, grade, major nor time. Where it gives events, these
    count alone; else its kinds are summed along one axis. Affected people come from the whole, or
    from the one kind that has events.
    """
    wholes = [row for row in rows if is_whole(row)]
    kinds = [row for row in rows if row not in wholes]
    if len(wholes) > 1:
        why = "the class as a whole is given twice"
        return _Told(why_events=why, why_affected=why, sources=_uids(rows))
    whole = wholes[0] if wholes else None
    along = _one_axis(kinds)
    summed = _summed([_events(row) for row in along]) if along else None
    given = _events(whole) if whole is not None else None
    events = given if given is not None else summed
    affected, by = _affected(whole, along, events)
    of, unit = _denominator(by, whole, along)
    sources = _uids([*wholes, *along])
    said = [answer for row in rows if (answer := row.get("affected"))]
    why = ""
    if affected is None:
        why = _why(said[0].missing if said and said[0].missing else "", "affected not reported")
    elif not unit:
        why = "no unit given"
    elif of is None:
        why = "out of how many is not given"
    return _Told(
        events=events,
        affected=affected,
        of=of,
        unit=unit,
        least=_least(whole, along),
        sources=sources,
        why_events="" if events is not None else "events not reported",
        why_affected=why,
    )


def is_whole(row: Answers) -> bool:
    """Return whether an event is its class as a whole: of no type, grade, major or time."""
    return not any(_given(row, axis) for axis in _AXES)


def _given(row: Answers, means: str) -> bool:
    answer = row.get(means)
    return answer is not None and not answer.missing


def _one_axis(kinds: Sequence[Answers]) -> list[Answers]:
    """Return the kinds along the one axis on which they are summed: types, else grades."""
    for axis in _AXES:
        along = [row for row in kinds if _given(row, axis)]
        if along:
            return along
    return []


def _events(row: Answers) -> Decimal | None:
    """Return how often it happened: nobody affected means not at all."""
    number = row.number("events")
    return Decimal(0) if number is None and row.number("affected") == 0 else number


def _own_affected(row: Answers) -> Decimal | None:
    """Return who was affected: no event means nobody, one event means one."""
    number, events = row.number("affected"), row.number("events")
    return events if number is None and events in (0, 1) else number


def _affected(
    whole: Answers | None, along: Sequence[Answers], events: Decimal | None
) -> tuple[Decimal | None, Answers | None]:
    """Return who was affected by anything of the class, and the event that says so."""
    if whole is not None and (own := _own_affected(whole)) is not None:
        return own, whole
    happened = [row for row in along if _events(row) != 0 and _own_affected(row) != 0]
    if not along or len(happened) > 1:
        return None, None
    only = happened[0] if happened else along[0]
    if whole is not None and whole.number("events") not in (None, _events(only)):
        return None, None
    return (_own_affected(only), only) if happened else (Decimal(0), only)


def _denominator(
    by: Answers | None, whole: Answers | None, along: Sequence[Answers]
) -> tuple[Decimal | None, str]:
    """Return out of how many, and of what: as the event says that tells who was affected."""
    candidates = [row for row in (by, whole, *along) if row is not None]
    units = [row.says("of.unit") for row in candidates if row.says("of.unit")]
    unit = units[0] if units else ""
    for row in candidates:
        if row.number("of") is not None and row.says("of.unit") in ("", unit):
            return row.number("of"), unit
    return None, unit


def _least(whole: Answers | None, along: Sequence[Answers]) -> Decimal | None:
    """Return how many were affected at least: the largest kind, or one where anything happened."""
    rows = [row for row in (whole, *along) if row is not None]
    known = [number for row in rows if (number := _own_affected(row)) is not None]
    if any((_events(row) or 0) > 0 for row in rows):
        known.append(Decimal(1))
    return max(known, default=None)


def _summed(numbers: Sequence[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return reduce(EXACT.add, known) if known and len(known) == len(numbers) else None


def _uids(rows: Iterable[Answers]) -> tuple[UUID, ...]:
    means = ("events", "affected", "of", "of.unit")
    return tuple(uid for row in rows for uid in row.uids(*means))


def events_of(event_class: str) -> Reader:
    """Return the reader of how often events of a class occurred."""
    return _of_class(
        event_class, lambda told: {"unit": "events", "n": told.events, "why": told.why_events}
    )


def affected_by(event_class: str) -> Reader:
    """Return the reader of how many had at least one event of a class, out of how many."""
    return _of_class(
        event_class,
        lambda told: {
            "unit": told.unit,
            "n": told.affected,
            "of": told.of,
            "why": told.why_affected,
        },
    )


def affected_at_least(event_class: str) -> Reader:
    """Return the reader of how many had an event of a class at the least."""

    def said(told: _Told) -> dict[str, Any]:
        known = told.least is not None and told.unit
        return {"unit": told.unit, "n": told.least, "why": "" if known else "nothing known"}

    return _of_class(event_class, said)


def _of_class(event_class: str, said: Callable[[_Told], dict[str, Any]]) -> Reader:
    """Return the reader of something that the events of a class say together."""

    def read(study: StudyEvidence) -> Iterator[Figure]:
        for cohort, category, told in _told(study, event_class):
            yield Figure(cohort=cohort, category=category, sources=told.sources, **said(told))

    return read


def _told(study: StudyEvidence, event_class: str) -> Iterator[tuple[Cohort, str, _Told]]:
    for cohort in study.cohorts:
        for category, rows in study.events(cohort, event_class).items():
            yield cohort, category, told_by(rows)


def returned(kind: str, level: str) -> Reader:
    """Return the reader of who returned to one kind of activity, out of those assessed."""

    def read(study: StudyEvidence) -> Iterator[Figure]:
        for cohort in study.cohorts:
            rows = [row for row in study.of(groups.ACTIVITY, cohort) if row.says("kind") == kind]
            yield from _one_each(study, cohort, rows, lambda row: _returned(row, level))

    return read


def _returned(row: Answers, level: str) -> dict[str, Any]:
    means, number = RETURNED[level](row)
    return _share(row, means, number, whole="assessed", unit=row.says("of.unit") or PATIENTS)


def _any(row: Answers) -> tuple[tuple[str, ...], Decimal | None]:
    if row.number("any") is not None:
        return ("any",), row.number("any")
    together = row.number("same_or_higher") is not None
    parts = ("same_or_higher", "lower") if together else ("higher", "same", "lower")
    return parts, _summed([row.number(part) for part in parts])


def _same_or_higher(row: Answers) -> tuple[tuple[str, ...], Decimal | None]:
    if row.number("same_or_higher") is not None:
        return ("same_or_higher",), row.number("same_or_higher")
    return ("same", "higher"), _summed([row.number("same"), row.number("higher")])


RETURNED = {"any": _any, "same_or_higher": _same_or_higher}


def satisfied(study: StudyEvidence) -> Iterator[Figure]:
    """Yield who was satisfied, out of those asked."""
    yield from _satisfaction(study, _satisfied)


def again(study: StudyEvidence) -> Iterator[Figure]:
    """Yield who would do it again, out of those asked."""
    yield from _satisfaction(study, _again)


def _satisfaction(
    study: StudyEvidence, share: Callable[[Answers], dict[str, Any] | None]
) -> Iterator[Figure]:
    for cohort in study.cohorts:
        asked = study.of(groups.SATISFACTION, cohort)
        rows = [row for row in asked if share(row) is not None]
        yield from _one_each(study, cohort, rows, lambda row: share(row) or {})


def _satisfied(row: Answers) -> dict[str, Any] | None:
    if not any(row.get(means) for means in ("satisfied", "percent")):
        return None
    number, of = row.number("satisfied"), row.number("of")
    means = ("satisfied",)
    if number is None and (number := derived_count(row.get("percent"), of)) is not None:
        means = ("percent",)
    return _share(row, means, number, whole="of", unit=row.says("of.unit"))


def _again(row: Answers) -> dict[str, Any] | None:
    if row.get("again") is None:
        return None
    unit = row.says("again.unit") or row.says("of.unit")
    return _share(row, ("again",), row.number("again"), whole="again.of", unit=unit)


def _share(
    row: Answers, means: tuple[str, ...], number: Decimal | None, *, whole: str, unit: str
) -> dict[str, Any]:
    of = row.number(whole)
    why = ""
    if number is None:
        said = row.get(means[0])
        why = _why(said.missing if said else "")
    elif not unit:
        why = "no unit given"
    elif of is None:
        why = "out of how many is not given"
    return {"n": number, "of": of, "unit": unit, "why": why, "sources": row.uids(*means, whole)}


def _one_each(
    study: StudyEvidence,
    cohort: Cohort,
    rows: Sequence[Answers],
    share: Callable[[Answers], dict[str, Any]],
) -> Iterator[Figure]:
    """Yield one figure a category; where a cohort gives several, none is chosen."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(study.category_of(cohort, row), []).append(share(row))
    for category, shares in found.items():
        said = shares[0]
        if len(shares) > 1:
            said = {"unit": said["unit"], "why": "several results: choice open"}
        yield Figure(cohort=cohort, category=category, **said)


def _why(code: str, blank: str = "not reported") -> str:
    """Return why there is no number: the missing code in words."""
    return normalised(Missing(code).label) if code else blank


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        Quantity(name="patients", read=people("patients.treated", PATIENTS), of_people=True),
        Quantity(name="units", read=people("units.treated", UNITS), of_people=True),
        Quantity(name="women", read=women, is_share=True, of_people=True),
        *(Quantity(name=f"events.{one}", read=events_of(one)) for one in EVENT_CLASSES),
        *(
            Quantity(
                name=f"affected.{one}", read=affected_by(one), is_share=True, whole_or_none=True
            )
            for one in EVENT_CLASSES
        ),
        *(
            Quantity(name=f"activity.{kind}.{level}", read=returned(kind, level), is_share=True)
            for kind in ACTIVITIES
            for level in RETURNED
        ),
        Quantity(name="satisfied", read=satisfied, is_share=True),
        Quantity(name="again", read=again, is_share=True),
    )
}
