"""What extraction gives the jump: its pages, and studies by their names."""

from django.urls import reverse

from extraction.models import Study
from reviews.models import Membership
from reviews.places import MOST_WORDS, Group, PageOfReview, Place

MOST = 8
PAGES = (
    PageOfReview(label="Extraction", route="extraction:extraction-list", words="my studies"),
    PageOfReview(label="Studies", route="extraction:study-list", words="included"),
    PageOfReview(
        label="Comparisons", route="extraction:adjudication-list", words="settle adjudicate align"
    ),
    PageOfReview(label="Doubts", route="extraction:doubt-list", words="eligibility ineligible"),
    PageOfReview(label="Forms", route="extraction:form-list", words="extraction form fields"),
)


def studies(member: Membership, text: str) -> Group:
    """Return the first studies this member may know of whose name holds every word. One query."""
    found = Study.objects.visible_to(member).named()
    for word in text.split()[:MOST_WORDS]:
        found = found.filter(label__icontains=word)
    kwargs = {"slug": member.review.slug}
    places = [
        Place(
            label=study.label,
            url=reverse("extraction:study-detail", kwargs={**kwargs, "uid": study.uid}),
            more=str(study),
        )
        for study in found[:MOST]
    ]
    return Group(key="studies", title="Studies", order=400, places=places)
