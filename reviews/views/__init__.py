"""Pages of the review."""

from reviews.views.activity import event_list
from reviews.views.home import my_work, review_create, review_detail
from reviews.views.invitations import invitation_accept
from reviews.views.jump import jump
from reviews.views.members import (
    invitation_revoke,
    member_invite,
    member_list,
    member_remove,
    member_role,
)
from reviews.views.protocol import criteria_edit, reason_list, review_settings

__all__ = [
    "criteria_edit",
    "event_list",
    "invitation_accept",
    "invitation_revoke",
    "jump",
    "member_invite",
    "member_list",
    "member_remove",
    "member_role",
    "my_work",
    "reason_list",
    "review_create",
    "review_detail",
    "review_settings",
]
