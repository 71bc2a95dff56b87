"""Input of imports: files with the source they came from, and how each file is to be read."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from records.choices import SourceKind
from records.importers import TableHead
from records.models import Source
from reviews.fields import field_of
from reviews.models import Review

MEGABYTE = 1024 * 1024
FORMATS = (
    ("auto", "Find out from the content"),
    ("ris", "RIS"),
    ("nbib", "PubMed (nbib)"),
    ("pubmed-xml", "PubMed (XML)"),
    ("pubmed-text", "PubMed (Abstract or Summary, as text)"),
    ("pmids", "PubMed (list of PMIDs)"),
    ("ovid", "Ovid (tagged)"),
    ("ovid-text", "Ovid (text with labels)"),
    ("wos", "Web of Science (tagged)"),
    ("cochrane", "Cochrane Library (plain citations)"),
    ("endnote-xml", "EndNote (XML)"),
    ("endnote", "EndNote (tagged)"),
    ("refworks", "RefWorks (tagged)"),
    ("noteexpress", "NoteExpress"),
    ("bibtex", "BibTeX or BibLaTeX"),
    ("csl-json", "CSL JSON"),
    ("ebsco-xml", "EBSCOhost (XML)"),
    ("ictrp-xml", "WHO ICTRP (XML)"),
    ("csv", "Table: CSV"),
    ("tsv", "Table: tab-separated"),
    ("xlsx", "Table: Excel workbook (xlsx)"),
    ("xls", "Table: old Excel workbook (xls)"),
    ("html", "Table: web page (HTML)"),
)
FORMAT_NAMES = dict(FORMATS)
TABLES = ("csv", "tsv", "xlsx", "xls", "html")
# What the page asks of a table: first what a record is known by, then the rest.
MAIN_FIELDS = {
    "title": "Title",
    "authors": "Authors",
    "year": "Year",
    "journal": "Journal",
    "doi": "DOI",
    "pmid": "PMID",
    "abstract": "Abstract",
}
MORE_FIELDS = {
    "source_record_id": "Number in the source",
    "record_type": "Type",
    "translated_title": "Translated title",
    "journal_abbreviation": "Journal, abbreviated",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "start_page": "First page",
    "end_page": "Last page",
    "article_number": "Article number",
    "pmcid": "PMCID",
    "issn": "ISSN",
    "isbn": "ISBN",
    "keywords": "Keywords",
    "language": "Language",
    "url": "Address (URL)",
    "accession": "Accession number",
    "database": "Database",
}
FIELD_LABELS = {**MAIN_FIELDS, **MORE_FIELDS}


class SeveralFilesInput(forms.ClearableFileInput):
    """A control that takes one or more files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files, each within the limit."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Check each file and return them all; an empty one is told when it is looked at."""
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        kept = [file for file in (super(SeveralFilesField, self).clean(f) for f in files) if file]
        for file in kept:
            if file.size > settings.MAX_UPLOAD_MB * MEGABYTE:
                raise ValidationError(
                    f"{file.name} is larger than {settings.MAX_UPLOAD_MB} MB. Split the search in "
                    "the database and import the parts one after the other.",
                    code="too_large",
                )
        return kept


class ImportForm(forms.Form):
    """Search files and the source they came from: one of the review's, or a new one.

    ``key`` is one of the page's, by which a request that is sent twice is known again.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    uploads = SeveralFilesField(label="Files", allow_empty_file=True)
    source = forms.ModelChoiceField(
        Source.objects.none(), required=False, to_field_name="uid", empty_label="A new source"
    )
    name = forms.CharField(
        label="Name of the new source",
        max_length=200,
        required=False,
        help_text="As the flow diagram should print it, such as “MEDLINE”.",
    )
    kind = forms.ChoiceField(choices=SourceKind, initial=SourceKind.DATABASE, required=False)
    platform = forms.CharField(
        max_length=200, required=False, help_text="Where it was searched, such as “Ovid”."
    )
    searched_on = forms.DateField(
        label="Date of the search",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    search_string = forms.CharField(
        label="Search as it was run",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Line by line, copied from the database. What else PRISMA-S asks can be "
        "filled in later, under Sources.",
    )
    format = forms.ChoiceField(choices=FORMATS, initial="auto", required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        review: Review,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial={"key": uuid4(), **(initial or {})})
        sources = Source.objects.filter(review=review).order_by("name", "pk")
        field_of(self, "source", forms.ModelChoiceField).queryset = sources
        self.fields["uploads"].help_text = (
            "RIS, PubMed, Ovid, Web of Science, EndNote, BibTeX, EBSCO, ICTRP, CSL JSON, CSV, TSV, "
            "XLSX or XLS, up to "
            f"{settings.MAX_UPLOAD_MB} MB in all. Importing the same file again adds nothing."
        )
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "key",
            Field("uploads", data_drop="", data_most_mb=settings.MAX_UPLOAD_MB),
            HTML('<p class="chosen-files muted" data-chosen></p>'),
            "source",
            Fieldset(
                "A new source",
                *("name", "kind", "platform", "searched_on", "search_string"),
                css_class="form-part",
            ),
            HTML('<details class="more"><summary>If a file is not recognised</summary>'),
            "format",
            HTML("</details>"),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a source: one of the review's or the name of a new one."""
        cleaned = super().clean() or {}
        named = bool(cleaned.get("name"))
        if not named and not cleaned.get("source") and "source" in cleaned:
            self.add_error("name", "Choose a source above or name a new one.")
        elif named and cleaned.get("source"):
            self.add_error("name", "You chose a source above; leave this empty to use it.")
        return cleaned

    @property
    def source_details(self) -> dict[str, Any]:
        """Return what is to be kept of a new source."""
        names = ("name", "kind", "platform", "search_string", "searched_on")
        given = {name: self.cleaned_data[name] for name in names}
        return {**given, "kind": given["kind"] or SourceKind.DATABASE}


class CardForm(forms.Form):
    """How one received file is to be read: its format, and of a table which column holds what."""

    format = forms.ChoiceField(label="Read as", choices=FORMATS, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        prefix: str,
        asked: str,
        head: TableHead | None,
        remembered: Mapping[str, str],
    ) -> None:
        super().__init__(data, prefix=prefix, initial={"format": asked})
        self.head = head
        if head:
            names = [name for name in dict.fromkeys(head.columns) if name]
            choices = [("", "No column"), *((name, name[:80]) for name in names)]
            for name, label in FIELD_LABELS.items():
                known = remembered.get(name, head.found.get(name, ""))
                self.fields[f"column-{name}"] = forms.ChoiceField(
                    label=label,
                    choices=choices,
                    required=False,
                    initial=known if known in names else "",
                )

    def columns(self, names: Mapping[str, str]) -> list[forms.BoundField]:
        """Return the controls of these fields, of a table."""
        return [self[f"column-{name}"] for name in names] if self.head else []

    @property
    def main_columns(self) -> list[forms.BoundField]:
        """Return the controls that every table needs a look at."""
        return self.columns(MAIN_FIELDS)

    @property
    def more_columns(self) -> list[forms.BoundField]:
        """Return the other controls."""
        return self.columns(MORE_FIELDS)

    @property
    def lacks_title(self) -> bool:
        """Say whether no column of the table is to hold the title."""
        return self.head is not None and not self["column-title"].value()

    @property
    def more_chosen(self) -> bool:
        """Say whether one of the other controls is not as the reader would have it."""
        return any(name in MORE_FIELDS for name in self.mapping())

    @property
    def doubled(self) -> list[str]:
        """Return the names that stand over more than one column."""
        counts = Counter(self.head.columns if self.head else ())
        return [f"“{name[:60]}”" for name, number in counts.items() if name and number > 1]

    def mapping(self) -> dict[str, str]:
        """Return the columns that are not those which the reader takes by itself."""
        if self.head is None:
            return {}
        chosen = {}
        for name in FIELD_LABELS:
            field = f"column-{name}"
            told = self.cleaned_data.get(field, "") if self.is_bound else self[field].initial
            if told != self.head.found.get(name, ""):
                chosen[name] = told
        return chosen
