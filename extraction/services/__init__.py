"""Changes of extraction: forms, studies, copies, their comparison and what became of them."""

from extraction.services.adjudication import (
    finalise_study,
    reopen_study,
    resolve_cell,
    resolve_element,
    take_agreed,
    unresolve_cell,
)
from extraction.services.alignment import (
    confirm_alignment,
    pair_elements,
    propose_alignment,
    settle_alignment,
    unpair,
)
from extraction.services.elements import add_element, remove_element, restore_element
from extraction.services.entry import CellInput, SavedCells, save_cells, set_value
from extraction.services.forms import latest_form, publish_form
from extraction.services.parts import bring_back, leave_out
from extraction.services.sheets import (
    RefusedSheet,
    SheetInput,
    SheetOutcome,
    import_sheet,
    preview_sheet,
)
from extraction.services.standing import (
    answer_beside,
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
from extraction.services.vocabularies import set_vocabularies, set_vocabulary

__all__ = [
    "CellInput",
    "RefusedSheet",
    "SavedCells",
    "SheetInput",
    "SheetOutcome",
    "add_element",
    "answer_beside",
    "assign_all",
    "assign_extractors",
    "blanks_of",
    "bring_back",
    "confirm_alignment",
    "finalise_study",
    "finding_name",
    "findings_of",
    "import_sheet",
    "latest_form",
    "leave_out",
    "link_report",
    "open_studies",
    "pair_elements",
    "preview_sheet",
    "propose_alignment",
    "publish_form",
    "remove_element",
    "rename_study",
    "reopen_extraction",
    "reopen_study",
    "resolve_cell",
    "resolve_element",
    "restore_element",
    "save_cells",
    "set_value",
    "set_vocabularies",
    "set_vocabulary",
    "settle_alignment",
    "submit_extraction",
    "take_agreed",
    "unpair",
    "unresolve_cell",
]
