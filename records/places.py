"""The pages of records that one can jump to."""

from reviews.places import PageOfReview

PAGES = (
    PageOfReview(label="Imports", route="records:import-list", words="files batches"),
    PageOfReview(label="Import files", route="records:import-create", words="new add ris upload"),
    PageOfReview(label="Sources", route="records:source-list", words="databases searches"),
    PageOfReview(label="Duplicates", route="records:duplicate-list", words="merge copies"),
    PageOfReview(label="Labels", route="records:label-list", words="tags"),
)
