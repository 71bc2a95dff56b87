"""Where a person begins: their reviews, a new one, and one review's overview."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from reviews import work
from reviews.access import review_view
from reviews.choices import CriterionKind
from reviews.forms import ReviewCreateForm
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.paging import BadCursor, page_by_uid
from reviews.roles import Capability
from reviews.services import create_review

# Each card asks every source of work, so a page holds few of them.
CARDS = 10


@require_safe
@login_required
def my_work(request: SignedInRequest) -> HttpResponse:
    """Show one card for each of the person's reviews, with the one next act in it."""
    mine = Membership.objects.active().filter(user=request.user).select_related("review", "user")
    try:
        page = page_by_uid(mine, request.GET, by="pk", descending=True, size=CARDS)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    cards = [{"member": member, "items": work.items_for(member)} for member in page.rows]
    return render(request, "reviews/my_work.html", {"cards": cards, "page": page})


@require_http_methods(["GET", "POST"])
@login_required
def review_create(request: SignedInRequest) -> HttpResponse:
    """Make a review; whoever makes it leads it."""
    form = ReviewCreateForm(request.POST or None)
    if form.is_valid():
        try:
            lead = create_review(lead=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return redirect("reviews:review-detail", slug=lead.review.slug)
    return render(request, "reviews/review_create.html", {"form": form})


@require_safe
@review_view(Capability.READ)
def review_detail(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show what the review asks, how far it has come for this member, and what is next."""
    criteria = list(member.review.criteria())
    context = {
        "settings": member.review.settings,
        "inclusion": [c for c in criteria if c.kind == CriterionKind.INCLUSION],
        "exclusion": [c for c in criteria if c.kind == CriterionKind.EXCLUSION],
        "items": work.items_for(member),
        "progress": work.progress_for(member),
    }
    return render(request, "reviews/review_detail.html", context)
