"""Where our rules meet those of the log-in library."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

INVITATION_SESSION_KEY = "invitation_token"
INVITATION_EMAIL_KEY = "invitation_email"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation unless the installation is open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say whether this visitor may make an account.

        The page of an invitation puts its token into the session once it has been checked.
        """
        return settings.OPEN_SIGNUP or bool(request.session.get(INVITATION_SESSION_KEY))

    def clean_email(self, email: str) -> str:
        """Return the address in small letters, as accounts keep it.

        Where accounts come by invitation, it must be the one that was invited.
        """
        cleaned = str(super().clean_email(email)).lower()
        visitor = self.request
        if settings.OPEN_SIGNUP or visitor is None or visitor.user.is_authenticated:
            return cleaned
        invited = visitor.session.get(INVITATION_EMAIL_KEY)
        if invited is not None and cleaned != invited:
            raise ValidationError(
                "Your invitation was made out to another address.", code="other_address"
            )
        return cleaned
