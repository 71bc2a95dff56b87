"""Input of the list of references: records, narrowed by what was said of them too."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from records.forms.listing import ANY, CHIPS, COLUMNS, RecordFilterForm
from records.querysets.choices import Choices
from screening.choices import Stage, Standing

MY_DECISIONS = (
    ANY,
    ("title-abstract:none", "Title and abstract: still to do"),
    ("title-abstract:include", "Title and abstract: included"),
    ("title-abstract:unsure", "Title and abstract: unsure"),
    ("title-abstract:exclude", "Title and abstract: excluded"),
    ("full-text:none", "Full text: still to do"),
    ("full-text:include", "Full text: included"),
    ("full-text:exclude", "Full text: excluded"),
)
STANDINGS = (
    ANY,
    *(
        (f"{stage}:{standing}", f"{stage.label}: {standing.label.lower()}")
        for stage in Stage
        for standing in (Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT)
    ),
)
MINE = ("mine", "My decision")


def _before(
    name: str, new: tuple[str, str], pairs: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return pairs with a new one put in before the one of this name."""
    return [each for pair in pairs for each in ([new, pair] if pair[0] == name else [pair])]


class ReferenceFilterForm(RecordFilterForm):
    """What the list of references is narrowed to, and the columns it shows."""

    chips = dict([*_before("label", MINE, CHIPS.items()), ("standing", "Released")])
    usual_columns = ("year", "journal", "source", "mine", "labels")
    field_order = (
        "q", "year_from", "year_to", "mine", "label", "source", "batch", "language",
        "record_type", "abstract", "notice", "standing", "columns",
    )  # fmt: skip

    mine = forms.ChoiceField(label="My decision", required=False, choices=MY_DECISIONS)
    standing = forms.ChoiceField(label="Released as", required=False, choices=STANDINGS)
    columns = forms.MultipleChoiceField(
        required=False,
        choices=_before("labels", MINE, COLUMNS),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: QueryDict, *, choices: Choices, screens: bool) -> None:
        super().__init__(data, choices=choices, without=() if screens else ("mine",))
