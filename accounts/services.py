"""Changes of accounts; each is an event of the installation's chain (``accounts.history``)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts import history
from accounts.models import User, new_salt
from accounts.sessions import AccountSession, OpenSession, open_sessions

# Any number will do, as long as nothing else in the database locks the same one.
FIRST_RUN_LOCK = 0x1F1_0001


def needs_first_run() -> bool:
    """Say whether nobody has an account yet."""
    return not User.objects.exists()


@transaction.atomic
def create_first_operator(*, email: str, password: str, full_name: str) -> User:
    """Create the operator of a new installation, once.

    Of two people who try together the second is refused. SQLite's transactions exclude each
    other by themselves; PostgreSQL is told to, since an empty table has no row to lock.

    Raises:
        ValidationError: there is an account already (code ``not_first``).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_RUN_LOCK])
    if not needs_first_run():
        raise ValidationError("This installation has its operator already.", code="not_first")
    return create_account(email=email, password=password, full_name=full_name, is_operator=True)


@transaction.atomic
def create_account(
    *,
    email: str,
    full_name: str = "",
    password: str | None = None,
    is_operator: bool = False,
    channel: str = history.WEB,
) -> User:
    """Create an account; without a password it waits for its owner to set one.

    Raises:
        ValidationError: the address is no address or has an account.
    """
    user = User(email=email.strip().lower(), full_name=full_name, is_superuser=is_operator)
    user.set_password(password)
    user.full_clean()
    user.save()
    history.log("accounts.account_made", account=user, channel=channel)
    return user


@contextmanager
def changing(user: User, verb: str, *, by: User | None = None) -> Iterator[None]:
    """Make one act of what the block changes of an account, and write it down if it did.

    For changes that the log-in library makes: of the main address, of those that are proved, of
    the second factor.
    """
    with transaction.atomic():
        _, before = _seen(user)
        yield
        kept, now = _seen(user)
        if now != before:
            history.log(verb, account=kept, by=by, factors=now["factors"])


@transaction.atomic
def set_password(
    *, user: User, password: str, by: User | None = None, channel: str = history.WEB
) -> None:
    """Give an account a new password; whatever else changed of it meanwhile stays changed."""
    kept = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    kept.set_password(password)
    kept.save(update_fields=["password"])
    user.password = kept.password
    history.log("accounts.password_set", account=kept, by=by, channel=channel)


@transaction.atomic
def deactivate_account(*, user: User, by: User | None = None) -> None:
    """Close an account: its open sessions end at their next request. What it did stays.

    Locks the operators' rows, so that two of them cannot close each other's account at once.

    Raises:
        ValidationError: it is the last operator's (code ``last_operator``).
    """
    operators = User.objects.operators().active().select_for_update(no_key=True).order_by("pk")
    if user.is_operator and list(operators) == [user]:
        raise ValidationError("The last operator’s account stays open.", code="last_operator")
    with changing(user, "accounts.account_closed", by=by):
        User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False


def reactivate_account(*, user: User, by: User | None = None) -> None:
    """Open a closed account again."""
    with changing(user, "accounts.account_opened", by=by):
        User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


def set_theme(*, user: User, theme: str) -> None:
    """Keep whether the person's pages are light, dark, or as the device has it."""
    user.theme = theme
    user.clean_fields(exclude={"password"})
    user.save(update_fields=["theme"])


@transaction.atomic
def end_session(*, user: User, uid: str, this: str | None) -> None:
    """Sign this person out in another browser; what it asks next is asked to sign in.

    Raises:
        ValidationError: they have no other session of this name, or it has ended already (code
            ``no_such_session``).
    """
    others = [one for one in open_sessions(user, this=this) if not one.is_this]
    ended = sum(_end(user, one) for one in others if one.uid == uid)
    if not ended:
        raise ValidationError("That session has ended already.", code="no_such_session")
    history.log("accounts.session_ended", account=user, by=user)


@transaction.atomic
def end_other_sessions(*, user: User, this: str | None) -> int:
    """Sign this person out in every browser but this one; returns in how many."""
    others = [one for one in open_sessions(user, this=this) if not one.is_this]
    ended = sum(_end(user, one) for one in others)
    if ended:
        history.log("accounts.other_sessions_ended", account=user, by=user, sessions=ended)
    return ended


def set_key_map(*, user: User, key_map: dict[str, str]) -> None:
    """Keep the person's own keys."""
    user.key_map = key_map
    user.clean_fields(exclude={"password"})
    user.save(update_fields=["key_map"])


@transaction.atomic
def erase_person(*, user: User, by: User | None = None) -> None:
    """Erase name and address for good; what the person did stays, under the account's uid.

    The salt goes too, so that nobody can try addresses against the seals of earlier events.
    """
    user.full_name = "Erased person"
    user.email = f"erased-{user.uid}@erased.invalid"
    user.is_active = False
    user.salt = new_salt()
    user.set_unusable_password()
    user.save(update_fields=["full_name", "email", "is_active", "salt", "password"])
    EmailAddress.objects.filter(user=user).delete()
    history.log("accounts.person_erased", account=user, by=by)


def owns_address(*, user: User, address: str) -> bool:
    """Say whether an address is proved to be this person's; one only claimed opens nothing."""
    proved = EmailAddress.objects.filter(user=user, verified=True)
    return proved.filter(email=address.strip().lower()).exists()


@transaction.atomic
def verify_address(
    *, user: User, address: str, by: User | None = None, channel: str = history.WEB
) -> bool:
    """Take an address of an account for proved; returns whether it was not before.

    Raises:
        ValidationError: the account has no such address (code ``unknown_address``), or it is
            another account's (code ``taken``).
    """
    address = address.strip().lower()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    elsewhere = EmailAddress.objects.filter(email=address, verified=True).exclude(user=user)
    if elsewhere.exists() or User.objects.named(address).exclude(pk=user.pk).exists():
        raise ValidationError(f"{address} belongs to another account.", code="taken")
    claims = EmailAddress.objects.filter(user=user)
    claim = claims.filter(email=address).first()
    if claim is None and user.email != address:
        raise ValidationError(
            f"{user.email} has no address {address}: it is added on the page of addresses first.",
            code="unknown_address",
        )
    if claim is None:
        primary = not claims.filter(primary=True).exists()
        claim = EmailAddress(user=user, email=address, primary=primary)
    elif claim.verified:
        return False
    claim.verified = True
    claim.save()
    main = user.email == address
    history.log("accounts.address_verified", account=user, by=by, channel=channel, main=main)
    return True


def password_reset_key(*, user: User) -> str:
    """Return the key of a link that lets the account's owner set a password, once.

    For installations without mail: the operator hands the link over.
    """
    return default_token_generator.make_token(user)


def _end(user: User, session: OpenSession) -> int:
    """Remove a session; 1, or 0 where it went meanwhile."""
    removed, _ = AccountSession.objects.filter(pk=session.key, account=user).delete()
    return removed


def _seen(user: User) -> tuple[User, dict[str, Any]]:
    """Return the account as it is stored, under its lock, and what of it makes an event."""
    kept = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    proved = EmailAddress.objects.filter(user=kept, verified=True).order_by("pk")
    factors = Authenticator.objects.filter(user=kept).order_by("pk")
    return kept, {
        "seal": kept.seal(),
        "proved": list(proved.values_list("email", flat=True)),
        "factors": [f"{factor.type} {factor.created_at.isoformat()}" for factor in factors],
    }
