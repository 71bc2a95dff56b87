"""Forms of an account."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.keys import ACTIONS
from accounts.models import User
from accounts.validators import validate_key_map


class FirstRunForm(forms.Form):
    """The operator's account, on an installation that has none."""

    full_name = forms.CharField(
        label="Name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.add_input(Submit("create", "Create the operator account"))

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is easily guessed, given the name and the address."""
        cleaned = super().clean() or {}
        if "password" in cleaned:
            user = User(email=cleaned.get("email", ""), full_name=cleaned.get("full_name", ""))
            try:
                validate_password(cleaned["password"], user)
            except ValidationError as refusal:
                self.add_error("password", refusal)
        return cleaned


class PreferencesForm(forms.ModelForm[User]):
    """How the pages look and answer to this person."""

    time_zone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(zoneinfo.available_timezones())],
        help_text="Times are kept in UTC and shown in this zone.",
    )

    class Meta:
        model = User
        fields = ("full_name", "theme", "time_zone", "shortcuts")

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, instance=user)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.add_input(Submit("save", "Save"))


class KeyMapForm(forms.Form):
    """The single key of every action."""

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data)
        scopes: dict[str, list[str]] = {}
        for name, action in ACTIONS.items():
            self.fields[name] = forms.CharField(
                label=action.label,
                max_length=1,
                required=False,
                initial=user.key_map.get(name, action.key),
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
            )
            scopes.setdefault(action.scope, []).append(name)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *(
                Fieldset(
                    scope,
                    Div(*names, css_class="key-grid"),
                )
                for scope, names in scopes.items()
            ),
            Submit("keys", "Save the keys"),
        )

    def clean(self) -> dict[str, Any]:
        """Keep only what differs from the standard keys; an empty field means the standard key."""
        cleaned = super().clean() or {}
        changed = {name: key for name, key in cleaned.items() if key and key != ACTIONS[name].key}
        validate_key_map(changed)
        return {"key_map": changed}
