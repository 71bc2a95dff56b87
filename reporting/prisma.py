"""The counts of a PRISMA 2020 flow diagram and the identities they must fulfil: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BY_SHEET = "named in an extraction sheet, not screened"


@dataclass(frozen=True, kw_only=True)
class FlowCounts:
    """One column of the diagram, from what was found to what was included.

    ``found`` counts by source; ``other_column`` are papers that were found here and whose kept
    record came from the other column, or the other way round with a minus sign; ``waiting`` are
    those no released decision has been made on; ``by_sheet`` those that an extraction sheet named,
    which went to the full texts without being screened.
    """

    found: Mapping[int, int] = field(default_factory=dict)
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
class Flow:
    """The whole diagram: both columns, and what they lead to."""

    databases: FlowCounts
    others: FlowCounts
    studies: int = 0
    reports_in_studies: int = 0
    unlinked_reports: int = 0

    @property
    def reports(self) -> int:
        """Return how many reports were included."""
        return self.databases.included + self.others.included


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One identity: what stands on each side, the named adjustments, and what is left over."""

    number: int
    column: str
    says: str
    left: int
    right: int
    letter: str = ""
    adjustments: tuple[tuple[str, int], ...] = ()
    at_most: bool = False

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
    def sentence(self) -> str:
        """Return the identity with its numbers and its named adjustments."""
        sign = "≤" if self.at_most else "="
        named = "".join(
            f" {'−' if number < 0 else '+'} {abs(number)} ({name})"
            for name, number in self.adjustments
            if number
        )
        holds = "" if self.holds else f"; {self.residual} unexplained"
        return f"{self.says}: {self.left} {sign} {self.right}{named}{holds}"


def identities(flow: Flow) -> list[Identity]:
    """Return identities 1 to 8 for both columns, with every adjustment by name."""
    left = _of_column("databases", flow.databases)
    right = _of_column("others", flow.others)
    both = (flow.databases, flow.others)
    return [
        *left,
        *right,
        Identity(
            number=7,
            column="both",
            says="reports included = assessed − excluded",
            left=flow.reports,
            right=sum(c.assessed for c in both) - sum(c.excluded_reports for c in both),
        ),
        Identity(
            number=8,
            letter="a",
            column="both",
            says="studies ≤ reports",
            left=flow.studies,
            right=flow.reports,
            at_most=True,
        ),
        Identity(
            number=8,
            letter="b",
            column="both",
            says="reports of the included studies = reports included",
            left=flow.reports_in_studies,
            right=flow.reports,
            adjustments=(("not yet put to a study", -flow.unlinked_reports),),
        ),
    ]


def _of_column(name: str, counts: FlowCounts) -> list[Identity]:
    removed = counts.duplicates + counts.excluded_automatic + counts.excluded_other
    return [
        Identity(
            number=2,
            column=name,
            says="screened = found − removed before screening",
            left=counts.screened,
            right=counts.found_in_all - removed,
            adjustments=(
                ("still in screening", -counts.waiting),
                (BY_SHEET, -counts.by_sheet),
                ("kept record came from the other column", counts.other_column),
            ),
        ),
        Identity(
            number=3,
            column=name,
            says="excluded ≤ screened",
            left=counts.excluded,
            right=counts.screened,
            at_most=True,
        ),
        Identity(
            number=4,
            column=name,
            says="sought = screened − excluded",
            left=counts.sought,
            right=counts.screened - counts.excluded,
            adjustments=((BY_SHEET, counts.by_sheet),),
        ),
        Identity(
            number=5,
            column=name,
            says="assessed = sought − not retrieved",
            left=counts.assessed,
            right=counts.sought - counts.not_retrieved,
            adjustments=(("not yet assessed", -counts.awaiting_assessment),),
        ),
        Identity(
            number=6,
            column=name,
            says="reasons add up to the reports excluded",
            left=sum(number for _, number in counts.reasons),
            right=counts.excluded_reports,
        ),
    ]
