"""Input of screening: votes, settlements, screeners and full texts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from reviews.models import ExclusionReason, Membership, Review
from reviews.roles import Role
from screening.choices import Retrieval, Stage, Verdict

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
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            (verdict.value, verdict.label) for verdict in verdicts
        ]

    @property
    def reasons(self) -> Any:
        """Return the review's reasons in their order, for the buttons."""
        return self.fields["reason"].queryset  # type: ignore[attr-defined]

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


class DecisionForm(VerdictForm):
    """A vote; ``seen`` is the reviewer's own vote that the page showed, empty where none stood."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

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


class ScreenersForm(forms.Form):
    """The people among whom a stage's records are dealt."""

    screeners = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        label="Who screens",
        help_text="Every record is dealt to two of them, before anybody votes.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, members: list[Membership], prefix: str
    ) -> None:
        ticked = [member.uid for member in members if member.role == Role.REVIEWER]
        super().__init__(data, prefix=prefix, initial={"screeners": ticked})
        choices = Membership.objects.filter(pk__in=[member.pk for member in members])
        field = self.fields["screeners"]
        field.queryset = choices.select_related("user")  # type: ignore[attr-defined]
        field.choices = [  # type: ignore[attr-defined]
            (member.uid, f"{member} ({member.get_role_display().lower()})") for member in members
        ]

    def clean_screeners(self) -> list[Membership]:
        """Ask for two people at least: one alone cannot be independent of anybody."""
        chosen = list(self.cleaned_data["screeners"])
        if len(chosen) < 2:
            raise ValidationError("Choose at least two people.", code="screeners")
        return chosen


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
