"""Changes of screening: imports, duplicates, stages, votes, settlements and full texts."""

from screening.services.full_texts import set_full_text
from screening.services.imports import (
    add_source,
    import_file,
    undo_import,
    update_source,
)
from screening.services.merging import find_duplicates, merge_group, separate_group
from screening.services.settling import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
)
from screening.services.stages import (
    close_stage,
    open_stage,
    release_records,
    reopen_stage,
)
from screening.services.voting import submit_decision, withdraw_decision

__all__ = [
    "add_source",
    "adjudicate_conflict",
    "close_stage",
    "find_duplicates",
    "hand_over_conflicts",
    "import_file",
    "merge_group",
    "open_stage",
    "record_discussion",
    "release_records",
    "reopen_stage",
    "separate_group",
    "set_full_text",
    "submit_decision",
    "undo_import",
    "update_source",
    "withdraw_decision",
]
