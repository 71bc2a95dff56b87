"""Accounts, and how they are made and found."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


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


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; an address is kept in small letters, so that it is one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account; without a password nobody can sign in to it until one is set."""
        if not email or not email.strip():
            raise ValueError("an account needs an e-mail address")
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an operator."""
        return self.create_user(email, password, **{**fields, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return the account that signs in with this address."""
        user: User = self.get(email=(email or "").strip().lower())
        return user
