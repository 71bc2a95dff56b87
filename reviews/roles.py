"""Who may do what: roles, capabilities and the one permission table."""

from django.db import models


class Role(models.TextChoices):
    """The part a member plays in one review."""

    LEAD = "lead", "Lead"
    ADJUDICATOR = "adjudicator", "Adjudicator"
    REVIEWER = "reviewer", "Reviewer"
    OBSERVER = "observer", "Observer"


class Capability(models.TextChoices):
    """One thing that a role may allow."""

    READ = "read", "read released results"
    SCREEN = "screen", "screen the records dealt to them"
    EXTRACT = "extract", "extract the studies assigned to them"
    ADJUDICATE = "adjudicate", "settle what two people could not"
    IMPORT = "import", "import records and settle duplicates"
    MANAGE = "manage", "set up the review, its people and its stages"


GRANTS: dict[str, frozenset[str]] = {
    Role.LEAD: frozenset(Capability),
    Role.ADJUDICATOR: frozenset(
        {Capability.READ, Capability.SCREEN, Capability.EXTRACT, Capability.ADJUDICATE}
    ),
    Role.REVIEWER: frozenset({Capability.READ, Capability.SCREEN, Capability.EXTRACT}),
    Role.OBSERVER: frozenset({Capability.READ}),
}


def roles_with(capability: str) -> list[str]:
    """Return the roles that grant a capability."""
    return [role for role, granted in GRANTS.items() if capability in granted]
