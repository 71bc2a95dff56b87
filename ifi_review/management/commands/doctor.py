"""Examine an installation: settings, durability, guards, folders, worker."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from ifi_review.jobs.beats import workers_state
from records import text_index
from reviews.guards import altered_guards, missing_guards

LEAST_FREE_BYTES = 500 * 1024 * 1024
DURABLE_SQLITE = {2: "FULL", 3: "EXTRA"}


class Finding(NamedTuple):
    """What one examination found."""

    check: str
    ok: bool
    detail: str


def settings_are_safe() -> Finding:
    """Ask every system check, those for deployment too where it is one."""
    messages = run_checks(include_deployment_checks=settings.PRODUCTION)
    serious = [str(message.msg) for message in messages if message.is_serious()]
    return Finding("settings", not serious, " ".join(serious) or "no serious message")


def migrations_are_applied() -> Finding:
    """Compare the database with what this version expects."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    detail = f"{len(waiting)} waiting: run manage.py migrate" if waiting else "all applied"
    return Finding("migrations", not waiting, detail)


def commits_are_durable() -> Finding:
    """Ask the database itself whether an acknowledged commit survives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            journal = str(cursor.fetchone()[0])
            cursor.execute("PRAGMA synchronous")
            level = DURABLE_SQLITE.get(cursor.fetchone()[0])
            ok = journal == "wal" and level is not None
            return Finding(
                "durability", ok, f"journal_mode={journal} synchronous={level or 'too low'}"
            )
        found = {}
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            found[name] = str(cursor.fetchone()[0])
    return Finding(
        "durability",
        "off" not in found.values(),
        " ".join(f"{name}={value}" for name, value in found.items()),
    )


def guards_are_installed() -> Finding:
    """Name the guards of append-only tables that are not there, or not as they should be."""
    wrong = [*missing_guards(), *altered_guards()]
    return Finding("guards", not wrong, ", ".join(wrong) or "all installed")


def search_is_installed() -> Finding:
    """Name the parts of the search of records that are not there, or not as they should be."""
    wrong = [*text_index.missing(), *text_index.altered()]
    return Finding("search", not wrong, ", ".join(wrong) or "all installed")


def media_can_be_written() -> Finding:
    """Write a file where uploads go."""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"doctor")
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return Finding("media", ok=False, detail=f"{folder}: {problem.strerror}")
    return Finding("media", free >= LEAST_FREE_BYTES, f"{free // 1024**2} MB free")


def static_files_are_found() -> Finding:
    """Look for one file of the pages' own, and for those of the installed packages."""
    names = ("css/app.css", *settings.PACKAGE_FILES)
    try:
        if settings.PRODUCTION:
            missing = [name for name in names if not staticfiles_storage.exists(name)]
        else:
            missing = [name for name in names if not finders.find(name)]
    except OSError as problem:
        return Finding("static files", ok=False, detail=str(problem.strerror))
    if missing:
        remedy = "manage.py collectstatic" if settings.PRODUCTION else "make setup"
        detail = f"{', '.join(missing)} not found: run {remedy}"
        return Finding("static files", ok=False, detail=detail)
    return Finding("static files", ok=True, detail="found")


def worker_is_alive() -> Finding:
    """Look for the worker's signs of life."""
    state = workers_state()
    return Finding("worker", state != "stale", state)


def operator_exists() -> Finding:
    """Look for somebody who can run the installation: while nobody is, anybody can become it."""
    exists = User.objects.operators().active().exists()
    detail = "exists" if exists else "none: run manage.py createsuperuser"
    return Finding("operator", ok=exists or not settings.PRODUCTION, detail=detail)


def findings() -> Iterator[Finding]:
    """Examine one thing after the other; the later ones need a database that answers."""
    yield settings_are_safe()
    yield media_can_be_written()
    yield static_files_are_found()
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield Finding("database", ok=False, detail=str(problem).strip())
        return
    yield Finding("database", ok=True, detail=connection.vendor)
    yield commits_are_durable()
    applied = migrations_are_applied()
    yield applied
    if applied.ok:
        yield guards_are_installed()
        yield search_is_installed()
        yield worker_is_alive()
        yield operator_exists()


class Command(BaseCommand):
    """Prints what was found as JSON, and fails when anything is wrong."""

    help = "Check settings, durability, guards, folders and the worker; JSON on standard output."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings."""
        found = list(findings())
        wrong = [finding.check for finding in found if not finding.ok]
        report = {"ok": not wrong, "findings": [finding._asdict() for finding in found]}
        self.stdout.write(json.dumps(report, indent=2))
        if wrong:
            raise CommandError(f"Not in order: {', '.join(wrong)}.")
