"""Input of what people add to a record."""

from django import forms

from records.models import PublicationNotice, RecordDetails


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
