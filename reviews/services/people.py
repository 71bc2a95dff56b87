"""Changes of who takes part in the review."""

import base64
import hashlib
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.services import owns_address
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.choices import Channel
from reviews.models import Invitation, Membership
from reviews.roles import Capability, Role

INVITATION_DAYS = 14
NOT_OPEN = "This invitation is no longer valid. Ask for a new one."


@all_or_nothing
def add_member(*, lead: Membership, user: User, role: str) -> Membership:
    """Make ``user`` a member, or bring a removed member back.

    Raises:
        ValidationError: the person is an active member already (code ``already_member``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    member = Membership.objects.filter(review=act.review, user=user).first()
    if member is not None and member.removed_at is None:
        raise ValidationError(
            f"{member} is a member of this review already.", code="already_member"
        )
    member = member or Membership(review=act.review, user=user)
    member.role, member.removed_at = role, None
    member.full_clean(exclude=["review", "user"])
    member.save()
    act.log("reviews.member_added", subject=member, member=member.uid, role=role)
    return member


@all_or_nothing
def change_role(*, lead: Membership, member: Membership, role: str) -> Membership:
    """Give a member another role; the last lead keeps theirs.

    Raises:
        ValidationError: the review would be left without a lead (code ``last_lead``), or the
            member was removed meanwhile (code ``not_a_member``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    member = _active(member, act)
    if member.role == role:
        return member
    _keep_a_lead(member, new_role=role)
    member.role = Role(role)
    member.save(update_fields=["role"])
    act.log("reviews.role_changed", subject=member, member=member.uid, role=role)
    return member


@all_or_nothing
def remove_member(*, lead: Membership, member: Membership) -> Membership:
    """Take a member out of the review; their work stays, under their name.

    Raises:
        ValidationError: the review would be left without a lead (code ``last_lead``), or the
            member was removed meanwhile (code ``not_a_member``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    member = _active(member, act)
    _keep_a_lead(member, new_role="")
    member.removed_at = act.at
    member.save(update_fields=["removed_at"])
    act.log("reviews.member_removed", subject=member, member=member.uid)
    return member


@all_or_nothing
def invite(*, lead: Membership, email: str, role: str) -> tuple[Invitation, str]:
    """Invite a person by e-mail address and return the invitation with its token.

    Only the hash of the token is stored. It expires after 14 days, and an earlier open invitation
    of the same address is revoked, so that the newest role is the one that is taken up.

    Raises:
        ValidationError: the person is an active member already (code ``already_member``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    email = User.objects.normalize_email(email.strip()).lower()
    if Membership.objects.active().filter(review=act.review, user__email=email).exists():
        raise ValidationError(f"{email} is a member of this review already.", code="already_member")
    act.review.invitations.open().filter(email=email).update(revoked_at=act.at)
    invitation = Invitation(
        review=act.review,
        email=email,
        role=role,
        invited_by=lead,
        expires_at=act.at + timedelta(days=INVITATION_DAYS),
    )
    token = token_of(invitation)
    invitation.token_hash = _token_hash(token)
    invitation.full_clean(exclude=["review", "invited_by"])
    invitation.save()
    act.log("reviews.member_invited", subject=invitation, role=role)
    return invitation, token


def token_of(invitation: Invitation) -> str:
    """Return the token of an invitation's link.

    It is derived from the secret key instead of drawn, so that the job that mails the link need
    not be handed the token, which would then lie readable in the table of jobs.
    """
    digest = salted_hmac("reviews.invitation", str(invitation.uid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@all_or_nothing
def revoke_invitation(*, lead: Membership, invitation: Invitation) -> None:
    """Make an invitation that was not accepted useless.

    Raises:
        ValidationError: it was accepted or revoked already (code ``not_open``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    invitation = Invitation.objects.get(pk=invitation.pk, review=act.review)
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError("This invitation was used or revoked already.", code="not_open")
    invitation.revoked_at = act.at
    invitation.save(update_fields=["revoked_at"])
    act.log("reviews.invitation_revoked", subject=invitation)


def invited_by(uid: str) -> str | None:
    """Return the address of an invitation, while it is open; what accounts ask of reviews."""
    return Invitation.objects.open().filter(uid=uid).values_list("email", flat=True).first()


def find_invitation(token: str) -> Invitation | None:
    """Return the open invitation that ``token`` belongs to; one query, nothing is consumed."""
    invitations = Invitation.objects.select_related("review", "invited_by__user")
    return invitations.open().filter(token_hash=_token_hash(token)).first()


@all_or_nothing
def accept_invitation(*, user: User, token: str) -> Membership:
    """Make the invited person a member; an invitation serves once, and only its own address.

    Raises:
        ValidationError: the invitation is unknown, used, revoked or expired (code ``not_open``),
            it was made out to another address (code ``other_address``), or nobody has proved
            that the address is this person's (code ``unverified_address``).
    """
    found = find_invitation(token)
    if found is None:
        raise ValidationError(NOT_OPEN, code="not_open")
    act = audit.begin(review=found.review, channel=Channel.WEB)
    # Asked again under the lock: another tab may have accepted it meanwhile.
    invitation = find_invitation(token)
    if invitation is None:
        raise ValidationError(NOT_OPEN, code="not_open")
    if not owns_address(user=user, address=invitation.email):
        raise _not_theirs(user, invitation)
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


def _not_theirs(user: User, invitation: Invitation) -> ValidationError:
    if user.email.lower() == invitation.email.lower():
        return ValidationError(
            f"Nobody has confirmed yet that {user.email} is your address. Confirm it under "
            "E-mail address, or ask the operator of this installation.",
            code="unverified_address",
        )
    return ValidationError(
        "This invitation was made out to another e-mail address.", code="other_address"
    )


def _active(member: Membership, act: audit.Act) -> Membership:
    found = Membership.objects.active().filter(pk=member.pk, review=act.review).first()
    if found is None:
        raise ValidationError(f"{member} is not a member of this review.", code="not_a_member")
    return found


def _keep_a_lead(member: Membership, *, new_role: str) -> None:
    if member.role != Role.LEAD or new_role == Role.LEAD:
        return
    others = Membership.objects.active().filter(review=member.review_id, role=Role.LEAD)
    if not others.exclude(pk=member.pk).exists():
        raise ValidationError("A review keeps at least one lead.", code="last_lead")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
