"""The column names by which spreadsheets and vendors call a record's fields."""

import re
from collections.abc import Mapping, Sequence

from screening.importers.parsed import FileRefused

# In order of trust: of two filled columns for one field, the name that stands first here counts.
NAMES: dict[str, tuple[str, ...]] = {
    "source_record_id": (
        "id", "record_id", "source_record_id", "recordid", "key", "covidence", "itemid",
        "cochrane_review_id", "ref_id", "reference_id",
    ),
    "record_type": ("type", "record_type", "document_type", "item_type", "publication_type"),
    "title": ("title", "article_title", "primary_title", "document_title", "ti"),
    "translated_title": ("translated_title",),
    "authors": ("authors", "author", "author_s", "first_authors", "author_names", "au"),
    "year": ("year", "publication_year", "published_year", "pub_year", "year_text", "date", "py"),
    "journal": (
        "journal", "source_title", "publication_title", "journal_book", "publication_name",
        "secondary_title", "container_title", "journal_title",
    ),
    "journal_abbreviation": ("journal_abbreviation", "abbreviated_source_title"),
    "volume": ("volume", "vol"),
    "issue": ("issue", "number", "issue_number"),
    "pages": ("pages", "page", "page_range"),
    "start_page": ("start_page", "page_start", "startpage"),
    "end_page": ("end_page", "page_end", "endpage"),
    "article_number": ("art_no", "article_number"),
    "doi": ("doi", "doi_link"),
    "pmid": ("pmid", "pubmed_id", "medline_pmid"),
    "pmcid": ("pmcid", "pmc_id", "pmc"),
    "issn": ("issn",),
    "isbn": ("isbn",),
    "abstract": ("abstract", "abstract_note", "notes_abstract", "ab"),
    "keywords": ("keywords", "author_keywords", "manual_tags"),
    "language": ("language", "language_of_original_document", "lang"),
    "url": ("url", "link", "urls"),
    "accession": ("accession", "accession_number", "eid", "ut_unique_wos_id"),
    "database": ("database", "source", "db"),
}  # fmt: skip
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
OTHER_NAMES = {
    "number": "issue",
    "author": "authors",
    "id": "source_record_id",
    "record_id": "source_record_id",
    "type": "record_type",
    "year_text": "year",
}
MAX_COLUMNS = 500


def plain(header: str) -> str:
    """Return a header as this module writes names: ``Author(s)`` becomes ``author_s``."""
    return re.sub(r"[^a-z0-9]+", "_", header.strip("\ufeff ").lower()[:200]).strip("_")


def recognised(header: Sequence[str]) -> set[str]:
    """Return the fields that some column of this header is known to hold."""
    return {FIELD_OF[name] for name in map(plain, header) if name in FIELD_OF}


def positions(
    header: Sequence[str], mapping: Mapping[str, str], *, line: int
) -> dict[str, list[int]]:
    """Return for each field the columns that hold it, most trusted first.

    Raises:
        FileRefused: the mapping names an unknown field or column, or no column holds the title.
    """
    if len(header) > MAX_COLUMNS:
        reason = f"The header has {len(header):,} columns; {MAX_COLUMNS} are the most."
        raise FileRefused(reason, line=line)
    names = [plain(name) for name in header]
    found: dict[str, list[int]] = {}
    for field, known in NAMES.items():
        columns = [at for name in known for at, own in enumerate(names) if own == name]
        if columns:
            found[field] = columns
    for wanted, column in mapping.items():
        field = OTHER_NAMES.get(wanted, wanted)
        if field not in NAMES:
            known_fields = ", ".join(NAMES)
            reason = f"There is no field “{wanted[:60]}”; the fields are {known_fields}."
            raise FileRefused(reason)
        found[field] = [_column(column, header, names, line=line)]
    if not {"title", "doi", "pmid"} & found.keys():
        reason = "No column is named as the title; say which one holds it."
        raise FileRefused(reason, line=line)
    return found


def _column(column: str, header: Sequence[str], names: list[str], *, line: int) -> int:
    exact = [at for at, name in enumerate(header) if name.strip() == column.strip()]
    alike = [at for at, name in enumerate(names) if name and name == plain(column)]
    if not (exact or alike):
        raise FileRefused(f"The file has no column “{column[:60]}”.", line=line)
    return (exact or alike)[0]
