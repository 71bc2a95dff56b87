"""Input of the list of records: what it is narrowed to, what it shows, and views to keep."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from records.choices import NoticeKind
from records.querysets.choices import Choice, Choices
from records.search import MAX_QUERY
from reviews.fields import field_of

ANY = ("", "Any")
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
    ("labels", "Labels"),
    ("language", "Language"),
    ("type", "Type"),
    ("doi", "DOI"),
)
USUAL_COLUMNS = ("year", "journal", "source", "labels")
CHIPS = {
    "q": "Search",
    "source": "Source",
    "batch": "Import",
    "year_from": "From",
    "year_to": "To",
    "label": "Label",
    "language": "Language",
    "record_type": "Type",
    "abstract": "Abstract",
    "notice": "Notice",
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
    """What the list of records is narrowed to, and the columns it shows.

    ``chips`` names the filters in the order in which they are shown while in force; ``without``
    leaves fields out.
    """

    chips: Mapping[str, str] = CHIPS
    usual_columns: Sequence[str] = USUAL_COLUMNS

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
    label = forms.ChoiceField(required=False)
    source = forms.ChoiceField(required=False)
    batch = forms.ChoiceField(label="Import", required=False)
    language = forms.ChoiceField(required=False)
    record_type = forms.ChoiceField(label="Type", required=False)
    abstract = forms.ChoiceField(required=False, choices=ABSTRACTS)
    notice = forms.ChoiceField(required=False, choices=NOTICES)
    columns = forms.MultipleChoiceField(
        required=False, choices=COLUMNS, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict, *, choices: Choices, without: Collection[str] = ()) -> None:
        super().__init__(data)
        for name in without:
            del self.fields[name]
        for name in ("label", "source", "batch", "language", "record_type"):
            options = _options(getattr(choices, name))
            field_of(self, name, forms.ChoiceField).choices = [ANY, *options]
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
        for name, what in self.chips.items():
            if value := self.cleaned_data.get(name):
                words = dict(getattr(self.fields[name], "choices", ())).get(value, value)
                yield name, f"{what}: {words}"

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """Return the columns to show, in the order of the table."""
        chosen = self.cleaned_data.get("columns") if self.is_valid() else None
        return tuple(chosen or self.usual_columns)


def _options(choices: list[Choice]) -> Iterator[tuple[str, str]]:
    for choice in choices:
        more = f" ({choice.more})" if choice.more and choice.more != "people" else ""
        yield choice.value, f"{choice.words}{more}"


class SavedViewForm(forms.Form):
    """The name of a view to keep."""

    name = forms.CharField(max_length=60)
