"""Where our rules meet those of the log-in library."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

INVITATION_SESSION_KEY = "invitation_token"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation unless the installation is open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say whether this visitor may make an account.

        The page of an invitation puts its token into the session once it has been checked.
        """
        return settings.OPEN_SIGNUP or bool(request.session.get(INVITATION_SESSION_KEY))

    def clean_email(self, email: str) -> str:
        """Return the address in small letters, as accounts keep it."""
        return str(super().clean_email(email)).lower()
