"""Pages that belong to no app: whether the installation lives, and what went wrong."""

import errno
import logging
import secrets
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from ifi_review.jobs.beats import workers_state
from reviews.access import RightMissing
from reviews.http import wants_json
from reviews.models import Membership
from reviews.roles import Role, roles_with

logger = logging.getLogger(__name__)

# A disk that is full, broken, or lets nobody write: for the operator to mend, then all goes on.
DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether this process answers and the background work is alive.

    A worker that died without a word makes it 503. A database that is away does not: this
    process is well, and restarting it would not help.
    """
    try:
        worker = workers_state()
    except DatabaseError:
        worker = "unknown"
    return JsonResponse({"web": "ok", "worker": worker}, status=503 if worker == "stale" else 200)


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers and has the tables that this version expects."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, ImproperlyConfigured):
        return JsonResponse({"ready": False, "reason": "The database does not answer."}, status=503)
    if waiting:
        reason = f"{len(waiting)} migrations are waiting: run manage.py migrate."
        return JsonResponse({"ready": False, "reason": reason}, status=503)
    return JsonResponse({"ready": True})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say which roles may open a page of a review, and who of it can give them."""
    member = getattr(request, "member", None)
    context: dict[str, Any] = {"exception": str(exception)}
    if member is not None and isinstance(exception, RightMissing):
        leads = Membership.objects.active().filter(review=member.review_id, role=Role.LEAD)
        context["roles"] = [Role(role).label for role in roles_with(exception.capability)]
        context["leads"] = [lead.user for lead in leads.select_related("user")]
    return render(request, "403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a refused form in plain words; a script learns that a fresh token will do."""
    if wants_json(request):
        refusal = {"state": "refused", "code": "old_token", "message": "This page is too old."}
        return JsonResponse(refusal, status=403)
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure without data; one of database or disk is a pause, to be tried again."""
    failure = sys.exc_info()[1]
    disk = isinstance(failure, OSError) and failure.errno in DISK_REFUSES
    if disk or isinstance(failure, OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
    code = secrets.token_hex(4)
    logger.error("the page of the failure above showed the code %s", code)
    return HttpResponse(render_to_string("500.html", {"error_code": code}), status=500)
