"""Jobs of the review."""

from django.core.mail import send_mail
from django.urls import reverse
from django_tasks import task

from reviews.models import Invitation
from reviews.services import INVITATION_DAYS, token_of


@task()
def mail_invitation(uid: str, root: str) -> None:
    """Mail the link of an invitation; ``root`` is the installation's address.

    One that was accepted or revoked before its turn came is not mailed.
    """
    invitations = Invitation.objects.open().select_related("review", "invited_by__user")
    invitation = invitations.filter(uid=uid).first()
    if invitation is None:
        return
    path = reverse("reviews:invitation-accept", kwargs={"token": token_of(invitation)})
    send_mail(
        subject=f"Invitation to the review “{invitation.review.title}”",
        message=(
            f"{invitation.invited_by} invites you to take part in the systematic review\n"
            f"“{invitation.review.title}” as {invitation.get_role_display().lower()}.\n\n"
            f"{root.rstrip('/')}{path}\n\n"
            f"The link is for this address only and serves once, within {INVITATION_DAYS} days.\n"
        ),
        from_email=None,
        recipient_list=[invitation.email],
    )
