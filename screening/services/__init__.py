"""Changes of screening: imports, duplicates, stages, votes, settlements and full texts."""

from screening.services.finding import duplicate_totals, find_duplicates
from screening.services.full_texts import set_full_text
from screening.services.imports import (
    begin_import,
    cancel_import,
    header_sha256,
    import_file,
    known_mapping,
    receive_file,
    undo_import,
)
from screening.services.labels import (
    create_label,
    label_records,
    remove_label,
    rename_label,
    restore_label,
    undo_labelling,
)
from screening.services.merging import (
    accept_sure_groups,
    merge_group,
    separate_group,
    tell_companions,
    undo_decision,
)
from screening.services.record_details import remove_notice, set_notice, set_record_details
from screening.services.settling import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
)
from screening.services.sources import add_source, find_or_add_source, update_source
from screening.services.stages import (
    close_stage,
    open_stage,
    release_records,
    reopen_stage,
)
from screening.services.staging import finish_imports
from screening.services.views import remove_view, restore_view, save_view
from screening.services.voting import submit_decision, withdraw_decision

__all__ = [
    "accept_sure_groups",
    "add_source",
    "adjudicate_conflict",
    "begin_import",
    "cancel_import",
    "close_stage",
    "create_label",
    "duplicate_totals",
    "find_duplicates",
    "find_or_add_source",
    "finish_imports",
    "hand_over_conflicts",
    "header_sha256",
    "import_file",
    "known_mapping",
    "label_records",
    "merge_group",
    "open_stage",
    "receive_file",
    "record_discussion",
    "release_records",
    "remove_label",
    "remove_notice",
    "remove_view",
    "rename_label",
    "reopen_stage",
    "restore_label",
    "restore_view",
    "save_view",
    "separate_group",
    "set_full_text",
    "set_notice",
    "set_record_details",
    "submit_decision",
    "tell_companions",
    "undo_decision",
    "undo_import",
    "undo_labelling",
    "update_source",
    "withdraw_decision",
]
