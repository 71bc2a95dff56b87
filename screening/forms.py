"""Input of screening: files, votes, settlements, screeners and full texts."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from reviews.models import ExclusionReason, Membership, Review
from reviews.roles import Role
from screening.choices import Retrieval, SourceKind, Stage, Verdict
from screening.models import Record, Source

MEGABYTE = 1024 * 1024
MAX_FILE_MB = 50
FORMATS = (
    ("auto", "Find out from the content"),
    ("ris", "RIS"),
    ("nbib", "PubMed (nbib)"),
    ("csv", "Table (CSV)"),
)
MY_DECISIONS = (
    ("", "Any"),
    ("title-abstract:none", "Title and abstract: still to do"),
    ("title-abstract:include", "Title and abstract: included"),
    ("title-abstract:unsure", "Title and abstract: unsure"),
    ("title-abstract:exclude", "Title and abstract: excluded"),
    ("full-text:none", "Full text: still to do"),
    ("full-text:include", "Full text: included"),
    ("full-text:exclude", "Full text: excluded"),
)
VOTES = {
    Stage.TITLE_ABSTRACT: (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE),
    Stage.FULL_TEXT: (Verdict.INCLUDE, Verdict.EXCLUDE),
}


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


class RecordFilterForm(forms.Form):
    """What the list of records is narrowed to."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Title, author, journal, DOI"}
        ),
    )
    source = forms.ModelChoiceField(
        Source.objects.none(), required=False, to_field_name="uid", empty_label="All sources"
    )
    year = forms.IntegerField(
        required=False, min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"size": 6})
    )
    mine = forms.ChoiceField(
        label="My decision",
        required=False,
        choices=MY_DECISIONS,
    )

    def __init__(self, data: QueryDict, *, review: Review, screens: bool) -> None:
        super().__init__(data)
        sources = Source.objects.filter(review=review).order_by("name", "pk")
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]
        if not screens:
            del self.fields["mine"]

    def active(self) -> list[tuple[str, str]]:
        """Return the filters in force: the name of the control and the words for a chip."""
        found = []
        for name, value in self.cleaned_data.items():
            if value:
                words = dict(getattr(self.fields[name], "choices", ())) if name == "mine" else {}
                found.append(
                    (name, f"{self.fields[name].label or name}: {words.get(value, value)}")
                )
        return found


class VerdictForm(forms.Form):
    """An answer on one record: a verdict, a reason with an exclusion, a note.

    A button names the verdict or the reason; a reason alone means an exclusion.
    """

    verdict = forms.ChoiceField(required=False)
    reason = forms.ModelChoiceField(
        ExclusionReason.objects.none(), required=False, to_field_name="uid"
    )
    note = forms.CharField(required=False, max_length=5_000)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        review: Review,
        stage: str,
        verdicts: Iterable[Verdict] = (Verdict.INCLUDE, Verdict.EXCLUDE),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.stage = stage
        reasons = ExclusionReason.objects.current().filter(review=review).order_by("position", "pk")
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            (verdict.value, verdict.label) for verdict in verdicts
        ]

    @property
    def reasons(self) -> Any:
        """Return the review's reasons in their order, for the buttons."""
        return self.fields["reason"].queryset  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one answer, and at full text for the reason of an exclusion."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["reason"] and not cleaned["verdict"]:
            cleaned["verdict"] = Verdict.EXCLUDE.value
        if not cleaned["verdict"]:
            self.add_error(None, "Choose an answer.")
        elif cleaned["reason"] and cleaned["verdict"] != Verdict.EXCLUDE:
            self.add_error("reason", "A reason goes with an exclusion only.")
        elif cleaned["verdict"] == Verdict.EXCLUDE and self._lacks_reason(cleaned):
            self.add_error("reason", "Choose a reason to exclude at full text.")
        return cleaned

    def _lacks_reason(self, cleaned: dict[str, Any]) -> bool:
        return self.stage == Stage.FULL_TEXT and not cleaned["reason"]


class DecisionForm(VerdictForm):
    """A vote; ``seen`` is the reviewer's own vote that the page showed, empty where none stood."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, review: Review, stage: Stage) -> None:
        super().__init__(data, review=review, stage=stage, verdicts=VOTES[stage])


class DiscussionForm(VerdictForm):
    """The answer one of the two holds to be agreed, or that a third person is needed."""

    hand_over = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for an answer unless the record is handed over."""
        if self.cleaned_data.get("hand_over"):
            return self.cleaned_data
        return super().clean()


class KeptForm(forms.Form):
    """The record of a group that stays."""

    kept = forms.ModelChoiceField(Record.objects.none(), required=False, to_field_name="uid")

    def __init__(self, data: QueryDict, *, review: Review) -> None:
        super().__init__(data)
        records = Record.objects.filter(review=review)
        self.fields["kept"].queryset = records  # type: ignore[attr-defined]


class ScreenersForm(forms.Form):
    """The people among whom a stage's records are dealt."""

    screeners = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        label="Who screens",
        help_text="Every record is dealt to two of them, before anybody votes.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, members: list[Membership], prefix: str
    ) -> None:
        ticked = [member.uid for member in members if member.role == Role.REVIEWER]
        super().__init__(data, prefix=prefix, initial={"screeners": ticked})
        choices = Membership.objects.filter(pk__in=[member.pk for member in members])
        field = self.fields["screeners"]
        field.queryset = choices.select_related("user")  # type: ignore[attr-defined]
        field.choices = [  # type: ignore[attr-defined]
            (member.uid, f"{member} ({member.get_role_display().lower()})") for member in members
        ]

    def clean_screeners(self) -> list[Membership]:
        """Ask for two people at least: one alone cannot be independent of anybody."""
        chosen = list(self.cleaned_data["screeners"])
        if len(chosen) < 2:
            raise ValidationError("Choose at least two people.", code="screeners")
        return chosen


class FullTextForm(forms.Form):
    """Whether a report was retrieved, and if not, why."""

    standing = forms.ChoiceField(choices=Retrieval)
    why = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask why a report could not be obtained; the flow diagram's reader will."""
        cleaned = super().clean() or {}
        if cleaned.get("standing") == Retrieval.NOT_RETRIEVED and not cleaned.get("why"):
            self.add_error("why", "Say why the full text could not be obtained.")
        elif cleaned.get("standing") in {Retrieval.SOUGHT, Retrieval.RETRIEVED}:
            cleaned["why"] = ""
        return cleaned
