"""The fields of the PRISMA flow: their names, their words, and the rows that tell them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from records.choices import SourceKind
from records.models import Record
from reporting.cells import word
from reporting.definitions import Cell, Row
from reporting.printing import count_cell

OTHER_KINDS = {
    "website_results": SourceKind.WEBSITE,
    "organisation_results": SourceKind.ORGANISATION,
    "citations_results": SourceKind.CITATION,
    "other_results": SourceKind.OTHER,
}
FIELD_OF: dict[str, str] = {
    SourceKind.DATABASE: "database_specific_results",
    SourceKind.REGISTER: "register_specific_results",
    **{kind: field for field, kind in OTHER_KINDS.items()},
}
WORDS = {
    "database_results": "Records identified from databases",
    "database_specific_results": "Records from each database",
    "register_results": "Records identified from registers",
    "register_specific_results": "Records from each register",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "kept_from_other_methods": "Found here too; the record kept came from another method",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded, by people",
    "records_still_in_screening": "Records still in screening",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_not_yet_assessed": "Reports not yet assessed",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded, by reason",
    "dbr_excluded_reports": "Reports excluded",
    "website_results": "Records identified from websites",
    "organisation_results": "Records identified from organisations",
    "citations_results": "Records identified by citation searching",
    "other_results": "Records identified by other methods",
    "other_already_found": "Merged with another, or found by a database or register as well",
    "other_records_excluded": "Records excluded, other methods",
    "other_still_in_screening": "Records still in screening, other methods",
    "other_sought_reports": "Reports sought for retrieval, other methods",
    "other_notretrieved_reports": "Reports not retrieved, other methods",
    "other_not_yet_assessed": "Reports not yet assessed, other methods",
    "other_assessed": "Reports assessed for eligibility, other methods",
    "other_excluded": "Reports excluded, by reason, other methods",
    "other_excluded_reports": "Reports excluded, other methods",
    "new_studies": "Studies included",
    "new_reports": "Reports of included studies",
    "reports_without_study": "Reports included and not yet put to a study",
    "previous_studies": "Studies included in the earlier review",
    "previous_reports": "Reports of studies included in the earlier review",
    "previous_studies_out": "Studies of the earlier review that are excluded now",
    "previous_reports_out": "Reports of the earlier review that are excluded now",
    "studies_seen_before": "Studies included here that the earlier review had already",
    "total_studies": "Total studies",
    "total_reports": "Total reports",
    "records_identified": "Records identified from databases and registers",
    "other_records_identified": "Records identified by other methods, in all",
    "duplicates_by_machine": "Duplicate records that the machine was sure of",
    "duplicates_by_hand": "Duplicate records that a person decided",
    "new_studies_databases": "Studies included with a report from databases or registers",
    "new_studies_others": "Studies included with reports from other methods only",
    "new_reports_databases": "Reports of included studies, databases and registers",
    "new_reports_others": "Reports of included studies, other methods",
}
NO_UPDATE = "this is no update of a review"
IDENTIFIED = "Identification: databases and registers"
REMOVED = "Removed before screening"
SCREENED = "Screening"
FULL_TEXT = "Retrieval and full text"
OTHERS = "Identification and full text: other methods"
PREVIOUS = "The earlier review"
INCLUDED = "Included"
PARTS = "Parts of the boxes"
SOURCES = "Each source"
REASONS = "Each reason for exclusion at full text"
IDENTITIES = "Identities"


def number_row(
    field: str, number: int, group: str, records: QuerySet[Record] | None = None, detail: str = ""
) -> Row:
    """Return the row of a count, which opens its records."""
    return field_row(field, count_cell(number, records=records), group, detail)


def text_row(field: str, text: str, group: str, records: QuerySet[Record] | None = None) -> Row:
    """Return the row of counts that are listed in words."""
    return field_row(field, Cell(text=text, value=text, records=records), group)


def field_row(field: str, value: Cell, group: str, detail: str = "") -> Row:
    """Return the row of a field with its words."""
    said = "; ".join(part for part in (WORDS[field], detail) if part)
    return Row(
        key=field, group=group, cells={"field": word(field), "value": value, "detail": word(said)}
    )


def part_row(key: str, field: str, label: str, value: Cell, group: str) -> Row:
    """Return the row of a part of a field, such as one database, which is named by its label."""
    name = word(f"{field}: {label}")
    return Row(key=key, group=group, cells={"field": name, "value": value, "detail": word(label)})


def listed(counts: Iterable[tuple[str, int]]) -> str:
    """Return ``name, n; name, n``, as the fields of PRISMA.csv list them."""
    return "; ".join(f"{name}, {number}" for name, number in counts)
