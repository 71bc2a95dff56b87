"""Input of extraction: who extracts, how a study is named, and the cells of a copy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from extraction.choices import Choice, ErrorType, Missing, ReportKind
from extraction.copies import Cell, ElementCopy
from extraction.schema import FieldSpec, FieldType
from extraction.wording import Names
from records.models import Record
from reviews.models import Membership, Review
from reviews.roles import GRANTS, Capability

BLANK = ("", "")
STUDY_PREFIX = "study"
PART = "part-"
WAS = "was-"
EXTRACTING_ROLES = [role for role, grants in GRANTS.items() if Capability.EXTRACT in grants]


class PlainForm(forms.Form):
    """A form that crispy prints without the form element round it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class MemberChoice(forms.ModelChoiceField):
    """A member who may extract."""

    def __init__(self, review: Review, label: str) -> None:
        members = Membership.objects.active().filter(review=review, role__in=EXTRACTING_ROLES)
        super().__init__(members.select_related("user"), label=label, to_field_name="uid")


class AssignForm(PlainForm):
    """The two people who extract one study."""

    def __init__(self, data: QueryDict | None = None, *, review: Review, **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["first"] = MemberChoice(review, "One extractor")
        self.fields["second"] = MemberChoice(review, "The other extractor")


class AssignAllForm(PlainForm):
    """The people among whom all studies without extractors are dealt."""

    def __init__(self, data: QueryDict | None = None, *, review: Review) -> None:
        super().__init__(data)
        members = Membership.objects.active().filter(review=review, role__in=EXTRACTING_ROLES)
        self.fields["extractors"] = forms.ModelMultipleChoiceField(
            members.select_related("user"),
            to_field_name="uid",
            widget=forms.CheckboxSelectMultiple,
            label="Extractors",
            help_text="Each study goes to two of them; all pairs get equally many.",
        )


class RenameForm(PlainForm):
    """How a study is named in the tables."""

    label = forms.CharField(max_length=200, label="Name", help_text="As the tables print it.")
    note = forms.CharField(
        required=False,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Printed beside the study, for example that it overlaps with another.",
    )


class LinkReportForm(PlainForm):
    """A further report of a study."""

    def __init__(self, data: QueryDict | None = None, *, records: Iterable[Record]) -> None:
        super().__init__(data)
        self.records = {str(record.uid): record for record in records}
        self.fields["record"] = forms.ChoiceField(
            label="Report",
            choices=[
                BLANK,
                *((uid, f"{record.short_name}: {record}") for uid, record in self.records.items()),
            ],
        )
        self.fields["kind"] = forms.ChoiceField(choices=ReportKind, label="Kind of report")


class ReasonForm(PlainForm):
    """Why something that was closed is opened again."""

    reason = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class ResolveForm(forms.Form):
    """How one differing cell is settled.

    A third value of a summary statistic is typed part by part, each into a control named by its
    key after ``part-``.
    """

    choice = forms.ChoiceField(choices=Choice)
    reason = forms.CharField(required=False, max_length=2000)
    error_type = forms.ChoiceField(choices=[BLANK, *ErrorType.choices], required=False)
    text = forms.CharField(required=False, strip=False)
    page = forms.CharField(required=False)
    quote = forms.CharField(required=False)
    # What stood in ``text`` when the page was shown; a page whose script ticks what is typed sends
    # none.
    was = forms.CharField(required=False, strip=False)

    @property
    def parts(self) -> dict[str, str]:
        """The parts of a third value by key, empty where the question has none."""
        return after(PART, self.data)

    def clean(self) -> dict[str, Any]:
        """Refuse a third value that is typed while another answer is ticked."""
        settled = dict(self.cleaned_data)
        choice, was = settled.get("choice"), settled.pop("was", "")
        texts = [(settled.get("text", ""), was)]
        shown = after(WAS, self.data)
        texts += [(text, shown.get(key, "")) for key, text in self.parts.items()]
        typed = any(_retyped(*pair) for pair in texts)
        typed = typed or bool(settled.get("page") or settled.get("quote"))
        asked = "was" in self.data or shown
        if asked and choice in (Choice.A, Choice.B) and typed:
            raise forms.ValidationError(
                f"A third value is typed, but “Take {choice}” is ticked. Tick “A third value”, or "
                "empty its fields.",
                code="typed_and_ticked",
            )
        return settled


def after(start: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was posted under names that begin so, by the rest of the name."""
    return {
        name.removeprefix(start): str(text) for name, text in data.items() if name.startswith(start)
    }


def _retyped(text: str, was: str) -> bool:
    # A text field of the browser leaves out line breaks.
    now, before = ("".join(one.split()) for one in (text, was))
    return bool(now) and now != before


class CellsForm(forms.Form):
    """The cells of one element of a copy, or of the study itself, one field each.

    A question has one, a summary statistic one for each part. It shows; what is typed is read by
    the rules of the form, cell by cell, in the service.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        specs: Sequence[FieldSpec],
        names: Names,
        element: ElementCopy | None,
    ) -> None:
        super().__init__(data, prefix=prefix_of(element.uid if element else None))
        self.element = element
        cells = element.cells if element else names.copy.cells
        for spec in (part for question in specs for part in question.cells):
            control = _control(spec, cells.get(spec.key), names, element)
            control.widget.attrs["form"] = f"form-{self.prefix}"
            self.fields[spec.key] = control
            self.initial[spec.key] = _typed(spec, cells.get(spec.key))

    def full_clean(self) -> None:
        """Judge nothing: the service does."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def dress(self, keys: Iterable[str], column: str = "") -> None:
        """Dress controls that the page labels itself; in a ``column`` by the heads of the table."""
        for field in (self.fields[key] for key in keys):
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
            if column:
                field.widget.attrs["aria-label"] = f"{field.label}, {column}"


def prefix_of(element: UUID | None) -> str:
    """Return what the names of an element's controls begin with."""
    return element.hex if element else STUDY_PREFIX


def typed_text(cell: Cell | None) -> str:
    """Return what one types to get a cell: its text, or the two letters of a missing code."""
    if cell is None:
        return ""
    return MISSING_TYPED[cell.missing] if cell.missing else cell.text


MISSING_TYPED = {
    Missing.NOT_REPORTED.value: "nr",
    Missing.NOT_APPLICABLE.value: "na",
    Missing.UNCLEAR.value: "uc",
    Missing.CONTACT_AUTHOR.value: "ca",
}


def _typed(spec: FieldSpec, cell: Cell | None) -> str | list[str]:
    if spec.type in {FieldType.CHOICES, FieldType.REFERENCES}:
        if cell is not None and cell.missing:
            return [cell.missing]
        return list(cell.answer.parts) if cell else []
    if cell is not None and cell.missing and spec.type in SELECTS:
        return cell.missing
    return typed_text(cell)


SELECTS = {FieldType.CHOICE, FieldType.YESNO, FieldType.REFERENCE}


def _control(
    spec: FieldSpec, cell: Cell | None, names: Names, element: ElementCopy | None
) -> forms.Field:
    label = spec.label(names.unit_label)
    options = _options(spec, cell, names, element)
    common: dict[str, Any] = {"label": label, "required": False}
    if spec.type in {FieldType.CHOICES, FieldType.REFERENCES}:
        return forms.MultipleChoiceField(
            choices=options, widget=forms.CheckboxSelectMultiple, **common
        )
    if spec.type in SELECTS:
        return forms.ChoiceField(choices=[BLANK, *options], **common)
    attrs = {"autocomplete": "off"}
    if spec.type.is_number:
        return forms.CharField(
            widget=forms.TextInput(attrs={**attrs, "inputmode": "text", "class": "cell-number"}),
            **common,
        )
    if spec.type is FieldType.DATE:
        attrs["placeholder"] = "YYYY-MM-DD"
        return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
    if spec.vocabulary:
        attrs["list"] = words_of(spec.vocabulary)
        return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
    return forms.CharField(widget=forms.Textarea(attrs={**attrs, "rows": 1}), **common)


def _options(
    spec: FieldSpec, cell: Cell | None, names: Names, element: ElementCopy | None
) -> list[Any]:
    """Return the options of a field, an answer that is none of them any more included."""
    if spec.type is FieldType.YESNO:
        options = [("yes", "Yes"), ("no", "No")]
    elif spec.type.is_reference:
        others = names.copy.in_group(spec.refers_to)
        options = [
            (str(e.uid), names.of(e.uid)) for e in others if element is None or e.uid != element.uid
        ]
    else:
        options = [(choice.key, choice.label) for choice in spec.choices]
    known = {key for key, _ in options}
    stored = cell.answer.parts if cell else ()
    options += [(part, names.of(part) or part) for part in stored if part not in known]
    if spec.missing_allowed:
        return [*options, ("No value", [(code.value, code.label) for code in Missing])]
    return options


def words_of(vocabulary: str) -> str:
    """Return the id of the list of words that is offered while typing."""
    return f"words-{vocabulary}"
