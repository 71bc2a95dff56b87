"""What the review's own figures say of a published claim: pure rules."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from reporting.choices import ClaimKind, ClaimVerdict
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

Expected = Decimal | str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One quantity of the review: the printed cell, and whether every study reports it."""

    cell: Cell
    is_complete: bool
    reporting: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found for a claim: the verdict, the figures, and what must be said of them."""

    verdict: ClaimVerdict
    figures: Mapping[str, Cell] = field(default_factory=dict)
    other: Mapping[str, Cell] = field(default_factory=dict)
    note: str = ""


def read_expected(text: str) -> list[Expected]:
    """Return the figures of a claim as printed: exact decimals, or words such as IV."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


def quantities(quantity: str) -> tuple[str, ...]:
    """Return the quantities of the summary that a claim is bound to."""
    return PAIRS.get(quantity, (quantity,) if quantity else ())


def judge(
    *,
    kind: str,
    quantity: str,
    expected: Sequence[Expected],
    reading: str,
    figures: Mapping[str, Figure],
    comparable: bool,
) -> Finding:
    """Return the verdict on one claim, with the figures that stand beside it.

    Args:
        kind: numeric or narrative.
        quantity: what the claim is bound to; several of a narrative claim stand with semicolons.
        expected: the figures as the paper prints them.
        reading: the reading under which they are to be compared, where there is more than one.
        figures: the review's own figures by quantity.
        comparable: whether the lead declares the included studies to be those of the paper.
    """
    asked = [part.strip() for part in quantity.split(";") if part.strip()]
    if kind == ClaimKind.NARRATIVE:
        return Finding(verdict=ClaimVerdict.FOR_A_PERSON, figures=_cells(asked, figures))
    names = quantities(quantity)
    cells = _cells(names, figures)
    incomplete = " ".join(figures[n].reporting for n in cells if not figures[n].is_complete)
    numbers = [_given(cell) for cell in cells.values()]
    if not comparable:
        verdict = ClaimVerdict.NOT_COMPARABLE
    elif not len(cells) == len(names) == len(expected) or incomplete or None in numbers:
        verdict = ClaimVerdict.NOT_DERIVABLE
    else:
        verdict = _compare(expected, [n for n in numbers if n is not None], reading=reading)
    return Finding(
        verdict=verdict,
        figures=cells,
        other=_cells(quantities(OTHER_READINGS.get(quantity, "")), figures),
        note=incomplete,
    )


def _cells(names: Sequence[str], figures: Mapping[str, Figure]) -> dict[str, Cell]:
    return {name: figures[name].cell for name in names if name in figures}


def _given(cell: Cell) -> Expected | None:
    """Return what a cell states, ``None`` where it states nothing."""
    if cell.missing or cell.value is None or cell.value == "":
        return None
    return Decimal(cell.value) if isinstance(cell.value, int) else cell.value


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
