"""Where our rules meet those of the log-in library."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.invited import invited_address


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
