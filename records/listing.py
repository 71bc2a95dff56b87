"""The list of records as a member narrows it: its rows, its size, and what stands beside a row.

Every part costs the same in a review of a thousand records and of a hundred thousand. The whole
list is walked along its index, and its size comes from the ledgers. Of a narrowed list the keys of
the first thousand are gathered, in whatever order they come soonest: if there are no more, they
are the list; if there are, it is dense enough to be walked.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import Func, IntegerField, Q, QuerySet, Subquery, Value

from records.choices import BatchStanding, DuplicateStanding, NoticeKind
from records.models import (
    BatchState,
    DuplicateMember,
    ImportBatch,
    Label,
    PublicationNotice,
    Record,
    RecordDetails,
    RecordLabel,
    RecordQuerySet,
    Source,
)
from records.querysets.choices import Choices
from records.search import search, streams
from reviews.models import Membership, Review
from reviews.paging import PAGE_SIZE, Page, keyset_page, page_by_uid

COUNTED_TO = 1_000
PLAIN_NUMBER = re.compile("[1-9][0-9]{0,8}")
LABEL, NOTICE = "label", "notice"
FILTERS = (
    "q", "source", "batch", "year_from", "year_to", "record_type", "language", "abstract",
    "notice", "label",
)  # fmt: skip
# Of each tuple a record is to have one row, of any kind in it.
Rows = Sequence[tuple[QuerySet[Any], ...]]


@dataclass
class Marks:
    """What stands beside a record: the labels that the member sees, and notices."""

    labels: list[str] = field(default_factory=list)
    notices: list[NoticeKind] = field(default_factory=list)

    def put(self, what: str, said: str) -> None:
        """Add one mark as its row in ``rows_of_marks`` says it."""
        if what == LABEL:
            self.labels = sorted([*self.labels, said], key=str.casefold)
        elif what == NOTICE:
            self.notices = sorted([*self.notices, NoticeKind(said)], key=list(NoticeKind).index)


@dataclass(frozen=True)
class Size:
    """How many records there are: exactly, or more than were counted."""

    number: int
    exact: bool = True

    @property
    def words(self) -> str:
        """Return the number as it is read."""
        return f"{self.number:,}" if self.exact else f"More than {self.number:,}"


@dataclass(frozen=True)
class Place:
    """Which rows of the list a page shows, counted from the first; 0 where nobody counted."""

    first: int
    last: int

    @classmethod
    def of(cls, params: Mapping[str, str], page: Page, size: Size) -> Self:
        """Return the place that the address gives, as the links between the pages counted it.

        The list has no numbers of its own: to count what stands before a late page would cost
        more than the page. A place that cannot be is not shown.
        """
        first = 1
        if page.previous_cursor:
            given = params.get("at", "")
            first = int(given) if PLAIN_NUMBER.fullmatch(given) else 0
        last = first + len(page.rows) - 1
        impossible = size.exact and (
            last > size.number or (last < size.number) != bool(page.next_cursor)
        )
        return cls(0, 0) if not first or impossible else cls(first, last)

    @property
    def words(self) -> str:
        """Return the first and the last row as a range."""
        return f"{self.first:,}–{self.last:,}"

    @property
    def before(self) -> int | None:
        """Return where the page before begins."""
        return max(1, self.first - PAGE_SIZE) if self.first else None

    @property
    def after(self) -> int | None:
        """Return where the page after begins."""
        return self.last + 1 if self.first else None


def listed(
    member: Membership,
    asked: Mapping[str, Any],
    choices: Choices,
    params: Mapping[str, str],
    *,
    about: Rows = (),
) -> tuple[Page, Size]:
    """Return the page of the list that the address names, and how long the list is.

    ``about``: further rows of which a record is to have one each.

    Raises:
        BadCursor: see ``reviews.paging``.
    """
    if not about and not any(value for name, value in asked.items() if name != "columns"):
        return _page_of(Record.objects.in_list(member), member, params), Size(_total(member))
    found = _gathered(member, asked, choices, about)
    keys = _first_keys(found)
    by_text = streams(asked["q"])
    if len(keys) <= COUNTED_TO:
        few = Record.objects.filter(pk__in=keys)
        return _page_of(few, member, params, by_text=by_text), Size(len(keys))
    size = Size(found.count()) if "count" in params else Size(COUNTED_TO, exact=False)
    walked = narrowed(member, asked, choices, about=about, walked=True)
    return _page_of(walked, member, params, by_text=by_text), size


def first_found(member: Membership, text: str, most: int) -> list[Record]:
    """Return the first records of the list that a text finds, that of a bare number before all."""
    asked = dict.fromkeys(FILTERS, "")
    texts = [f"#{text}", text] if text.isascii() and text.isdigit() else [text]
    pages = [listed(member, {**asked, "q": each}, Choices(), {})[0] for each in texts]
    found = {record.pk: record for page in pages for record in page.rows}
    return list(found.values())[:most]


def narrowed(
    member: Membership,
    asked: Mapping[str, Any],
    choices: Choices,
    *,
    about: Rows = (),
    walked: bool = False,
) -> RecordQuerySet:
    """Return the records of the list that the filters leave, in no order.

    ``about``: further rows of which a record is to have one each. ``walked``: in the list's order,
    or as the search's index holds them, to be read one by one.
    """
    records = Record.objects.in_list(member).order_by(*["number"] * walked)
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
        records = _in_language(records, asked["language"], by_people=people)
    records = _by_content(records, asked["abstract"], asked["notice"])
    for rows in [*((rows,) for rows in _rows_about(member, asked)), *about]:
        records = records.about(*rows, walked=walked)
    streamed = streams(asked["q"])
    records = search(records, asked["q"], review=member.review, streamed=streamed)
    return records.order_by("text") if walked and streamed else records


def _gathered(
    member: Membership, asked: Mapping[str, Any], choices: Choices, about: Rows
) -> RecordQuerySet:
    """Return the same records, the words looked for among few where few pass the other filters."""
    words = asked["q"]
    rare = asked["notice"] == "file" or about or list(_rows_about(member, asked))
    if words and rare:
        keys = _first_keys(narrowed(member, {**asked, "q": ""}, choices, about=about))
        if len(keys) <= COUNTED_TO:
            return search(Record.objects.filter(pk__in=keys), words, review=member.review)
    return narrowed(member, asked, choices, about=about)


def _first_keys(records: RecordQuerySet) -> list[int]:
    """Return the keys of a thousand records and of one more, where there are so many."""
    return list(records.order_by().values_list("pk", flat=True)[: COUNTED_TO + 1])


def _page_of(
    records: RecordQuerySet,
    member: Membership,
    params: Mapping[str, str],
    *,
    by_text: bool = False,
) -> Page:
    """Return the page that the address names.

    What was found by its words is in the order of the search's index, and so paged by that.
    """
    shown = records.select_related("batch__source").defer("raw", "abstract")
    if not by_text:
        return keyset_page(shown, params)
    everything = Record.objects.filter(review=member.review_id)
    return page_by_uid(shown, params, by="text", among=everything)


def rows_of_marks(records: Collection[int], member: Membership) -> list[QuerySet[Any]]:
    """Return the rows of what stands beside these records, to be read in one query.

    Each is the record's key, ``LABEL`` or ``NOTICE``, what it says, and two blanks.
    """
    blank = Value("")
    labels = RecordLabel.objects.current().filter(
        record__in=records,
        removed=False,
        label__in=Label.objects.visible_to(member),
        label__details__superseded_at__isnull=True,
    )
    notices = PublicationNotice.objects.current().filter(record__in=records, removed=False)
    return [
        labels.values_list("record", Value(LABEL), "label__details__name", blank, blank),
        notices.order_by().values_list("record", Value(NOTICE), "kind", blank, blank),
    ]


def _of(model: Any, member: Membership, uid: str) -> QuerySet[Any]:
    owner = model.objects.filter(review=member.review_id, uid=uid)
    return ImportBatch.objects.filter(source__in=owner)


def _by_content(records: RecordQuerySet, abstract: str, notice: str) -> RecordQuerySet:
    if abstract == "yes":
        records = records.exclude(abstract="")
    elif abstract == "no":
        records = records.filter(abstract="")
    return records.exclude(notices="") if notice == "file" else records


def _in_language(records: RecordQuerySet, language: str, *, by_people: bool) -> RecordQuerySet:
    """Return the records in a language as their file says or, where one did, as a person."""
    if not by_people:
        return records.filter(language=language)
    said = RecordDetails.objects.current().filter(language=language)
    return records.filter(Q(language=language) | Q(pk__in=said.values("record")))


def _rows_about(member: Membership, asked: Mapping[str, Any]) -> Iterator[QuerySet[Any]]:
    """Yield what a record is to have a row of: a label, a notice."""
    if asked["label"]:
        seen = Label.objects.visible_to(member).filter(uid=asked["label"])
        yield RecordLabel.objects.current().filter(removed=False, label__in=seen)
    if asked["notice"] not in {"", "file"}:
        notices = PublicationNotice.objects.current().filter(removed=False)
        notices = notices.filter(record__review=member.review_id)
        yield notices if asked["notice"] == "any" else notices.filter(kind=asked["notice"])


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
