"""What every page of a review shows: the member who looks at it, its notice, and its steps."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reviews import work


def membership(request: HttpRequest) -> dict[str, Any]:
    """Return the member, the notice and the steps for pages behind the door, nothing elsewhere."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    settings = member.review.settings
    return {
        "member": member,
        "review_notice": settings.notice,
        "review_tag": settings.table_note or settings.votes_note or "please note",
        # Read where the rail is drawn, and nowhere else.
        "steps": SimpleLazyObject(lambda: work.steps_for(member)),
    }
