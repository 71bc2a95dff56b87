"""The events of a review as sentences.

A sentence is made of who, what and when. What a vote, a value or a settlement said is never in it:
the phrase of a verb is a fixed text, and only the facts of ``reviews`` itself (roles, names of
settings) are read. Higher packages hand over the phrases of their verbs when the application
starts, as with ``reviews.work``; a verb without one is taken apart, so that it can be read.

Each package also declares of every verb whether reports may print something else after it
(``REPORTED``) or not (``UNREPORTED``). Reports are dated by reported acts alone: the time of any
other would tell who reads results when a colleague works.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from reviews.choices import Channel
from reviews.models import AuditEvent, Membership, ReviewSettings
from reviews.roles import Role

MEMBER = "reviews.membership:"
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One event as a person reads it; or several alike, of which ``at`` is the last."""

    who: str
    did: str
    at: datetime
    times: int = 1


_phrases: dict[str, str] = {}


def register(phrases: Mapping[str, str]) -> None:
    """Add what an event with each verb says after the person's name: "voted on a record"."""
    _phrases.update(phrases)


def sentences(events: Iterable[AuditEvent]) -> list[Sentence]:
    """Return the events as sentences; one query for the names of the members in them."""
    shown = list(events)
    uids = [event.subject.removeprefix(MEMBER) for event in shown if _names_a_member(event)]
    members = Membership.objects.filter(uid__in=uids).select_related("user") if uids else []
    names = {f"{MEMBER}{member.uid}": str(member) for member in members}
    return [Sentence(who=_who(event), did=_did(event, names), at=event.at) for event in shown]


def in_short(events: Iterable[AuditEvent], most: int) -> list[Sentence]:
    """Return the last events as few sentences: what one person did again and again is said once."""
    told = groupby(sentences(events), key=lambda sentence: (sentence.who, sentence.did))
    found = []
    for _, same in islice(told, most):
        last, *others = same
        found.append(replace(last, times=1 + len(others)))
    return found


def _who(event: AuditEvent) -> str:
    who = str(event.actor or event.user or "The system")
    return f"{who} (by command)" if event.channel == Channel.COMMAND else who


def _did(event: AuditEvent, names: Mapping[str, str]) -> str:
    if event.verb in OWN:
        return OWN[event.verb](event, names.get(event.subject, "a member"))
    if event.verb in _phrases:
        return _phrases[event.verb]
    app, _, act = event.verb.partition(".")
    return f"{app}: {act.replace('_', ' ')}"


def _names_a_member(event: AuditEvent) -> bool:
    return event.verb in OWN and event.subject.startswith(MEMBER)


def _role(facts: Facts) -> str:
    return Role(facts["role"]).label.lower()


def _member_added(event: AuditEvent, name: str) -> str:
    role = _role(event.facts_read())
    joined = event.actor is not None and event.subject == f"{MEMBER}{event.actor.uid}"
    return f"joined as {role}" if joined else f"added {name} as {role}"


def _settings_changed(event: AuditEvent, _: str) -> str:
    names = [_setting(name) for name in event.facts_read()["fields"]]
    return f"changed the settings: {', '.join(names)}{_why(event)}"


def _setting(name: str) -> str:
    names = {field.name: field.verbose_name for field in ReviewSettings._meta.concrete_fields}
    return str(names.get(name, name))


def _why(event: AuditEvent) -> str:
    why = event.facts_read().get("why", "")
    return f", because “{why}”" if why else ""


OWN: dict[str, Callable[[AuditEvent, str], str]] = {
    "reviews.review_created": lambda event, name: "made this review",
    "reviews.settings_changed": _settings_changed,
    "reviews.criteria_set": lambda event, name: (
        f"wrote the {event.facts_read()['kind']} criteria{_why(event)}"
    ),
    "reviews.exclusion_reasons_set": lambda event, name: (
        f"put the reasons for exclusion in order{_why(event)}"
    ),
    "reviews.member_added": _member_added,
    "reviews.role_changed": lambda event, name: f"made {name} {_role(event.facts_read())}",
    "reviews.member_removed": lambda event, name: f"removed {name}",
    "reviews.member_invited": lambda event, name: (
        f"invited a person as {_role(event.facts_read())}"
    ),
    "reviews.invitation_revoked": lambda event, name: "withdrew an invitation",
}
REPORTED = frozenset(
    {
        "reviews.review_created",
        "reviews.settings_changed",
        "reviews.criteria_set",
        "reviews.exclusion_reasons_set",
    }
)
UNREPORTED = frozenset(
    {
        "reviews.member_added",
        "reviews.role_changed",
        "reviews.member_removed",
        "reviews.member_invited",
        "reviews.invitation_revoked",
    }
)
