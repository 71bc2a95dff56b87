"""What every page of a review shows: the member who looks at it, and the review's notice."""

from typing import Any

from django.http import HttpRequest


def membership(request: HttpRequest) -> dict[str, Any]:
    """Return the member and the notice for pages behind the door, nothing elsewhere."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    return {"member": member, "review_notice": member.review.settings.notice}
