"""The request as views behind the door receive it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from reviews.models import Membership


class ReviewRequest(HttpRequest):
    """A request of a signed-in member of the review that the URL names."""

    user: User
    htmx: HtmxDetails
    member: Membership
