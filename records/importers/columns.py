"""The column names by which spreadsheets and vendors call a record's fields."""

import re
from collections.abc import Mapping, Sequence

from records.importers.parsed import FileRefused

# In order of trust: of two filled columns for one field, the name that stands first here counts.
NAMES: dict[str, tuple[str, ...]] = {
    "source_record_id": (
        "id", "record_id", "source_record_id", "recordid", "key", "covidence", "itemid",
        "cochrane_review_id", "ref_id", "reference_id", "openalex_id", "refid", "internal_id",
        "source_id", "article_id", "item_id",
    ),
    "record_type": (
        "type", "record_type", "document_type", "item_type", "publication_type", "doctype",
        "entrytype", "reference_type", "content_type", "documenttype", "articletype",
        "doctypes", "pubtypes",
    ),
    "title": (
        "title", "article_title", "primary_title", "document_title", "study_title", "ti",
        "item_title", "title_primary", "scientific_title", "public_title", "official_title",
        "brief_title", "display_name",
    ),
    "translated_title": (
        "translated_title", "original_title", "original_foreign_title", "english_title",
    ),
    "authors": (
        "authors", "author", "author_s", "first_authors", "author_names", "au",
        "author_full_names", "book_authors", "authors_primary", "authorships_author_display_name",
        "authorships_raw_author_name", "author_list", "creators", "creator", "contributors",
    ),
    "group_authors": ("group_authors", "book_group_authors"),
    "year": (
        "year_text", "year", "publication_year", "published_year", "pub_year", "pubyear", "date",
        "py", "publication_date", "date_published", "date_of_publication", "early_access_date",
        "year_of_publication", "publicationdate", "coverdate", "pubdate", "pub_date",
        "pubtime", "date_registration", "date_registration3", "first_posted", "start_date",
    ),
    "journal": (
        "journal", "source_title", "publication_title", "journal_book", "publication_name",
        "secondary_title", "container_title", "journal_title", "journaltitle",
        "book_title", "booktitle", "periodical_full", "pubtitle", "journal_name", "periodical",
        "primary_location_source_display_name", "publication", "source_title_anthology_title",
        "anthology_title", "venue", "title_secondary", "book_series_title", "full_journal",
        "parenttitle", "parent_title",
    ),
    "journal_abbreviation": (
        "journal_abbreviation", "abbreviated_source_title", "journal_iso_abbreviation",
        "abbrev_source_title", "periodical_abbrev", "journal_abbrev",
    ),
    "volume": ("volume", "vol", "journal_volume", "volume_number", "biblio_volume"),
    "issue": ("issue", "number", "issue_number", "journal_issue", "biblio_issue"),
    "pages": ("pages", "page", "page_range", "pagination"),
    "start_page": (
        "start_page", "page_start", "startpage", "first_page", "biblio_first_page", "pagestart",
    ),
    "end_page": (
        "end_page", "page_end", "endpage", "last_page", "biblio_last_page", "pageend",
        "other_pages",
    ),
    "article_number": ("art_no", "article_number", "art_number"),
    "doi": (
        "doi", "doi_link", "book_doi", "item_doi", "digital_object_identifier",
        "digitalobjectidentifier", "ids_doi",
    ),
    "pmid": (
        "pmid", "pubmed_id", "medline_pmid", "medline_id", "pubmedid", "ids_pmid",
    ),
    "pmcid": ("pmcid", "pmc_id", "pmc", "ids_pmcid"),
    "issn": (
        "issn", "issns", "eissn", "e_issn", "issn_isbn", "print_issn", "electronic_issn",
        "standardnumber",
        "primary_location_source_issn", "primary_location_source_issn_l",
    ),
    "isbn": ("isbn", "isbns"),
    "abstract": (
        "abstract", "abstract_note", "notes_abstract", "brief_summary", "ab", "abstract_text",
        "original_abstract",
    ),
    "keywords": (
        "keywords", "author_keywords", "index_keywords", "keywords_plus", "mesh_terms",
        "manual_tags", "automatic_tags", "subjects", "emtree_medical_index_terms",
        "emtree_drug_index_terms", "emtree_medical_index_terms_major_focus",
        "emtree_drug_index_terms_major_focus", "subjectterms", "subject_terms", "descriptor_s",
        "descriptors", "keywords_display_name", "keyword",
    ),
    "language": (
        "language", "language_of_original_document", "language_of_article", "lang",
        "article_language",
    ),
    "url": (
        "url", "link", "urls", "plink", "study_url", "external_url", "full_text_link",
        "documenturl", "document_url", "web_address", "articleurl", "article_url", "links",
        "primary_location_landing_page_url", "dimensions_url", "fulltext_url", "full_text_url",
        "fulltexturl", "source_linkout", "embase_link",
    ),
    "accession": (
        "accession", "accession_number", "eid", "ut_unique_wos_id", "lens_id",
        "embase_accession_id", "pui", "publication_id", "nct_number", "central_id", "trialid",
        "trial_id", "nct_id", "isrctn", "storeid", "an",
    ),
    "database": (
        "database", "database_name", "source", "db", "library_catalog", "longdbname", "data_source",
        "sub_file_database", "source_register",
    ),
    "notices": ("notices",),
    "citation": ("citation",),
    "note": ("extra",),
}  # fmt: skip
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
# The two-letter heads of Web of Science's tab-delimited files; `id` means something else there.
WEB_OF_SCIENCE: dict[str, tuple[str, ...]] = {
    "record_type": ("dt", "pt"),
    "title": ("ti",),
    "authors": ("af", "au", "ba"),
    "group_authors": ("ca", "gp"),
    "year": ("py", "ea"),
    "journal": ("so",),
    "journal_abbreviation": ("ji", "j9"),
    "volume": ("vl",),
    "issue": ("is",),
    "start_page": ("bp",),
    "end_page": ("ep",),
    "article_number": ("ar",),
    "doi": ("di", "d2"),
    "pmid": ("pm",),
    "issn": ("sn", "ei"),
    "isbn": ("bn",),
    "abstract": ("ab",),
    "keywords": ("de", "id"),
    "language": ("la",),
    "accession": ("ut",),
}
# Every column of these fields counts, not the first filled one alone.
JOINED = frozenset({"group_authors", "keywords", "issn", "isbn"})
# Columns that vendors put beside a better one; their presence is no reason to say anything.
SPARE = frozenset(
    {
        "year", "doi_link", "book_doi", "author_full_names", "book_authors", "publication_date",
        "date", "date_published",
        "date_of_publication", "early_access_date", "publication_type", "journal_iso_abbreviation",
        "item_type", "number", "book_title", "booktitle", "entrytype", "pui", "external_url",
        "full_text_link", "library_catalog", "embase_accession_id", "original_title",
        "accession_number", "public_title", "official_title", "brief_title", "display_name",
        "authorships_raw_author_name", "pubdate", "pub_date", "date_registration",
        "date_registration3", "first_posted", "start_date", "publication", "anthology_title",
        "venue", "title_secondary", "book_series_title", "ids_doi", "original_abstract",
        "documenttype", "articletype", "dimensions_url", "fulltext_url", "full_text_url",
        "fulltexturl", "source_linkout", "embase_link", "links", "storeid", "data_source",
        "sub_file_database", "source_id", "internal_id", "pubtypes", "publicationdate", "coverdate",
        "full_journal", "contributors",
    }
)  # fmt: skip
EMBASE = frozenset({"pui", "embase_accession_id", "embase_link"})
OTHER_NAMES = {
    "number": "issue",
    "author": "authors",
    "id": "source_record_id",
    "record_id": "source_record_id",
    "type": "record_type",
    "year_text": "year",
}
JOINED_NAMES = (
    "Springer writes the authors without anything between them; they were parted where a capital "
    "follows a small letter."
)
TELLING = frozenset({"title", "doi", "pmid"})
MAX_COLUMNS = 500


def plain(header: str) -> str:
    """Return a header as this module writes names: ``Author(s)`` becomes ``author_s``."""
    return re.sub(r"[^a-z0-9]+", "_", header[:200].strip("\ufeff ").lower()).strip("_")


def is_web_of_science(names: Sequence[str]) -> bool:
    """Say whether plain column names are the two-letter heads of Web of Science."""
    return {"ti", "so"} <= set(names) and bool({"ut", "pt"} & set(names))


def recognised(header: Sequence[str]) -> set[str]:
    """Return the fields that some column of this header is known to hold."""
    return set(known(header))


def known(header: Sequence[str]) -> dict[str, list[int]]:
    """Return for each field the columns whose names tell that they hold it, most trusted first."""
    names = [plain(name) for name in header]
    at: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        at.setdefault(name, []).append(column)
    told = WEB_OF_SCIENCE if is_web_of_science(names) else NAMES
    found = {
        field: [column for name in known_names for column in at.get(name, ())]
        for field, known_names in told.items()
    }
    if "source" in at and told is NAMES:
        _place_source(found, at["source"], names)
    return {field: columns for field, columns in found.items() if columns}


def _place_source(found: dict[str, list[int]], source: list[int], names: Sequence[str]) -> None:
    """Say what a column ``Source`` holds: a database, a journal or, at Embase, a citation.

    It is the database beside a column for the journal. Without one it is the journal, unless a
    cell of it names a database (``shared``).
    """
    others = [column for column in found["database"] if column not in source]
    if not EMBASE.isdisjoint(names):
        found["citation"] = [*found["citation"], *source]
        found["database"] = others
    elif not found["journal"] and not found["journal_abbreviation"]:
        found["journal"] = source
        found["database"] = others or source
    else:
        found["database"] = others or source


def shared(found: Mapping[str, Sequence[int]]) -> bool:
    """Say whether one column may hold the journal as well as the database."""
    journal = found.get("journal")
    return journal is not None and journal == found.get("database")


def habit_of_names(header: Sequence[str]) -> str:
    """Return how the service that wrote a table parts names, where it has a way of its own.

    Springer puts nothing between them (``joined``), Publish or Perish always a comma (``commas``).
    """
    names = {plain(name) for name in header}
    if {"item_title", "item_doi", "authors"} <= names:
        return "joined"
    return "commas" if {"gsrank", "cites", "authors"} <= names else ""


def refuse_too_many(header: Sequence[str], *, line: int) -> None:
    """Refuse a header of more columns than any export has.

    Raises:
        FileRefused: it has more than ``MAX_COLUMNS``.
    """
    if len(header) > MAX_COLUMNS:
        reason = f"The header has {len(header):,} columns; {MAX_COLUMNS} are the most."
        raise FileRefused(reason, line=line)


def positions(
    header: Sequence[str], mapping: Mapping[str, str], *, line: int
) -> dict[str, list[int]]:
    """Return for each field the columns that hold it, most trusted first.

    Raises:
        FileRefused: the mapping names an unknown field or column, or no column holds the title.
    """
    refuse_too_many(header, line=line)
    found = mapped(header, mapping, line=line)
    if not TELLING & found.keys():
        reason = "No column is named as the title; say which one holds it."
        raise FileRefused(reason, line=line)
    return found


def mapped(header: Sequence[str], mapping: Mapping[str, str], *, line: int) -> dict[str, list[int]]:
    """Return for each field the columns that hold it, whether or not one holds the title.

    Raises:
        FileRefused: the mapping names an unknown field or column.
    """
    found = known(header)
    for wanted, column in mapping.items():
        field = OTHER_NAMES.get(wanted, wanted)
        if field not in NAMES:
            known_fields = ", ".join(NAMES)
            reason = f"There is no field “{wanted[:60]}”; the fields are {known_fields}."
            raise FileRefused(reason)
        if column:
            found[field] = [_column(column, header, line=line)]
        else:
            # A person says that the column which is named so holds something else.
            found.pop(field, None)
    for said, other in (("journal", "database"), ("database", "journal")):
        if shared(found) and said in mapping and other not in mapping:
            del found[other]
    return found


def rivals(header: Sequence[str], found: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return the fields that more than one column claims, with those columns."""
    names = [plain(name) for name in header]
    claims = {}
    for field, columns in found.items():
        first = names[columns[0]]
        others = [at for at in columns[1:] if names[at] == first or names[at] not in SPARE]
        if others and field not in JOINED and not is_web_of_science(names):
            claims[field] = [columns[0], *others]
    return claims


def _column(column: str, header: Sequence[str], *, line: int) -> int:
    wanted = plain(column)
    exact = [at for at, name in enumerate(header) if name.strip() == column.strip()]
    alike = [at for at, name in enumerate(header) if wanted and plain(name) == wanted]
    if not (exact or alike):
        raise no_column(column, line=line)
    return (exact or alike)[0]


def no_column(column: str, *, line: int) -> FileRefused:
    """Return the refusal of a mapping that names a column which is not there."""
    return FileRefused(f"The file has no column “{column[:60]}”.", line=line)
