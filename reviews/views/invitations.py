"""The page behind an invitation's link; it stands outside every review."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.invited import INVITATION_SESSION_KEY
from accounts.models import User
from accounts.services import owns_address
from reviews.models import Invitation
from reviews.services import accept_invitation, find_invitation

GONE = 404


@require_http_methods(["GET", "POST"])
@never_cache
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites whom to what; a POST by the invited person accepts.

    A GET changes nothing, not even the session, so that a mail scanner that opens the link does
    no harm. A visitor who is not signed in is sent to sign in or sign up and comes back.
    """
    invitation = find_invitation(token)
    if invitation is None:
        return render(request, "reviews/invitation_gone.html", status=GONE)
    context: dict[str, object] = {"invitation": invitation}
    if request.method == "POST" and not request.user.is_authenticated:
        return _to_account(request, invitation, token)
    if request.user.is_authenticated:
        user: User = request.user
        context["theirs"] = owns_address(user=user, address=invitation.email)
    if request.method == "POST":
        try:
            member = accept_invitation(user=user, token=token)
        except ValidationError as refusal:
            context["refusal"] = refusal.messages[0]
            # Shown like the errors of a form: an error status would write the link into the log.
            return render(request, "reviews/invitation_accept.html", context)
        request.session.pop(INVITATION_SESSION_KEY, None)
        messages.success(request, f"Welcome. You are {member.get_role_display().lower()} here.")
        return redirect("reviews:review-detail", slug=member.review.slug)
    return render(request, "reviews/invitation_accept.html", context)


def _to_account(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Open the sign-up for exactly the invited address, where it was asked for, and go there."""
    page = "account_login"
    if request.POST.get("go") == "signup":
        page = "account_signup"
        request.session[INVITATION_SESSION_KEY] = str(invitation.uid)
    back = reverse("reviews:invitation-accept", kwargs={"token": token})
    return redirect(f"{reverse(page)}?{urlencode({'next': back})}")
