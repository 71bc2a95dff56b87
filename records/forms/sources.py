"""Input of sources: what PRISMA-S asks about each search."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.http import QueryDict

from records.choices import SearchDirection, SourceKind
from records.models import SourceDetails

DETAILS = (
    "kind", "platform", "searched_on", "search_string", "limits", "filters", "prior_work",
    "updates", "peer_review", "seed", "direction",
)  # fmt: skip
LINES = {
    "search_string": 6, "limits": 2, "filters": 2, "prior_work": 2, "updates": 2,
    "peer_review": 2, "seed": 3,
}  # fmt: skip
LABELS = {
    "kind": "Kind",
    "platform": "Platform or tool",
    "searched_on": "Date of the search",
    "search_string": "Search as it was run",
    "limits": "Limits and restrictions",
    "filters": "Search filters",
    "prior_work": "Prior work",
    "updates": "Updates",
    "peer_review": "Peer review",
    "seed": "Papers it began with",
    "direction": "Direction",
}
HELP = {
    "kind": "Items 1, 3 to 7. Databases and registers are counted in the left column of the "
    "flow diagram, everything else under other methods.",
    "platform": "Items 1 and 2: where it was searched, such as “Ovid”; for citation searching "
    "the tool, such as “Citationchaser”.",
    "searched_on": "Item 13: when this search was last run.",
    "search_string": "Item 8: line by line, copied as it was run, not retyped.",
    "limits": "Item 9: dates, languages, kinds of publication, and why.",
    "filters": "Item 10: published filters, with where each comes from, and what was changed.",
    "prior_work": "Item 11: which earlier review's search was taken over or adapted.",
    "updates": "Item 12: how the search was or will be run again, such as e-mail alerts.",
    "peer_review": "Item 14: whether somebody checked the search, such as with PRESS 2015.",
    "seed": "Item 5: one a line, such as the included studies or a review, with DOI or PMID.",
    "direction": "Item 5: the references of these papers, the papers that cite them, or both.",
}


class SourceForm(forms.Form):
    """What is to be reported of one search; ``seen`` is the version that the page showed."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=200, help_text="As the flow diagram should print it, such as “MEDLINE”."
    )
    kind = forms.ChoiceField(choices=SourceKind, initial=SourceKind.DATABASE)
    platform = forms.CharField(max_length=200, required=False)
    searched_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    search_string = forms.CharField(required=False)
    limits = forms.CharField(required=False)
    filters = forms.CharField(required=False)
    prior_work = forms.CharField(required=False)
    updates = forms.CharField(required=False)
    peer_review = forms.CharField(required=False)
    seed = forms.CharField(required=False)
    direction = forms.ChoiceField(
        choices=[("", "Not said"), *SearchDirection.choices], required=False
    )

    def __init__(
        self, data: QueryDict | None = None, *, details: SourceDetails | None = None
    ) -> None:
        super().__init__(data, initial=_initial(details) if details else None)
        for name in DETAILS:
            field = self.fields[name]
            field.label, field.help_text = LABELS[name], HELP[name]
            if name in LINES:
                field.widget = forms.Textarea(attrs={"rows": LINES[name]})
        if details:
            # A name is what the ledgers and exports so far were printed with.
            del self.fields["name"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "seen",
            _part("What was searched", *([] if details else ["name"]), "kind", "platform"),
            _part("The search", "searched_on", "search_string", "limits", "filters", "prior_work"),
            _part("Keeping it right", "peer_review", "updates"),
            _part("Citation searching only", "seed", "direction"),
        )

    @property
    def details(self) -> dict[str, Any]:
        """Return what is to be kept."""
        return {name: self.cleaned_data[name] for name in DETAILS}


def _part(legend: str, *fields: str) -> Fieldset:
    return Fieldset(legend, *fields, css_class="form-part")


def _initial(details: SourceDetails) -> dict[str, Any]:
    return {"seen": details.uid, **{name: getattr(details, name) for name in DETAILS}}
