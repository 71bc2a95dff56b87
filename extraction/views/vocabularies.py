"""The words a review adds to the vocabularies that ship."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from extraction.models import VocabularyTerms
from extraction.services import set_vocabularies
from extraction.vocabularies import Vocabularies, read_terms
from extraction.vocabulary_forms import LABELS, VocabulariesForm
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def vocabulary_edit(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show and change the categories of treatment, the instruments and the schemes of severity."""
    rows = {row.name: row for row in VocabularyTerms.objects.current().filter(review=member.review)}
    form = VocabulariesForm(
        posted(request),
        own={name: read_terms(json.loads(row.terms)) for name, row in rows.items()},
        seen={name: str(row.uid) for name, row in rows.items()},
    )
    if form.is_valid():
        try:
            changed = set_vocabularies(lead=member, terms=form.terms, seen=form.seen)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            named = ", ".join(LABELS[name].lower() for name in changed)
            if changed:
                messages.success(request, f"Saved: {named}.")
            else:
                messages.info(request, "These words are in force already; nothing was changed.")
            return redirect("extraction:vocabulary-edit", slug=member.review.slug)
    shipped = Vocabularies()
    context = {
        "form": form,
        "shipped": [
            (LABELS["instruments"], shipped.instruments.terms),
            (LABELS["severity"], shipped.severity.terms),
        ],
    }
    status = REFUSED if form.errors else 200
    return render(request, "extraction/vocabulary_edit.html", context, status=status)
