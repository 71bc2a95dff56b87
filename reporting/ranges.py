"""The lowest and highest study mean: of the whole series where it is reported, else of its arms.

Medians and bounds such as “at least 24 months” are no means; they are named, never mixed in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from extraction.schema import in_months
from reporting.definitions import BLANK, Cell
from reporting.evidence import Cohort, StudyEvidence
from reporting.printing import Answers, count_cell, plain, rounded

FORMULA_TERMS = 30
PLACES = 1


@dataclass(frozen=True, kw_only=True)
class Mean:
    """One mean, as printed or in months, with the values it was read from."""

    study: StudyEvidence
    number: Decimal
    text: str
    sources: tuple[UUID, ...]
    of: str


@dataclass(kw_only=True)
class MeanRange:
    """The means of all studies of one measure, and who gives none."""

    studies: Sequence[StudyEvidence]
    means: list[Mean] = field(default_factory=list)
    left_out: list[tuple[StudyEvidence, str]] = field(default_factory=list)
    partly: list[StudyEvidence] = field(default_factory=list)

    @property
    def reporting_studies(self) -> list[StudyEvidence]:
        """Return the studies that give a mean."""
        return list(dict.fromkeys(mean.study for mean in self.means))

    @property
    def reporting(self) -> Cell:
        """Return the cell of how many studies give a mean."""
        given = self.reporting_studies
        return count_cell(len(given), studies=(study.uid for study in given))

    @property
    def is_complete(self) -> bool:
        """Return whether every study gives the means of all that it has."""
        return len(self.reporting_studies) == len(self.studies) > 0 and not self.partly

    @property
    def left_out_text(self) -> str:
        """Return who gives no mean and why, in one line."""
        return "; ".join(f"{study.label} ({why})" for study, why in self.left_out)

    @property
    def said(self) -> list[str]:
        """Return what must be said of the means that are in it: which are of arms."""
        arms = dict.fromkeys(mean.study.label for mean in self.means if mean.of == "arm")
        return [f"Means of arms: {', '.join(arms)}."] if arms else []

    @property
    def note(self) -> str:
        """Return what must be said beside either end."""
        parts = [f"{len(self.reporting_studies)} of {len(self.studies)} studies"]
        parts += [f"{said[:1].lower()}{said[1:].rstrip('.')}" for said in self.said]
        if self.left_out:
            parts.append(f"left out: {self.left_out_text}")
        return "; ".join(parts) + "."

    def end(self, choose: Callable[[Iterable[Decimal]], Decimal], what: str) -> Cell:
        """Return the lowest or the highest mean, as it was printed."""
        if not self.means:
            return BLANK
        chosen = choose([mean.number for mean in self.means])
        first = next(mean for mean in self.means if mean.number == chosen)
        terms = ", ".join(mean.text for mean in self.means[:FORMULA_TERMS])
        more = " …" if len(self.means) > FORMULA_TERMS else ""
        rest = tuple(uid for mean in self.means if mean is not first for uid in mean.sources)
        return Cell(
            text=first.text,
            value=Decimal(first.text),
            sources=first.sources + rest,
            formula=f"{what} of {terms}{more}",
            note=self.note,
            exact=first.number,
        )


def mean_range(evidence: Sequence[StudyEvidence], stem: str) -> MeanRange:
    """Return the means of all studies of a summary statistic, such as ``age``."""
    found = MeanRange(studies=evidence)
    for study in evidence:
        means, whys = _of_study(study, stem)
        found.means += means
        if not means:
            found.left_out.append((study, ", ".join(whys) or "not reported"))
        elif whys:
            found.partly.append(study)
            found.left_out.append((study, f"only some cohorts; {', '.join(whys)}"))
    return found


def _of_study(study: StudyEvidence, stem: str) -> tuple[list[Mean], list[str]]:
    means: dict[Cohort, Mean] = {}
    whys: dict[str, None] = {}
    if not study.counted:
        return [], ["no cohort counts towards totals"]
    for cohort in study.counted:
        chosen = _chosen(study, cohort, stem)
        means.update(chosen)
        if not chosen:
            named = f"{cohort.name}: " if len(study.counted) > 1 else ""
            whys[named + _why_none(cohort.answers, stem)] = None
    return list(means.values()), list(whys)


def _chosen(study: StudyEvidence, cohort: Cohort, stem: str) -> dict[Cohort, Mean]:
    """Return the mean of the whole series, else the cohort's own, else those of its arms."""
    wholes = [one for one in cohort.wholes() if one.kind == "whole_series"]
    candidates = [*reversed(wholes)] if cohort.kind == "arm" else []
    for one in (*candidates, cohort):
        mean = _mean(study, one, stem)
        if mean is not None:
            return {one: mean}
    arms = [part for part in cohort.inside() if part.kind == "arm"]
    means = {arm: mean for arm in arms if (mean := _mean(study, arm, stem)) is not None}
    return means if len(means) == len(arms) else {}


def _mean(study: StudyEvidence, cohort: Cohort, stem: str) -> Mean | None:
    answers = cohort.answers
    value = answers.get(f"{stem}.value")
    if answers.says(f"{stem}.centre") != "mean" or value is None or not value.number:
        return None
    if value.qualifier:
        return None
    number, text = _months(answers, stem, Decimal(value.number))
    return Mean(
        study=study,
        number=number,
        text=text,
        sources=answers.uids(f"{stem}.value", f"{stem}.centre", f"{stem}.unit"),
        of=cohort.kind,
    )


def _months(answers: Answers, stem: str, number: Decimal) -> tuple[Decimal, str]:
    """Return a number with its text, in months where it is a duration in another unit."""
    unit = answers.says(f"{stem}.unit")
    if unit in ("", "months"):
        return number, plain(number)
    months = in_months(number, unit)
    return months, plain(rounded(months, PLACES))


def _why_none(answers: Answers, stem: str) -> str:
    """Return why a cohort gives no mean, in words."""
    value, bound = answers.get(f"{stem}.value"), answers.get(f"{stem}.at_least")
    if value is not None and value.number:
        centre = answers.says(f"{stem}.centre")
        return {"median": "median", "mean": "a bound, no mean"}.get(centre, "statistic not named")
    if bound is not None and bound.number:
        return f"at least {bound.text}, no mean"
    return "not reported"


@dataclass(frozen=True, kw_only=True)
class End:
    """The shortest or longest of one cohort's people, or the bound given in its place."""

    study: StudyEvidence
    number: Decimal
    text: str
    sources: tuple[UUID, ...]
    is_bound: bool = False


@dataclass(kw_only=True)
class Extremes:
    """The shortest or the longest of individual people over all studies, and who gives none."""

    studies: Sequence[StudyEvidence]
    choose: Callable[[Iterable[End]], End]
    what: str
    ends: list[End] = field(default_factory=list)
    left_out: list[tuple[StudyEvidence, str]] = field(default_factory=list)
    partly: list[StudyEvidence] = field(default_factory=list)

    @property
    def reporting(self) -> Cell:
        """Return the cell of how many studies give one."""
        given = dict.fromkeys(end.study.uid for end in self.ends)
        return count_cell(len(given), studies=given)

    @property
    def is_complete(self) -> bool:
        """Return whether every study gives it of all that it has."""
        return self.reporting.value == len(self.studies) > 0 and not self.partly

    @property
    def left_out_text(self) -> str:
        """Return who gives none and why, in one line."""
        return "; ".join(f"{study.label} ({why})" for study, why in self.left_out)

    @property
    def said(self) -> list[str]:
        """Return what must be said of the figures that are in it: which are bounds."""
        bounds = [f"{end.study.label} ({end.text})" for end in self.ends if end.is_bound]
        return [f"Bounds, as the reports give them: {'; '.join(bounds)}."] if bounds else []

    @property
    def cell(self) -> Cell:
        """Return the shortest or longest; of a bound the value is its text, for it is no number."""
        if not self.ends:
            return BLANK
        chosen = self.choose(self.ends)
        terms = ", ".join(end.text for end in self.ends[:FORMULA_TERMS])
        more = " …" if len(self.ends) > FORMULA_TERMS else ""
        rest = tuple(uid for end in self.ends if end is not chosen for uid in end.sources)
        return Cell(
            text=chosen.text,
            value=chosen.text if chosen.is_bound else Decimal(chosen.text),
            sources=chosen.sources + rest,
            formula=f"{self.what} of {terms}{more}",
            exact=None if chosen.is_bound else chosen.number,
        )


def shortest_and_longest(evidence: Sequence[StudyEvidence], stem: str) -> tuple[Extremes, Extremes]:
    """Return the shortest and the longest of individual people of a measure such as follow-up."""
    shortest = Extremes(
        studies=evidence,
        what="lowest",
        choose=lambda ends: min(ends, key=lambda end: (end.number, end.is_bound)),
    )
    longest = Extremes(
        studies=evidence,
        what="highest",
        choose=lambda ends: max(ends, key=lambda end: (end.number, not end.is_bound)),
    )
    for found, part in ((shortest, "min"), (longest, "max")):
        for study in evidence:
            _add_ends(found, study, stem, part)
    return shortest, longest


def _add_ends(found: Extremes, study: StudyEvidence, stem: str, part: str) -> None:
    given = [_ends(study, cohort, stem, part) for cohort in study.counted]
    found.ends += [end for ends in given for end in ends]
    if not study.counted:
        found.left_out.append((study, "no cohort counts towards totals"))
    elif not any(given):
        found.left_out.append((study, "not reported"))
    elif not all(given):
        silent = [c.name for c, ends in zip(study.counted, given, strict=True) if not ends]
        found.partly.append(study)
        found.left_out.append((study, f"only some cohorts; not reported: {', '.join(silent)}"))


def _ends(study: StudyEvidence, cohort: Cohort, stem: str, part: str) -> list[End]:
    """Return the end of a cohort: its own, else of the series it is an arm of, else of its arms."""
    wholes = [one for one in cohort.wholes() if one.kind == "whole_series"]
    for one in (cohort, *(wholes if cohort.kind == "arm" else ())):
        end = _end(study, one, stem, part)
        if end is not None:
            return [end]
    arms = [_end(study, one, stem, part) for one in cohort.inside() if one.kind == "arm"]
    known = [end for end in arms if end is not None]
    return known if len(known) == len(arms) else []


def _end(study: StudyEvidence, cohort: Cohort, stem: str, part: str) -> End | None:
    answers = cohort.answers
    answer = answers.get(f"{stem}.{part}")
    if answer is not None and answer.number:
        number, text = _months(answers, stem, Decimal(answer.number))
        sources = answers.uids(f"{stem}.{part}", f"{stem}.unit")
        bound = answer.qualifier
        text = f"{bound} {text}".strip()
        return End(study=study, number=number, text=text, sources=sources, is_bound=bool(bound))
    bound_answer = answers.get(f"{stem}.at_least") if part == "min" else None
    if bound_answer is None or not bound_answer.number:
        return None
    return End(
        study=study,
        number=Decimal(bound_answer.number),
        text=f"≥ {bound_answer.number}",
        sources=(bound_answer.uid,),
        is_bound=True,
    )
