"""The list of references as a member sees it: records, and what they and others said of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from records import listing
from records.models import Record
from records.querysets.papers import heads_of, heads_with
from reviews.models import Membership
from screening.choices import ANSWERS, Stage, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.querysets.queues import queue_of

VOTE = "vote"


@dataclass(frozen=True)
class Vote:
    """The member's own answer, as a row shows it."""

    stage: str
    verdict: str
    reason: str

    @property
    def stage_label(self) -> str:
        """Return the name of the stage, as it stands in a sentence."""
        return Stage(self.stage).label.lower()

    @property
    def words(self) -> str:
        """Return the answer in words."""
        ending = "d" if self.verdict in {Verdict.INCLUDE, Verdict.EXCLUDE} else ""
        return f"{Verdict(self.verdict).label}{ending}"


@dataclass
class Marks(listing.Marks):
    """What stands beside a record: the member's own votes, labels they see, and notices."""

    votes: list[Vote] = field(default_factory=list)


def marks_of(records: Iterable[Record], member: Membership) -> dict[int, Marks]:
    """Return what stands beside each of these records; one query."""
    keys = [record.pk for record in records]
    if not keys:
        return {}
    votes = ScreeningDecision.objects.own(member).filter(record__in=keys).order_by()
    reason = Coalesce("reason__label", Value(""))
    found = votes.values_list("record", Value(VOTE), "stage", "verdict", reason).union(
        _votes_behind(keys, member), *listing.rows_of_marks(keys, member), all=True
    )
    marks: dict[int, Marks] = {key: Marks() for key in keys}
    for key, what, *said in found:
        if what == VOTE:
            marks[key].votes.append(Vote(*said))
        else:
            marks[key].put(what, said[0])
    for mark in marks.values():
        mark.votes = sorted(set(mark.votes), key=attrgetter("stage", "verdict"), reverse=True)
    return marks


def _votes_behind(records: list[int], member: Membership) -> QuerySet[Any]:
    """Return the member's own votes on what is merged behind these records, as rows of marks."""
    heads = heads_with("decisions", member=member, verdict__in=ANSWERS)
    vote = "group__members__record__decisions__"
    reason = Coalesce(f"{vote}reason__label", Value(""))
    said = (f"{vote}stage", f"{vote}verdict", reason)
    return heads.filter(record__in=records).values_list("record", Value(VOTE), *said)


def rows_about(member: Membership, asked: Mapping[str, Any]) -> list[tuple[QuerySet[Any], ...]]:
    """Return the rows that the filters want of a record: a decision of one's own, a standing.

    A decision on a record that is merged behind it is one too.
    """
    return list(_rows_about(member, asked))


def _rows_about(
    member: Membership, asked: Mapping[str, Any]
) -> Iterator[tuple[QuerySet[Any], ...]]:
    if mine := asked.get("mine"):
        stage, verdict = mine.split(":")
        said: QuerySet[Any] = queue_of(member, stage)
        if verdict != "none":
            said = ScreeningDecision.objects.own(member, stage).filter(verdict=verdict)
        yield said, heads_of(said)
    if asked.get("standing"):
        stage, standing = asked["standing"].split(":")
        released = Resolution.objects.current().released()
        yield (released.filter(review=member.review_id, stage=stage, verdict=standing),)
