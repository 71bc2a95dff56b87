"""Changes of what the review asks and how it is carried out."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.choices import Channel, CriterionKind
from reviews.models import Criterion, ExclusionReason, Membership, Review, ReviewSettings
from reviews.roles import Capability, Role

# The address of the page that makes a review.
RESERVED_SLUGS = frozenset({"new"})
NOT_ONE_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SETTINGS_FIELDS = tuple(
    field.name
    for field in ReviewSettings._meta.concrete_fields
    if field.name not in {"id", "uid", "review", "recorded_at", "superseded_at"}
)


@all_or_nothing
def create_review(
    *, lead: User, slug: str, title: str, channel: str = Channel.WEB, **chosen: Any
) -> Membership:
    """Create an empty review and return its first lead's membership.

    Raises:
        ValidationError: the address is taken (code ``slug_taken``), or a setting breaks a rule.
    """
    _check_title(title)
    review = Review(slug=slug, title=title)
    review.full_clean(exclude=["last_event_at"], validate_unique=False)
    refusal = ValidationError("This address is taken; choose another.", code="slug_taken")
    taken = ValidationError({"slug": refusal})
    if slug in RESERVED_SLUGS:
        raise taken
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as refused:
        raise taken from refused
    member = Membership.objects.create(review=review, user=lead, role=Role.LEAD)
    member.channel = channel
    act = audit.begin_as(member=member, capability=Capability.MANAGE)
    act.insert(ReviewSettings(title=title, **chosen))
    act.log("reviews.review_created", subject=review, slug=slug, member=member.uid, role=Role.LEAD)
    member.review = act.review
    return member


@all_or_nothing
def update_settings(
    *, lead: Membership, changes: Mapping[str, Any], why: str = ""
) -> ReviewSettings:
    """Put new settings in force; what is not named in ``changes`` stays as it was.

    ``why`` is the reason of an amendment; it stands in the event and in the methods paragraph.

    Raises:
        ValidationError: a setting breaks a rule.
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _check_title(changes.get("title", ""))
    old = act.review.settings
    content = {name: getattr(old, name) for name in SETTINGS_FIELDS}
    changed = sorted(name for name, value in changes.items() if content[name] != value)
    if not changed:
        return old
    new = act.replace(old, ReviewSettings(**{**content, **changes}))
    act.review.title = new.title
    act.review.save(update_fields=["title"])
    act.log("reviews.settings_changed", subject=new, fields=changed, why=why)
    return new


@all_or_nothing
def set_exclusion_reasons(
    *, lead: Membership, labels: Sequence[str], why: str = ""
) -> list[ExclusionReason]:
    """Put the reasons for exclusion in the order given: their PRISMA priority.

    A label that stays keeps its key, so that votes which named it still do; one that goes is
    superseded, and old votes keep it.

    Raises:
        ValidationError: a label is too long, or stands twice (code ``repeated``).
    """
    wanted = [label.strip() for label in labels if label.strip()]
    if len({label.casefold() for label in wanted}) != len(wanted):
        raise ValidationError("A reason stands in the list twice.", code="repeated")
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    current = {reason.label: reason for reason in act.review.exclusion_reasons()}
    if wanted == list(current):
        return list(current.values())
    kept: list[ExclusionReason] = []
    for position, label in enumerate(wanted, start=1):
        old = current.pop(label, None)
        if old is not None and old.position == position:
            kept.append(old)
            continue
        new = ExclusionReason(label=label, position=position)
        if old is not None:
            new.key = old.key
        kept.append(act.replace(old, new))
    act.supersede(*current.values())
    act.log("reviews.exclusion_reasons_set", reasons=wanted, why=why)
    return kept


@all_or_nothing
def set_criteria(
    *, lead: Membership, kind: str, texts: Sequence[str], why: str = ""
) -> list[Criterion]:
    """Put the criteria of one kind in the order given; unchanged ones keep their row.

    Raises:
        ValidationError: a criterion stands twice (code ``repeated``).
    """
    wanted = [text.strip() for text in texts if text.strip()]
    if len({text.casefold() for text in wanted}) != len(wanted):
        raise ValidationError("A criterion stands in the list twice.", code="repeated")
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    criteria = act.review.criteria().filter(kind=kind)
    current = {criterion.text: criterion for criterion in criteria}
    if wanted == list(current):
        return list(current.values())
    kept: list[Criterion] = []
    for position, text in enumerate(wanted, start=1):
        old = current.pop(text, None)
        if old is not None and old.position == position:
            kept.append(old)
            continue
        new = Criterion(kind=kind, text=text, position=position)
        if old is not None:
            new.key = old.key
        kept.append(act.replace(old, new))
    act.supersede(*current.values())
    act.log("reviews.criteria_set", kind=kind, count=len(wanted), why=why)
    return kept


@all_or_nothing
def replace_criteria(
    *, lead: Membership, inclusion: Sequence[str], exclusion: Sequence[str], why: str = ""
) -> None:
    """Put both lists of criteria in force, or neither; an unchanged list makes no event.

    Raises:
        ValidationError: a criterion stands twice in its list (code ``repeated``).
    """
    set_criteria(lead=lead, kind=CriterionKind.INCLUSION, texts=inclusion, why=why)
    set_criteria(lead=lead, kind=CriterionKind.EXCLUSION, texts=exclusion, why=why)


def _check_title(title: str) -> None:
    """Refuse line breaks and other controls: a title becomes a heading, a file and a mail."""
    if NOT_ONE_LINE.search(title):
        refusal = ValidationError("A title is one line of text.", code="not_one_line")
        raise ValidationError({"title": refusal})
