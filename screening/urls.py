"""Routes of screening, below the address of a review."""

from django.urls import path

from screening.views import (
    conflicts,
    duplicates,
    full_texts,
    import_checks,
    imports,
    records,
    sources,
    stages,
    voting,
)

app_name = "screening"
urlpatterns = [
    path("records/", records.record_list, name="record-list"),
    path("records/<uuid:uid>/", records.record_detail, name="record-detail"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_create, name="import-create"),
    path("imports/check/", import_checks.import_check, name="import-check"),
    path("imports/<uuid:uid>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:uid>/file/", imports.import_download, name="import-download"),
    path("imports/<uuid:uid>/cancel/", imports.import_cancel, name="import-cancel"),
    path("imports/<uuid:uid>/resume/", imports.import_resume, name="import-resume"),
    path("imports/<uuid:uid>/undo/", imports.import_undo, name="import-undo"),
    path("sources/", sources.source_list, name="source-list"),
    path("sources/new/", sources.source_create, name="source-create"),
    path("sources/<uuid:uid>/", sources.source_edit, name="source-edit"),
    path("duplicates/", duplicates.duplicate_list, name="duplicate-list"),
    path("duplicates/find/", duplicates.duplicate_find, name="duplicate-find"),
    path("duplicates/accept/", duplicates.duplicate_accept, name="duplicate-accept"),
    path("duplicates/undo/<uuid:uid>/", duplicates.duplicate_undo, name="duplicate-undo"),
    path("duplicates/<uuid:uid>/relate/", duplicates.duplicate_relate, name="duplicate-relate"),
    path("duplicates/<uuid:uid>/merge/", duplicates.duplicate_merge, name="duplicate-merge"),
    path(
        "duplicates/<uuid:uid>/separate/", duplicates.duplicate_separate, name="duplicate-separate"
    ),
    path("stages/", stages.stage_list, name="stage-list"),
    path("stages/<str:stage>/open/", stages.stage_open, name="stage-open"),
    path("stages/<str:stage>/release/", stages.stage_release, name="stage-release"),
    path("stages/<str:stage>/hand-over/", stages.stage_hand_over, name="stage-hand-over"),
    path("stages/<str:stage>/close/", stages.stage_close, name="stage-close"),
    path("stages/<str:stage>/reopen/", stages.stage_reopen, name="stage-reopen"),
    path("screening/conflicts/", conflicts.conflict_list, name="conflict-list"),
    path("screening/discussions/", conflicts.discussion_list, name="discussion-list"),
    path("screening/<str:stage>/", voting.record_next, name="record-next"),
    path("screening/<str:stage>/decisions/", voting.decision_list, name="decision-list"),
    path("screening/<str:stage>/records/<uuid:uid>/", voting.record_screen, name="record-screen"),
    path(
        "screening/<str:stage>/records/<uuid:uid>/withdraw/",
        voting.decision_withdraw,
        name="decision-withdraw",
    ),
    path(
        "screening/<str:stage>/conflicts/<uuid:uid>/",
        conflicts.conflict_adjudicate,
        name="conflict-adjudicate",
    ),
    path("screening/<str:stage>/discussions/<uuid:uid>/", conflicts.discussion, name="discussion"),
    path("full-texts/", full_texts.full_text_list, name="full-text-list"),
    path("full-texts/all/", full_texts.full_text_set_all, name="full-text-set-all"),
    path("full-texts/<uuid:uid>/", full_texts.full_text_set, name="full-text-set"),
]
