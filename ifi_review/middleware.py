"""What every request and every response passes, files and errors included."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
