"""Saved views of the list of records: kept under a name, forgotten, and brought back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from records.forms import SavedViewForm
from records.services import remove_view, restore_view, save_view
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability


@require_POST
@review_view(Capability.READ)
def view_save(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Keep the filters and columns in force under a name."""
    form = SavedViewForm(request.POST)
    query = QueryDict(request.POST.get("query", "")).urlencode()
    if not form.is_valid():
        messages.error(request, "Give the view a name of at most 60 characters.")
        return _to_list(member, query)
    try:
        view = save_view(member=member, name=form.cleaned_data["name"], query=query)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Saved as “{view.name}”.")
    return _to_list(member, query)


@require_POST
@review_view(Capability.READ)
def view_remove(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Forget a saved view; the next page offers to bring it back."""
    name = request.POST.get("name", "")
    try:
        remove_view(member=member, name=name)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        request.session["view_undo"] = {"review": str(member.review.uid), "name": name}
    return _to_list(member, "")


@require_POST
@review_view(Capability.READ)
def view_restore(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Bring a removed view back."""
    request.session.pop("view_undo", None)
    try:
        view = restore_view(member=member, name=request.POST.get("name", ""))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _to_list(member, "")
    return _to_list(member, view.query)


def _to_list(member: Membership, query: str) -> HttpResponseRedirect:
    url = reverse("screening:record-list", kwargs={"slug": member.review.slug})
    return redirect(f"{url}?{query}" if query else url)
