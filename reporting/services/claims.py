"""The published claims a review is compared with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

from extraction.numbers import NumberRefused, parse_number
from reporting.choices import ClaimKind
from reporting.claims import CATEGORY, OUTCOME, PAIRS, asked
from reporting.models import PublishedClaim
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership
from reviews.roles import Capability

POPULATION = ("category", "cohort_kind", "time_point")
SAID = ("text", "kind", "quantity", "expected", "reading", *POPULATION, "position")
# What has no population but all who were included.
_OF_ALL = {"studies", "level_of_evidence", *PAIRS}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim as the lead enters it; ``expected`` holds the figures as the paper prints them.

    ``category``, ``cohort_kind`` and ``time_point`` say whom it is about, where it narrows that.
    """

    key: str
    text: str
    kind: str = ClaimKind.NUMERIC
    quantity: str = ""
    expected: Sequence[str | int | float | Decimal] = ()
    reading: str = ""
    category: str = ""
    cohort_kind: str = ""
    time_point: str = ""


@all_or_nothing
def set_claims(*, lead: Membership, claims: Sequence[Claim]) -> list[PublishedClaim]:
    """Put the published claims in force, in the order given; unchanged ones keep their row.

    Raises:
        ValidationError: a key stands twice (code ``repeated``), a numeric claim has no figure or
            more than two (code ``no_figure``), a claim names a population that what it is bound to
            does not have (code ``population``), or a claim breaks a rule of its model.
    """
    keys = [claim.key for claim in claims]
    if len(set(keys)) != len(keys):
        raise ValidationError("A claim stands in the list twice.", code="repeated")
    rows = [_row(claim, position) for position, claim in enumerate(claims, start=1)]
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    found = PublishedClaim.objects.current().filter(review=act.review)
    current = {claim.key: claim for claim in found}
    kept = []
    for row in rows:
        old = current.pop(row.key, None)
        same = old is not None and all(getattr(old, name) == getattr(row, name) for name in SAID)
        kept.append(old if old is not None and same else act.replace(old, row))
    act.supersede(*current.values())
    act.log("reporting.claims_set", claims=keys)
    return kept


def _row(claim: Claim, position: int) -> PublishedClaim:
    if claim.kind == ClaimKind.NUMERIC and not 1 <= len(claim.expected) <= 2:
        raise ValidationError(
            f"{claim.text}: give the figure of the claim, or its lowest and highest.",
            code="no_figure",
        )
    _refuse_population(claim)
    return PublishedClaim(
        key=claim.key,
        text=claim.text,
        kind=claim.kind,
        quantity=claim.quantity,
        expected=f"[{', '.join(_figure(figure) for figure in claim.expected)}]",
        reading=claim.reading,
        category=" ".join(claim.category.split()),
        cohort_kind=claim.cohort_kind,
        time_point=claim.time_point,
        position=position,
    )


def _refuse_population(claim: Claim) -> None:
    """Refuse a population that the review prints no figure of, whatever its studies report."""
    names = asked(claim.quantity)
    of_all = [name for name in names if name in _OF_ALL or name.startswith(CATEGORY)]
    if of_all and (claim.category or claim.cohort_kind):
        raise ValidationError(
            f"{claim.text}: {of_all[0]} is of all included studies; it has no category of "
            "treatment and no kind of cohort.",
            code="population",
        )
    timeless = [name for name in names if not name.startswith(OUTCOME)]
    if timeless and claim.time_point:
        raise ValidationError(
            f"{claim.text}: {timeless[0]} has no time point; only outcomes have.",
            code="population",
        )


def _figure(figure: str | float | Decimal) -> str:
    """Return a figure as JSON: a number with the decimals it was printed with, else its words."""
    text = str(figure)
    try:
        return parse_number(text).canonical
    except NumberRefused:
        return json.dumps(text)
