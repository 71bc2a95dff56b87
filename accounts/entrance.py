"""Forms at the entrance: those of the log-in library, with our rules."""

from typing import Any

from allauth.account import forms as library
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa import app_settings as second_step_settings
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache

from accounts.models import User
from accounts.services import owns_address


class SignupForm(library.SignupForm):
    """Name, address and password; an invited person is not asked for the address again.

    The name is kept with the account, in ``accounts.adapters``.
    """

    full_name = forms.CharField(
        label="Name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As it should stand in the review: others of your team see it.",
    )
    field_order = ("full_name", "email", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invited = get_adapter().invited_address()
        if invited is not None:
            field = self.fields["email"]
            field.initial = invited
            field.help_text = "The address you were invited by; the link proves that it is yours."
            field.widget.attrs["readonly"] = not settings.OPEN_SIGNUP

    def validate_unique_email(self, value: str) -> str:
        """Refuse an address that has an account; that others only claim an invited one is no bar.

        Raises:
            ValidationError: the address has an account.
        """
        if value != get_adapter().invited_address():
            unique: str = super().validate_unique_email(value)
            return unique
        if User.objects.named(value).exists() or EmailAddress.objects.is_verified(value):
            raise get_adapter().validation_error("email_taken")
        return value

    def save(self, request: Any) -> AbstractBaseUser:
        """Make the account; who proves an address takes it from those who only claimed it."""
        address = self.cleaned_data["email"]
        if address == get_adapter().invited_address():
            EmailAddress.objects.filter(email=address, verified=False).delete()
        user: AbstractBaseUser = super().save(request)
        return user


class ResetPasswordForm(library.ResetPasswordForm):
    """The address of an account whose password is lost."""

    users: list[User]

    def clean_email(self) -> str:
        """Find the accounts whose main address it is, or a confirmed one: a claim opens nothing."""
        address: str = super().clean_email()
        self.users = [
            user
            for user in self.users
            if user.email == address.lower() or owns_address(user=user, address=address)
        ]
        return address


def _once(code: str, used: Authenticator) -> str:
    """Refuse a code that has opened before, for as long as it would be taken.

    The library remembers a code for one of its periods, and takes it in those around it as well.
    """
    digits = "".join(filter(str.isdigit, code))
    lasts = second_step_settings.TOTP_PERIOD * (2 * second_step_settings.TOTP_TOLERANCE + 1)
    app = used.type == Authenticator.Type.TOTP
    if app and not cache.add(f"accounts.used:{used.pk}:{digits}", "y", timeout=lasts):
        raise get_adapter().validation_error("incorrect_code")
    return code


class AuthenticateForm(second_step.AuthenticateForm):
    """The code that is asked for after the password; it opens once."""

    def clean_code(self) -> str:
        """Refuse a code that has opened before."""
        return _once(super().clean_code(), self.authenticator)


class ReauthenticateForm(second_step.ReauthenticateForm):
    """The code that is asked for before something delicate; it opens once."""

    def clean_code(self) -> str:
        """Refuse a code that has opened before."""
        return _once(super().clean_code(), self.authenticator)
