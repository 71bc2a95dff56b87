"""The words of the vocabularies as a lead writes them: a name a line, with its other names."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from extraction.forms import PlainForm
from extraction.vocabularies import Term
from reviews.forms import LINE_BREAK, RefusableForm

LABELS = {
    "categories": "Categories of treatment",
    "instruments": "Instruments",
    "severity": "Schemes of severity",
}
HELP = {
    "categories": "In the order in which tables print them, as in “Injection”, “Arthroscopic”.",
    "instruments": "Beside those that ship, as in “HIT-6 = Headache Impact Test; HIT 6”.",
    "severity": "Beside those that ship, as in “CTCAE = Common Terminology Criteria”.",
}


class TermsField(forms.CharField):
    """Words one a line; other names of a word follow an equals sign, with semicolons between."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Return the text of the field."""
        return value if isinstance(value, str) else written(value or ())

    def clean(self, value: Any) -> list[Term]:
        """Return the words.

        Raises:
            ValidationError: a line has other names and no name; the message names it.
        """
        terms = []
        for number, line in enumerate(LINE_BREAK.split(super().clean(value)), start=1):
            name, _, rest = line.partition("=")
            aliases = tuple(one for one in (part.strip() for part in rest.split(";")) if one)
            if name.strip():
                terms.append(Term(name.strip(), aliases))
            elif line.strip():
                raise ValidationError(
                    f"Line {number} has no name before the equals sign.", code="blank"
                )
        return terms


def written(terms: Any) -> str:
    """Return words as the field takes them."""
    lines = [f"{term.name} = {'; '.join(term.aliases)}".removesuffix(" = ") for term in terms]
    return "\n".join(lines)


class VocabulariesForm(RefusableForm, PlainForm):
    """The vocabularies of a review."""

    def __init__(
        self,
        data: MultiValueDict[str, str] | None = None,
        *,
        own: Mapping[str, Any],
        seen: Mapping[str, str],
    ) -> None:
        super().__init__(
            data, initial={**own, **{f"{name}_seen": seen.get(name, "") for name in LABELS}}
        )
        for name, label in LABELS.items():
            self.fields[name] = TermsField(
                required=False, label=label, help_text=HELP[name], strip=False
            )
            self.fields[name].widget.attrs["rows"] = 8
            self.fields[f"{name}_seen"] = forms.CharField(
                required=False, widget=forms.HiddenInput, max_length=40
            )

    @property
    def terms(self) -> dict[str, list[Term]]:
        """The words of each vocabulary."""
        return {name: self.cleaned_data[name] for name in LABELS}

    @property
    def seen(self) -> dict[str, str]:
        """What was in force of each when the page was shown."""
        return {name: self.cleaned_data[f"{name}_seen"] for name in LABELS}
