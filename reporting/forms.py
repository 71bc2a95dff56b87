"""What a reader may ask of a table."""

from datetime import datetime

from django import forms

from reporting.snapshot import read_instant


class AsOfForm(forms.Form):
    """The instant a table is wanted as of; blank for now."""

    as_of = forms.CharField(
        required=False,
        max_length=60,
        label="As it stood at",
        widget=forms.TextInput(attrs={"placeholder": "2026-05-01 or 2026-05-01T12:00:00Z"}),
    )

    def clean_as_of(self) -> datetime | None:
        """Return the instant, ``None`` for the last event."""
        text = self.cleaned_data["as_of"]
        return read_instant(text) if text else None
