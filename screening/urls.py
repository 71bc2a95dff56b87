"""Routes of screening, below the address of a review."""

from django.urls import path

from screening.views import (
    conflicts,
    full_texts,
    labelling,
    record_details,
    references,
    saved_views,
    stages,
    voting,
)

app_name = "screening"
urlpatterns = [
    path("records/", references.record_list, name="record-list"),
    path("records/label/", labelling.record_label, name="record-label"),
    path("records/label/undo/", labelling.record_label_undo, name="record-label-undo"),
    path("records/views/save/", saved_views.view_save, name="view-save"),
    path("records/views/remove/", saved_views.view_remove, name="view-remove"),
    path("records/views/restore/", saved_views.view_restore, name="view-restore"),
    path("records/<uuid:uid>/", references.record_detail, name="record-detail"),
    path("records/<uuid:uid>/panel/", references.record_panel, name="record-panel"),
    path(
        "records/<uuid:uid>/details/",
        record_details.record_details_edit,
        name="record-details-edit",
    ),
    path("records/<uuid:uid>/notices/", record_details.notice_set, name="notice-set"),
    path(
        "records/<uuid:uid>/notices/<str:kind>/remove/",
        record_details.notice_remove,
        name="notice-remove",
    ),
    path("stages/", stages.stage_list, name="stage-list"),
    path("stages/<str:stage>/open/", stages.stage_open, name="stage-open"),
    path("stages/<str:stage>/deal-anew/", stages.stage_deal_anew, name="stage-deal-anew"),
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
