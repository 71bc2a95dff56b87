"""Jobs of the review."""

from datetime import timedelta

from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from reviews.models import Invitation
from reviews.services import INVITATION_DAYS, token_of

# A mail server that is away is asked again after these many minutes.
WAITS = (1, 10, 60, 600)


@task()
def mail_invitation(uid: str, root: str, attempt: int = 0) -> None:
    """Mail the link of an invitation; ``root`` is the installation's address.

    One that was accepted or revoked before its turn came is not mailed. While the mail server
    does not answer, the job queues itself anew, four times within half a day.
    """
    invitations = Invitation.objects.open().select_related("review", "invited_by__user")
    invitation = invitations.filter(uid=uid).first()
    if invitation is None:
        return
    path = reverse("reviews:invitation-accept", kwargs={"token": token_of(invitation)})
    text = (
        f"{invitation.invited_by} invites you to take part in the systematic review\n"
        f"“{invitation.review.title}” as {invitation.get_role_display().lower()}.\n\n"
        f"{root.rstrip('/')}{path}\n\n"
        f"The link is for this address only and serves once, within {INVITATION_DAYS} days.\n"
    )
    subject = f"Invitation to the review “{invitation.review.title}”"
    try:
        send_mail(subject, text, from_email=None, recipient_list=[invitation.email])
    except OSError:
        if attempt == len(WAITS):
            raise
        later = timezone.now() + timedelta(minutes=WAITS[attempt])
        mail_invitation.using(run_after=later).enqueue(uid, root, attempt + 1)
