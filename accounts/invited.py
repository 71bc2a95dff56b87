"""Which address a visitor was invited by: asked here, answered by who keeps the invitations.

Accounts know nothing of reviews. So the package above hands over, when the application starts,
how the address of an open invitation is found (``docs/decisions/`` says why such lists).
"""

from collections.abc import Callable, Mapping
from typing import Any

# The session keeps which invitation it was and never its link, which would lie readable there.
INVITATION_SESSION_KEY = "invitation"

Finder = Callable[[str], str | None]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add what finds the address of an open invitation by its uid; once each."""
    if finder not in _finders:
        _finders.append(finder)


def invited_address(session: Mapping[str, Any]) -> str | None:
    """Return the address of the invitation by which a visitor came, while it is open."""
    invitation = session.get(INVITATION_SESSION_KEY)
    if not invitation:
        return None
    found = (finder(invitation) for finder in _finders)
    return next((address.lower() for address in found if address), None)
