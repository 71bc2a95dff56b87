"""Input of stages: who screens."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from reviews.fields import field_of
from reviews.models import Membership
from reviews.roles import Role


class TakersForm(forms.Form):
    """The people who take the seats of who left, and who join an open stage."""

    takers = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Who takes them",
        help_text="They screen at this stage from now on. With nobody ticked, those who still "
        "screen share them. Nobody gets both seats of a record.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, members: list[Membership], prefix: str
    ) -> None:
        super().__init__(data, prefix=f"{prefix}-anew")
        _offer(self, "takers", members)


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
        _offer(self, "screeners", members)

    def clean_screeners(self) -> list[Membership]:
        """Ask for two people at least: one alone cannot be independent of anybody."""
        chosen = list(self.cleaned_data["screeners"])
        if len(chosen) < 2:
            raise ValidationError("Choose at least two people.", code="screeners")
        return chosen


def _offer(form: forms.Form, name: str, members: list[Membership]) -> None:
    """Let these people be chosen by their uid, each shown with their role."""
    field = field_of(form, name, forms.ModelMultipleChoiceField)
    # What is sent is looked up among them; to be shown they need not be read a second time.
    field.queryset = Membership.objects.filter(pk__in=[member.pk for member in members])
    field.choices = [
        (member.uid, f"{member} ({member.get_role_display().lower()})") for member in members
    ]
