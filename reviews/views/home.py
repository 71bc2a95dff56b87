"""Where a person begins: their reviews, a new one, and one review's overview."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from reviews import overview, work
from reviews.access import review_view
from reviews.activity import in_short
from reviews.choices import CriterionKind
from reviews.forms import ReviewCreateForm
from reviews.http import ReviewRequest
from reviews.models import AuditEvent, Membership
from reviews.paging import BadCursor, page_by_uid
from reviews.roles import Capability
from reviews.services import create_review
from reviews.telling import kept_from

# Each card asks every source of work, so a page holds few of them.
CARDS = 10
# The overview names so many other people, and tells so many sentences of so many events.
PEOPLE, SENTENCES, EVENTS = 20, 6, 60


@require_safe
@login_required
def my_work(request: SignedInRequest) -> HttpResponse:
    """Show each of the person's reviews: the next act in it, and how far its stages have come."""
    mine = Membership.objects.active().filter(user=request.user).with_settings()
    try:
        page = page_by_uid(mine, request.GET, by="pk", descending=True, size=CARDS)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    cards = [_card(member) for member in page.rows]
    context = {
        "cards": cards,
        "page": page,
        "waiting": sum(len(card["items"]) for card in cards),
        "first": next((card["member"].pk for card in cards if card["items"]), None),
        "later": [(item, card["member"]) for card in cards for item in card["items"][2:]],
    }
    return render(request, "reviews/my_work.html", context)


def _card(member: Membership) -> dict[str, Any]:
    """Return what one review asks of this member, and its stages as they may know them."""
    member.review.settings = member.settings  # type: ignore[attr-defined]
    work.read_together(member)
    return {
        "member": member,
        "items": work.items_for(member),
        "stages": work.stages_for(member),
    }


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
    """Show how far the review has come for this member, what is next, and what the review asks."""
    criteria = list(member.review.criteria())
    settings = member.review.settings
    people = list(member.review.memberships.active().select_related("user"))
    everybody = member.can(Capability.MANAGE) and not kept_from(member)
    work.read_together(member)
    context = {
        "settings": settings,
        "question": [
            (words, text)
            for words, text in (
                ("Population", settings.population),
                ("Intervention", settings.intervention),
                ("Comparator", settings.comparator),
                ("Outcomes", settings.outcome),
            )
            if text
        ],
        "inclusion": [c for c in criteria if c.kind == CriterionKind.INCLUSION],
        "exclusion": [c for c in criteria if c.kind == CriterionKind.EXCLUSION],
        "reasons": list(member.review.exclusion_reasons()),
        "items": work.items_for(member),
        "progress": work.progress_for(member),
        "figure": overview.figure_for(member),
        "others": _others(member, people),
        "not_shown": max(0, len(people) - 1 - PEOPLE),
        "everybody": everybody,
        "lately": in_short(_lately(member, everybody=everybody), SENTENCES),
    }
    return render(request, "reviews/review_detail.html", context)


def _others(member: Membership, people: list[Membership]) -> list[tuple[Membership, list[str]]]:
    """Return the other members with what was dealt to them: never how far they are."""
    dealt = overview.dealt_in(member.review)
    others = [person for person in people if person.pk != member.pk]
    return [(person, dealt.get(person.pk, [])) for person in others[:PEOPLE]]


def _lately(member: Membership, *, everybody: bool) -> QuerySet[AuditEvent]:
    """Return the last events that the overview tells this member.

    Of who works beside another their own alone: on a page that is looked at all day the others'
    would tell how fast they are. A lead reads them in the activity.
    """
    events = AuditEvent.objects.visible_to(member)
    if not everybody:
        events = events.filter(actor=member)
    return events.select_related("actor__user", "user")[:EVENTS]
