"""The counts of a PRISMA 2020 flow diagram and the identities they must fulfil: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BY_SHEET = "named in an extraction sheet, not screened"
IN_SCREENING = "still in screening"
NOT_ASSESSED = "not yet assessed"
NO_STUDY = "not yet put to a study"
# Adjustments that name work to be done: while there is some the flow is right, and not final.
PENDING = (IN_SCREENING, NOT_ASSESSED, NO_STUDY)
BROKEN, OPEN, HOLDS = "broken", "open", "holds"
MOST_TERMS = 6
Term = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class FlowCounts:
    """One column of the diagram, from what was found to what was included.

    ``found`` counts by source and ``kinds`` by kind of source, each counted for itself;
    ``sources`` are the keys of the sources of each kind. ``other_column`` are papers that were
    found here and whose kept record came from the other column, or the other way round with a
    minus sign; ``waiting`` are those no released decision has been made on; ``by_sheet`` those
    that an extraction sheet named, which went to the full texts without being screened.
    """

    found: Mapping[int, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Sequence[int]] = field(default_factory=dict)
    duplicates: int = 0
    other_column: int = 0
    excluded_automatic: int = 0
    excluded_other: int = 0
    by_sheet: int = 0
    screened: int = 0
    waiting: int = 0
    excluded: int = 0
    sought: int = 0
    not_retrieved: int = 0
    awaiting_assessment: int = 0
    assessed: int = 0
    excluded_reports: int = 0
    reasons: Sequence[tuple[str, int]] = ()
    included: int = 0

    @property
    def found_in_all(self) -> int:
        """Return how many records were found."""
        return sum(self.found.values())


@dataclass(frozen=True, kw_only=True)
class Update:
    """What a review takes over from the earlier one that it updates.

    ``seen_before`` are studies included here that the earlier review had already.
    """

    studies: int
    reports: int
    studies_out: int = 0
    reports_out: int = 0
    seen_before: int = 0


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The whole diagram: both columns, and what they lead to."""

    databases: FlowCounts
    others: FlowCounts
    studies: int = 0
    reports_in_studies: int = 0
    unlinked_reports: int = 0
    update: Update | None = None

    @property
    def reports(self) -> int:
        """Return how many reports were included."""
        return self.databases.included + self.others.included

    @property
    def seen_before(self) -> int:
        """Return how many of the studies here are among those included before.

        They are declared beforehand, and counted as they are included.
        """
        return min(self.update.seen_before, self.studies) if self.update else 0

    @property
    def total_studies(self) -> int:
        """Return how many studies the review has, those taken over among them."""
        if self.update is None:
            return self.studies
        kept = self.update.studies - self.update.studies_out
        return kept + self.studies - self.seen_before

    @property
    def total_reports(self) -> int:
        """Return how many reports its studies have, those taken over among them."""
        if self.update is None:
            return self.reports
        return self.update.reports - self.update.reports_out + self.reports


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One identity: what stands on each side, the named adjustments, and what is left over.

    ``left`` is ``of`` what, and the right side the sum of ``terms``, each with its sign. Of one
    that says at most, ``left`` is ``part`` and the right side ``of`` what.
    """

    number: int
    column: str
    says: str
    left: int
    terms: Sequence[Term]
    of: str = ""
    part: str = ""
    letter: str = ""
    adjustments: tuple[Term, ...] = ()
    at_most: bool = False

    @property
    def key(self) -> str:
        """Return the name of the identity among the fields of the diagram."""
        return f"identity_{self.number}{self.letter}_{self.column}"

    @property
    def right(self) -> int:
        """Return the sum of the right side."""
        return sum(number for _, number in self.terms)

    @property
    def residual(self) -> int:
        """Return what no adjustment explains; not zero is an error of the books."""
        over = self.left - self.right - sum(number for _, number in self.adjustments)
        return max(0, over) if self.at_most else over

    @property
    def holds(self) -> bool:
        """Return whether the identity holds."""
        return self.residual == 0

    @property
    def pending(self) -> tuple[Term, ...]:
        """Return the work that is still to be done, by name."""
        return tuple(
            (name, abs(number)) for name, number in self.adjustments if name in PENDING and number
        )

    @property
    def state(self) -> str:
        """Return whether it is broken, holds with work still open, or holds."""
        if not self.holds:
            return BROKEN
        return OPEN if self.pending else HOLDS

    @property
    def sentence(self) -> str:
        """Return the identity with its numbers and its named adjustments."""
        sign = "≤" if self.at_most else "="
        named = "".join(
            f" {'−' if number < 0 else '+'} {abs(number)} ({name})"
            for name, number in self.adjustments
            if number
        )
        waiting = sum(number for _, number in self.pending)
        still = f"; {waiting} still open" if waiting else ""
        holds = "" if self.holds else f"; {self.residual} unexplained"
        return f"{self.says}: {self.left} {sign} {self.right}{named}{still}{holds}"

    @property
    def equation(self) -> str:
        """Return the identity as a sum, as in 1,284 − 311 = 973 screened."""
        if self.at_most:
            return f"{self.left:,} {self.part} ≤ {_sum(self.terms)} {self.of}"
        named = [(f" {name}", number) for name, number in self.adjustments if number]
        return f"{_sum([*self.terms, *named])} = {self.left:,} {self.of}"


def _sum(terms: Sequence[Term]) -> str:
    """Return terms as a sum; the first as it is, the others where they are not zero."""
    (name, first), *others = terms or (("", 0),)
    others = [(name, number) for name, number in others if number]
    if len(others) >= MOST_TERMS:
        return f"{sum(number for _, number in terms):,} in {len(terms)} parts"
    said = "".join(
        f" {'−' if number < 0 else '+'} {abs(number):,}{name}" for name, number in others
    )
    return f"{first:,}{name}{said}"


def identities(flow: Flow) -> list[Identity]:
    """Return identities 1 to 10 for both columns, with every adjustment by name."""
    both = (flow.databases, flow.others)
    return [
        *_of_column("databases", flow.databases),
        *_of_column("others", flow.others),
        Identity(
            number=7,
            column="both",
            says="reports included = assessed − excluded",
            of="reports included",
            left=flow.reports,
            terms=[
                term
                for counts in both
                for term in (("", counts.assessed), ("", -counts.excluded_reports))
            ],
        ),
        Identity(
            number=8,
            letter="a",
            column="both",
            says="studies ≤ reports",
            part="studies",
            of="reports",
            left=flow.studies,
            terms=[("", flow.reports)],
            at_most=True,
        ),
        Identity(
            number=8,
            letter="b",
            column="both",
            says="reports of the included studies = reports included",
            of="in studies",
            left=flow.reports_in_studies,
            terms=[(" reports", flow.reports)],
            adjustments=((NO_STUDY, -flow.unlinked_reports),),
        ),
        *_of_update(flow),
        _nothing_pending(flow),
    ]


def _of_update(flow: Flow) -> list[Identity]:
    """Return identity 9 of a review that updates an earlier one."""
    update = flow.update
    if update is None:
        return []
    return [
        Identity(
            number=9,
            letter="a",
            column="both",
            says="studies in all = earlier + new",
            of="studies in all",
            left=flow.total_studies,
            terms=[(" earlier", update.studies), (" new", flow.studies)],
            adjustments=(
                ("now excluded", -update.studies_out),
                ("included before already", -flow.seen_before),
            ),
        ),
        Identity(
            number=9,
            letter="b",
            column="both",
            says="reports in all = earlier + new",
            of="reports in all",
            left=flow.total_reports,
            terms=[(" earlier", update.reports), (" new", flow.reports)],
            adjustments=(("now excluded", -update.reports_out),),
        ),
    ]


def _nothing_pending(flow: Flow) -> Identity:
    """Return identity 10: what is still to be done is named, and is no error of the books."""
    both = (flow.databases, flow.others)
    waiting = (
        (IN_SCREENING, sum(counts.waiting for counts in both)),
        (NOT_ASSESSED, sum(counts.awaiting_assessment for counts in both)),
        (NO_STUDY, flow.unlinked_reports),
    )
    return Identity(
        number=10,
        column="both",
        says="nothing is pending",
        of="pending",
        left=sum(number for _, number in waiting),
        terms=[("", 0)],
        adjustments=waiting,
    )


def _of_column(name: str, counts: FlowCounts) -> list[Identity]:
    removed = counts.duplicates + counts.excluded_automatic + counts.excluded_other
    return [
        *_of_sources(counts),
        Identity(
            number=2,
            column=name,
            says="screened = found − removed before screening",
            of="screened",
            left=counts.screened,
            terms=[("", counts.found_in_all), ("", -removed)],
            adjustments=(
                (IN_SCREENING, -counts.waiting),
                (BY_SHEET, -counts.by_sheet),
                ("kept record came from the other column", counts.other_column),
            ),
        ),
        Identity(
            number=3,
            column=name,
            says="excluded ≤ screened",
            part="excluded",
            of="screened",
            left=counts.excluded,
            terms=[("", counts.screened)],
            at_most=True,
        ),
        Identity(
            number=4,
            column=name,
            says="sought = screened − excluded",
            of="sought",
            left=counts.sought,
            terms=[("", counts.screened), ("", -counts.excluded)],
            adjustments=((BY_SHEET, counts.by_sheet),),
        ),
        Identity(
            number=5,
            column=name,
            says="assessed = sought − not retrieved",
            of="assessed",
            left=counts.assessed,
            terms=[("", counts.sought), ("", -counts.not_retrieved)],
            adjustments=((NOT_ASSESSED, -counts.awaiting_assessment),),
        ),
        Identity(
            number=6,
            column=name,
            says="reasons add up to the reports excluded",
            of="excluded",
            left=counts.excluded_reports,
            terms=[("", number) for _, number in counts.reasons] or [("", 0)],
        ),
    ]


def _of_sources(counts: FlowCounts) -> list[Identity]:
    """Return identity 1: the sources of each kind add up to what was found in that kind."""
    return [
        Identity(
            number=1,
            column=kind,
            says=f"the sources add up to what was found ({kind})",
            of=f"found ({kind})",
            left=number,
            terms=[("", counts.found.get(key, 0)) for key in counts.sources.get(kind, ())]
            or [("", 0)],
        )
        for kind, number in counts.kinds.items()
    ]
