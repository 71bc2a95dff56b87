"""Where a review stands, for its overview: counts of what is released, and the member's own copies.

The numbers are those of the flow diagram, taken from the same census, so that they are the same
for everybody and nothing that another did before release can move them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.safestring import mark_safe

from extraction.choices import CopySeat, CopyStanding
from extraction.models import Extraction, Report
from extraction.querysets.reports import included_reports, reported_copies
from reporting.definitions import Snapshot
from reporting.figures.overview import Said, Standing, Station, Studies, flow_figure
from reporting.figures.shapes import Opens
from reporting.figures.svg import svg
from reporting.flow import Place, Sources, count_found, take_census
from reporting.reports.prisma import PRISMA
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from reviews.overview import Part
from reviews.roles import Capability
from reviews.versions import valid_at
from screening.choices import Standing as Settled

# What is no cell of the flow diagram: the diagram itself, the studies, and the member's own copies.
DIAGRAM, STUDIES, OWN = "diagram", "studies", "own"


@dataclass(frozen=True, kw_only=True, slots=True)
class Both:
    """A number of the flow in its two columns, and the field of the diagram that prints each."""

    numbers: tuple[int, int]
    fields: tuple[str, str]

    @property
    def total(self) -> int:
        """Return the number of both columns."""
        return sum(self.numbers)

    def opens(self, name: str) -> Opens | None:
        """Return the cell behind the number; where both columns have a part, the diagram.

        Each column's part opens there.
        """
        found = [field for number, field in zip(self.numbers, self.fields, strict=True) if number]
        if not found:
            return None
        row = found[0] if len(found) == 1 and found[0] else DIAGRAM
        return Opens(row=row, column="value", name=name)

    def said(self, words: str, *, lost: bool = False) -> list[Said]:
        """Return the number with its words; nothing where it is none."""
        if not self.total:
            return []
        return [Said(number=self.total, words=words, opens=self.opens(words), lost=lost)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The numbers of the flow at a snapshot, as the diagram prints them."""

    sources: int
    found: Both
    duplicates: Both
    screened: Both
    waiting: Both
    by_sheet: int
    excluded: Both
    sought: Both
    not_retrieved: Both
    awaiting: Both
    excluded_reports: Both
    included: int
    studies: int
    final: int


def figure(member: Membership) -> Part | None:
    """Return the figure of the member's review for its overview; nothing without a record."""
    snapshot = take_snapshot(member.review)
    numbers = flow_numbers(snapshot)
    if not numbers.found.total:
        return None
    standing = Standing(
        stations=stations(numbers, snapshot.settings.identification_note),
        studies=_studies(member, numbers),
        notice=snapshot.settings.identification_note,
    )
    addresses = _Addresses(member.review.slug)
    drawing = svg(flow_figure(standing), address=addresses.of, name="figure-flow")
    context = {
        # The drawing escapes every text itself.
        "drawing": mark_safe(drawing),  # noqa: S308
        "lines": list(_lines(standing, addresses)),
        "notice": standing.notice,
        "as_of": snapshot.instant,
        "votes_note": snapshot.settings.votes_note,
        "joined": any(
            opens is not None and opens.row == DIAGRAM
            for station in standing.stations
            for opens in (
                station.opens,
                *(said.opens for said in (*station.remarks, *station.lost)),
            )
        ),
    }
    return Part(template="reporting/_overview.html", context=context)


def flow_numbers(snapshot: Snapshot) -> Numbers:
    """Count the flow of a review at a snapshot; six queries, of which one is the census."""
    sources = Sources.at(snapshot)
    census = take_census(snapshot, sources)
    by_source = count_found(snapshot, sources)
    searched = {key for key, kind in sources.kinds.items() if kind in ("database", "register")}
    found = (
        sum(number for key, number in by_source.items() if key in searched),
        sum(number for key, number in by_source.items() if key not in searched),
    )
    columns = [[place for place in census if place.searched is side] for side in (True, False)]
    # Found by a search, while the record that was kept is of another method.
    moved = _papers(place for place in columns[0] if not place.own)
    duplicates = (found[0] + moved - _papers(columns[0]), found[1] - moved - _papers(columns[1]))
    return Numbers(
        sources=len([number for number in by_source.values() if number]),
        found=Both(numbers=found, fields=("records_identified", "other_records_identified")),
        duplicates=Both(
            numbers=duplicates,
            fields=("", "") if moved else ("duplicates", "other_already_found"),
        ),
        # The diagram prints no number of records screened for other methods.
        screened=_both(columns, _screened, ("records_screened", "")),
        waiting=_both(
            columns, _waiting, ("records_still_in_screening", "other_still_in_screening")
        ),
        by_sheet=_papers(place for place in census if place.by_sheet),
        excluded=_both(columns, _excluded, ("records_excluded", "other_records_excluded")),
        sought=_both(columns, _sought, ("dbr_sought_reports", "other_sought_reports")),
        not_retrieved=_both(
            columns, _lacking, ("dbr_notretrieved_reports", "other_notretrieved_reports")
        ),
        awaiting=_both(columns, _open, ("dbr_not_yet_assessed", "other_not_yet_assessed")),
        excluded_reports=_both(columns, _unfit, ("dbr_excluded_reports", "other_excluded_reports")),
        included=_papers(place for place in census if _included(place)),
        studies=_studies_included(snapshot),
        final=reported_copies(snapshot.review, snapshot.instant)
        .order_by()
        .values("study")
        .distinct()
        .count(),
    )


def _screened(place: Place) -> bool:
    return bool(place.first) and not place.by_sheet


def _waiting(place: Place) -> bool:
    return not place.first


def _excluded(place: Place) -> bool:
    return place.first == Settled.EXCLUDED


def _sought(place: Place) -> bool:
    return place.first == Settled.INCLUDED


def _lacking(place: Place) -> bool:
    return _sought(place) and not place.second and place.lacking


def _open(place: Place) -> bool:
    return _sought(place) and not place.second and not place.lacking


def _unfit(place: Place) -> bool:
    return _sought(place) and place.second == Settled.EXCLUDED


def _included(place: Place) -> bool:
    return _sought(place) and place.second == Settled.INCLUDED


def _both(columns: Sequence[Sequence[Place]], rule: Any, fields: tuple[str, str]) -> Both:
    first, second = (_papers(filter(rule, column)) for column in columns)
    return Both(numbers=(first, second), fields=fields)


def _papers(places: Iterable[Place]) -> int:
    return sum(place.papers for place in places)


def _studies_included(snapshot: Snapshot) -> int:
    """Return how many studies have a report that is included, read from the few reports."""
    records = included_reports(snapshot.review, snapshot.instant).filter(pk=OuterRef("record"))
    linked = Report.objects.filter(
        valid_at(snapshot.instant), Exists(records.order_by()), review=snapshot.review
    )
    return linked.order_by().values("study").distinct().count()


def stations(numbers: Numbers, notice: str = "") -> list[Station]:
    """Return the stations of the ribbon; those before inclusion may be kept back by a notice."""
    reports = "report" if numbers.included == 1 else "reports"
    studies = "study" if numbers.studies == 1 else "studies"
    included = Station(
        label="Included",
        number=numbers.included,
        arrived=numbers.included,
        opens=Opens(row="new_reports", column="value", name="reports included")
        if numbers.included
        else None,
        words=f"{reports} of {numbers.studies:,} {studies}" if numbers.included else "none yet",
    )
    if notice:
        return [included]
    records = "record" if numbers.found.total == 1 else "records"
    of_sources = "source" if numbers.sources == 1 else "sources"
    by_sheet = [Said(number=numbers.by_sheet, words="named in an extraction sheet")]
    return [
        Station(
            label="Identified",
            number=numbers.found.total,
            arrived=numbers.found.total,
            opens=numbers.found.opens("records identified"),
            words=f"{records}, {numbers.sources:,} {of_sources}",
            lost=numbers.duplicates.said("duplicates", lost=True),
        ),
        Station(
            label="Screened",
            number=numbers.screened.total,
            arrived=numbers.screened.total + numbers.waiting.total + numbers.by_sheet,
            opens=numbers.screened.opens("records screened"),
            words="by title and abstract",
            remarks=[
                *numbers.waiting.said("still in screening"),
                *(by_sheet if numbers.by_sheet else []),
            ],
            lost=numbers.excluded.said("excluded", lost=True),
            still_open=numbers.waiting.total,
        ),
        Station(
            label="Full text",
            number=numbers.sought.total,
            arrived=numbers.sought.total,
            opens=numbers.sought.opens("reports sought"),
            words="reports sought" if numbers.sought.total else "none yet",
            remarks=numbers.awaiting.said("not yet assessed"),
            lost=[
                *numbers.excluded_reports.said("excluded", lost=True),
                *numbers.not_retrieved.said("not retrieved", lost=True),
            ],
            still_open=numbers.awaiting.total,
        ),
        included,
    ]


def _studies(member: Membership, numbers: Numbers) -> list[Studies]:
    """Return the member's own copies, where they extract, and the studies that are final."""
    found = []
    if member.can(Capability.EXTRACT):
        own = Extraction.objects.filter(review=member.review).of_member(member)
        copies = own.exclude(seat=CopySeat.CONSENSUS).with_standing()
        standings = list(copies.values_list("standing", flat=True))
        if standings:
            drafts = standings.count(CopyStanding.DRAFT)
            found.append(
                Studies(
                    label="Extracted",
                    words="of yours",
                    done=len(standings) - drafts,
                    begun=drafts,
                    total=len(standings),
                    opens=Opens(row=OWN, column="", name="your extractions"),
                )
            )
    if numbers.studies:
        found.append(
            Studies(
                label="Final",
                words="settled",
                done=numbers.final,
                total=max(numbers.studies, numbers.final),
                opens=Opens(row=STUDIES, column="", name="studies that are final"),
            )
        )
    return found


class _Addresses:
    """Where the numbers of one review's figure lead."""

    def __init__(self, slug: str) -> None:
        diagram = reverse("reporting:report-detail", args=[slug, PRISMA.slug])
        self.diagram = diagram
        self.pages = {
            DIAGRAM: diagram,
            STUDIES: reverse("extraction:study-list", args=[slug]),
            OWN: reverse("extraction:extraction-list", args=[slug]),
        }

    def of(self, opens: Opens) -> str:
        """Return the address of what a number opens."""
        cell = f"{self.diagram}cells/{quote(opens.row, safe='')}/{opens.column}/"
        return self.pages.get(opens.row, cell)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A station in the list that takes the place of the drawing on narrow pages."""

    label: str
    count: str
    words: str
    address: str
    parts: Sequence[tuple[str, str, str]]


def _lines(standing: Standing, addresses: _Addresses) -> Iterable[Line]:
    def leads_to(opens: Opens | None) -> str:
        return addresses.of(opens) if opens else ""

    for station in standing.stations:
        parts = [
            (said.count, said.words, leads_to(said.opens))
            for said in (*station.remarks, *station.lost)
        ]
        yield Line(
            label=station.label,
            count=f"{station.number:,}",
            words=station.words,
            address=leads_to(station.opens),
            parts=parts,
        )
    for group in standing.studies:
        yield Line(
            label=group.label,
            count=group.count,
            words=group.words,
            address=leads_to(group.opens),
            parts=(),
        )
