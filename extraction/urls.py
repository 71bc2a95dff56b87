"""Routes of extraction, below the address of a review."""

from django.urls import path

from extraction.views import (
    alignment,
    building,
    comparison,
    doubts,
    elements,
    extractions,
    forms,
    sheets,
    studies,
    submission,
    vocabularies,
)

app_name = "extraction"
STUDY = "studies/<uuid:uid>/"
COPY = "extractions/<uuid:uid>/"
PART = f"{COPY}elements/<uuid:element>/"
urlpatterns = [
    path("forms/", forms.form_list, name="form-list"),
    path("forms/publish/", forms.form_publish, name="form-publish"),
    path("forms/new/", building.form_start, name="form-start"),
    path("forms/build/", building.form_build, name="form-build"),
    path("vocabularies/", vocabularies.vocabulary_edit, name="vocabulary-edit"),
    path("studies/", studies.study_list, name="study-list"),
    path("studies/open/", studies.study_open, name="study-open"),
    path("studies/sheet/", sheets.sheet_preview, name="sheet-preview"),
    path("studies/sheet/import/", sheets.sheet_import, name="sheet-import"),
    path("studies/assign/", studies.study_assign_all, name="study-assign-all"),
    path(STUDY, studies.study_detail, name="study-detail"),
    path(f"{STUDY}assign/", studies.study_assign, name="study-assign"),
    path(f"{STUDY}name/", studies.study_rename, name="study-rename"),
    path(f"{STUDY}reports/", studies.study_link, name="study-link"),
    path(f"{STUDY}alignment/", alignment.study_align, name="study-align"),
    path(f"{STUDY}comparison/", comparison.study_compare, name="study-compare"),
    path(f"{STUDY}cells/", comparison.cell_resolve, name="cell-resolve"),
    path(f"{STUDY}take-agreed/", comparison.study_take_agreed, name="study-take-agreed"),
    path(f"{STUDY}parts/", comparison.part_leave, name="part-leave"),
    path(f"{STUDY}finalise/", comparison.study_finalise, name="study-finalise"),
    path(f"{STUDY}reopen/", comparison.study_reopen, name="study-reopen"),
    path(f"{STUDY}ineligible/", doubts.study_ineligible, name="study-ineligible"),
    path(f"{STUDY}include-again/", doubts.study_include_again, name="study-include-again"),
    path("doubts/", doubts.doubt_list, name="doubt-list"),
    path("doubts/<uuid:uid>/", doubts.doubt_settle, name="doubt-settle"),
    path("doubts/<uuid:uid>/withdraw/", doubts.doubt_withdraw, name="doubt-withdraw"),
    path("adjudications/", alignment.adjudication_list, name="adjudication-list"),
    path("extractions/", extractions.extraction_list, name="extraction-list"),
    path(COPY, extractions.extraction_edit, name="extraction-edit"),
    path(f"{COPY}cells/", extractions.cell_save, name="cell-save"),
    path(f"{COPY}submit/", submission.extraction_submit, name="extraction-submit"),
    path(f"{COPY}reopen/", submission.extraction_reopen, name="extraction-reopen"),
    path(f"{COPY}elements/", elements.element_add, name="element-add"),
    path(f"{PART}remove/", elements.element_remove, name="element-remove"),
    path(f"{PART}restore/", elements.element_restore, name="element-restore"),
    path(f"{PART}fill/", elements.element_fill, name="element-fill"),
]
