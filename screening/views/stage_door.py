"""The door to the pages of one stage."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponseBase

from reviews.access import View, review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from screening.choices import Stage


def stage_view(capability: str) -> Callable[[View], View]:
    """Be ``review_view`` for a page of one stage: the view receives a ``Stage``, never a text."""

    def decorate(view: View) -> View:
        @review_view(capability)
        @wraps(view)
        def guarded(
            request: ReviewRequest, member: Membership, stage: str, **kwargs: object
        ) -> HttpResponseBase:
            if stage not in Stage.values:
                raise Http404("There is no such stage.")
            return view(request, member, stage=Stage(stage), **kwargs)

        return guarded

    return decorate
