"""Traces of decisions that other programs leave in the files they export."""

import re
from collections.abc import Iterable

from records.importers import columns
from records.importers.parsed import ParsedRecord

# In notes of a record: what was decided in Rayyan, ASReview and Covidence.
IN_NOTES = {
    "Rayyan": re.compile(r"RAYYAN-(?:INCLUSION|EXCLUSION-REASONS)"),
    "ASReview": re.compile(r"ASReview_(?:ir)?relevant|ASReview_prior", re.IGNORECASE),
    "Covidence": re.compile(r"\bExclusion reason: ", re.IGNORECASE),
}
IN_COLUMNS = {
    "asreview_label": "ASReview",
    "asreview_prior": "ASReview",
    "label_included": "ASReview",
    "included": "",
    "included_label": "",
    "screening_decision": "",
    "final_decision": "",
    "decision": "",
    "exclusion_reason": "",
    "exclusion_reasons": "",
    "citation_screening_status": "Colandr",
    "fulltext_screening_status": "Colandr",
}


def decisions_seen(names: Iterable[str], records: Iterable[ParsedRecord]) -> str:
    """Return where decisions stand in a file, in words (``Rayyan (RAYYAN-INCLUSION)``), or ``""``.

    Args:
        names: the columns of a table, none of another file.
        records: its first records.
    """
    for name in names:
        program = IN_COLUMNS.get(columns.plain(name))
        if program is not None:
            column = f"column “{name.strip()[:40]}”"
            return f"{program} ({column})" if program else f"the {column}"
    for record in records:
        for program, trace in IN_NOTES.items():
            if found := trace.search(record.raw):
                return f"{program} ({found.group().strip(': ')})"
    return ""
