"""Input of imports: files and the source they came from."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from reviews.models import Review
from screening.choices import SourceKind
from screening.models import Source

MEGABYTE = 1024 * 1024
MAX_FILE_MB = 50
FORMATS = (
    ("auto", "Find out from the content"),
    ("ris", "RIS"),
    ("nbib", "PubMed (nbib)"),
    ("csv", "Table (CSV)"),
)


class SeveralFilesInput(forms.ClearableFileInput):
    """A control that takes one or more files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files, each within the limit."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Check each file and return them all."""
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        kept = [file for file in (super(SeveralFilesField, self).clean(f) for f in files) if file]
        for file in kept:
            if file.size > MAX_FILE_MB * MEGABYTE:
                raise ValidationError(
                    f"{file.name} is larger than {MAX_FILE_MB} MB. Split the search in the "
                    "database and import the parts one after the other.",
                    code="too_large",
                )
        return kept


class ImportForm(forms.Form):
    """Search files and the source they came from: one of the review's, or a new one."""

    uploads = SeveralFilesField(
        label="Files",
        help_text=f"RIS, PubMed (nbib) or CSV, up to {MAX_FILE_MB} MB each. "
        "Importing the same file again adds nothing.",
    )
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
        help_text="Line by line, copied from the database.",
    )
    format = forms.ChoiceField(choices=FORMATS, initial="auto", required=False)
    mapping = forms.CharField(
        label="Columns",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only for a table whose headers are not recognised: one “field = column” "
        "a line, such as “title = Titel”.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        review: Review,
    ) -> None:
        super().__init__(data, files)
        sources = Source.objects.filter(review=review).order_by("name", "pk")
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "uploads",
            "source",
            Fieldset("A new source", "name", "kind", "platform", "searched_on", "search_string"),
            Fieldset("If the file is not recognised", "format", "mapping"),
        )

    def clean_mapping(self) -> dict[str, str]:
        """Read the lines of “field = column”."""
        pairs = {}
        for line in self.cleaned_data["mapping"].splitlines():
            field, equals, column = (part.strip() for part in line.partition("="))
            if line.strip() and not (field and equals and column):
                raise ValidationError(
                    f"“{line.strip()[:60]}” is not “field = column”.", code="pair"
                )
            if field:
                pairs[field] = column
        return pairs

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
