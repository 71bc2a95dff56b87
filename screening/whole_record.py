"""One record with all that a member may see of it: votes, history, labels, notices, links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from reviews.models import Membership
from screening.best_fields import BestFields
from screening.choices import NoticeKind, Stage, Verdict
from screening.links import Link, links
from screening.models import (
    Label,
    LabelDetails,
    PublicationNotice,
    Record,
    RecordDetails,
    RecordLabel,
    Resolution,
    ScreeningDecision,
)
from screening.querysets import best_of

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
        others = Record.objects.filter(review=self.member.review).merged_with(self.record)
        return list(others.select_related("batch__source").defer("raw", "abstract"))

    @cached_property
    def decisions(self) -> list[ScreeningDecision]:
        """Return the member's own votes, and released ones."""
        votes = ScreeningDecision.objects.filter(record=self.record).standing()
        seen = votes.visible_to(self.member).own_or_released(self.member)
        return list(seen.select_related("member__user", "reason").order_by("stage", "uid"))

    @cached_property
    def resolutions(self) -> list[Resolution]:
        """Return how the record was settled, where it is released."""
        current = Resolution.objects.filter(record=self.record).current().visible_to(self.member)
        shown = current.select_related("member__user", "second_member__user", "reason")
        return list(shown.order_by("stage", "pk"))

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
        own = ScreeningDecision.objects.filter(record=record, member=self.member)
        for vote in own.select_related("reason"):
            yield Moment(vote.recorded_at, "You", _answered(vote))
        for vote in self.decisions:
            if vote.member_id != self.member.pk:
                yield Moment(vote.recorded_at, str(vote.member), _answered(vote))
        for settled in self.resolutions:
            if settled.how:
                words = f"{settled.get_verdict_display().lower()} by {settled.get_how_display()}"
                at = settled.settled_at or settled.recorded_at
                yield Moment(at, settled.get_stage_display(), f"settled: {words.lower()}")
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


def _answered(vote: ScreeningDecision) -> str:
    """Return what a vote says, as a line of a history."""
    stage = Stage(vote.stage).label.lower()
    if vote.verdict == Verdict.WITHDRAWN:
        return f"took the answer back ({stage})"
    reason = f", {vote.reason.label}" if vote.reason else ""
    return f"answered {vote.get_verdict_display().lower()}{reason} ({stage})"


def kind_said(line: str) -> NoticeKind | None:
    """Return of what kind of notice a line of a file speaks, if of one about this paper."""
    words = line.lower()
    if words.startswith(OF_ANOTHER):
        return None
    return next((kind for start, kind in SAID if words.startswith(start)), None)
