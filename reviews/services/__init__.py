"""Changes of the review itself: settings, criteria, reasons and people."""

from reviews.services.people import (
    INVITATION_DAYS,
    accept_invitation,
    add_member,
    change_role,
    find_invitation,
    invite,
    remove_member,
    revoke_invitation,
    token_of,
)
from reviews.services.protocol import (
    SETTINGS_FIELDS,
    create_review,
    replace_criteria,
    set_criteria,
    set_exclusion_reasons,
    update_settings,
)

__all__ = [
    "INVITATION_DAYS",
    "SETTINGS_FIELDS",
    "accept_invitation",
    "add_member",
    "change_role",
    "create_review",
    "find_invitation",
    "invite",
    "remove_member",
    "replace_criteria",
    "revoke_invitation",
    "set_criteria",
    "set_exclusion_reasons",
    "token_of",
    "update_settings",
]
