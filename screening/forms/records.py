"""Input of the list of records, of labels and saved views, and of what people add to a record."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from screening.choices import NoticeKind, Stage, Standing
from screening.models import PublicationNotice, RecordDetails
from screening.querysets.choices import Choice, Choices
from screening.search import MAX_QUERY

ANY = ("", "Any")
MY_DECISIONS = (
    ANY,
    ("title-abstract:none", "Title and abstract: still to do"),
    ("title-abstract:include", "Title and abstract: included"),
    ("title-abstract:unsure", "Title and abstract: unsure"),
    ("title-abstract:exclude", "Title and abstract: excluded"),
    ("full-text:none", "Full text: still to do"),
    ("full-text:include", "Full text: included"),
    ("full-text:exclude", "Full text: excluded"),
)
STANDINGS = (
    ANY,
    *(
        (f"{stage}:{standing}", f"{stage.label}: {standing.label.lower()}")
        for stage in Stage
        for standing in (Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT)
    ),
)
NOTICES = (
    ANY,
    ("any", "Any notice"),
    *NoticeKind.choices,
    ("file", "The file speaks of one"),
)
ABSTRACTS = (ANY, ("yes", "With abstract"), ("no", "Without abstract"))
COLUMNS = (
    ("year", "Year"),
    ("journal", "Journal"),
    ("source", "Source"),
    ("mine", "My decision"),
    ("labels", "Labels"),
    ("language", "Language"),
    ("type", "Type"),
    ("doi", "DOI"),
)
USUAL_COLUMNS = ("year", "journal", "source", "mine", "labels")
CHIPS = {
    "q": "Search",
    "source": "Source",
    "batch": "Import",
    "year_from": "From",
    "year_to": "To",
    "mine": "My decision",
    "label": "Label",
    "language": "Language",
    "record_type": "Type",
    "abstract": "Abstract",
    "notice": "Notice",
    "standing": "Released",
}


def _year(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs={"size": 6}),
    )


class RecordFilterForm(forms.Form):
    """What the list of records is narrowed to, and the columns it shows."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=MAX_QUERY,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Words, “a phrase”, -without, DOI, PMID, #12",
                "data-key": "/",
                "data-key-label": "Search",
            }
        ),
    )
    year_from = _year("Year from")
    year_to = _year("Year to")
    mine = forms.ChoiceField(label="My decision", required=False, choices=MY_DECISIONS)
    label = forms.ChoiceField(required=False)
    source = forms.ChoiceField(required=False)
    batch = forms.ChoiceField(label="Import", required=False)
    language = forms.ChoiceField(required=False)
    record_type = forms.ChoiceField(label="Type", required=False)
    abstract = forms.ChoiceField(required=False, choices=ABSTRACTS)
    notice = forms.ChoiceField(required=False, choices=NOTICES)
    standing = forms.ChoiceField(label="Released as", required=False, choices=STANDINGS)
    columns = forms.MultipleChoiceField(
        required=False, choices=COLUMNS, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict, *, choices: Choices, screens: bool) -> None:
        super().__init__(data)
        for name in ("label", "source", "batch", "language", "record_type"):
            field = self.fields[name]
            field.choices = [ANY, *_options(getattr(choices, name))]  # type: ignore[attr-defined]
        if not screens:
            del self.fields["mine"]
        for name, field in self.fields.items():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
            if name in self.errors:
                described = {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}
                field.widget.attrs |= described

    def clean(self) -> dict[str, Any]:
        """Refuse years in the wrong order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("year_from"), cleaned.get("year_to")
        if first and last and first > last:
            self.add_error("year_to", "The last year comes before the first.")
        return cleaned

    def active(self) -> list[tuple[str, str]]:
        """Return the filters in force: the name of the control and the words for a chip."""
        return list(self._active())

    def _active(self) -> Iterator[tuple[str, str]]:
        for name, what in CHIPS.items():
            if value := self.cleaned_data.get(name):
                words = dict(getattr(self.fields[name], "choices", ())).get(value, value)
                yield name, f"{what}: {words}"

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """Return the columns to show, in the order of the table."""
        chosen = self.cleaned_data.get("columns") if self.is_valid() else None
        return tuple(chosen or USUAL_COLUMNS)


def _options(choices: list[Choice]) -> Iterator[tuple[str, str]]:
    for choice in choices:
        more = f" ({choice.more})" if choice.more and choice.more != "people" else ""
        yield choice.value, f"{choice.words}{more}"


class LabelForm(forms.Form):
    """A label to make, or its new name."""

    name = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    shared = forms.BooleanField(required=False, label="The whole team sees it")

    def __init__(self, *args: Any, may_share: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


class BulkLabelForm(forms.Form):
    """Records of the list, and the label to put on them or take off."""

    record = forms.CharField(required=False)
    label = forms.UUIDField(error_messages={"required": "Choose a label."})
    act = forms.ChoiceField(choices=(("on", "Put on"), ("off", "Take off")))
    everything = forms.BooleanField(required=False)
    sure = forms.BooleanField(required=False)


class SavedViewForm(forms.Form):
    """The name of a view to keep."""

    name = forms.CharField(max_length=60)


class RecordDetailsForm(forms.ModelForm):
    """The language of a paper and who translated it."""

    class Meta:
        model = RecordDetails
        fields = ("language", "translated_by", "note")
        labels = {"translated_by": "Translated by"}
        widgets = {"note": forms.TextInput}


class NoticeForm(forms.ModelForm):
    """A notice about a paper: of what kind, where it was published, and when."""

    class Meta:
        model = PublicationNotice
        fields = ("kind", "reference", "noticed_on", "note")
        labels = {"reference": "Published in", "noticed_on": "On"}
        widgets = {
            "reference": forms.TextInput(
                attrs={"placeholder": "Journal, year, volume, page or DOI of the notice"}
            ),
            "noticed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.TextInput,
        }
