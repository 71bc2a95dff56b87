"""For whom a discussion waits, in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from records.models import Record
from records.querysets.papers import papers_of
from reviews.models import Membership
from screening.models import DiscussionEntry, ScreeningDecision


@dataclass(frozen=True)
class Waits:
    """For whom a discussion waits, and whether that is the reader."""

    words: str
    for_me: bool


def waits_of(member: Membership, stage: str, records: Sequence[Record]) -> dict[int, Waits]:
    """Return for whom each of these released conflicts waits, by record.

    Everybody takes part whose vote stands on one of the paper's records, as ``to_discuss`` says.
    The queries are the same few for any number of records.
    """
    papers = papers_of([record.pk for record in records])
    of_paper = {pk: head for head, *behind in papers for pk in (head, *behind)}
    votes = ScreeningDecision.objects.standing().filter(record__in=of_paper, stage=stage)
    others: dict[int, dict[int, str]] = {}
    for vote in votes.visible_to(member).select_related("member__user").order_by("member"):
        if vote.member_id != member.pk:
            others.setdefault(of_paper[vote.record_id], {})[vote.member_id] = str(vote.member)
    entered: dict[int, set[int]] = {}
    entries = DiscussionEntry.objects.current().filter(record__in=records, stage=stage)
    for record, who in entries.values_list("record", "member"):
        entered.setdefault(record, set()).add(who)
    return {
        record.pk: _waits(member, others.get(record.pk, {}), entered.get(record.pk, set()))
        for record in records
    }


def _waits(member: Membership, others: dict[int, str], entered: Collection[int]) -> Waits:
    own = member.pk in entered
    there = [name for key, name in others.items() if key in entered]
    missing = [name for key, name in others.items() if key not in entered]
    if own and missing:
        return Waits(f"You wait for {_listed(missing)}", for_me=False)
    if own:
        return Waits("Your entries differ", for_me=True)
    if there:
        wait = "wait" if len(there) > 1 else "waits"
        return Waits(f"{_listed(there)} {wait} for you", for_me=True)
    return Waits("Waits for both of you", for_me=True)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
