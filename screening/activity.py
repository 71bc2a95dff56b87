"""What the events of screening say in the activity: never a verdict."""

PHRASES = {
    "screening.source_added": "added a source",
    "screening.source_updated": "completed the details of a source",
    "screening.file_imported": "imported a file",
    "screening.file_refused": "tried to import a file that was refused",
    "screening.import_undone": "undid an import",
    "screening.duplicates_found": "looked for duplicates",
    "screening.duplicates_merged": "merged duplicates",
    "screening.duplicates_parted": "parted records that are not duplicates",
    "screening.stage_opened": "opened a stage for screening",
    "screening.stage_reopened": "opened a stage again",
    "screening.stage_closed": "closed a stage and released its records",
    "screening.records_released": "released records that both had decided",
    "screening.conflicts_handed_over": "handed conflicts over to the adjudicators",
    "screening.decision_submitted": "voted on a record",
    "screening.decision_withdrawn": "took a vote back",
    "screening.discussion_recorded": "entered an answer in a discussion",
    "screening.conflict_adjudicated": "settled a conflict",
    "screening.full_text_set": "said where a full text stands",
    "screening.full_texts_set": "said where several full texts stand",
}
