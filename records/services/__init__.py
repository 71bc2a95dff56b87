"""Changes of records: sources, imports, duplicates, labels, views and details."""

from records.services.finding import duplicate_totals, find_duplicates
from records.services.imports import (
    begin_import,
    cancel_import,
    header_sha256,
    import_file,
    known_mapping,
    receive_file,
    undo_import,
)
from records.services.labels import (
    create_label,
    label_records,
    remove_label,
    rename_label,
    restore_label,
    undo_labelling,
)
from records.services.merging import (
    accept_sure_groups,
    merge_group,
    separate_group,
    tell_companions,
    undo_decision,
)
from records.services.record_details import remove_notice, set_notice, set_record_details
from records.services.saved_views import remove_view, restore_view, save_view
from records.services.sources import add_source, find_or_add_source, update_source
from records.services.staging import finish_imports

__all__ = [
    "accept_sure_groups",
    "add_source",
    "begin_import",
    "cancel_import",
    "create_label",
    "duplicate_totals",
    "find_duplicates",
    "find_or_add_source",
    "finish_imports",
    "header_sha256",
    "import_file",
    "known_mapping",
    "label_records",
    "merge_group",
    "receive_file",
    "remove_label",
    "remove_notice",
    "remove_view",
    "rename_label",
    "restore_label",
    "restore_view",
    "save_view",
    "separate_group",
    "set_notice",
    "set_record_details",
    "tell_companions",
    "undo_decision",
    "undo_import",
    "undo_labelling",
    "update_source",
]
