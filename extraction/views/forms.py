"""The forms of a review: what is asked, and publishing the form that ships."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from extraction.models import FormVersion
from extraction.services import publish_form
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability


@require_safe
@review_view(Capability.MANAGE)
def form_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the published versions, and the questions of the one in force."""
    versions = FormVersion.objects.filter(review=member.review).select_related("form")
    listed = list(versions.order_by("-recorded_at", "-pk"))
    current = listed[0] if listed else None
    sections = [
        (section, current.spec.in_section(section.key))
        for section in (current.spec.sections if current else ())
        if current and current.spec.in_section(section.key)
    ]
    context = {
        "versions": listed,
        "current": current,
        "sections": sections,
        "unit_label": member.review.settings.unit_plural,
    }
    return render(request, "extraction/form_list.html", context)


@require_POST
@review_view(Capability.MANAGE)
def form_publish(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Publish the form that ships, or say that it is in force already."""
    known = FormVersion.objects.filter(review=member.review).count()
    version = publish_form(lead=member)
    if FormVersion.objects.filter(review=member.review).count() == known:
        messages.info(request, f"{version} is published already; nothing was changed.")
    else:
        messages.success(request, f"{version} is published. New extractions are made with it.")
    return redirect("extraction:form-list", slug=member.review.slug)
