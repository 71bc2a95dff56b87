"""Read settings from the environment, and fail loudly on nonsense.

Every function raises ``ImproperlyConfigured`` with the variable's name in the sentence.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
SHORTEST_SECRET = 50


def env_bool(name: str, *, default: bool = False) -> bool:
    """Return whether the variable says yes; unset or empty means ``default``."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}; write 1 or 0.")


def env_int(name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
    """Return the whole number in the variable, within its limits."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} is {text!r}; write a whole number.")
    number = int(text)
    if number < least or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"between {least} and {most}"
        raise ImproperlyConfigured(f"{name} is {number}; it must be {limits}.")
    return number


def env_list(name: str, *, default: list[str]) -> list[str]:
    """Return the comma-separated words in the variable."""
    words = [word.strip() for word in os.environ.get(name, "").split(",")]
    return [word for word in words if word] or default


def env_path(name: str, *, default: Path) -> Path:
    """Return the absolute path in the variable."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    path = Path(text)
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} is {text!r}; write an absolute path.")
    return path


def env_secret(name: str, *, made_in: Path | None) -> str:
    """Return the secret in the variable, or one made once and kept in ``made_in``.

    Args:
        name: the variable.
        made_in: where a missing secret is made and kept; ``None`` in production, where the
            variable is required and must have at least 50 characters.
    """
    secret = os.environ.get(name, "")
    if secret:
        if made_in is None and len(secret) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"{name} has {len(secret)} characters; it needs at least {SHORTEST_SECRET}."
            )
        return secret
    if made_in is None:
        raise ImproperlyConfigured(
            f"{name} is not set; production needs a secret of at least {SHORTEST_SECRET} "
            "characters. (DEBUG=1 or DEMO=1 makes one by itself.)"
        )
    return _kept_secret(made_in)


def _kept_secret(path: Path) -> str:
    """Return the secret in the file, which is made if there is none.

    Of two processes that start together the second reads what the first made: the file
    appears under its name only when it is complete.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def database_url(name: str, *, default: str) -> dict[str, Any]:
    """Return Django's description of the database: SQLite or PostgreSQL, nothing else."""
    url = os.environ.get(name, "").strip() or default
    if not url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            f"{name} must begin with sqlite:/// or postgres://; other databases are not supported."
        )
    try:
        database: dict[str, Any] = environ.Env.db_url_config(url)
    except (ValueError, ImproperlyConfigured) as problem:
        raise ImproperlyConfigured(f"{name} is not a database address.") from problem
    if not database.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database.")
    return database


def email_url(name: str, *, default: str) -> dict[str, Any]:
    """Return Django's mail settings from an address such as ``smtp+tls://user:pw@host:587``."""
    url = os.environ.get(name, "").strip() or default
    try:
        mail: dict[str, Any] = environ.Env.email_url_config(url)
    except (ValueError, KeyError, ImproperlyConfigured) as problem:
        raise ImproperlyConfigured(
            f"{name} is not a mail address such as smtp+tls://…"
        ) from problem
    if not mail.get("EMAIL_BACKEND"):
        raise ImproperlyConfigured(f"{name} is not a mail address such as smtp+tls://…")
    return mail
