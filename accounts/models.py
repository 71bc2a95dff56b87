"""The account of a person, and how accounts are made and found."""

import hashlib
import json
import secrets
import uuid
import zoneinfo
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower

from accounts import history
from accounts.choices import Theme
from accounts.keys import ACTIONS, moved_keys
from accounts.sessions import AccountSession
from accounts.validators import validate_key_map

__all__ = ["AccountSession", "User", "UserManager", "UserQuerySet"]


def validate_time_zone(name: str) -> None:
    """Refuse a name that is no time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone from the list.", code="unknown_time_zone")


def new_salt() -> str:
    """Return what makes the seal of an account unlike that of any other with the same address."""
    return secrets.token_hex(16)


class UserQuerySet(models.QuerySet["User"]):
    """Accounts."""

    def active(self) -> Self:
        """Return the accounts that may sign in."""
        return self.filter(is_active=True)

    def operators(self) -> Self:
        """Return the accounts that run the installation."""
        return self.filter(is_superuser=True)

    def named(self, email: str) -> Self:
        """Return the account with this address, however its letters are written."""
        return self.filter(email=email.strip().lower())

    def in_order(self) -> Self:
        """Return the accounts by address."""
        return self.order_by("email", "pk")


# The types know no base class that is made by a call; given a name, they know it only now and then.
class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; an address is kept in small letters, so that it is one account.

    Pages make theirs through ``accounts.services`` and ``accounts.adapters``; here a command does.
    """

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account; without a password nobody can sign in to it until one is set."""
        if not email or not email.strip():
            raise ValueError("an account needs an e-mail address")
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            history.log("accounts.account_made", account=user, channel=history.COMMAND)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an operator."""
        return self.create_user(email, password, **{**fields, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return the account that signs in with this address."""
        user: User = self.get(email=(email or "").strip().lower())
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    What a person may do in a review is a membership there. The account itself knows only whether
    the person runs the installation; ``is_superuser`` is Django's name for that.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": "There is already an account with this address."},
    )
    full_name = models.CharField("name", max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    shortcuts = models.BooleanField(
        "single-key shortcuts",
        default=True,
        help_text="Keys such as I for include. Off: only the mouse, Tab and Enter.",
    )
    key_map = models.JSONField(default=dict, blank=True, validators=[validate_key_map])

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_whatever_its_case",
                violation_error_message="There is already an account with this address.",
            ),
            models.CheckConstraint(
                condition=models.Q(theme__in=Theme.values), name="user_theme_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """Return the person's name, or the address of one who gave none."""
        return self.full_name or self.email

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return self.get_full_name().split()[0]

    def seal(self) -> str:
        """Return the digest of who this is and may run the installation, for the events."""
        said = (self.email, self.full_name, self.is_superuser, self.is_active)
        text = json.dumps([self.salt, str(self.uid), self.joined_at.isoformat(), *said])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def moved_keys(self) -> dict[str, str]:
        """The standard keys that this person has moved, and where to, for the page's script."""
        return moved_keys(self.key_map)

    @property
    def own_keys(self) -> dict[str, str]:
        """Every action with the key it has for this person, for what pages say of keys."""
        return {name: self.key_map.get(name, action.key) for name, action in ACTIONS.items()}

    @property
    def is_operator(self) -> bool:
        """Whether the person runs this installation."""
        return self.is_superuser
