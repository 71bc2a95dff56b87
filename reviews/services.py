"""Changes of the review itself: settings, people, criteria and reasons."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reviews import audit
from reviews.choices import Channel
from reviews.models import (
    Criterion,
    ExclusionReason,
    Invitation,
    Membership,
    Review,
    ReviewSettings,
)
from reviews.roles import Role

INVITATION_DAYS = 14
SETTINGS_FIELDS = tuple(
    field.name
    for field in ReviewSettings._meta.concrete_fields
    if field.name not in {"id", "uid", "review", "recorded_at", "superseded_at"}
)


@transaction.atomic
def create_review(
    *, lead: User, slug: str, title: str, channel: str = Channel.WEB, **chosen: Any
) -> Membership:
    """Create an empty review and return its first lead's membership.

    Raises:
        ValidationError: the address is taken (code ``slug_taken``), or a setting breaks a rule.
    """
    review = Review(slug=slug, title=title)
    review.full_clean()
    review.save()
    member = Membership.objects.create(review=review, user=lead, role=Role.LEAD)
    member.channel = channel
    act = audit.begin(member=member)
    act.insert(ReviewSettings(title=title, **chosen))
    act.log("reviews.review_created", subject=review, slug=slug, member=member.uid, role=Role.LEAD)
    member.review = act.review
    return member


@transaction.atomic
def update_settings(*, lead: Membership, changes: Mapping[str, Any]) -> ReviewSettings:
    """Put new settings in force; what is not named in ``changes`` stays as it was."""
    act = audit.begin(member=lead)
    old = act.review.settings
    content = {name: getattr(old, name) for name in SETTINGS_FIELDS}
    changed = sorted(name for name, value in changes.items() if content[name] != value)
    if not changed:
        return old
    new = act.replace(old, ReviewSettings(**{**content, **changes}))
    act.review.title = new.title
    act.review.save(update_fields=["title"])
    act.log("reviews.settings_changed", subject=new, fields=changed)
    return new


@transaction.atomic
def add_member(*, lead: Membership, user: User, role: str) -> Membership:
    """Make ``user`` a member, or bring a removed member back.

    Raises:
        ValidationError: the person is an active member already (code ``already_member``).
    """
    act = audit.begin(member=lead)
    member = Membership.objects.filter(review=act.review, user=user).first()
    if member is not None and member.removed_at is None:
        raise ValidationError(f"{member} is a member of this review already.", code="already_member")
    member = member or Membership(review=act.review, user=user)
    member.role, member.removed_at = role, None
    member.full_clean(exclude=["review", "user"])
    member.save()
    act.log("reviews.member_added", subject=member, member=member.uid, role=role)
    return member


@transaction.atomic
def change_role(*, lead: Membership, member: Membership, role: str) -> Membership:
    """Give a member another role; the last lead keeps theirs.

    Raises:
        ValidationError: the review would be left without a lead (code ``last_lead``).
    """
    act = audit.begin(member=lead)
    member = Membership.objects.active().get(pk=member.pk, review=act.review)
    _keep_a_lead(member, new_role=role)
    member.role = Role(role)
    member.save(update_fields=["role"])
    act.log("reviews.role_changed", subject=member, member=member.uid, role=role)
    return member


@transaction.atomic
def remove_member(*, lead: Membership, member: Membership) -> Membership:
    """Take a member out of the review; their work stays, under their name.

    Raises:
        ValidationError: the review would be left without a lead (code ``last_lead``).
    """
    act = audit.begin(member=lead)
    member = Membership.objects.active().get(pk=member.pk, review=act.review)
    _keep_a_lead(member, new_role="")
    member.removed_at = act.at
    member.save(update_fields=["removed_at"])
    act.log("reviews.member_removed", subject=member, member=member.uid)
    return member


@transaction.atomic
def invite(*, lead: Membership, email: str, role: str) -> tuple[Invitation, str]:
    """Invite a person by e-mail address and return the invitation with its token.

    The token is shown once; only its hash is stored. It expires after 14 days.
    """
    token = secrets.token_urlsafe(32)
    act = audit.begin(member=lead)
    invitation = Invitation(
        review=act.review,
        email=User.objects.normalize_email(email.strip()).lower(),
        role=role,
        token_hash=_token_hash(token),
        invited_by=lead,
        expires_at=act.at + timedelta(days=INVITATION_DAYS),
    )
    invitation.full_clean(exclude=["review", "invited_by"])
    invitation.save()
    act.log("reviews.member_invited", subject=invitation, role=role)
    return invitation, token


@transaction.atomic
def revoke_invitation(*, lead: Membership, invitation: Invitation) -> None:
    """Make an invitation that was not accepted useless."""
    act = audit.begin(member=lead)
    invitation = Invitation.objects.get(pk=invitation.pk, review=act.review)
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError("This invitation was used or revoked already.", code="not_open")
    invitation.revoked_at = act.at
    invitation.save(update_fields=["revoked_at"])
    act.log("reviews.invitation_revoked", subject=invitation)


def find_invitation(token: str) -> Invitation | None:
    """Return the open invitation that ``token`` belongs to; one query, nothing is consumed."""
    return (
        Invitation.objects.select_related("review", "invited_by__user")
        .filter(
            token_hash=_token_hash(token),
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


@transaction.atomic
def accept_invitation(*, user: User, token: str) -> Membership:
    """Make the invited person a member; an invitation serves once, and only its own address.

    Raises:
        ValidationError: the invitation is unknown, used, revoked or expired (code ``not_open``),
            or it was made out to another address (code ``other_address``).
    """
    invitation = find_invitation(token)
    if invitation is None:
        raise ValidationError("This invitation is no longer valid. Ask for a new one.", code="not_open")
    act = audit.begin(member=None, review=invitation.review, channel=Channel.WEB)
    invitation.refresh_from_db()
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError("This invitation is no longer valid. Ask for a new one.", code="not_open")
    if user.email.lower() != invitation.email.lower():
        raise ValidationError(
            "This invitation was made out to another e-mail address.", code="other_address"
        )
    member = Membership.objects.filter(review=act.review, user=user).first()
    member = member or Membership(review=act.review, user=user)
    if member.pk is None or member.removed_at is not None:
        member.role, member.removed_at = invitation.role, None
        member.save()
    invitation.accepted_at = act.at
    invitation.save(update_fields=["accepted_at"])
    act.actor = member
    act.log("reviews.member_added", subject=member, member=member.uid, role=member.role)
    return member


@transaction.atomic
def set_exclusion_reasons(*, lead: Membership, labels: Sequence[str]) -> list[ExclusionReason]:
    """Put the reasons for exclusion in the order given: their PRISMA priority.

    A label that stays keeps its key, so that votes which named it still do; one that goes is
    superseded, and old votes keep it.

    Raises:
        ValidationError: a label is blank or stands twice.
    """
    wanted = [label.strip() for label in labels if label.strip()]
    if len({label.casefold() for label in wanted}) != len(wanted):
        raise ValidationError("A reason stands in the list twice.", code="repeated")
    act = audit.begin(member=lead)
    current = {reason.label: reason for reason in ExclusionReason.objects.current().filter(review=act.review)}
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
    act.log("reviews.exclusion_reasons_set", reasons=wanted)
    return kept


@transaction.atomic
def set_criteria(*, lead: Membership, kind: str, texts: Sequence[str]) -> list[Criterion]:
    """Put the criteria of one kind in the order given; unchanged ones keep their row."""
    wanted = [text.strip() for text in texts if text.strip()]
    act = audit.begin(member=lead)
    current = {
        criterion.text: criterion
        for criterion in Criterion.objects.current().filter(review=act.review, kind=kind)
    }
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
    act.log("reviews.criteria_set", kind=kind, count=len(wanted))
    return kept


def _keep_a_lead(member: Membership, *, new_role: str) -> None:
    if member.role != Role.LEAD or new_role == Role.LEAD:
        return
    others = Membership.objects.active().filter(review=member.review_id, role=Role.LEAD)
    if not others.exclude(pk=member.pk).exists():
        raise ValidationError("A review keeps at least one lead.", code="last_lead")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
