"""What signing in changes about a request."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]


def activate_time_zone(get_response: Handler) -> Handler:
    """Show times in the zone of the person who is signed in, and in UTC to everybody else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            try:
                timezone.activate(zoneinfo.ZoneInfo(request.user.time_zone))
            except zoneinfo.ZoneInfoNotFoundError:
                # The system's list of zones can lose a name that was once chosen from it.
                timezone.deactivate()
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return middleware
