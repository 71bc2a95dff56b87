"""Search and jump: from any page of a review to any other, and to what is in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews.access import review_view
from reviews.forms import JumpForm
from reviews.http import ILL_FORMED, ReviewRequest
from reviews.models import Membership
from reviews.places import places_for
from reviews.roles import Capability


@require_safe
@review_view(Capability.READ)
def jump(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List where the member can go by what they typed; for the dialog, the list alone.

    The dialog asks once without a text, and keeps the acts it is told then.
    """
    form = JumpForm(request.GET)
    readable = form.is_valid()
    text = form.cleaned_data["q"] if readable else ""
    groups = places_for(member, text, acts=not (request.htmx and text)) if readable else []
    context = {"groups": groups, "text": text, "chosen": bool(request.htmx)}
    page = "reviews/_places.html" if request.htmx else "reviews/jump.html"
    return render(request, page, context, status=200 if readable else ILL_FORMED)
