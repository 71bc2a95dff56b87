"""Input of doubts about reports: what should be settled anew, and the second person's answer."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.datastructures import MultiValueDict

from extraction.forms import PlainForm
from records.models import Record
from reviews.models import ExclusionReason, Review
from screening.choices import Verdict

Sent = MultiValueDict[str, str]
NOTE_AT_MOST = 5_000


class ReasonChoice(forms.ModelChoiceField):
    """One of the review's reasons for exclusion, in their order."""

    def __init__(self, review: Review, **how: Any) -> None:
        super().__init__(
            review.exclusion_reasons(), label="Reason for exclusion", to_field_name="uid", **how
        )


class DoubtForm(PlainForm):
    """Which report of a study is to be settled anew, why, and what was known by then."""

    def __init__(
        self,
        data: Sent | None = None,
        *,
        review: Review,
        reports: Iterable[Record],
        verdict: str,
    ) -> None:
        super().__init__(data)
        self.reports = {str(record.uid): record for record in reports}
        choices = [(uid, f"{r.short_name}: {r}") for uid, r in self.reports.items()]
        first = choices[0][0] if len(choices) == 1 else None
        self.fields["report"] = forms.ChoiceField(
            label="Report", choices=choices, widget=forms.RadioSelect, initial=first
        )
        excludes = verdict == Verdict.EXCLUDE
        if excludes:
            self.fields["reason"] = ReasonChoice(review)
        self.fields["note"] = forms.CharField(
            required=not excludes,
            max_length=NOTE_AT_MOST,
            label="Note" if excludes else "Why it is to be included again",
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields["results_known"] = forms.TypedChoiceField(
            label="Do you know results of the study by now?",
            choices=[("yes", "Yes"), ("no", "No")],
            coerce=lambda answer: answer == "yes",
            widget=forms.RadioSelect,
            help_text="The methods say so of every report that is excluded after extraction began.",
        )

    @property
    def said(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = dict(self.cleaned_data)
        return {"record": self.reports[cleaned.pop("report")], **cleaned}


class AnswerForm(PlainForm):
    """Whether a second person settles a report anew as a doubt holds, or keeps it."""

    # Said by the button.
    answer = forms.ChoiceField(choices=[("uphold", "uphold"), ("keep", "keep")], required=False)
    note = forms.CharField(
        required=False,
        max_length=NOTE_AT_MOST,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, data: Sent | None = None, *, review: Review, reason: ExclusionReason | None
    ) -> None:
        super().__init__(data)
        # A reason that was taken off the list since stands where none is chosen.
        if reason is not None:
            current = review.exclusion_reasons().filter(key=reason.key).first()
            initial = current.uid if current else None
            self.fields["reason"] = ReasonChoice(review, required=False, initial=initial)
            self.order_fields(["reason", "note"])
        self.helper.layout = Layout(*(name for name in self.fields if name != "answer"))

    def clean(self) -> dict[str, Any]:
        """Ask for an answer."""
        cleaned = super().clean() or {}
        if not cleaned.get("answer"):
            self.add_error(None, "Choose an answer.")
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = dict(self.cleaned_data)
        return {"uphold": cleaned.pop("answer") == "uphold", **cleaned}
