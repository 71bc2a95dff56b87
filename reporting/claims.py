"""What the review's own figures say of a published claim: pure rules."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from reporting.choices import ClaimCohort, ClaimKind, ClaimTime, ClaimVerdict
from reporting.definitions import Cell
from reporting.printing import EXACT

# A claim about a range is bound to two quantities; the other reading of it stands beside.
PAIRS = {
    "age_mean": ("age_mean_lowest", "age_mean_highest"),
    "follow_up_mean": ("follow_up_mean_lowest", "follow_up_mean_highest"),
    "follow_up": ("follow_up_shortest", "follow_up_longest"),
}
OTHER_READINGS = {"follow_up_mean": "follow_up", "follow_up": "follow_up_mean"}
READINGS = {
    "follow_up_mean": "lowest to highest study mean",
    "follow_up": "shortest to longest individual",
}
OUTCOME = "outcome:"
CATEGORY = "category:"

Expected = Decimal | str


@dataclass(frozen=True, kw_only=True)
class Population:
    """Whom a claim is about: after which treatment, in which kind of cohort, at which time."""

    category: str = ""
    cohort_kind: str = ""
    time_point: str = ""

    @property
    def words(self) -> str:
        """Return it as pages print it; all who were included, where nothing narrows it."""
        said = [
            f"after {self.category}" if self.category else "",
            ClaimCohort(self.cohort_kind).label if self.cohort_kind else "",
            ClaimTime(self.time_point).label if self.time_point else "",
        ]
        return "; ".join(part for part in said if part) or "all included"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One quantity of the review: the printed cell, and how many of how many studies report it."""

    cell: Cell
    is_complete: bool
    name: str = ""
    unit: str = ""
    x_of_y: str = ""

    @property
    def reporting(self) -> str:
        """Return how many studies report it, as a sentence."""
        return f"{self.x_of_y} report it." if self.x_of_y else ""

    @property
    def in_words(self) -> str:
        """Return the figure as it stands beside a sentence: named, with unit and studies."""
        text = f"{self.name}: {self.cell.text or 'not reported'}"
        text += f" {self.unit}" if self.unit and self.cell.text else ""
        return f"{text} ({self.x_of_y})" if self.x_of_y else text


# A quantity that is counted in patients and in units has one figure for each.
Figures = Mapping[str, Sequence[Figure]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found for a claim: the verdict, the figures, and what must be said of them."""

    verdict: ClaimVerdict
    figures: Sequence[Figure] = ()
    other: Sequence[Figure] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class _Bound:
    """The figures a numeric claim is compared with, and why they cannot be, if they cannot."""

    figures: Sequence[Figure]
    given: Sequence[Expected] = field(default_factory=list)
    why_not: str = ""


def read_expected(text: str) -> list[Expected]:
    """Return the figures of a claim as printed: exact decimals, or words such as IV."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


def quantities(quantity: str) -> tuple[str, ...]:
    """Return the quantities of the summary that a claim is bound to."""
    return PAIRS.get(quantity, (quantity,) if quantity else ())


def asked(quantity: str) -> list[str]:
    """Return the quantities of a narrative claim, which stand with semicolons."""
    return [part.strip() for part in quantity.split(";") if part.strip()]


def judge(
    *,
    kind: str,
    quantity: str,
    expected: Sequence[Expected],
    reading: str,
    figures: Figures,
    comparable: bool,
) -> Finding:
    """Return the verdict on one claim, with the figures that stand beside it.

    Args:
        kind: numeric or narrative.
        quantity: what the claim is bound to; several of a narrative claim stand with semicolons.
        expected: the figures as the paper prints them.
        reading: the reading under which they are to be compared, where there is more than one.
        figures: the review's own figures of the claim's population, by quantity.
        comparable: whether the lead declares the included studies to be those of the paper.
    """
    if kind == ClaimKind.NARRATIVE:
        found = [figure for name in asked(quantity) for figure in figures.get(name, ())]
        return Finding(verdict=ClaimVerdict.FOR_A_PERSON, figures=found)
    bound = _bound(quantity, expected, figures)
    incomplete = dict.fromkeys(f.reporting for f in bound.figures if not f.is_complete)
    why_not = bound.why_not if comparable else ""
    if not comparable:
        verdict = ClaimVerdict.NOT_COMPARABLE
    elif bound.why_not:
        verdict = ClaimVerdict.NOT_DERIVABLE
    else:
        verdict = _compare(expected, bound.given, reading=reading)
    others = quantities(OTHER_READINGS.get(quantity, ""))
    return Finding(
        verdict=verdict,
        figures=bound.figures,
        other=[figure for name in others for figure in figures.get(name, ())],
        note=" ".join(part for part in (*incomplete, why_not) if part),
    )


def _bound(quantity: str, expected: Sequence[Expected], figures: Figures) -> _Bound:
    """Return what a claim is compared with.

    A range over the studies that report is a range all the same; a sum of which some are missing
    is not the sum that was claimed.
    """
    names = quantities(quantity)
    found = [figure for name in names for figure in figures.get(name, ())]
    given = [_given(figure.cell) for figure in found]
    why = ""
    if not all(len(figures.get(name, ())) == 1 for name in names):
        several = any(len(figures.get(name, ())) > 1 for name in names)
        why = (
            "Counted in several units: bind the claim to one of them."
            if several
            else "This review prints no such figure of that population."
        )
    elif len(names) != len(expected):
        why = f"{len(names)} figures stand against {len(expected)} of the claim."
    elif None in given:
        why = "Not reported, or a bound only."
    elif quantity not in PAIRS and not all(figure.is_complete for figure in found):
        why = "What is claimed is of all studies."
    known = [number for number in given if number is not None]
    return _Bound(figures=found, given=known, why_not=why)


def _given(cell: Cell) -> Expected | None:
    """Return what a cell states before it was rounded; ``None`` for nothing, and for a bound."""
    if cell.exact is not None:
        return cell.exact
    if cell.missing or cell.value is None or cell.value == "":
        return None
    if isinstance(cell.value, str):
        return None if cell.value[0] in "≥≤<>~≈" else cell.value
    return Decimal(cell.value)


def _compare(
    expected: Sequence[Expected], found: Sequence[Expected], *, reading: str
) -> ClaimVerdict:
    pairs = list(zip(expected, found, strict=True))
    if all(wanted == given for wanted, given in pairs):
        verdict = ClaimVerdict.EQUAL
    elif all(_rounds_to(wanted, given) for wanted, given in pairs):
        verdict = ClaimVerdict.EQUAL_AFTER_ROUNDING
    else:
        return ClaimVerdict.DIFFERENT
    return ClaimVerdict.EQUAL_UNDER_STATED_READING if reading else verdict


def _rounds_to(wanted: Expected, given: Expected) -> bool:
    """Return whether ``given`` prints as ``wanted`` with the decimals that the paper prints."""
    if not isinstance(wanted, Decimal) or not isinstance(given, Decimal):
        return wanted == given
    return EXACT.quantize(given, wanted) == wanted
