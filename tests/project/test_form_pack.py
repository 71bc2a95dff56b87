"""Every form is rendered by crispy-forms with the project's own templates."""

import pytest
from crispy_forms.bootstrap import AppendedText, PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings


class Series(forms.Form):
    """A form with one control of each kind."""

    label = forms.CharField(help_text="As the report names it.")
    patients = forms.IntegerField(required=False)
    unit = forms.ChoiceField(choices=[("hip", "Hips"), ("knee", "Knees")])
    counts = forms.BooleanField(required=False, help_text="In totals.")
    kinds = forms.MultipleChoiceField(
        choices=[("a", "Arm"), ("b", "Subgroup")], widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(required=False, widget=forms.Textarea)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset("Who <took> part", "label", PrependedText("patients", "n =")),
            Div(AppendedText("unit", "in all"), "counts", "kinds", css_class="part"),
            "note",
            "seen",
            Submit("save", "Save"),
        )


def rendered(data=None):
    return " ".join(render_crispy_form(Series(data)).split())


def test_the_pack_is_our_own():
    assert settings.CRISPY_TEMPLATE_PACK == "plain"
    assert not any("bootstrap" in app for app in settings.INSTALLED_APPS)


def test_every_control_has_its_label_its_help_and_its_class():
    page = rendered()

    assert '<label for="id_label" class="form-label">Label' in page
    assert 'id="id_label_helptext" class="form-text">As the report names it.' in page
    assert 'aria-describedby="id_label_helptext"' in page
    assert 'class="select form-select"' in page or 'class="form-select' in page
    assert 'id="id_counts"' in page
    assert 'class="form-check-label">Counts' in page
    assert "<legend>Kinds" in page
    assert 'type="hidden" name="seen"' in page
    assert 'value="Save"' in page
    assert "style=" not in page


def test_what_must_be_answered_is_marked_and_nothing_else():
    page = rendered()

    assert page.count('<span class="asteriskField">*</span>') == 3


@pytest.mark.parametrize("word", ["n =", "in all"])
def test_a_word_stands_beside_its_control_and_inside_its_row(word):
    row = next(part for part in rendered().split('<div class="field-row">')[1:] if word in part)

    assert "</div>" not in row[: row.index(word)]


def test_an_error_stands_at_its_field_and_the_control_names_it():
    page = rendered({"label": "", "patients": "many", "unit": "eye", "kinds": []})

    for name, said in (
        ("label", "This field is required."),
        ("patients", "Enter a whole number."),
        ("unit", "Select a valid choice."),
        ("kinds", "This field is required."),
    ):
        at = page.index(f'id="id_{name}_error"')
        assert said in page[at : at + 300]
    assert page.count("is-invalid") >= 4
    assert 'aria-invalid="true"' in page


def test_an_error_of_the_whole_form_stands_above_it():
    form = Series({"label": "x", "unit": "hip", "kinds": ["a"]})
    form.full_clean()
    form.add_error(None, "Two <of> them overlap.")

    page = render_crispy_form(form)

    assert page.index("Two &lt;of&gt; them overlap.") < page.index('id="id_label"')
    assert 'role="alert"' in page
