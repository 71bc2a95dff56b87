"""Vocabulary of records: where they come from, and which of them are one paper."""

from django.db import models


class SourceKind(models.TextChoices):
    """Where records come from, in the words of PRISMA."""

    DATABASE = "database", "Database"
    REGISTER = "register", "Register"
    WEBSITE = "website", "Website"
    ORGANISATION = "organisation", "Organisation"
    CITATION = "citation", "Citation searching"
    OTHER = "other", "Other method"


class SearchDirection(models.TextChoices):
    """Which way a citation search went from the papers it began with."""

    BACKWARD = "backward", "What they cite"
    FORWARD = "forward", "What cites them"
    BOTH = "both", "Both ways"


class BatchStanding(models.TextChoices):
    """Where an import stands; its records are visible while it is published."""

    RECEIVED = "received", "Waiting for your look"
    STAGING = "staging", "Being imported"
    PUBLISHED = "published", "Imported"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"
    UNDONE = "undone", "Undone"


class JobStanding(models.TextChoices):
    """Where the background job of a begun import stands."""

    QUEUED = "queued", "Waiting for the worker"
    RUNNING = "running", "Running"
    BROKEN = "broken", "Broken off"
    ABSENT = "absent", "Not queued"


class DuplicateStanding(models.TextChoices):
    """What was decided of a record within a group of duplicates."""

    MERGED = "merged", "Merged"
    WAITING = "waiting", "Waiting for a person"
    SEPARATE = "separate", "Not a duplicate"
    COMPANION = "companion", "Another report of the same study"


class NoticeKind(models.TextChoices):
    """What a journal has said of a paper since it appeared."""

    RETRACTION = "retraction", "Retracted"
    CONCERN = "concern", "Expression of concern"
    CORRECTION = "correction", "Corrected"
