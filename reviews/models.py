"""The review, its people, its protocol and its chain of events."""

import json
import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import FilteredRelation, Q
from django.utils import timezone
from django.utils.functional import cached_property

from reviews import telling
from reviews.choices import Channel, CriterionKind, ReleaseRule, SettlingRule
from reviews.roles import GRANTS, Capability, Role
from reviews.selection import validate_rule
from reviews.updates import BOTH, validate_update
from reviews.versions import CURRENT, Versioned, valid
from reviews.words import validate_words

# Of studies and of reports: no review is so large, and every database can hold it.
AT_MOST = MaxValueValidator(100_000)


class Review(models.Model):
    """One systematic review, and the head of its chain of events.

    The row is the lock of every change within the review: ``reviews.audit.begin`` takes it last.
    ``title`` is a cache of the current ``ReviewSettings``.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    chain_length = models.PositiveBigIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)
    last_event_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def settings(self) -> "ReviewSettings":
        """Return the settings now in force, read once per instance."""
        current: ReviewSettings = self.settings_versions.current().get()
        return current

    def criteria(self) -> models.QuerySet["Criterion"]:
        """Return the eligibility criteria now in force, in order."""
        current = Criterion.objects.current().filter(review=self)
        return current.order_by("kind", "position", "pk")

    def exclusion_reasons(self) -> models.QuerySet["ExclusionReason"]:
        """Return the reasons for exclusion now in force, the first by PRISMA priority first."""
        current = ExclusionReason.objects.current().filter(review=self)
        return current.order_by("position", "pk")


class InstallationChain(models.Model):
    """The head of the chain of events that belong to no review; one row."""

    chain_length = models.PositiveBigIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)
    last_event_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"installation chain of {self.chain_length} events"


class MembershipQuerySet(models.QuerySet[Any]):
    """The people of a review."""

    def active(self) -> Self:
        """Return the members who have not been removed, in order of joining."""
        return self.filter(removed_at__isnull=True).order_by("pk")

    def with_settings(self) -> Self:
        """Fetch review, person and the review's settings beside each member; one query."""
        current = FilteredRelation(
            "review__settings_versions", condition=valid(None, "review__settings_versions__")
        )
        return self.annotate(settings=current).select_related("review", "user", "settings")


class Membership(models.Model):
    """One person in one review.

    Account, role and both instants are caches of the member events of the chain; ``verify``
    recomputes them.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    # How this member's changes reach the product; a command or a task says so on its instance.
    channel: str = Channel.WEB

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"],
                name="membership_once_per_person",
                violation_error_message="This person is a member of the review already.",
            ),
        ]

    def __str__(self) -> str:
        return self.user.get_full_name() or self.user.email

    @property
    def capabilities(self) -> frozenset[str]:
        """Return what this member may do; nothing once removed."""
        return frozenset() if self.removed_at else GRANTS[self.role]

    def can(self, capability: str) -> bool:
        """Return whether the member's role grants ``capability``."""
        return capability in self.capabilities


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations, and which of them still serve."""

    def open(self) -> Self:
        """Return the invitations that can be accepted, newest first.

        One that was accepted, revoked or has expired cannot, nor one whose inviter is no longer a
        lead of the review.
        """
        return self.filter(
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
            invited_by__removed_at__isnull=True,
            invited_by__role=Role.LEAD,
        ).order_by("-created_at", "-pk")


class Invitation(models.Model):
    """An invitation by link: only the hash of its token is stored."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return f"invitation of {self.email}"


class AuditEventQuerySet(models.QuerySet[Any]):
    """Events, and who may read them."""

    def visible_to(self, viewer: Membership) -> Self:
        """Return the events this member may read, newest first.

        The lead reads all events of the review (never the verdicts in them), but for those that
        would tell a lead who screens or extracts too where the other differs from them; everybody
        else reads their own, so that nobody learns through the log what another person did.
        """
        events = self.filter(review=viewer.review_id).order_by("-position")
        if viewer.can(Capability.MANAGE):
            return events.filter(Q(actor=viewer) | ~Q(verb__in=telling.kept_from(viewer)))
        return events.filter(actor=viewer)


class AuditEvent(models.Model):
    """One act, chained by hash to the act before it; written by ``reviews.audit`` alone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    position = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    channel = models.CharField(max_length=10, choices=Channel)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, blank=True)
    facts = models.TextField()
    rows_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["review", "position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="event_position_once"),
            models.UniqueConstraint(
                fields=["position"],
                condition=Q(review__isnull=True),
                name="event_installation_position_once",
            ),
        ]
        indexes = [
            models.Index(fields=["review", "at"], name="event_by_instant"),
            models.Index(fields=["review", "verb", "at"], name="event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.verb}"

    def facts_read(self) -> dict[str, Any]:
        """Return the facts of the event, decoded."""
        return json.loads(self.facts)


class ReviewSettings(Versioned):
    """What the lead decided about the review: question, unit of analysis and process."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="settings_versions")
    title = models.CharField(max_length=300)
    population = models.TextField(blank=True)
    intervention = models.TextField(blank=True)
    comparator = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    registration = models.CharField(max_length=200, blank=True)
    unit_singular = models.CharField(max_length=30, default="hip")
    unit_plural = models.CharField(max_length=30, default="hips")
    units_per_patient = models.PositiveSmallIntegerField(default=2)
    release_rule = models.CharField(
        max_length=20, choices=ReleaseRule, default=ReleaseRule.STAGE_CLOSED
    )
    settling_rule = models.CharField(
        max_length=20, choices=SettlingRule, default=SettlingRule.DISCUSSION
    )
    adjudicator_may_have_voted = models.BooleanField(default=False)
    # What relaxes independence or what totals print; the methods paragraph says so.
    single_extraction = models.BooleanField(default=False)
    sum_all_treatments = models.BooleanField(default=False)
    affected_at_least = models.BooleanField(default=False)
    # How one of several results for one outcome is chosen, one criterion a line.
    selection_rule = models.TextField(blank=True, validators=[validate_rule])
    # Marked in titles and abstracts, one a line.
    include_words = models.TextField(blank=True, validators=[validate_words])
    exclude_words = models.TextField(blank=True, validators=[validate_words])
    # What every page, file and figure of the review must say, and the short form of a table's note.
    notice = models.TextField(blank=True)
    table_note = models.CharField(max_length=60, blank=True)
    votes_note = models.CharField(max_length=60, blank=True)
    identification_note = models.CharField(max_length=200, blank=True)
    claims_heading = models.CharField(max_length=200, blank=True)
    claims_comparable = models.BooleanField(default=False)
    # What the review takes over where it updates an earlier one; nothing where it does not. None
    # has a default: a number would change the digest of rows that are there already.
    previous_studies = models.PositiveIntegerField(null=True, blank=True, validators=[AT_MOST])
    previous_reports = models.PositiveIntegerField(null=True, blank=True, validators=[AT_MOST])
    previous_studies_out = models.PositiveIntegerField(null=True, blank=True, validators=[AT_MOST])
    previous_reports_out = models.PositiveIntegerField(null=True, blank=True, validators=[AT_MOST])
    studies_seen_before = models.PositiveIntegerField(null=True, blank=True, validators=[AT_MOST])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=CURRENT, name="review_settings_one_current"
            ),
            models.CheckConstraint(
                condition=Q(previous_studies__isnull=True, previous_reports__isnull=True)
                | Q(previous_studies__isnull=False, previous_reports__isnull=False),
                name="review_settings_update_has_both",
                violation_error_message=BOTH,
            ),
            models.CheckConstraint(
                condition=Q(units_per_patient__gte=1),
                name="review_settings_at_least_one_unit",
                violation_error_message="A patient has at least one unit of analysis.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def extraction_note(self) -> str:
        """Return what every table must say where studies may be extracted by one person."""
        return "extraction by one person" if self.single_extraction else ""

    @property
    def is_update(self) -> bool:
        """Return whether the review updates an earlier one."""
        return self.previous_studies is not None and self.previous_reports is not None

    def clean(self) -> None:
        """Refuse numbers of an earlier review that cannot be, each beside its field."""
        validate_update(
            studies=self.previous_studies,
            reports=self.previous_reports,
            studies_out=self.previous_studies_out or 0,
            reports_out=self.previous_reports_out or 0,
            seen_before=self.studies_seen_before or 0,
        )


class Criterion(Versioned):
    """One eligibility criterion, shown beside every abstract."""

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=CriterionKind)
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["kind", "position", "pk"]
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "key"], condition=CURRENT, name="criterion_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ExclusionReason(Versioned):
    """A reason for exclusion; ``position`` is its PRISMA priority and its key 1 to 9."""

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "key"], condition=CURRENT, name="exclusion_reason_one_current"
            ),
            models.CheckConstraint(
                condition=Q(label__regex=r"\S"),
                name="exclusion_reason_has_a_label",
                violation_error_message="A reason needs a label.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
