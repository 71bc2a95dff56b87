"""Sums over studies, treatment by treatment: who is in them, and who is left out and why.

Nothing leaves a sum in silence: every study that has a cohort in the category is in the sum, or
named with the reason; one that is in it with some of its cohorts only is named as well.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from uuid import UUID

from reporting.definitions import BLANK, Cell
from reporting.evidence import ALL, SEVERAL, Cohort, StudyEvidence
from reporting.printing import EXACT, count_cell, percent_cell, plain, without_zeros
from reporting.quantities import Figure, Quantity

FORMULA_TERMS = 30
NEVER_SUMMED = ("subgroup",)
LIMB = "paired_limb"


@dataclass(kw_only=True)
class Subtotal:
    """One quantity summed over the studies of one category, in one unit."""

    quantity: Quantity
    category: str
    unit: str
    studies: Sequence[StudyEvidence]
    taken: list[tuple[StudyEvidence, list[Figure]]] = field(default_factory=list)
    left_out: list[tuple[StudyEvidence, str]] = field(default_factory=list)
    partly: list[StudyEvidence] = field(default_factory=list)

    @property
    def figures(self) -> list[Figure]:
        """Return the figures that are summed."""
        return [figure for _, figures in self.taken for figure in figures]

    @property
    def numerator(self) -> Decimal | None:
        """Return the sum of the counts, ``None`` where nobody reports one."""
        return _sum(figure.n for figure in self.figures)

    @property
    def denominator(self) -> Decimal | None:
        """Return the sum of the wholes of a share."""
        return _sum(figure.of for figure in self.figures) if self.quantity.is_share else None

    @property
    def sources(self) -> tuple[UUID, ...]:
        """Return the uids of all values behind the sum."""
        return tuple(uid for figure in self.figures for uid in figure.sources)

    @property
    def reporting(self) -> Cell:
        """Return the cell of how many studies are in the sum."""
        return count_cell(len(self.taken), studies=(study.uid for study, _ in self.taken))

    @property
    def of_studies(self) -> Cell:
        """Return the cell of how many studies have a cohort in the category."""
        return count_cell(len(self.studies), studies=(study.uid for study in self.studies))

    @property
    def x_of_y(self) -> str:
        """Return how many of how many studies, in words."""
        return f"{len(self.taken)} of {len(self.studies)} studies"

    @property
    def is_complete(self) -> bool:
        """Return whether every study of the category is in the sum with all it has."""
        return len(self.taken) == len(self.studies) > 0 and not self.partly

    @property
    def left_out_text(self) -> str:
        """Return who is left out and why, in one line."""
        return "; ".join(f"{study.label} ({why})" for study, why in self.left_out)

    @property
    def note(self) -> str:
        """Return what must be said beside the sum."""
        parts = [f"{self.x_of_y}"]
        if self.left_out:
            parts.append(f"left out: {self.left_out_text}")
        return "; ".join(parts) + "."

    @property
    def formula(self) -> str:
        """Return how the sum was made."""
        tops = _terms(figure.n for figure in self.figures)
        if not self.quantity.is_share:
            return tops
        return f"({tops}) / ({_terms(figure.of for figure in self.figures)})"

    @property
    def cell(self) -> Cell:
        """Return the sum: a number, or ``n/N`` of a share; blank where nobody reports it."""
        if self.numerator is None:
            return BLANK
        text = without_zeros(self.numerator)
        value: Decimal | str = self.numerator
        if self.quantity.is_share and self.denominator is not None:
            text = value = f"{text}/{without_zeros(self.denominator)}"
        return Cell(
            text=text, value=value, sources=self.sources, formula=self.formula, note=self.note
        )

    def percent(self, places: int = 1) -> Cell:
        """Return the percentage of a share, rounded once from the exact fraction."""
        return percent_cell(self.numerator, self.denominator, self.sources, places)


def people_total(evidence: Sequence[StudyEvidence], quantity: Quantity, unit: str) -> Subtotal:
    """Return the sum over people, each once: over the cohorts that count."""
    total = Subtotal(quantity=quantity, category="", unit=unit, studies=evidence)
    for study in evidence:
        counted = set(study.counted)
        once: dict[Cohort, Figure] = {}
        for figure in quantity.read(study):
            if figure.cohort in counted:
                once.setdefault(figure.cohort, figure)
        known = [figure for figure in once.values() if figure.is_known]
        reasons = [f"{f.cohort.name}: {f.why}" for f in once.values() if not f.is_known]
        if not counted:
            total.left_out.append((study, "no cohort counts towards totals"))
        elif not known:
            whys = dict.fromkeys(figure.why for figure in once.values())
            total.left_out.append((study, ", ".join(whys) or "not reported"))
        else:
            total.taken.append((study, known))
            if reasons:
                total.partly.append(study)
                total.left_out.append((study, f"only some cohorts; {', '.join(reasons)}"))
    return total


def subtotals(
    evidence: Sequence[StudyEvidence],
    quantity: Quantity,
    categories: Sequence[str],
    units: Callable[[str], str] = str,
) -> list[Subtotal]:
    """Return the sums of a quantity by category and unit, in the order of the categories.

    A category that nobody reports has one sum, which is blank. ``units`` says what a unit is
    called in a reason.
    """
    figures = {study: list(quantity.read(study)) for study in evidence}
    found: list[Subtotal] = []
    for category in (*categories, SEVERAL):
        here = [
            (study, [f for f in rows if f.category == category])
            for study, rows in figures.items()
            if _is_in(study, category, rows)
        ]
        if category == SEVERAL and not here:
            continue
        known = (f.unit for _, rows in here for f in _eligible(rows) if f.is_known)
        for unit in dict.fromkeys(sorted(known)) or [""]:
            found.append(_subtotal(quantity, category, unit, here, figures, units))
    return found


def _is_in(study: StudyEvidence, category: str, figures: Sequence[Figure]) -> bool:
    """Return whether a study has a cohort in the category, or says something under it."""
    if any(figure.category == category for figure in figures):
        return not (category == SEVERAL and _all_told_by_parts(figures))
    return any(
        category in study.categories_of(cohort)
        for cohort in study.cohorts
        if not study.is_mixed(cohort)
    )


def _all_told_by_parts(figures: Sequence[Figure]) -> bool:
    mixed = [figure for figure in figures if figure.category == SEVERAL]
    return all(_told_by_parts(figure, figures) for figure in mixed)


def _told_by_parts(figure: Figure, figures: Sequence[Figure]) -> bool:
    """Return whether a cohort's parts say under their own treatments what it says as a whole."""
    inside = set(figure.cohort.inside())
    return any(f.is_known and f.category != SEVERAL and f.cohort in inside for f in figures)


def _subtotal(
    quantity: Quantity,
    category: str,
    unit: str,
    here: Sequence[tuple[StudyEvidence, list[Figure]]],
    every: dict[StudyEvidence, list[Figure]],
    units: Callable[[str], str],
) -> Subtotal:
    total = Subtotal(
        quantity=quantity, category=category, unit=unit, studies=[study for study, _ in here]
    )
    for study, rows in here:
        eligible = _eligible(rows)
        if category == SEVERAL:
            eligible = [f for f in eligible if not _told_by_parts(f, every[study])]
        taken = _outermost([f for f in eligible if f.is_known and f.unit == unit])
        taken, limbs = _without_limbs(taken)
        unknown = [f for f in eligible if not f.is_known and not _is_covered(f, taken)]
        unknown = [f for f in unknown if f.unit in ("", unit)]
        reasons = [f"{f.cohort.name}: {f.why}" for f in unknown] + limbs
        if taken and quantity.whole_or_none and unknown:
            total.left_out.append((study, ", ".join(reasons)))
        elif taken:
            total.taken.append((study, taken))
            silent = [*reasons, *_silent(study, category, rows, taken, quantity)]
            if silent:
                total.partly.append(study)
                total.left_out.append((study, f"only some cohorts; {', '.join(silent)}"))
        else:
            total.left_out.append((study, _reason(rows, eligible, unit, limbs, units)))
    return total


def _eligible(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures of cohorts that may stand in a sum by treatment."""
    return [
        figure
        for figure in figures
        if figure.cohort.kind not in NEVER_SUMMED and not _stands_aside(figure.cohort)
    ]


def _stands_aside(cohort: Cohort) -> bool:
    """Return whether a cohort is a mixed series of which only a subset fits the review."""
    return not cohort.counts and any(part.kind == "eligible_subset" for part in cohort.parts)


def _outermost(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures of cohorts that lie in no other of them: nobody is summed twice."""
    cohorts = {figure.cohort for figure in figures}
    return [f for f in figures if not cohorts.intersection(f.cohort.wholes())]


def _without_limbs(figures: Sequence[Figure]) -> tuple[list[Figure], list[str]]:
    """Return the figures without limbs of the same people, and what to say of those."""
    limbs = [f for f in figures if f.cohort.kind == LIMB and f.unit == "patients"]
    if len(limbs) < 2:
        return list(figures), []
    kept = [figure for figure in figures if figure not in limbs]
    return kept, ["limbs of the same people"]


def _is_covered(figure: Figure, taken: Sequence[Figure]) -> bool:
    """Return whether the people of a cohort are in the sum through another one."""
    cohorts = {one.cohort for one in taken}
    around = {*figure.cohort.wholes(), *figure.cohort.inside()}
    return bool(cohorts & around)


def _silent(
    study: StudyEvidence,
    category: str,
    rows: Sequence[Figure],
    taken: Sequence[Figure],
    quantity: Quantity,
) -> list[str]:
    """Return the cohorts of the category that say nothing of the quantity, in words."""
    if quantity.of_people or category == SEVERAL:
        return []
    said = {figure.cohort for figure in rows}
    covered = {one.cohort for one in taken}
    return [
        f"{cohort.name}: not reported"
        for cohort in study.cohorts
        if category in study.categories_of(cohort)
        and not study.is_mixed(cohort)
        and cohort.kind not in NEVER_SUMMED
        and not _stands_aside(cohort)
        and cohort not in said
        and not covered.intersection({*cohort.wholes(), *cohort.inside()})
    ]


def _reason(
    rows: Sequence[Figure],
    eligible: Sequence[Figure],
    unit: str,
    limbs: Sequence[str],
    units: Callable[[str], str],
) -> str:
    """Return why a study is in no sum of this unit."""
    if limbs:
        return ", ".join(limbs)
    others = [f.unit for f in eligible if f.is_known and f.unit != unit]
    whys = [f.why for f in eligible if not f.is_known]
    said = [f"counted in {units(other)}" for other in others if other] + whys
    if said:
        return ", ".join(dict.fromkeys(said))
    return "reported of a subgroup or a mixed series only" if rows else "not reported"


def everything(parts: Sequence[Subtotal], unit: str) -> Subtotal:
    """Return the sum over all treatments, which the lead asked for.

    A study that stands under several treatments is in it for events only: its people may be the
    same under both.
    """
    quantity = parts[0].quantity
    studies = list(dict.fromkeys(study for part in parts for study in part.studies))
    total = Subtotal(quantity=quantity, category=ALL, unit=unit, studies=studies)
    taken: dict[StudyEvidence, list[list[Figure]]] = {}
    for part in parts:
        if part.unit == unit:
            for study, figures in part.taken:
                taken.setdefault(study, []).append(figures)
    for study in studies:
        given = taken.get(study, [])
        whys = [why for part in parts for one, why in part.left_out if one is study]
        if len(given) == 1 or (given and unit == "events"):
            total.taken.append((study, [figure for figures in given for figure in figures]))
        elif given:
            total.left_out.append((study, "several treatments of people who may be the same"))
        else:
            total.left_out.append((study, ", ".join(dict.fromkeys(whys)) or "not reported"))
    return total


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return reduce(EXACT.add, known) if known else None


def _terms(numbers: Iterable[Decimal | None]) -> str:
    terms = [plain(number) for number in numbers if number is not None]
    return " + ".join(terms) if len(terms) <= FORMULA_TERMS else f"sum of {len(terms)} values"
