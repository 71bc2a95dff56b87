"""What was done in the review, as sentences."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews.access import review_view
from reviews.activity import sentences
from reviews.forms import EventFilterForm
from reviews.http import ReviewRequest
from reviews.models import AuditEvent, Membership
from reviews.paging import BadCursor, page_by_uid
from reviews.roles import Capability
from reviews.telling import kept_from


@require_safe
@review_view(Capability.READ)
def event_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show the events this member may read, newest first, fifty a page."""
    events = AuditEvent.objects.visible_to(member).select_related("actor__user", "user")
    everybody = member.can(Capability.MANAGE)
    form = EventFilterForm(request.GET, review=member.review) if everybody else None
    if form is not None and form.is_valid() and form.cleaned_data["person"]:
        events = events.filter(actor=form.cleaned_data["person"])
    try:
        page = page_by_uid(events, request.GET, by="position", descending=True)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    context = {
        "page": page,
        "sentences": sentences(page.rows),
        "form": form,
        "everybody": everybody,
        # The length of the chain would tell how many events are kept from the reader.
        "chain": everybody and not kept_from(member),
    }
    return render(request, "reviews/event_list.html", context)
