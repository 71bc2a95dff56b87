"""Where our rules meet those of the log-in library."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts import history, services
from accounts.invited import invited_address
from accounts.models import User
from accounts.sessions import SIGNED_IN, begun


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation unless the installation is open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say whether this visitor may make an account: invited, and the invitation still open."""
        return settings.OPEN_SIGNUP or invited_address(request.session) is not None

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Say whether an address is proved: who came by the link made out to it proved it."""
        proved: bool = super().is_email_verified(request, email)
        return proved or email.lower() == invited_address(request.session)

    def invited_address(self) -> str | None:
        """Return the address of the open invitation by which the visitor came, if by any."""
        visitor = self.request
        return invited_address(visitor.session) if visitor is not None else None

    def clean_email(self, email: str) -> str:
        """Return the address in small letters, as accounts keep it.

        Where accounts come by invitation, it must be the one that was invited.
        """
        cleaned = str(super().clean_email(email)).lower()
        visitor = self.request
        if settings.OPEN_SIGNUP or visitor is None or visitor.user.is_authenticated:
            return cleaned
        invited = self.invited_address()
        if invited is not None and cleaned != invited:
            raise ValidationError(
                "Your invitation was made out to another address.", code="other_address"
            )
        return cleaned

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the account that a visitor made, with its name, and write it down."""
        super().save_user(request, user, form, commit=False)
        user.full_name = form.cleaned_data["full_name"]
        if commit:
            with transaction.atomic():
                user.save()
                history.log("accounts.account_made", account=user, by=user)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign a person in, and keep in the session when that was and in what browser."""
        super().login(request, user)
        request.session[SIGNED_IN] = begun(request.headers.get("User-Agent", ""))

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password, and write down that there is one."""
        services.set_password(user=user, password=password, by=self._signed_in())

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as verified; it may become the account's."""
        with services.changing(
            email_address.user, "accounts.address_verified", by=self._signed_in()
        ):
            return bool(super().confirm_email(request, email_address))

    def _signed_in(self) -> User | None:
        visitor = self.request.user if self.request is not None else None
        return visitor if isinstance(visitor, User) else None
