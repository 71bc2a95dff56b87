"""What a reader hands back: records, problems, and the refusal of a whole file."""

from collections.abc import Mapping
from dataclasses import dataclass

Line = tuple[int, str]
"""A line's 1-based number and its text without the line end."""

MAX_TITLE = 10_000
MAX_ABSTRACT = 200_000
MAX_OTHER_TEXT = 10_000
MAX_AUTHORS = 2_000
MAX_KEYWORDS = 2_000
MAX_NOTICES = 100
# Of one entry, characters and lines: beyond, it is rejected, so that memory stays bounded.
MAX_ENTRY = 32_000_000
MAX_ENTRY_LINES = 100_000


class FileRefused(ValueError):
    """The whole file is no reference file, or cannot be read without guessing.

    Attributes:
        line: the 1-based line at fault, 0 when the file as a whole is.
    """

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


# Not frozen: that would double the cost of making one, a tenth of all reading.
@dataclass(kw_only=True, slots=True)
class ParsedRecord:
    """One record of a search file, its identifiers normalised; what is absent is empty.

    ``raw`` is the record's own text with line ends written as LF. Every other
    text is folded to one line and cut at the caps of this module, with a
    problem to say so; ``raw`` is never cut. ``issn`` holds ISBNs too. ``notices``
    are the file's own words on retraction, concern and correction, each with
    its kind first: ``Retraction in: …``, ``Erratum in: …``, ``Retracted publication``.
    """

    line: int
    raw: str
    source_record_id: str = ""
    record_type: str = ""
    title: str = ""
    translated_title: str = ""
    journal: str = ""
    journal_abbreviation: str = ""
    year_text: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    issn: str = ""
    abstract: str = ""
    language: str = ""
    url: str = ""
    accession: str = ""
    database: str = ""
    year: int | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence for a person about one place in a file.

    ``rejected`` says that the entry beginning at ``line`` was not imported;
    otherwise the entry was imported, or the line belonged to none.
    """

    line: int
    reason: str
    rejected: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFile:
    """All that was found in one file: ``found`` is the records and the rejected entries."""

    format: str
    encoding: str
    found: int
    records: tuple[ParsedRecord, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableHead:
    """What the mapping page shows of a table.

    Attributes:
        format: ``csv``, ``tsv``, ``xlsx``, ``xls`` or ``html``.
        columns: the texts of the header, in order.
        samples: the cells of the first three rows.
        found: field to the header text of the column that is known to hold it.
        delimiter: what parts the columns of a text; empty for a workbook or a web page.
    """

    format: str
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    found: Mapping[str, str]
    delimiter: str = ""
