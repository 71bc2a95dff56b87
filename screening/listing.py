"""The list of records as a member narrows it: its rows, its size, and what stands beside a row.

Every part costs the same in a review of a thousand records and of a hundred thousand: rows are
read along an index, totals come from the ledgers, and what is narrowed is counted to a thousand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from reviews.models import Membership, Review
from reviews.paging import Page, keyset_page, page_by_uid
from screening.choices import (
    BatchStanding,
    DuplicateStanding,
    NoticeKind,
    Stage,
    Verdict,
)
from screening.models import (
    BatchState,
    DuplicateMember,
    ImportBatch,
    Label,
    PublicationNotice,
    Record,
    RecordLabel,
    ScreeningDecision,
    Source,
)
from screening.querysets.choices import Choices
from screening.querysets.records import RecordQuerySet
from screening.search import search

COUNTED_TO = 1_000


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
class Marks:
    """What stands beside a record: the member's own votes, labels they see, and notices."""

    votes: list[Vote] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    notices: list[NoticeKind] = field(default_factory=list)


@dataclass(frozen=True)
class Size:
    """How many records there are: exactly, or more than were counted."""

    number: int
    exact: bool = True

    @property
    def words(self) -> str:
        """Return the number as it is read."""
        return f"{self.number:,}" if self.exact else f"More than {self.number:,}"


def narrowed(
    member: Membership, asked: Mapping[str, Any], choices: Choices, *, streamed: bool = False
) -> RecordQuerySet:
    """Return the records of the list that the filters leave, in its order.

    ``streamed``: as in ``screening.search``, in the order in which they come out of the index.
    """
    records = Record.objects.in_list(member)
    if asked["source"]:
        records = records.found_in(_of(Source, member, asked["source"]))
    if asked["batch"]:
        batches = ImportBatch.objects.filter(review=member.review_id, uid=asked["batch"])
        records = records.filter(batch__in=batches.order_by().values("pk"))
    if asked["year_from"]:
        records = records.filter(year__gte=asked["year_from"])
    if asked["year_to"]:
        records = records.filter(year__lte=asked["year_to"])
    if asked["record_type"]:
        records = records.filter(record_type=asked["record_type"])
    if asked["language"]:
        people = any(
            choice.value == asked["language"] and choice.more for choice in choices.language
        )
        records = records.in_language(asked["language"], by_people=people)
    if asked["label"] and choices.few_labelled is not None:
        records = records.filter(pk__in=choices.few_labelled)
    elif asked["label"]:
        records = records.labelled(asked["label"], member)
    records = _by_content(records, asked["abstract"], asked["notice"])
    records = _by_standing(records, member, asked.get("mine", ""), asked["standing"])
    records = search(records, asked["q"], review=member.review, streamed=streamed)
    return records.order_by("text") if streamed else records


def page_of(
    records: RecordQuerySet, member: Membership, params: Mapping[str, str], *, streamed: bool
) -> Page:
    """Return the page that the address names.

    What is streamed comes out of the index in the order of the keys, and so is paged by them.

    Raises:
        BadCursor: see ``reviews.paging``.
    """
    shown = records.select_related("batch__source").defer("raw", "abstract")
    if not streamed:
        return keyset_page(shown, params)
    everything = Record.objects.filter(review=member.review_id)
    return page_by_uid(shown, params, by="text", among=everything)


def size_of(records: RecordQuerySet, member: Membership, *, filtered: bool, exactly: bool) -> Size:
    """Return how many records the list holds; one query."""
    if not filtered:
        return Size(_total(member))
    if exactly:
        return Size(records.order_by().count())
    number = records[: COUNTED_TO + 1].count()
    return Size(min(number, COUNTED_TO), exact=number <= COUNTED_TO)


def marks_of(records: Iterable[Record], member: Membership) -> dict[int, Marks]:
    """Return what stands beside each of these records; one query."""
    keys = [record.pk for record in records]
    if not keys:
        return {}
    blank = Value("")
    votes = ScreeningDecision.objects.own(member).filter(record__in=keys).order_by()
    labels = RecordLabel.objects.current().filter(
        record__in=keys,
        removed=False,
        label__in=Label.objects.visible_to(member),
        label__details__superseded_at__isnull=True,
    )
    notices = PublicationNotice.objects.current().filter(record__in=keys, removed=False)
    reason = Coalesce("reason__label", blank)
    found = votes.values_list("record", Value("vote"), "stage", "verdict", reason).union(
        labels.values_list("record", Value("label"), "label__details__name", blank, blank),
        notices.order_by().values_list("record", Value("notice"), "kind", blank, blank),
        all=True,
    )
    marks: dict[int, Marks] = {key: Marks() for key in keys}
    for key, what, first, second, third in found:
        if what == "vote":
            marks[key].votes.append(Vote(first, second, third))
        elif what == "label":
            marks[key].labels.append(first)
        else:
            marks[key].notices.append(NoticeKind(first))
    for mark in marks.values():
        mark.votes.sort(key=lambda vote: vote.stage, reverse=True)
        mark.labels.sort(key=str.casefold)
        mark.notices.sort(key=list(NoticeKind).index)
    return marks


def _of(model: Any, member: Membership, uid: str) -> QuerySet[Any]:
    owner = model.objects.filter(review=member.review_id, uid=uid)
    return ImportBatch.objects.filter(source__in=owner)


def _by_content(records: RecordQuerySet, abstract: str, notice: str) -> RecordQuerySet:
    if abstract == "yes":
        records = records.exclude(abstract="")
    elif abstract == "no":
        records = records.filter(abstract="")
    if notice == "file":
        return records.exclude(notices="")
    if notice:
        return records.noticed("" if notice == "any" else notice)
    return records


def _by_standing(
    records: RecordQuerySet, member: Membership, mine: str, standing: str
) -> RecordQuerySet:
    if mine:
        stage, verdict = mine.split(":")
        if verdict == "none":
            records = records.undecided_by(member, stage)
        else:
            records = records.decided_by(member, stage, verdict)
    if standing:
        records = records.released_as(*standing.split(":"))
    return records


def _total(member: Membership) -> int:
    """Return the size of the whole list: what the ledgers say was imported, less what merged."""
    merged = DuplicateMember.objects.current().filter(
        review=member.review_id, standing=DuplicateStanding.MERGED, kept=False
    )
    published = BatchState.objects.current().filter(
        review=member.review_id, standing=BatchStanding.PUBLISHED
    )
    # Func and not Count or Sum: these would group by every row.
    behind = merged.order_by().annotate(number=Func("pk", function="COUNT")).values("number")
    imported = (
        published.order_by().annotate(number=Func("imported", function="SUM")).values("number")
    )
    known = Review.objects.filter(pk=member.review_id).values_list(
        Subquery(imported.values("number"), output_field=IntegerField()),
        Subquery(behind.values("number"), output_field=IntegerField()),
    )
    given, gone = known.get()
    return (given or 0) - (gone or 0)
