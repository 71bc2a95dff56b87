"""What the packages above make of records: asked and told here, answered there.

``records`` knows neither who works on a record nor what anybody said of it. Where that matters,
it asks the packages above, and tells them when records come back into sight. Each hands its
``Use`` over when the application starts, as with ``reviews.work``; ``docs/decisions/`` says why.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from records.models import ImportBatch
from reviews.audit import Act
from reviews.models import Membership


@dataclass(frozen=True, kw_only=True)
class Use:
    """What one package above makes of records.

    Args:
        given_out: the records of a review that somebody was given to work on; of some records
            where they are named by their keys. It must not depend on what these people did.
        must_stay: which of some records may go behind no other, each with the reason, as it
            stands in a sentence. It must not depend on what is not to be known yet.
        objection: why an import cannot be undone any more, or nothing.
        regrouped: lets what was done with these records follow, which have just been merged,
            parted or come back into sight, within the act that did so.
        take_up_in_turns: takes up whatever waits in the member's review, in short acts.
        works_unseen: whether a member works where the team may not look, and so shows it nothing.
    """

    given_out: Callable[[int, Collection[int] | None], Iterable[int]]
    must_stay: Callable[[Collection[int]], dict[int, str]]
    objection: Callable[[ImportBatch], ValidationError | None]
    regrouped: Callable[[Act, Collection[int]], None]
    take_up_in_turns: Callable[[Membership], None]
    works_unseen: Callable[[Membership], bool]


_uses: list[Use] = []


def register(use: Use) -> None:
    """Add what a package makes of records; one that is registered already is not added again."""
    if use not in _uses:
        _uses.append(use)


def given_out(review: int, records: Collection[int] | None = None) -> set[int]:
    """Return which records of a review, or of some of them, somebody was given to work on."""
    return {record for use in _uses for record in use.given_out(review, records)}


def must_stay(records: Collection[int]) -> dict[int, str]:
    """Return which of these records may go behind no other, and why."""
    return {record: why for use in _uses for record, why in use.must_stay(records).items()}


def objection(batch: ImportBatch) -> ValidationError | None:
    """Return why an import cannot be undone any more, or nothing where it can."""
    found = (use.objection(batch) for use in _uses)
    return next((refusal for refusal in found if refusal is not None), None)


def regrouped(act: Act, records: Collection[int]) -> None:
    """Let what was done with records follow their being merged or parted, within the same act."""
    for use in _uses:
        use.regrouped(act, records)


def take_up_in_turns(member: Membership) -> None:
    """Let whatever waits in the member's review be worked on, in short acts."""
    for use in _uses:
        use.take_up_in_turns(member)


def works_unseen(member: Membership) -> bool:
    """Say whether a member works where the team may not look, and so shows it nothing."""
    return any(use.works_unseen(member) for use in _uses)
