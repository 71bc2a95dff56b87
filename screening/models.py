"""Records and where they came from, seats, votes, settlements and full texts."""

from django.db import models
from django.db.models import Q

from reviews.models import CURRENT, AppendOnly, ExclusionReason, Membership, Review, Versioned
from screening.choices import (
    BatchStanding,
    DuplicateStanding,
    Retrieval,
    Settled,
    SourceKind,
    Stage,
    StageStanding,
    Standing,
    Verdict,
)
from screening.querysets import (
    BatchStateQuerySet,
    DecisionQuerySet,
    DuplicateGroupQuerySet,
    RecordQuerySet,
    ResolutionQuerySet,
    SeatQuerySet,
)

FULL_TEXT_EXCLUSION = Q(stage=Stage.FULL_TEXT, verdict=Verdict.EXCLUDE)


class Source(AppendOnly):
    """One database, register or other method that was searched."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "name"],
                name="source_name_once",
                violation_error_message="The review has a source of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceDetails(Versioned):
    """What PRISMA-S asks about a search."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="details")
    kind = models.CharField(max_length=20, choices=SourceKind, default=SourceKind.DATABASE)
    platform = models.CharField(max_length=200, blank=True)
    search_string = models.TextField(blank=True)
    searched_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=CURRENT, name="source_details_one_current"
            ),
        ]


class ImportBatch(AppendOnly):
    """One file read from one source; where it stands and its ledger are in ``BatchState``."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="import_batches")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return self.file_name


class BatchState(Versioned):
    """Where an import stands, and its ledger: found = imported + repeated + rejected.

    ``problems`` is a JSON list of ``{"line", "reason", "rejected"}``.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="states")
    standing = models.CharField(max_length=20, choices=BatchStanding)
    format = models.CharField(max_length=20, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    found = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    problems = models.TextField(default="[]")

    objects = BatchStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=CURRENT, name="batch_state_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(standing=BatchStanding.PUBLISHED)
                | Q(found=models.F("imported") + models.F("repeated") + models.F("rejected")),
                name="batch_state_ledger_balances",
                violation_error_message="The ledger of the import does not balance.",
            ),
        ]


class Record(AppendOnly):
    """One title found by a search, as its file gave it; ``raw`` keeps the text verbatim.

    A record is visible while its batch is published. ``authors`` and ``keywords`` hold one entry
    a line.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="records")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.TextField()
    raw_sha256 = models.CharField(max_length=64)
    source_record_id = models.TextField(blank=True)
    record_type = models.TextField(blank=True)
    title = models.TextField(blank=True)
    translated_title = models.TextField(blank=True)
    authors = models.TextField(blank=True)
    year = models.IntegerField(null=True, blank=True)
    year_text = models.TextField(blank=True)
    journal = models.TextField(blank=True)
    journal_abbreviation = models.TextField(blank=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    pmcid = models.TextField(blank=True)
    issn = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    language = models.TextField(blank=True)
    url = models.TextField(blank=True)
    accession = models.TextField(blank=True)
    database = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="record_number_once"),
        ]
        indexes = [models.Index(fields=["review", "raw_sha256"], name="record_by_raw")]

    def __str__(self) -> str:
        return self.title or f"Record {self.number}"

    @property
    def author_list(self) -> list[str]:
        """Return the authors, one string each."""
        return self.authors.splitlines()

    @property
    def short_name(self) -> str:
        """Return first author and year, as tables name a study; its number without an author."""
        authors = self.author_list
        surname = authors[0].split(",")[0].strip() if authors else ""
        name = " ".join(part for part in (surname, str(self.year or "")) if part)
        return name if surname else f"Record {self.number}"


class DuplicateGroup(AppendOnly):
    """Records that may be one paper; what was decided of each is in ``DuplicateMember``."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="duplicate_groups")

    objects = DuplicateGroupQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]


class DuplicateMember(Versioned):
    """One record within one group: kept or not, why, and who decided (nobody: the machine)."""

    group = models.ForeignKey(DuplicateGroup, on_delete=models.PROTECT, related_name="members")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="duplicate_places")
    kept = models.BooleanField()
    standing = models.CharField(max_length=20, choices=DuplicateStanding)
    score = models.CharField(max_length=10)
    why = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["group", "-kept", "record"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "record"], condition=CURRENT, name="duplicate_member_one_current"
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=CURRENT & Q(standing=DuplicateStanding.MERGED),
                name="duplicate_member_merged_once",
            ),
        ]


class StageState(Versioned):
    """Whether a stage is open for votes."""

    stage = models.CharField(max_length=20, choices=Stage)
    standing = models.CharField(max_length=20, choices=StageStanding)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "stage"], condition=CURRENT, name="stage_state_one_current"
            ),
        ]


class Screener(Versioned):
    """A member among whom the seats of a stage are dealt."""

    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stage", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "member"], condition=CURRENT, name="screener_once_a_stage"
            ),
        ]


class Seat(Versioned):
    """Who votes on what: dealt before voting, two to a record and stage, never the same person.

    ``position`` is the place in this member's own queue, in a seeded order.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="seats")
    stage = models.CharField(max_length=20, choices=Stage)
    number = models.PositiveSmallIntegerField()
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="seats")
    position = models.PositiveIntegerField()

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "number"], condition=CURRENT, name="seat_dealt_once"
            ),
            models.UniqueConstraint(
                fields=["record", "stage", "member"], condition=CURRENT, name="seat_never_both"
            ),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="seat_is_first_or_second"),
        ]
        indexes = [models.Index(fields=["member", "stage", "position"], name="seat_in_queue_order")]


class ScreeningDecision(Versioned):
    """One reviewer's vote on one record at one stage; a change or undo is a new row.

    ``late`` marks a vote changed while an adjudication stands.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    late = models.BooleanField(default=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "member"],
                condition=CURRENT,
                name="screening_decision_one_current",
            ),
            models.CheckConstraint(
                condition=~FULL_TEXT_EXCLUSION | Q(reason__isnull=False),
                name="screening_decision_full_text_exclusion_has_reason",
                violation_error_message="Choose a reason to exclude at full text.",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.EXCLUDE) | Q(reason__isnull=True),
                name="screening_decision_reason_only_with_exclusion",
                violation_error_message="A reason goes with an exclusion only.",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.FULL_TEXT, verdict=Verdict.UNSURE),
                name="screening_decision_full_text_is_sure",
                violation_error_message="At full text the answer is include or exclude.",
            ),
        ]


class Resolution(Versioned):
    """Where a record stands at a stage: what two votes, a discussion or a third person made of it.

    Every vote writes the row anew, whatever the other vote was, so that a reviewer's act costs
    the same and answers the same in every case: ``undecided`` and ``conflict`` are rows too, with
    an empty ``how``. A settlement by a person stands when a vote changes later; its new row keeps
    ``settled_at`` and says ``contested``, which the lead and adjudicators see.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="resolutions")
    stage = models.CharField(max_length=20, choices=Stage)
    verdict = models.CharField(max_length=20, choices=Standing)
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    how = models.CharField(max_length=20, blank=True, choices=Settled)
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    contested = models.BooleanField(default=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage"], condition=CURRENT, name="resolution_one_current"
            ),
            models.CheckConstraint(
                condition=Q(how="", verdict__in=[Standing.UNDECIDED, Standing.CONFLICT])
                | (~Q(how="") & Q(verdict__in=[Standing.INCLUDED, Standing.EXCLUDED])),
                name="resolution_settled_says_how",
            ),
            models.CheckConstraint(
                condition=~FULL_TEXT_EXCLUSION | Q(reason__isnull=False),
                name="resolution_full_text_exclusion_has_reason",
                violation_error_message="Choose a reason to exclude at full text.",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["", Settled.AGREEMENT], member__isnull=True)
                | Q(how__in=[Settled.DISCUSSION, Settled.ADJUDICATION], member__isnull=False),
                name="resolution_named_unless_by_agreement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "stage", "verdict"],
                condition=CURRENT,
                name="resolution_by_verdict",
            )
        ]


class Release(Versioned):
    """The act that lets the votes on a record at a stage be seen and take effect."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="releases")
    stage = models.CharField(max_length=20, choices=Stage)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage"], condition=CURRENT, name="release_one_current"
            ),
        ]


class DiscussionEntry(Versioned):
    """What one of the two holds to be the agreed answer, or that a third person is needed."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="discussion")
    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=20,
        blank=True,
        choices=[(v.value, v.label) for v in (Verdict.INCLUDE, Verdict.EXCLUDE)],
    )
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hand_over = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["recorded_at", "pk"]
        verbose_name_plural = "discussion entries"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "member"],
                condition=CURRENT,
                name="discussion_entry_one_current",
            ),
            models.CheckConstraint(
                condition=Q(hand_over=True, verdict="") | (Q(hand_over=False) & ~Q(verdict="")),
                name="discussion_entry_answers_or_hands_over",
            ),
        ]


class FullText(Versioned):
    """Whether the full text of a record was sought, retrieved or not, and why not."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="full_texts")
    standing = models.CharField(max_length=20, choices=Retrieval)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="full_text_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(standing=Retrieval.NOT_RETRIEVED) | ~Q(why=""),
                name="full_text_not_retrieved_says_why",
                violation_error_message="Say why the full text could not be obtained.",
            ),
        ]
