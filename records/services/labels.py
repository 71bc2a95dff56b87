"""Labels: made, renamed, put on records and taken off, many at a time and undoable."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError

from records import uses
from records.models import Label, LabelDetails, Record, RecordLabel
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability

RECORDS_AN_ACT = 1_000


@all_or_nothing
def create_label(*, member: Membership, name: str, shared: bool = False) -> Label:
    """Make a label of the member's own, or one that the whole team sees.

    Raises:
        ValidationError: the name is blank (code ``blank``) or taken among the labels the member
            sees (code ``label_taken``), or a shared one is not theirs to make (code ``not_yours``).
    """
    act = audit.begin_as(member=member, capability=Capability.READ)
    if shared:
        _refuse_unless_seen(member)
    name = _free_name(act, member, name)
    label = act.insert(Label(owner=member, shared=shared))
    act.insert(LabelDetails(label=label, name=name))
    act.log("records.label_created", subject=label, shared=shared)
    return label


@all_or_nothing
def rename_label(*, member: Membership, label: Label, name: str) -> LabelDetails:
    """Give a label another name.

    Raises:
        ValidationError: as ``create_label``, or the label was removed (code ``removed``).
    """
    act = audit.begin_as(member=member, capability=Capability.READ)
    old = _details(act, member, label)
    if old.name == name.strip():
        return old
    new = act.replace(old, LabelDetails(label=label, name=_free_name(act, member, name)))
    act.log("records.label_renamed", subject=label)
    return new


@all_or_nothing
def remove_label(*, member: Membership, label: Label) -> None:
    """Take a label out of use; it stays on its records, unseen, until it is restored.

    Raises:
        ValidationError: it is not the member's to remove (code ``not_yours``) or was removed
            already (code ``removed``).
    """
    act = audit.begin_as(member=member, capability=Capability.READ)
    old = _details(act, member, label)
    act.replace(old, LabelDetails(label=label, name=old.name, removed=True))
    act.log("records.label_removed", subject=label)


@all_or_nothing
def restore_label(*, member: Membership, label: Label) -> None:
    """Take a removed label into use again, under its name, on the records it was on.

    Raises:
        ValidationError: as ``create_label``, or it is in use already (code ``not_removed``).
    """
    act = audit.begin_as(member=member, capability=Capability.READ)
    old = _details(act, member, label, removed=True)
    name = _free_name(act, member, old.name)
    act.replace(old, LabelDetails(label=label, name=name))
    act.log("records.label_restored", subject=label)


def label_records(
    *, member: Membership, label: Label, records: Sequence[int], on: bool = True
) -> tuple[int, list[datetime]]:
    """Put a label on records, named by their keys, or take it off; what stands so already stays.

    Each act takes a thousand records, one event each. Returns how many records changed and the
    instants of the acts, by which ``undo_labelling`` finds them.

    Raises:
        ValidationError: as ``remove_label``, or one of the records is not in sight in this review
            (code ``not_in_review``): then none is labelled.
    """
    _refuse_unless_all(member, records)
    changed, instants = 0, []
    for chunk in _chunks(records):
        number, at = _label_chunk(member, label, chunk, on=on)
        if at is not None:
            changed += number
            instants.append(at)
    return changed, instants


def undo_labelling(*, member: Membership, label: Label, instants: Sequence[datetime]) -> int:
    """Undo a labelling: the records it put the label on lose it, those it took it off get it back.

    What was changed since stays. Returns the number of records that changed.

    Raises:
        ValidationError: as ``remove_label``.
    """
    return sum(_undo_act(member, label, instant) for instant in instants)


@all_or_nothing
def _label_chunk(
    member: Membership, label: Label, keys: Sequence[int], *, on: bool
) -> tuple[int, datetime | None]:
    act = audit.begin_as(member=member, capability=Capability.READ)
    _details(act, member, label)
    visible = Record.objects.filter(review=act.review, pk__in=keys).visible()
    records = {record.pk: record for record in visible.only("pk", "uid", "review")}
    current = RecordLabel.objects.current().filter(label=label, record__in=records)
    old = {row.record_id: row for row in current}
    changed = [
        record for key, record in records.items() if on != (key in old and not old[key].removed)
    ]
    if not changed:
        return 0, None
    _write(act, label, changed, [old[r.pk] for r in changed if r.pk in old], removed=not on)
    verb = "put_on" if on else "taken_off"
    act.log(f"records.label_{verb}", subject=label, records=len(changed))
    return len(changed), act.at


@all_or_nothing
def _undo_act(member: Membership, label: Label, instant: datetime) -> int:
    act = audit.begin_as(member=member, capability=Capability.READ)
    _details(act, member, label)
    written = RecordLabel.objects.current().filter(
        review=act.review, label=label, recorded_at=instant
    )
    rows = list(written.select_related("record").order_by("record"))
    for removed in (False, True):
        of_kind = [row for row in rows if row.removed == removed]
        _write(act, label, [row.record for row in of_kind], of_kind, removed=not removed)
    if rows:
        act.log("records.labelling_undone", subject=label, records=len(rows))
    return len(rows)


def _refuse_unless_all(member: Membership, keys: Sequence[int]) -> None:
    """Refuse the whole of a labelling before its first act where one record is not there."""
    for chunk in _chunks(list(dict.fromkeys(keys))):
        records = Record.objects.filter(review=member.review_id, pk__in=chunk).visible()
        if records.order_by().count() != len(chunk):
            raise ValidationError(
                "Some of these records are not in this review, or were taken out of sight. No "
                "label was changed; load the list again.",
                code="not_in_review",
            )


def _write(
    act: Act, label: Label, records: Sequence[Record], old: Sequence[RecordLabel], *, removed: bool
) -> None:
    act.supersede(*old)
    new = [RecordLabel(label=label, record=record, removed=removed) for record in records]
    act.bulk_insert(new)


def _details(act: Act, member: Membership, label: Label, *, removed: bool = False) -> LabelDetails:
    """Return what a label is called now, if the member may act on it.

    Raises:
        ValidationError: see ``remove_label``.
    """
    details = LabelDetails.objects.current().select_related("label").get(label=label)
    if details.review_id != act.review.pk:
        raise ValidationError("This label is not yours to change.", code="not_yours")
    if details.label.shared:
        _refuse_unless_seen(member)
    elif details.label.owner_id != member.pk:
        raise ValidationError("This label is not yours to change.", code="not_yours")
    if details.removed != removed:
        code, words = ("removed", "removed") if details.removed else ("not_removed", "in use")
        raise ValidationError(f"This label is {words} already.", code=code)
    return details


def _refuse_unless_seen(member: Membership) -> None:
    """Refuse a shared label to anybody but a lead who screens nothing in this review.

    What the whole team sees would let one reviewer tell another what they think of a record.
    """
    if not member.can(Capability.MANAGE) or uses.works_unseen(member):
        raise ValidationError(
            "Only a lead who screens no records may make and use shared labels.", code="not_yours"
        )


def _free_name(act: Act, member: Membership, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError("A label needs a name.", code="blank")
    seen = Label.objects.visible_to(member)
    taken = LabelDetails.objects.current().filter(label__in=seen, name__iexact=name)
    if taken.exists():
        raise ValidationError(f"There is a label “{name}” already.", code="label_taken")
    return name


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), RECORDS_AN_ACT):
        yield keys[start : start + RECORDS_AN_ACT]
