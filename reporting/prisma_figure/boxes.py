"""What stands in each box of the PRISMA flow diagram, read from the rows of its table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from records.choices import SourceKind
from reporting.definitions import Row
from reporting.figures.boxes import HEAD, PART, PENDING, PLAIN, Line
from reporting.figures.shapes import Opens

# The places of boxes, from top to bottom in each column.
PREVIOUS = "previous"
FOUND, SCREENED, SOUGHT, ASSESSED = "found", "screened", "sought", "assessed"
INCLUDED, TOTAL = "included", "total"
METHODS = {
    "website_results": "websites",
    "organisation_results": "organisations",
    "citations_results": "citations",
    "other_results": "other methods",
}
OF_METHODS = (
    SourceKind.WEBSITE,
    SourceKind.ORGANISATION,
    SourceKind.CITATION,
    SourceKind.OTHER,
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A box and the one beside it, which says what does not go on."""

    main: Sequence[Line]
    side: Sequence[Line] = ()


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """The boxes of the diagram by their places.

    ``notice`` stands for the numbers before inclusion where these are not public. ``others`` is
    empty where nothing came from other methods, ``previous`` and ``total`` where the review
    updates no earlier one.
    """

    searches: Mapping[str, Pair]
    included: Sequence[Line]
    others: Mapping[str, Pair] = field(default_factory=dict)
    previous: Sequence[Line] = ()
    total: Sequence[Line] = ()
    notice: str = ""


class Fields:
    """The rows of the table by their keys, and lines made from them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row.key: row for row in rows}

    def number(self, key: str) -> int:
        """Return the number of a row; none where there is no such row."""
        value = self.rows[key].cell("value").value if key in self.rows else 0
        return value if isinstance(value, int) else 0

    def line(self, key: str, text: str, look: str = PLAIN) -> Line:
        """Return a line with the number of a row, which opens where something is behind it."""
        return Line(text=text, number=f"{self.number(key):,}", opens=self._opens(key), look=look)

    def some(self, key: str, text: str, look: str = PLAIN) -> Iterator[Line]:
        """Yield the line of a row, unless its number is zero."""
        if self.number(key):
            yield self.line(key, text, look)

    def pending(self, key: str) -> Iterator[Line]:
        """Yield what is still open of a box, unless nothing is."""
        if number := self.number(key):
            yield Line(text=f"{number:,} still open", opens=self._opens(key), look=PENDING)

    def parts(self, prefix: str, of: str) -> Iterator[Line]:
        """Yield the lines of rows whose keys begin so, in the order of the table."""
        for key, row in self.rows.items():
            if key.startswith(f"{prefix}:"):
                label = row.cell("detail").text
                opens = self._opens(key, f"{of}: {label}")
                yield Line(text=label, number=f"{self.number(key):,}", opens=opens, look=PART)

    def _opens(self, key: str, name: str = "") -> Opens | None:
        """Return what a number opens, by the words of its row where it has no other name."""
        row = self.rows.get(key)
        if row is None or not row.cell("value").opens:
            return None
        words = name or row.cell("detail").text.partition(";")[0]
        return Opens(row=key, column="value", name=words)

    @property
    def notice(self) -> str:
        """Return the sentence that stands in place of the numbers before inclusion."""
        value = self.rows["database_results"].cell("value").value
        return value if isinstance(value, str) else ""

    @property
    def is_update(self) -> bool:
        """Return whether an earlier review is updated."""
        return self.rows["previous_studies"].cell("value").value is not None

    @property
    def has_others(self) -> bool:
        """Return whether there is a source of another method, or anything counted there."""
        sources = tuple(f"{kind}:" for kind in OF_METHODS)
        return not self.notice and any(
            key.startswith(sources) or (key.startswith("other_") and self.number(key))
            for key in self.rows
        )


def boxes(rows: Iterable[Row]) -> Boxes:
    """Return what stands in the boxes, for the variant that the rows are of."""
    fields = Fields(rows)
    return Boxes(
        searches=_unnumbered() if fields.notice else _searches(fields),
        others=_others(fields) if fields.has_others else {},
        included=list(_included(fields)),
        previous=list(_previous(fields)) if fields.is_update else [],
        total=list(_total(fields)) if fields.is_update else [],
        notice=fields.notice,
    )


def _unnumbered() -> dict[str, Pair]:
    words = {
        FOUND: "Records identified",
        SCREENED: "Records screened",
        SOUGHT: "Reports sought",
        ASSESSED: "Reports assessed",
    }
    return {place: Pair(main=[Line(text=text, look=HEAD)]) for place, text in words.items()}


def _searches(fields: Fields) -> dict[str, Pair]:
    return {
        FOUND: Pair(
            main=[
                fields.line("records_identified", "Records identified", HEAD),
                fields.line("database_results", "Databases"),
                *fields.parts("database", "Records from databases"),
                fields.line("register_results", "Registers"),
                *fields.parts("register", "Records from registers"),
            ],
            side=[
                Line(text="Removed before screening", look=HEAD),
                fields.line("duplicates", "Duplicates"),
                *fields.some("duplicates_by_machine", "by machine", PART),
                *fields.some("duplicates_by_hand", "by hand", PART),
                fields.line("excluded_automatic", "By automation tools"),
                fields.line("excluded_other", "Other reasons"),
            ],
        ),
        SCREENED: Pair(
            main=[
                fields.line("records_screened", "Records screened", HEAD),
                *fields.pending("records_still_in_screening"),
                *fields.some("kept_from_other_methods", "kept from other methods", PART),
            ],
            side=[fields.line("records_excluded", "Records excluded", HEAD)],
        ),
        **_full_texts(fields, "dbr", "Reports"),
    }


def _others(fields: Fields) -> dict[str, Pair]:
    removed = [
        *fields.some("other_already_found", "Found already"),
        *fields.some("other_records_excluded", "Excluded by title and abstract"),
    ]
    return {
        FOUND: Pair(
            main=[
                fields.line("other_records_identified", "Identified", HEAD),
                *(line for key, text in METHODS.items() for line in fields.some(key, text, PART)),
                *fields.pending("other_still_in_screening"),
            ],
            side=[Line(text="Not sought", look=HEAD), *removed] if removed else (),
        ),
        **_full_texts(fields, "other"),
    }


def _full_texts(fields: Fields, prefix: str, of: str = "") -> dict[str, Pair]:
    def words(rest: str) -> str:
        return f"{of} {rest}" if of else rest.capitalize()

    return {
        SOUGHT: Pair(
            main=[fields.line(f"{prefix}_sought_reports", words("sought"), HEAD)],
            side=[fields.line(f"{prefix}_notretrieved_reports", "Not retrieved", HEAD)],
        ),
        ASSESSED: Pair(
            main=[
                fields.line(f"{prefix}_assessed", words("assessed"), HEAD),
                *fields.pending(f"{prefix}_not_yet_assessed"),
            ],
            side=[
                fields.line(f"{prefix}_excluded_reports", words("excluded"), HEAD),
                *fields.parts(f"{prefix}_excluded", "Reports excluded"),
            ],
        ),
    }


def _included(fields: Fields) -> Iterator[Line]:
    new = "New studies" if fields.is_update else "Studies"
    yield fields.line("new_studies", f"{new} included", HEAD)
    if fields.has_others:
        yield fields.line("new_studies_databases", "from databases", PART)
        yield fields.line("new_studies_others", "from other methods", PART)
    yield fields.line("new_reports", "Their reports")
    if fields.has_others:
        yield fields.line("new_reports_databases", "from databases", PART)
        yield fields.line("new_reports_others", "from other methods", PART)
    yield from fields.pending("reports_without_study")


def _previous(fields: Fields) -> Iterator[Line]:
    yield fields.line("previous_studies", "Studies", HEAD)
    yield from fields.some("previous_studies_out", "excluded now", PART)
    yield fields.line("previous_reports", "Their reports")
    yield from fields.some("previous_reports_out", "excluded now", PART)


def _total(fields: Fields) -> Iterator[Line]:
    yield fields.line("total_studies", "Studies in all", HEAD)
    yield from fields.some("studies_seen_before", "of these, in both", PART)
    yield fields.line("total_reports", "Their reports")
