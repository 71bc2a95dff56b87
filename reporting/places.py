"""What reporting gives the jump: its list, and every table by its title."""

from django.urls import reverse

from reporting.reports import ALL_REPORTS
from reporting.submission import SUBMISSION
from reviews.models import Membership
from reviews.places import Group, PageOfReview, Place, matching

PAGES = (
    PageOfReview(label="Results", route="reporting:report-list", words="tables figures exports"),
)


def tables(member: Membership, text: str) -> Group:
    """Return the tables that ship of whose title every word begins one. No query."""
    every = [
        Place(
            label=report.title,
            url=reverse(
                "reporting:report-detail",
                kwargs={"slug": member.review.slug, "table": report.slug},
            ),
            words=report.slug,
        )
        for report in (*ALL_REPORTS, SUBMISSION)
    ]
    return Group(key="tables", title="Tables and figures", order=250, places=matching(every, text))
