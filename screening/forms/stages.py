"""Input of stages: who screens."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from reviews.models import Membership
from reviews.roles import Role


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
