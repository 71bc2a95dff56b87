"""Look for duplicates among the records of a review."""

from typing import Any

from ifi_review.management.review_command import ReviewCommand
from records.services import find_duplicates
from reviews.models import Membership
from reviews.roles import Capability


class Command(ReviewCommand):
    """Merge sure duplicates and set the doubtful ones aside for a person."""

    help = "Merge sure duplicates, set doubtful ones aside, and print the totals as JSON."
    capability = Capability.IMPORT

    def act(self, member: Membership, **options: Any) -> None:
        """Look for duplicates and print the totals of the review."""
        self.print_json(find_duplicates(lead=member))
