"""The request as views behind the door receive it, and what they answer it with."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django_htmx.middleware import HtmxDetails

from accounts.http import SignedInRequest
from reviews.models import Membership
from reviews.paging import BadCursor, Page, keyset_page

# A form that cannot be read, and an act that is not possible now.
ILL_FORMED = 400
REFUSED = 409


class ReviewRequest(SignedInRequest):
    """A request of a signed-in member of the review that the URL names."""

    htmx: HtmxDetails
    member: Membership


def wants_json(request: HttpRequest) -> bool:
    """Return whether a script sent the form and reads the answer, not a person."""
    return request.headers.get("Accept") == "application/json"


def data_answer(request: HttpRequest, *, status: int = 200, **content: Any) -> JsonResponse:
    """Answer a script, and give it a fresh token for what it sends next."""
    return JsonResponse({**content, "token": get_token(request)}, status=status)


def posted(request: ReviewRequest) -> QueryDict | None:
    """Return what a form is bound to: an empty body is an answer too, and a wrong one."""
    return request.POST if request.method == "POST" else None


def page_or_404(rows: QuerySet[Any], request: ReviewRequest, **how: Any) -> Page:
    """Return the page that the address names; a cursor that is not of this list is not found."""
    try:
        return keyset_page(rows, request.GET, **how)
    except BadCursor as error:
        raise Http404(error.messages[0]) from error
