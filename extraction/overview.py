"""What extraction tells the overview of a review: how much was assigned, never how far it is."""

from django.db.models import Count, Exists, OuterRef

from extraction.models import Extraction, final_consensus
from reviews.models import Review
from reviews.work import counted


def dealt(review: Review) -> dict[int, str]:
    """Return how many studies that are not final each member extracts, in words; one query."""
    final = final_consensus().filter(study=OuterRef("study"))
    copies = Extraction.objects.current().filter(~Exists(final), review=review)
    numbers = copies.filter(member__isnull=False).order_by().values_list("member")
    found = numbers.annotate(studies=Count("study", distinct=True))
    return {member: counted(number, "study", "studies") for member, number in found}
