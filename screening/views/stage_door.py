"""The door to the pages of one stage, and what a refused act answers."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponseBase, QueryDict

from reviews.access import View, review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from screening.choices import Stage

# A form that cannot be read, and an act that is not possible now.
ILL_FORMED = 400
REFUSED = 409


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


def wants_json(request: ReviewRequest) -> bool:
    """Return whether a script sent the form and reads the answer, not a person."""
    return request.headers.get("Accept") == "application/json"


def posted(request: ReviewRequest) -> QueryDict | None:
    """Return what a form is bound to: an empty body is an answer too, and a wrong one."""
    return request.POST if request.method == "POST" else None
