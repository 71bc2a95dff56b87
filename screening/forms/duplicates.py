"""Input of the page of duplicates."""

from django import forms
from django.http import QueryDict

from reviews.models import Review
from screening.models import Record


class KeptForm(forms.Form):
    """The record of a group that stays."""

    kept = forms.ModelChoiceField(Record.objects.none(), required=False, to_field_name="uid")

    def __init__(self, data: QueryDict, *, review: Review) -> None:
        super().__init__(data)
        records = Record.objects.filter(review=review)
        self.fields["kept"].queryset = records  # type: ignore[attr-defined]
