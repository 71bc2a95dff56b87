"""Input of the page of duplicates."""

from django import forms
from django.http import QueryDict

from records.choices import DuplicateStanding
from records.models import Record
from reviews.fields import field_of
from reviews.models import Review


class ShownForm(forms.Form):
    """How the group stood when it was shown."""

    shown = forms.ChoiceField(choices=DuplicateStanding, required=False)


class MergeForm(ShownForm):
    """Which records of a group are one paper, all if none is ticked, and which of them stays."""

    kept = forms.ModelChoiceField(Record.objects.none(), required=False, to_field_name="uid")
    record = forms.ModelMultipleChoiceField(
        Record.objects.none(), required=False, to_field_name="uid"
    )

    def __init__(self, data: QueryDict, *, review: Review) -> None:
        super().__init__(data)
        records = Record.objects.filter(review=review).defer("raw", "abstract")
        for name in ("kept", "record"):
            field_of(self, name, forms.ModelChoiceField).queryset = records
