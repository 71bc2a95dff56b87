"""Input of the list of records."""

from django import forms
from django.http import QueryDict

from reviews.models import Review
from screening.models import Source

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
