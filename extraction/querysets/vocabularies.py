"""The vocabularies of a review as they stood."""

import json
from datetime import datetime

from extraction.models import VocabularyTerms
from extraction.vocabularies import Vocabularies, read_terms
from reviews.models import Review
from reviews.versions import valid


def vocabularies_of(review: Review, instant: datetime | None = None) -> Vocabularies:
    """Return what a review adds to the vocabularies that ship, now or at ``instant``; one query."""
    rows = VocabularyTerms.objects.filter(valid(instant), review=review)
    return Vocabularies({row.name: read_terms(json.loads(row.terms)) for row in rows})
