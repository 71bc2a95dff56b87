"""Sessions as rows that know whose they are, so that a person can see and end their own.

What a session holds is written when somebody signs in and seldom again, so that reading a page
does not write. When it was last used is therefore kept in a column of its own, and brought up to
date only when it is some minutes old.
"""

import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import OperationalError, models
from django.utils import timezone

SEEN_EVERY = timedelta(minutes=10)
# The entry of a session that says when and on what device it was begun, and its name on pages:
# the key of the session opens it, so no page prints that.
SIGNED_IN = "signed_in"
UNKNOWN_DEVICE = "A device that did not say what it is"

# The first that is found counts: most browsers name those that came before them as well.
BROWSERS = {
    "Firefox": r"Firefox/|FxiOS/",
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/",
    "Chrome": r"Chrome/|CriOS/",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Android": r"Android",
    "Windows": r"Windows",
    "macOS": r"Mac OS X|Macintosh",
    "ChromeOS": r"CrOS",
    "Linux": r"Linux|X11",
}


class AccountSession(AbstractBaseSession):
    """One browser in which somebody is, or was, signed in."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        """Return what reads and writes such rows."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Keeps sessions in rows that name their account."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        """Return the rows that sessions are kept in."""
        return AccountSession

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """Return the row of a session that is about to be written."""
        row: AccountSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.account_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        """Return what the session holds, and note now and then that it is in use."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        now = timezone.now()
        if row.account_id is not None and now - row.seen_at >= SEEN_EVERY:
            # A full disk or a long import is no reason to refuse a page that only reads.
            with suppress(OperationalError):
                AccountSession.objects.filter(pk=row.pk).update(seen_at=now)
        held: dict[str, Any] = self.decode(row.session_data)
        return held


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session as its owner sees it.

    Args:
        uid: what names it on pages.
        device: the browser and the system, in words.
        started_at: when the person signed in; ``None`` where it was not written down.
        seen_at: when it was last used, give or take ``SEEN_EVERY``.
        is_this: whether it is the one that asks.
        key: what it is found by.
    """

    uid: str
    device: str
    started_at: datetime | None
    seen_at: datetime
    is_this: bool
    key: str


def begun(user_agent: str) -> dict[str, str]:
    """Return what a session keeps of how it was begun."""
    return {
        "uid": str(uuid.uuid4()),
        "device": device_in_words(user_agent),
        "started_at": timezone.now().isoformat(),
    }


def device_in_words(user_agent: str) -> str:
    """Return what a browser says of itself, as "Firefox on Windows"; never its version."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN_DEVICE


def open_sessions(user: Any, *, this: str | None) -> list[OpenSession]:
    """Return the sessions in which this person is signed in, this one first; one query.

    Those that were begun with an earlier password open nothing any more.
    """
    rows = AccountSession.objects.filter(account=user, expire_date__gt=timezone.now())
    held = ((row, row.get_decoded()) for row in rows.order_by("-seen_at", "pk"))
    good = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    found = [_read(row, data, this) for row, data in held if data.get(HASH_SESSION_KEY) in good]
    return sorted(found, key=lambda one: not one.is_this)


def _read(row: AccountSession, data: Mapping[str, Any], this: str | None) -> OpenSession:
    kept: Mapping[str, str] = data.get(SIGNED_IN, {})
    # One that does not say how it began has a name all the same, from which its key is not told.
    named = kept.get("uid") or str(uuid.uuid5(uuid.NAMESPACE_OID, row.session_key))
    started = kept.get("started_at")
    return OpenSession(
        uid=named,
        device=kept.get("device") or UNKNOWN_DEVICE,
        started_at=datetime.fromisoformat(started) if started else None,
        seen_at=row.seen_at,
        is_this=row.session_key == this,
        key=row.session_key,
    )


def _first(names: dict[str, str], text: str) -> str:
    return next((name for name, pattern in names.items() if re.search(pattern, text)), "")
