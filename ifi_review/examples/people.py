"""The sample accounts of the worked examples, one for each role."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from reviews.choices import Channel
from reviews.models import Membership
from reviews.roles import Role
from reviews.services import add_member, create_review

SAMPLE_PASSWORD = "ischiofemoral"
SAMPLE_ACCOUNTS = {
    "lead@example.org": ("Sample Lead", Role.LEAD),
    "reviewer1@example.org": ("Sample Reviewer One", Role.REVIEWER),
    "reviewer2@example.org": ("Sample Reviewer Two", Role.REVIEWER),
    "adjudicator@example.org": ("Sample Adjudicator", Role.ADJUDICATOR),
    "observer@example.org": ("Sample Observer", Role.OBSERVER),
}


@dataclass(frozen=True, kw_only=True)
class Team:
    """The members of one example review."""

    lead: Membership
    first: Membership
    second: Membership
    adjudicator: Membership


def sample_people(*, with_passwords: bool) -> dict[str, User]:
    """Return the sample accounts by address, making those that are missing.

    Without passwords the accounts cannot sign in until somebody resets them.
    """
    people = {}
    for email, (name, _) in SAMPLE_ACCOUNTS.items():
        user = User.objects.filter(email=email).first()
        if user is None:
            password = SAMPLE_PASSWORD if with_passwords else None
            user = User.objects.create_user(email=email, password=password, full_name=name)
        people[email] = user
    return people


def make_team(people: dict[str, User], *, slug: str, **settings: Any) -> Team:
    """Create a review with one sample account in each role."""
    lead = create_review(
        lead=people["lead@example.org"], slug=slug, channel=Channel.COMMAND, **settings
    )
    members = {
        email: add_member(lead=lead, user=people[email], role=role)
        for email, (_, role) in SAMPLE_ACCOUNTS.items()
        if role != Role.LEAD
    }
    for member in members.values():
        member.channel = Channel.COMMAND
    return Team(
        lead=lead,
        first=members["reviewer1@example.org"],
        second=members["reviewer2@example.org"],
        adjudicator=members["adjudicator@example.org"],
    )
