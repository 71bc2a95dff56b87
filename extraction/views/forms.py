"""The forms of a review: what is asked, and publishing the forms that ship."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from extraction.building_forms import answer_words
from extraction.models import FormVersion
from extraction.schema import CASE_SERIES, SHIPPED_FORMS, FieldSpec, FormSpec, shipped_form
from extraction.schema.check_words import check_words
from extraction.schema.specs import GroupSpec
from extraction.services import publish_form
from extraction.services.forms import is_same
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership, Review
from reviews.roles import Capability


@dataclass(frozen=True)
class ShownQuestion:
    """One question as a reader of the form sees it."""

    question: str
    answer: str
    choices: Sequence[str]
    guidance: str
    required: bool
    means: str


@dataclass(frozen=True)
class ShownGroup:
    """What is asked of one group, in sections, and what is checked between the answers."""

    name: str
    belongs: str
    sections: Sequence[tuple[str, Sequence[ShownQuestion]]]
    checks: Sequence[str]
    questions: int


@require_safe
@review_view(Capability.MANAGE)
def form_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the forms with their versions, what the one in force asks, and what ships."""
    versions = FormVersion.objects.filter(review=member.review).select_related("form")
    listed = list(versions.order_by("-recorded_at", "-pk"))
    by_form: dict[str, list[FormVersion]] = {}
    for version in listed:
        by_form.setdefault(version.form.slug, []).append(version)
    current = listed[0] if listed else None
    context = {
        "forms": [(found[0].form, found) for found in by_form.values()],
        "current": current,
        "groups": shown_groups(current.spec, member.review) if current else [],
        "shipped": [_shipped(slug, by_form.get(slug, [])) for slug in SHIPPED_FORMS],
    }
    return render(request, "extraction/form_list.html", context)


@require_POST
@review_view(Capability.MANAGE)
def form_publish(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Publish a form that ships, or say that it is published already."""
    back = redirect("extraction:form-list", slug=member.review.slug)
    slug = request.POST.get("form") or CASE_SERIES
    if slug not in SHIPPED_FORMS:
        messages.error(request, "No such form ships. Choose one of those below.")
        return back
    known = FormVersion.objects.filter(review=member.review).count()
    try:
        version = publish_form(lead=member, definition=shipped_form(slug).as_data())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return back
    if FormVersion.objects.filter(review=member.review).count() == known:
        messages.info(request, f"{version} is published already; nothing was changed.")
    else:
        messages.success(request, f"{version} is published. New extractions are made with it.")
    return back


def shown_groups(form: FormSpec, review: Review) -> list[ShownGroup]:
    """Return what a form asks, as it would be asked in a review, group by group."""
    unit_label = review.settings.unit_plural
    names = {group.key: group.name.lower() for group in form.groups}
    return [
        ShownGroup(
            name=group.name,
            belongs=_belongs(group, names),
            sections=[
                (section.title, [_question(s, unit_label) for s in form.in_section(section.key)])
                for section in form.sections_of(group.key)
            ],
            checks=[
                check_words(check, form, unit_label)
                for check in form.checks
                if check.group == group.key
            ],
            questions=len(form.in_group(group.key)),
        )
        for group in form.groups
    ]


def _belongs(group: GroupSpec, names: dict[str, str]) -> str:
    if group.is_study:
        return "asked once of each study"
    first = " or ".join(_one(names[key]) for key in group.of) or "the study"
    return f"of {first}" + (f" and {_one(names[group.across])}" if group.across else "")


def _one(name: str) -> str:
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _question(spec: FieldSpec, unit_label: str) -> ShownQuestion:
    return ShownQuestion(
        question=spec.label(unit_label),
        answer=answer_words(spec, unit_label),
        choices=[choice.label for choice in spec.choices],
        guidance=spec.guidance,
        required=spec.required,
        means=spec.means,
    )


def _shipped(slug: str, published: Sequence[FormVersion]) -> dict[str, Any]:
    form = shipped_form(slug)
    latest = published[0] if published else None
    return {
        "slug": slug,
        "title": form.title,
        "questions": len(form.fields),
        "groups": len(form.groups),
        "published": latest is not None and is_same(latest, form),
        "older": latest is not None and not is_same(latest, form),
    }
