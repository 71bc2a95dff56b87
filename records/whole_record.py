"""One record with what its files and people added to it: history, labels, notices, links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from records.best_fields import BestFields
from records.choices import NoticeKind
from records.links import Link, links
from records.models import (
    Label,
    LabelDetails,
    PublicationNotice,
    Record,
    RecordDetails,
    RecordLabel,
)
from records.querysets.papers import best_of, merged_with
from reviews.models import Membership

# The first words of what a file says, as the readers write them, and the kind they speak of.
SAID = (
    ("retract", NoticeKind.RETRACTION),
    ("withdrawn", NoticeKind.RETRACTION),
    ("partial retraction", NoticeKind.RETRACTION),
    ("expression of concern", NoticeKind.CONCERN),
    ("erratum", NoticeKind.CORRECTION),
    ("published erratum", NoticeKind.CORRECTION),
    ("correct", NoticeKind.CORRECTION),
)
# These are said of the notice itself, not of the paper it is about.
OF_ANOTHER = ("retraction of", "expression of concern for", "erratum for")


@dataclass(frozen=True)
class Moment:
    """One line of a record's history."""

    at: datetime
    who: str
    did: str


class WholeRecord:
    """What one member may see of one record; each part is read when it is asked for."""

    def __init__(self, record: Record, member: Membership) -> None:
        self.record = record
        self.member = member

    @property
    def links(self) -> list[Link]:
        """Return where the record can be opened outside."""
        return links(self.record)

    @cached_property
    def best(self) -> BestFields[Record]:
        """Return the best fields of all records of the paper, and where each comes from."""
        return best_of(self.record)

    @cached_property
    def duplicates(self) -> list[Record]:
        """Return the records of other files that are the same paper."""
        others = merged_with(self.record)
        return list(others.select_related("batch__source").defer("raw", "abstract"))

    @cached_property
    def details(self) -> RecordDetails | None:
        """Return the language and translator that people gave."""
        return RecordDetails.objects.current().filter(record=self.record).first()

    @cached_property
    def notices(self) -> list[PublicationNotice]:
        """Return the notices published about the paper."""
        current = PublicationNotice.objects.current().filter(record=self.record, removed=False)
        return list(current.order_by("noticed_on", "pk"))

    @property
    def notice_kinds(self) -> list[NoticeKind]:
        """Return of what kinds the notices are, the gravest first."""
        return sorted((NoticeKind(n.kind) for n in self.notices), key=list(NoticeKind).index)

    @cached_property
    def labels(self) -> list[LabelDetails]:
        """Return the labels on the record that the member sees."""
        borne = RecordLabel.objects.current().filter(record=self.record, removed=False)
        seen = Label.objects.visible_to(self.member).filter(pk__in=borne.values("label"))
        current = LabelDetails.objects.current().filter(label__in=seen)
        return list(current.select_related("label").order_by("name", "pk"))

    @property
    def said(self) -> list[str]:
        """Return what the file says of retractions and corrections."""
        return self.record.notices.splitlines()

    @cached_property
    def suggested_notice(self) -> dict[str, str]:
        """Return a notice as the file suggests it: the first that nobody has entered yet."""
        known = {notice.kind for notice in self.notices}
        for line in self.said:
            kind = kind_said(line)
            if kind is not None and kind not in known:
                return {"kind": kind, "reference": line.partition(": ")[2] or line}
        return {}

    @cached_property
    def moments(self) -> list[Moment]:
        """Return what happened to the record, as far as this member may know it, newest first."""
        return sorted(self._moments(), key=lambda moment: moment.at, reverse=True)

    def _moments(self) -> Iterator[Moment]:
        batch, record = self.record.batch, self.record
        found = f"came with “{batch.file_name}” from {batch.source}"
        yield Moment(record.recorded_at, "The record", found)
        for notice in PublicationNotice.objects.filter(record=record):
            verb = "taken back" if notice.removed else "entered"
            yield Moment(notice.recorded_at, f"Notice “{notice.get_kind_display()}”", verb)
        names = dict(
            LabelDetails.objects.current()
            .filter(label__in=Label.objects.visible_to(self.member))
            .values_list("label", "name")
        )
        for row in RecordLabel.objects.filter(record=record, label__in=names):
            verb = "taken off" if row.removed else "put on"
            yield Moment(row.recorded_at, f"Label “{names[row.label_id]}”", verb)


def kind_said(line: str) -> NoticeKind | None:
    """Return of what kind of notice a line of a file speaks, if of one about this paper."""
    words = line.lower()
    if words.startswith(OF_ANOTHER):
        return None
    return next((kind for start, kind in SAID if words.startswith(start)), None)
