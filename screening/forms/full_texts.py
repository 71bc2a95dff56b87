"""Input of full texts: whether a report was retrieved."""

from typing import Any

from django import forms

from screening.choices import Retrieval


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
