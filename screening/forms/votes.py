"""Input of votes and settlements."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.fields import field_of
from reviews.models import ExclusionReason, Review
from screening.choices import Stage, Verdict

VOTES = {
    Stage.TITLE_ABSTRACT: (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE),
    Stage.FULL_TEXT: (Verdict.INCLUDE, Verdict.EXCLUDE),
}


class VerdictForm(forms.Form):
    """An answer on one record: a verdict, a reason with an exclusion, a note.

    A button names the verdict or the reason; a reason alone means an exclusion.
    """

    verdict = forms.ChoiceField(required=False)
    reason = forms.ModelChoiceField(
        ExclusionReason.objects.none(), required=False, to_field_name="uid"
    )
    note = forms.CharField(required=False, max_length=5_000)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        review: Review,
        stage: str,
        verdicts: Iterable[Verdict] = (Verdict.INCLUDE, Verdict.EXCLUDE),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.stage = stage
        reasons = ExclusionReason.objects.current().filter(review=review).order_by("position", "pk")
        field_of(self, "reason", forms.ModelChoiceField).queryset = reasons
        field_of(self, "verdict", forms.ChoiceField).choices = [
            (verdict.value, verdict.label) for verdict in verdicts
        ]

    @property
    def reasons(self) -> Any:
        """Return the review's reasons in their order, for the buttons."""
        return field_of(self, "reason", forms.ModelChoiceField).queryset

    def clean(self) -> dict[str, Any]:
        """Ask for one answer, and at full text for the reason of an exclusion."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["reason"] and not cleaned["verdict"]:
            cleaned["verdict"] = Verdict.EXCLUDE.value
        if not cleaned["verdict"]:
            self.add_error(None, "Choose an answer.")
        elif cleaned["reason"] and cleaned["verdict"] != Verdict.EXCLUDE:
            self.add_error("reason", "A reason goes with an exclusion only.")
        elif cleaned["verdict"] == Verdict.EXCLUDE and self._lacks_reason(cleaned):
            self.add_error("reason", "Choose a reason to exclude at full text.")
        return cleaned

    def _lacks_reason(self, cleaned: dict[str, Any]) -> bool:
        return self.stage == Stage.FULL_TEXT and not cleaned["reason"]


class SentForm(forms.Form):
    """How an act on a vote was sent: all a browser says besides what is meant.

    ``seen`` is the reviewer's own vote that the page showed, by its uid or its request, empty
    where none stood; ``member`` is whose page it was; ``request_id`` is the id of the request, the
    same each time it is sent.
    """

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    member = forms.UUIDField(required=False, widget=forms.HiddenInput)
    request_id = forms.UUIDField(required=False, widget=forms.HiddenInput)


class DecisionForm(SentForm, VerdictForm):
    """A vote, and how it was sent."""

    def __init__(self, data: QueryDict | None = None, *, review: Review, stage: Stage) -> None:
        super().__init__(data, review=review, stage=stage, verdicts=VOTES[stage])


class DiscussionForm(VerdictForm):
    """The answer one of the two holds to be agreed, or that a third person is needed."""

    hand_over = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for an answer unless the record is handed over."""
        if self.cleaned_data.get("hand_over"):
            return self.cleaned_data
        return super().clean()
