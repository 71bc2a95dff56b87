"""Forms of the review: settings, lists written one a line, and people."""

import re
from typing import Any

from crispy_forms.bootstrap import PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify

from reviews.fields import field_of
from reviews.models import ExclusionReason, Membership, Review, ReviewSettings
from reviews.roles import Role

QUESTION = ("population", "intervention", "comparator", "outcome", "registration")
UNIT = ("unit_singular", "unit_plural", "units_per_patient")
PROCESS = (
    "release_rule",
    "settling_rule",
    "adjudicator_may_have_voted",
    "single_extraction",
    "sum_all_treatments",
    "affected_at_least",
    "selection_rule",
)
WORDS = ("include_words", "exclude_words")
UPDATE = (
    "previous_studies",
    "previous_reports",
    "previous_studies_out",
    "previous_reports_out",
    "studies_seen_before",
)
NOTES = (
    "notice",
    "table_note",
    "votes_note",
    "identification_note",
    "claims_heading",
    "claims_comparable",
)
ALL = ("title", *QUESTION, *UNIT, *PROCESS, *WORDS, *UPDATE, *NOTES)
LABELS = {
    "population": "Population",
    "intervention": "Intervention",
    "comparator": "Comparator",
    "outcome": "Outcomes",
    "registration": "Registration",
    "unit_singular": "One unit of analysis",
    "unit_plural": "Several of them",
    "release_rule": "When work is released",
    "settling_rule": "How a conflict is settled",
    "adjudicator_may_have_voted": "A person may settle a conflict in which they voted themselves",
    "single_extraction": "Studies may be extracted by one person",
    "sum_all_treatments": "Tables also sum over all treatments",
    "affected_at_least": "Tables also print the least number affected",
    "selection_rule": "Which of several results for one outcome is chosen",
    "include_words": "Words that speak for inclusion",
    "exclude_words": "Words that speak against it",
    "previous_studies": "Studies in the earlier review",
    "previous_reports": "Reports of these studies",
    "previous_studies_out": "Of its studies, excluded now",
    "previous_reports_out": "Of its reports, excluded now",
    "studies_seen_before": "Studies here that the earlier review had already",
    "notice": "Notice on every page, file and figure",
    "table_note": "Short note on tables",
    "votes_note": "Note on agreement and votes",
    "identification_note": "Note over the boxes of the flow diagram before inclusion",
    "claims_heading": "Heading of the published claims",
    "claims_comparable": "The included set of this review is that of the published paper",
}
HELP = {
    "population": "Who the studies are about, as in “adults with ischiofemoral impingement”.",
    "comparator": "Leave empty for single cohorts: the comparison is before and after.",
    "registration": "Where the protocol stands, as in “PROSPERO CRD42026000000”.",
    "unit_singular": "What is counted beside patients, as in “hip”, “knee”, “eye”.",
    "unit_plural": "Patients and units are never added up.",
    "release_rule": (
        "Until release nobody sees what another person decided. The first rule keeps two people "
        "independent for a whole stage; the others are quicker and are named in the methods."
    ),
    "settling_rule": (
        "By default the two look at their answers together once both are final; a third person "
        "decides only what they cannot."
    ),
    "adjudicator_may_have_voted": "Off unless the team is very small; the report says so when on.",
    "single_extraction": "Sheets can then be imported as final. Every table says so when on.",
    "sum_all_treatments": "Off, as different treatments are not one: then each has its own sum.",
    "affected_at_least": "Where a study gives events and not who had them, in a row marked ≥.",
    "selection_rule": (
        "One criterion a line, the most important first: “window: 6-24 months, nearest 12”, “set: "
        "itt, as_treated, per_protocol”, “adjusted: first”, “instrument: mHHS, HHS, iHOT-12”. A "
        "total always goes before its subscales; what the lines do not tell apart is marked "
        "“choice open”. Declare it before results are known. Empty: nothing is chosen."
    ),
    "include_words": (
        "One a line. They are marked in titles and abstracts while screening; an asterisk at the "
        "end stands for any ending, as in “random*”. They decide nothing."
    ),
    "exclude_words": "One a line, as above.",
    "previous_studies": "Leave all of these empty where the review is new.",
    "previous_reports": "The flow diagram begins with both numbers and ends with the totals.",
    "previous_studies_out": "As they do not meet the criteria of this version.",
    "previous_reports_out": "The reports of the studies above, and single ones.",
    "studies_seen_before": (
        "Included here with a further report: the report adds to the total of reports, the study "
        "not to that of studies."
    ),
    "claims_comparable": "Only then are the paper’s numbers compared with those found here.",
}
LONGEST_REASON = ExclusionReason._meta.get_field("label").max_length or 0
LINE_BREAK = re.compile(r"\r\n|\n|\r")


class JumpForm(forms.Form):
    """What somebody types to find where to go."""

    q = forms.CharField(required=False, max_length=500)


class LinesField(forms.CharField):
    """A list written one entry a line; blank lines are left out."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        """Return the text of the field."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the entries.

        Raises:
            ValidationError: an entry is too long or stands twice; the message names its line.
        """
        entries: list[str] = []
        lines: dict[str, int] = {}
        for number, line in enumerate(LINE_BREAK.split(super().clean(value)), start=1):
            entry = line.strip()
            if len(entry) > self.longest:
                raise ValidationError(
                    f"Line {number} has {len(entry)} characters; at most {self.longest} fit.",
                    code="too_long",
                )
            if entry.casefold() in lines:
                raise ValidationError(
                    f"Line {number} repeats line {lines[entry.casefold()]}.", code="repeated"
                )
            if entry:
                lines[entry.casefold()] = number
                entries.append(entry)
        return entries


class RefusableForm(forms.BaseForm):
    """A form that takes a service's refusal and shows it beside the field it names."""

    def refuse(self, refusal: ValidationError) -> None:
        """Put the messages of ``refusal`` beside their fields, and the rest on top."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class SettingsForm(RefusableForm, forms.ModelForm[ReviewSettings]):
    """What a new review and a running one ask alike."""

    units_per_patient = forms.IntegerField(
        label="Most units in one patient",
        min_value=1,
        max_value=100,
        initial=2,
        help_text=(
            "Two for paired organs, so that three hips in one patient are refused. One where the "
            "patient is the unit."
        ),
    )

    class Meta:
        model = ReviewSettings
        fields: tuple[str, ...] = ("title", *QUESTION, *UNIT, *PROCESS[:2])
        labels = LABELS
        help_texts = HELP
        widgets = {
            "title": forms.TextInput,
            **{name: forms.Textarea(attrs={"rows": 2}) for name in (*QUESTION[:-1], "notice")},
            **{name: forms.Textarea(attrs={"rows": 4}) for name in (*WORDS, "selection_rule")},
            "release_rule": forms.RadioSelect,
            "settling_rule": forms.RadioSelect,
        }


class ReviewSettingsForm(SettingsForm):
    """What the lead decides about the review, as it stands now."""

    why = forms.CharField(
        label="Why this changes",
        required=False,
        max_length=500,
        help_text=(
            "Needed when the process changes. It is kept with the change and stands in the "
            "methods paragraph."
        ),
    )

    class Meta(SettingsForm.Meta):
        fields = ALL

    def __init__(self, data: QueryDict | None = None, *, settings: ReviewSettings) -> None:
        # A copy: a form that is refused has already written into its instance.
        values = {name: getattr(settings, name) for name in ALL}
        super().__init__(data, instance=ReviewSettings(**values))
        self.before = settings
        self.helper = _helper(
            "title",
            _part("Question", *QUESTION),
            _part("Unit of analysis", *UNIT),
            _part("Process", *PROCESS),
            _part("Highlighted words", *WORDS),
            _part("An update of an earlier review", *UPDATE),
            _part("Notes that are printed", *NOTES),
            "why",
            _actions("Save the settings"),
        )

    def clean_selection_rule(self) -> str:
        """Return the lines with one ending: a browser that sends another changes no rule."""
        return "\n".join(self.cleaned_data["selection_rule"].splitlines())

    def clean(self) -> dict[str, Any]:
        """Ask for a reason when the process changes: the report must name the amendment."""
        cleaned = super().clean() or {}
        changed = [name for name in PROCESS if cleaned.get(name) != getattr(self.before, name)]
        if changed and not cleaned.get("why"):
            self.add_error("why", "Say why the process changes; the report names it.")
        return cleaned


class ReviewCreateForm(SettingsForm):
    """A new review: what it asks, what it counts, and how two people stay independent."""

    slug = forms.SlugField(
        label="Address",
        max_length=60,
        required=False,
        help_text="Small letters, digits and dashes. Left empty, it is made from the title.",
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.helper = _helper(
            "title",
            PrependedText("slug", "/reviews/"),
            _part("Question", *QUESTION),
            _part("Unit of analysis", *UNIT),
            _part("Process", *PROCESS[:2]),
            _actions("Create the review"),
        )

    def clean(self) -> dict[str, Any]:
        """Make the address from the title where none was given."""
        cleaned = super().clean() or {}
        if "slug" not in self.errors:
            slug = cleaned.get("slug") or slugify(cleaned.get("title", ""))[:60].strip("-")
            cleaned["slug"] = slug.lower()
            if not slug and "title" in cleaned:
                self.add_error("slug", "The title gives no address; write one.")
        return cleaned


class CriteriaForm(RefusableForm, forms.Form):
    """The eligibility criteria, one a line."""

    inclusion = LinesField(
        label="Inclusion criteria",
        longest=1000,
        help_text="One criterion a line, in the order in which they should be read.",
    )
    exclusion = LinesField(label="Exclusion criteria", longest=1000, help_text="One a line.")
    why = forms.CharField(
        label="Why this changes",
        required=False,
        max_length=500,
        help_text="Once screening has begun, a change is an amendment of the protocol.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, list[str]] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        for name in ("inclusion", "exclusion"):
            self.fields[name].widget.attrs["rows"] = 8
        self.helper = _helper("inclusion", "exclusion", "why", _actions("Save the criteria"))


class ReasonsForm(RefusableForm, forms.Form):
    """The reasons for exclusion in their PRISMA order, one a line."""

    labels = LinesField(
        label="Reasons, the most important first",
        longest=LONGEST_REASON,
        help_text="One a line. A report that fails in several ways counts under the first of them.",
    )
    why = forms.CharField(
        label="Why this changes",
        required=False,
        max_length=500,
        help_text="Once screening has begun, a change is an amendment of the protocol.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, list[str]] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["labels"].widget.attrs["rows"] = 10
        self.helper = _helper("labels", "why", _actions("Save the reasons"))


class InvitationForm(RefusableForm, forms.Form):
    """A person to invite, and the part they shall play."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label="Role", choices=Role, initial=Role.REVIEWER)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.helper = _helper("email", "role", _actions("Invite"))


class RoleForm(RefusableForm, forms.Form):
    """The part a member shall play from now on."""

    role = forms.ChoiceField(label="Role", choices=Role)


class EventFilterForm(forms.Form):
    """Whose events to show; for members who may read everybody's."""

    person = forms.ModelChoiceField(
        Membership.objects.none(), required=False, to_field_name="uid", empty_label="Everybody"
    )

    def __init__(self, data: QueryDict, *, review: Review) -> None:
        super().__init__(data)
        people = review.memberships.select_related("user").order_by("pk")
        field_of(self, "person", forms.ModelChoiceField).queryset = people


def _helper(*fields: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*fields)
    return helper


def _part(heading: str, *fields: str) -> Fieldset:
    return Fieldset(heading, *fields, css_class="form-part")


def _actions(label: str) -> Div:
    return Div(Submit("save", label), css_class="form-actions")
