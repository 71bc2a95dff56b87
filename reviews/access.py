"""The one door to everything inside a review."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers

from reviews.models import Membership
from reviews.roles import Capability

View = Callable[..., HttpResponseBase]


class RightMissing(PermissionDenied):
    """The member's role does not grant what the page needs."""

    def __init__(self, capability: str) -> None:
        self.capability = capability
        super().__init__(f"This page needs the right to {Capability(capability).label}.")


def review_view(capability: str) -> Callable[[View], View]:
    """Let a view run only for a member whose role grants ``capability``.

    The URL carries the review's ``slug``; the view receives the caller's membership in its place.
    A stranger or a removed member gets 404, so that a review's existence does not leak; a member
    without the capability gets 403. Nothing behind the door is cached.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, **kwargs: object) -> HttpResponseBase:
            members = Membership.objects.active().with_settings()
            member = get_object_or_404(members, review__slug=slug, user=request.user)
            member.review.settings = member.settings  # type: ignore[attr-defined]
            # Before the refusal, whose page keeps the frame of the review.
            request.member = member  # type: ignore[attr-defined]
            if not member.can(capability):
                raise RightMissing(capability)
            response = view(request, member, **kwargs)
            add_never_cache_headers(response)
            return response

        guarded.required_capability = capability  # type: ignore[attr-defined]
        return guarded

    return decorate
