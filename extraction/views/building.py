"""The page on which a lead makes a form: where it starts, what is ticked, and what it would ask."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from extraction.building import Builder, Start, starts_of
from extraction.models import FormVersion
from extraction.querysets.orphans import orphans_of
from extraction.schema import FormSpec
from extraction.services import publish_form
from extraction.services.forms import is_same
from extraction.views.forms import shown_groups
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability


@require_safe
@review_view(Capability.MANAGE)
def form_start(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List what a form can be begun with."""
    starts = starts_of(member.review)
    context = {
        "own": [start for start in starts if start.version],
        "shipped": [start for start in starts if start.base and not start.version],
        "empty": starts[-1],
    }
    return render(request, "extraction/form_start.html", context)


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def form_build(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Tick questions and write own ones, see what the form would ask, and publish it."""
    act = request.POST.get("act", "preview")
    sent = request.POST if request.method == "POST" else request.GET
    start = _start(member, sent.get("start"))
    builder = Builder(start, member.review.settings.unit_plural, posted(request), act)
    form = builder.form() if builder.judged else None
    if form is not None and act == "publish":
        try:
            return _published(request, member, builder, form)
        except ValidationError as refusal:
            builder.refuse(refusal)
    elif form is not None:
        context = _preview(member, builder, form)
        return render(request, "extraction/form_preview.html", context)
    context = {"builder": builder, "start": start}
    status = REFUSED if builder.judged else 200
    return render(request, "extraction/form_build.html", context, status=status)


def _start(member: Membership, value: str | None) -> Start:
    """Return what the form starts from; without a choice the form in force, else one that ships."""
    starts = starts_of(member.review)
    if value is None:
        return starts[0]
    for start in starts:
        if start.value == value:
            return start
    raise Http404("There is nothing of this name to start from.")


def _published(
    request: ReviewRequest, member: Membership, builder: Builder, form: FormSpec
) -> HttpResponse:
    known = FormVersion.objects.filter(review=member.review).count()
    version = publish_form(lead=member, definition=form.as_data(), follows=builder.follows)
    if FormVersion.objects.filter(review=member.review).count() == known:
        messages.info(request, f"{version} asks exactly this; nothing was changed.")
    else:
        messages.success(request, f"{version} is published. New extractions are made with it.")
    return redirect("extraction:form-list", slug=member.review.slug)


def _preview(member: Membership, builder: Builder, form: FormSpec) -> dict[str, Any]:
    version, draft = builder.start.version, builder.draft
    return {
        "builder": builder,
        "form": form,
        "groups": shown_groups(form, member.review),
        "along": draft.taken_along(form) if draft else [],
        "orphans": orphans_of(version.form, form) if version else [],
        "same": version is not None and is_same(version, form),
    }
