"""The fields that a lead fills in when a form is made: its title, own groups and own questions."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify

from extraction.forms import PlainForm
from extraction.schema import FieldSpec, FieldType
from extraction.schema.drafting import OwnGroup, OwnQuestion
from reviews.forms import LinesField, RefusableForm

DURATION = "duration"
ANSWERS = {
    FieldType.TEXT.value: "text",
    FieldType.INTEGER.value: "whole number",
    FieldType.DECIMAL.value: "number",
    FieldType.YESNO.value: "yes or no",
    FieldType.CHOICE.value: "one of a list",
    FieldType.CHOICES.value: "several of a list",
    FieldType.DATE.value: "date",
    FieldType.SUMMARY.value: "summary statistic",
    DURATION: "summary statistic of times",
}

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MEASURED = {FieldType.INTEGER.value, FieldType.DECIMAL.value, FieldType.SUMMARY.value}
_LISTED = {FieldType.CHOICE.value, FieldType.CHOICES.value}
Choices = Sequence[tuple[str, str]]


class TitleForm(RefusableForm, PlainForm):
    """What a new form is called."""

    title = forms.CharField(max_length=200, label="Title")
    slug = forms.CharField(
        max_length=60,
        required=False,
        label="Short name",
        help_text=(
            "Small letters, digits and hyphens, as commands and files name it. Left empty, it is "
            "made from the title."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Make the short name from the title where none was given."""
        cleaned = super().clean() or {}
        slug = cleaned.get("slug") or slugify(cleaned.get("title", ""))[:60]
        cleaned["slug"] = slug.replace("_", "-").strip("-").lower()
        named = "title" in cleaned and "slug" not in self.errors
        if named and not _SLUG.fullmatch(cleaned["slug"]):
            self.add_error("slug", "Write a short name of small letters, digits and hyphens.")
        return cleaned


class OwnGroupForm(PlainForm):
    """A group of the lead's own."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="What one of it is called, as in “Headache day”."
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"] = forms.ChoiceField(
            required=False, label="Belongs to", choices=[("", "the study"), *choices]
        )

    def own(self) -> OwnGroup:
        """Return the group."""
        return OwnGroup(name=self.cleaned_data["name"], of=self.cleaned_data["of"])


class OwnQuestionForm(PlainForm):
    """A question of the lead's own."""

    question = forms.CharField(max_length=500, label="Question")
    group = forms.ChoiceField(label="Asked of")
    type = forms.ChoiceField(
        label="Answer",
        choices=list(ANSWERS.items()),
        help_text="A summary statistic has parts for mean or median, spread, range and n.",
    )
    unit = forms.CharField(
        max_length=40, required=False, label="Unit", help_text="Of a number, as in “days a month”."
    )
    choices = LinesField(
        longest=200,
        label="Choices",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Of a list, one a line.",
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"] = forms.ChoiceField(label="Asked of", choices=choices)

    def clean(self) -> dict[str, Any]:
        """Ask for choices where the answer is one of them, and for a unit of numbers alone."""
        cleaned = super().clean() or {}
        kind, choices = cleaned.get("type"), cleaned.get("choices")
        if kind in _LISTED and not choices and "choices" not in self.errors:
            self.add_error("choices", "Write what can be chosen, one a line.")
        if kind not in _LISTED and choices:
            self.add_error("choices", "Only an answer out of a list has choices; empty this.")
        if kind not in _MEASURED and cleaned.get("unit"):
            self.add_error("unit", "Only a number has a unit; empty this.")
        return cleaned

    def own(self, unit_label: str) -> OwnQuestion:
        """Return the question; the review's own unit of analysis counts as ``units``."""
        given = self.cleaned_data
        unit, duration = given["unit"], given["type"] == DURATION
        return OwnQuestion(
            question=given["question"],
            group=given["group"],
            type=FieldType.SUMMARY.value if duration else given["type"],
            unit="units" if unit.casefold() == unit_label.casefold() else unit,
            choices=tuple(given["choices"]),
            duration=duration,
        )


def answer_words(spec: FieldSpec, unit_label: str) -> str:
    """Return how a question is answered: its type, and its unit in the review's words."""
    if spec.type.is_reference:
        return f"names {'one' if spec.type is FieldType.REFERENCE else 'any'} of “{spec.refers_to}”"
    words = ANSWERS[DURATION if spec.duration else spec.type.value]
    unit = unit_label if spec.unit == "units" else spec.unit
    return f"{words}, {unit}" if unit else words
