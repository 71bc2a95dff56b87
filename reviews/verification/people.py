"""The members and the invitations of a review are those that its events made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from reviews import stored
from reviews.audit import invitation_seal
from reviews.models import AuditEvent, Review

MEMBER = "reviews.membership"
INVITATION = "reviews.invitation"


@dataclass(kw_only=True)
class _Member:
    """What the events say of a member; without a role once removed."""

    role: str
    user: str
    joined_at: datetime
    removed_at: datetime | None = None


@dataclass(kw_only=True)
class _Invitation:
    """What the events say of an invitation."""

    seal: str
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None


class People:
    """Follows the events of a review, and then compares the tables with what they said."""

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._invitations: dict[str, _Invitation] = {}

    def follow(self, event: AuditEvent, facts: dict[str, Any]) -> None:
        """Take in what one event says of people."""
        match event.verb:
            case "reviews.review_created" | "reviews.member_added":
                self._added(event, facts)
            case "reviews.role_changed":
                if member := self._members.get(str(facts.get("member"))):
                    member.role = str(facts.get("role"))
            case "reviews.member_removed":
                if member := self._members.get(str(facts.get("member"))):
                    member.removed_at = event.at
            case "reviews.member_invited":
                self._revoke(facts.get("revoked", []), event.at)
                uid = event.subject.removeprefix(f"{INVITATION}:")
                self._invitations[uid] = _Invitation(seal=str(facts.get("seal")))
            case "reviews.invitation_revoked":
                self._revoke([event.subject.removeprefix(f"{INVITATION}:")], event.at)

    def problems(self, review: Review) -> Iterator[str]:
        """Name every member and invitation that is not what the events made of it."""
        yield from self._of_members(review)
        yield from self._of_invitations(review)

    def _added(self, event: AuditEvent, facts: dict[str, Any]) -> None:
        uid = str(facts.get("member"))
        role, user = str(facts.get("role")), str(facts.get("user"))
        known = self._members.get(uid)
        joined_at = known.joined_at if known else event.at
        self._members[uid] = _Member(role=role, user=user, joined_at=joined_at)
        if taken := self._invitations.get(str(facts.get("invitation"))):
            taken.accepted_at = event.at

    def _revoke(self, uids: Any, at: datetime) -> None:
        for uid in uids if isinstance(uids, list) else []:
            if known := self._invitations.get(str(uid)):
                known.revoked_at = at

    def _of_members(self, review: Review) -> Iterator[str]:
        said = dict(self._members)
        rows = stored.readable(review.memberships.all())
        values = "uid", "role", "user", "joined_at", "removed_at"
        users = _users_of(review)
        for uid, role, user, joined_at, removed_at in rows.order_by("pk").values_list(*values):
            name = f"{MEMBER}:{uid}"
            member = said.pop(str(uid), None)
            if member is None:
                yield f"{name}: no event made this person a member"
                continue
            now, then = "" if removed_at else role, "" if member.removed_at else member.role
            if now != then:
                yield (
                    f"{name}: is {now or 'removed'} in the table of members and "
                    f"{then or 'removed'} by the events"
                )
            elif (role, removed_at) != (member.role, member.removed_at):
                yield f"{name}: was removed with another role, or at another instant, by the events"
            if users.get(user) != member.user:
                yield f"{name}: belongs to another account than by the events"
            if joined_at != member.joined_at:
                yield f"{name}: joined at another instant by the events"
        for uid in said:
            yield f"{MEMBER}:{uid}: the events name this member, who is not in the table"

    def _of_invitations(self, review: Review) -> Iterator[str]:
        said = dict(self._invitations)
        rows = stored.readable(review.invitations.all()).order_by("pk")
        members = dict(
            stored.readable(review.memberships.all(), "id", "uid").values_list("pk", "uid")
        )
        for row in rows:
            name = f"{INVITATION}:{row.uid}"
            known = said.pop(str(row.uid), None)
            if known is None:
                yield f"{name}: no event made this invitation"
                continue
            if known.seal != invitation_seal(row, members.get(row.invited_by_id)):
                yield f"{name}: does not say what was sealed when it was made"
            if (row.accepted_at, row.revoked_at) != (known.accepted_at, known.revoked_at):
                yield f"{name}: was accepted or revoked otherwise by the events"
        for uid in said:
            yield f"{INVITATION}:{uid}: the events name this invitation, which is not in the table"


def _users_of(review: Review) -> dict[int, str]:
    """Return the uids of the accounts of the members, by key."""
    found = User.objects.filter(memberships__review=review)
    pairs = stored.readable(found, "id", "uid").values_list("pk", "uid").distinct()
    return {key: str(uid) for key, uid in pairs}
