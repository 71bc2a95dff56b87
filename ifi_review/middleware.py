"""What every request and every response passes, files and errors included."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from reviews.acts import REFUSED_IN_WORDS, as_refusal
from reviews.http import ILL_FORMED, REFUSED, data_answer, wants_json

logger = logging.getLogger(__name__)
FORBIDDEN, NOT_ALLOWED = 403, 405
STATUS = {"right_lost": FORBIDDEN, "unreadable": ILL_FORMED}

Handler = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: Handler) -> Handler:
    """Send the content security policy, and keep pages of signed-in people out of caches.

    A view that needs a stricter policy (a stored PDF is sandboxed) sets its own header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # Static files bring their own line; what is left may show a review.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def limit_request_body(get_response: Handler) -> Handler:
    """Refuse a body that is too large before any of it is read or reaches the disk."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.MAX_UPLOAD_MB * 1024 * 1024:
            return HttpResponse(
                f"This upload is larger than {settings.MAX_UPLOAD_MB} MB. Nothing was saved.\n",
                status=413,
                content_type="text/plain; charset=utf-8",
            )
        return get_response(request)

    return middleware


class PlainRefusals:
    """Answer what no page expects to be refused, in plain words and never as a failure.

    A page looks, and a service locks; what lies between the two no page can foresee. Pages that
    have a place for a refusal show it themselves.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; where a page takes no such method, with a page that says so."""
        response = self.get_response(request)
        if response.status_code != NOT_ALLOWED or response.content or wants_json(request):
            return response
        page = render(request, "405.html", status=NOT_ALLOWED)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return the answer to a refusal; nothing where the problem is none."""
        if not isinstance(problem, REFUSED_IN_WORDS):
            return None
        refusal = as_refusal(problem)
        if not isinstance(problem, ValidationError):
            logger.warning("%s was refused", request.path, exc_info=problem)
        # Several refusals in one are told with the status of an act that is not possible now.
        status = STATUS.get(getattr(refusal, "code", None) or "", REFUSED)
        if wants_json(request):
            words = " ".join(refusal.messages)
            return data_answer(request, status=status, state="refused", message=words)
        # A page that needs no database, which may be what the problem was with.
        page = render_to_string("409.html", {"refusals": refusal.messages})
        return HttpResponse(page, status=status)
