"""The people of a review: who they are, their part, and invitations."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from reviews.access import review_view
from reviews.forms import InvitationForm, RoleForm
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability, Role
from reviews.services import change_role, invite, remove_member, revoke_invitation
from reviews.tasks import mail_invitation

CONFLICT = 409


@require_safe
@review_view(Capability.MANAGE)
def member_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show the members, the open invitations, and a form to invite somebody."""
    return _page(request, member)


@require_POST
@review_view(Capability.MANAGE)
def member_invite(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Invite a person, and show the link once.

    The answer is the page itself and no redirect: only the hash of the link's token is stored, so
    this is the one moment at which it can be shown.
    """
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitation, token = invite(lead=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            if settings.HAS_MAIL:
                mail_invitation.enqueue(str(invitation.uid), request.build_absolute_uri("/"))
            path = reverse("reviews:invitation-accept", kwargs={"token": token})
            context = {"invitation": invitation, "link": request.build_absolute_uri(path)}
            context["mailed"] = settings.HAS_MAIL
            return render(request, "reviews/member_invite.html", context)
    return _page(request, member, form=form)


@require_POST
@review_view(Capability.MANAGE)
def member_role(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Give a member another part."""
    person = get_object_or_404(member.review.memberships.active(), uid=uid)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, member, refused=person, why="Choose a role from the list.")
    try:
        person = change_role(lead=member, member=person, role=form.cleaned_data["role"])
    except ValidationError as refusal:
        return _page(request, member, refused=person, why=refusal.messages[0])
    messages.success(request, f"{person} is {person.get_role_display().lower()} now.")
    if person == member and not person.can(Capability.MANAGE):
        return redirect("reviews:review-detail", slug=member.review.slug)
    return redirect("reviews:member-list", slug=member.review.slug)


@require_POST
@review_view(Capability.MANAGE)
def member_remove(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take a member out of the review; what they did stays under their name."""
    person = get_object_or_404(member.review.memberships.active(), uid=uid)
    try:
        remove_member(lead=member, member=person)
    except ValidationError as refusal:
        return _page(request, member, refused=person, why=refusal.messages[0])
    messages.success(request, f"{person} is no longer a member. Their work stays.")
    if person == member:
        return redirect("reviews:my-work")
    return redirect("reviews:member-list", slug=member.review.slug)


@require_POST
@review_view(Capability.MANAGE)
def invitation_revoke(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Make the link of an open invitation useless."""
    invitation = get_object_or_404(member.review.invitations, uid=uid)
    try:
        revoke_invitation(lead=member, invitation=invitation)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("reviews:member-list", slug=member.review.slug)


def _page(
    request: ReviewRequest,
    member: Membership,
    *,
    form: InvitationForm | None = None,
    refused: Membership | None = None,
    why: str = "",
) -> HttpResponse:
    context = {
        "members": member.review.memberships.active().select_related("user"),
        "invitations": member.review.invitations.open(),
        "form": form or InvitationForm(),
        "roles": Role.choices,
        "refused": refused,
        "why": why,
    }
    status = CONFLICT if refused else 200
    return render(request, "reviews/member_list.html", context, status=status)
