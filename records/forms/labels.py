"""Input of labels: their names, and putting them on records."""

from typing import Any

from django import forms


class LabelForm(forms.Form):
    """A label to make, or its new name."""

    name = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    shared = forms.BooleanField(required=False, label="The whole team sees it")

    def __init__(self, *args: Any, may_share: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


class BulkLabelForm(forms.Form):
    """Records of the list, and the label to put on them or take off."""

    record = forms.CharField(required=False)
    label = forms.UUIDField(error_messages={"required": "Choose a label."})
    act = forms.ChoiceField(choices=(("on", "Put on"), ("off", "Take off")))
    everything = forms.BooleanField(required=False)
    sure = forms.BooleanField(required=False)
