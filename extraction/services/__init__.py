"""Changes of extraction: forms, studies, copies, their comparison and what became of them."""

from extraction.services.elements import add_element, remove_element, restore_element
from extraction.services.entry import CellInput, SavedCells, save_cells, set_value
from extraction.services.forms import latest_form, publish_form
from extraction.services.standing import (
    blanks_of,
    finding_name,
    findings_of,
    reopen_extraction,
    submit_extraction,
)
from extraction.services.studies import (
    assign_all,
    assign_extractors,
    link_report,
    open_studies,
    rename_study,
)

__all__ = [
    "CellInput",
    "SavedCells",
    "add_element",
    "assign_all",
    "assign_extractors",
    "blanks_of",
    "finding_name",
    "findings_of",
    "latest_form",
    "link_report",
    "open_studies",
    "publish_form",
    "remove_element",
    "rename_study",
    "reopen_extraction",
    "restore_element",
    "save_cells",
    "set_value",
    "submit_extraction",
]
