"""Routes of records, below the address of a review."""

from django.urls import path

from records.views import duplicates, import_checks, imports, labels, sources

app_name = "records"
urlpatterns = [
    path("labels/", labels.label_list, name="label-list"),
    path("labels/<uuid:uid>/rename/", labels.label_rename, name="label-rename"),
    path("labels/<uuid:uid>/remove/", labels.label_remove, name="label-remove"),
    path("labels/<uuid:uid>/restore/", labels.label_restore, name="label-restore"),
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
    path("duplicates/search/", duplicates.duplicate_search, name="duplicate-search"),
    path("duplicates/accept/", duplicates.duplicate_accept, name="duplicate-accept"),
    path("duplicates/undo/<uuid:uid>/", duplicates.duplicate_undo, name="duplicate-undo"),
    path("duplicates/<uuid:uid>/relate/", duplicates.duplicate_relate, name="duplicate-relate"),
    path("duplicates/<uuid:uid>/merge/", duplicates.duplicate_merge, name="duplicate-merge"),
    path(
        "duplicates/<uuid:uid>/separate/", duplicates.duplicate_separate, name="duplicate-separate"
    ),
]
