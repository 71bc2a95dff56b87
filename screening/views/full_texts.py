"""Full texts: which reports are sought, retrieved, or cannot be obtained and why."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from records.links import links
from records.models import Record
from records.querysets.papers import with_best_fields
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, page_or_404
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted
from screening.choices import Retrieval
from screening.forms import FullTextForm
from screening.querysets.full_texts import sought, with_full_text
from screening.services import retrieve_all, set_full_text


@require_safe
@review_view(Capability.IMPORT)
def full_text_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the reports that are sought, and where each stands."""
    return render(request, "screening/full_text_list.html", _reports(request, member))


@require_POST
@review_view(Capability.IMPORT)
def full_text_set(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Say whether one report was retrieved, and if not, why."""
    records = sought(Record.objects.filter(review=member.review))
    record = get_object_or_404(records, uid=uid)
    form = FullTextForm(request.POST)
    status = ILL_FORMED
    if form.is_valid():
        try:
            set_full_text(lead=member, record=record, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            messages.success(
                request, f"{Retrieval(form.cleaned_data['standing']).label}: “{record}”."
            )
            return _back(request, member)
    context = {**_reports(request, member), "form": form, "refused": record}
    context["refused_shown"] = record in context["page"].rows
    return render(request, "screening/full_text_list.html", context, status=status)


@require_POST
@review_view(Capability.IMPORT)
def full_text_set_all(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Mark every report that is still sought as retrieved."""
    marked = retrieve_all(lead=member)
    messages.success(request, f"{counted(marked, 'report', 'reports')} marked as retrieved.")
    return _back(request, member)


def _back(request: ReviewRequest, member: Membership) -> HttpResponse:
    address = reverse("screening:full-text-list", kwargs={"slug": member.review.slug})
    return redirect(f"{address}?{urlencode({'show': _chosen(request)})}")


def _chosen(request: ReviewRequest) -> str:
    chosen = request.GET.get("show", "")
    return chosen if chosen in Retrieval.values else Retrieval.SOUGHT.value


def _reports(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    records = Record.objects.filter(review=member.review)
    chosen = _chosen(request)
    page = page_or_404(with_full_text(sought(records, chosen)), request)
    # A DOI may stand in a duplicate's record alone.
    opened = [links(best.record) for best in with_best_fields(page.rows)]
    return {
        "standings": [(each, sought(records, each).order_by().count()) for each in Retrieval],
        "chosen": chosen,
        "page": page,
        "rows": list(zip(page.rows, opened, strict=True)),
    }
