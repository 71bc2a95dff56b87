"""A form being made on its page: where it starts, what is ticked, and the lead's own rows.

Nothing of it is stored before it is published: every page carries all of it to the next.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from extraction.building_forms import OwnGroupForm, OwnQuestionForm, TitleForm, answer_words
from extraction.forms import PlainForm
from extraction.models import FormVersion
from extraction.schema import SHIPPED_FORMS, FieldSpec, FormRefused, FormSpec, shipped_form
from extraction.schema.drafting import Draft, Meant, library_form
from extraction.schema.meanings import meanings
from extraction.schema.shipped import library_sections
from reviews.models import Review

EMPTY = "empty"
OF_REVIEW = "form:"
MOST_ROWS = 100
# What is pressed on a form that is to be judged; any other button only changes its rows.
JUDGED = ("preview", "publish")

_ROW = re.compile(r"[0-9]{1,4}")
_CARRIED = re.compile(r"start|follows|title|slug|pick|keep|groups|questions|[gq][0-9]{1,4}-[a-z]+")
Posted = MultiValueDict[str, str]


@dataclass(frozen=True)
class Start:
    """What a form can be begun with: nothing, a form that ships, or the latest of the review's."""

    value: str
    base: FormSpec | None = None
    version: FormVersion | None = None

    @property
    def follows(self) -> int:
        """The number of the version it continues, 0 where it makes a new form."""
        return self.version.number if self.version else 0


def starts_of(review: Review) -> list[Start]:
    """Return what a form of a review can be begun with, the form in force first. One query."""
    versions = FormVersion.objects.filter(review=review).select_related("form")
    found: dict[str, Start] = {}
    for version in versions.order_by("-recorded_at", "-pk"):
        value = f"{OF_REVIEW}{version.form.slug}"
        if value not in found:
            found[value] = Start(value, version.spec, version)
    shipped = [Start(slug, shipped_form(slug)) for slug in SHIPPED_FORMS]
    return [*found.values(), *shipped, Start(EMPTY)]


@dataclass(frozen=True)
class Tick:
    """One question that can be ticked."""

    value: str
    question: str
    answer: str
    note: str
    means: str
    ticked: bool


@dataclass(frozen=True)
class TickGroup:
    """The questions of one group that can be ticked, by their sections."""

    key: str
    name: str
    sections: Sequence[tuple[str, Sequence[Tick]]]

    @property
    def total(self) -> int:
        """How many questions there are."""
        return sum(len(ticks) for _, ticks in self.sections)

    @property
    def ticked(self) -> int:
        """How many of them are ticked."""
        return sum(tick.ticked for _, ticks in self.sections for tick in ticks)


class Builder:
    """What was ticked and typed, as the page shows it and as a form."""

    def __init__(
        self, start: Start, unit_label: str, data: Posted | None = None, act: str = ""
    ) -> None:
        self.start, self.unit_label, self.data = start, unit_label, data
        self.judged = data is not None and act in JUDGED
        self.refusals: list[str] = []
        self.base_fields = start.base.fields if start.base else ()
        self.group_rows: list[str] = []
        self.question_rows: list[str] = []
        if data is None:
            draft = Draft.of(start.base) if start.base else Draft("", "")
            self.picked, self.kept, self.follows = draft.picked, draft.kept, start.follows
            return
        asked = {(spec.group, spec.means) for spec in self.base_fields if spec.means}
        ticked = {value.partition(":")[::2] for value in data.getlist("pick")}
        self.picked = frozenset(ticked & {*meanings(), *asked})
        own = {spec.key for spec in self.base_fields if not spec.means}
        self.kept = frozenset(own.intersection(data.getlist("keep")))
        follows = data.get("follows") or ""
        self.follows = int(follows) if _ROW.fullmatch(follows) else -1
        self.group_rows += _rows(data.getlist("groups"))
        self.question_rows += _rows(data.getlist("questions"))
        self._change_rows(act)

    def _change_rows(self, act: str) -> None:
        """Add or take out a row where that is asked for."""
        what, _, rest = act.partition("-")
        name, _, row = rest.partition("-")
        rows = {"group": self.group_rows, "question": self.question_rows}.get(name, [])
        if what == "add" and len(rows) < MOST_ROWS:
            rows.append(_next(rows))
        elif what == "drop" and row in rows:
            rows.remove(row)

    @property
    def is_new(self) -> bool:
        """Whether it makes a new form, not the next version of one."""
        return self.start.version is None

    @cached_property
    def title_form(self) -> TitleForm:
        """What the new form is called."""
        base = self.start.base
        initial = {"title": base.title, "slug": base.slug} if base else {}
        if self.data is not None:
            initial = {name: self.data.get(name) or "" for name in ("title", "slug")}
        return TitleForm(self.data if self.judged else None, initial=initial)

    @cached_property
    def group_forms(self) -> dict[str, OwnGroupForm]:
        """The own groups, by their row."""
        return {
            row: OwnGroupForm(
                self.data if self.judged else None,
                initial=self._typed(f"g{row}", "name", "of"),
                prefix=f"g{row}",
                choices=self._groups(of_study=False, without=row),
            )
            for row in self.group_rows
        }

    @cached_property
    def question_forms(self) -> dict[str, OwnQuestionForm]:
        """The own questions, by their row."""
        choices = self._groups(of_study=True)
        return {
            row: OwnQuestionForm(
                self.data if self.judged else None,
                initial=self._typed(f"q{row}", "question", "group", "type", "unit", "choices"),
                prefix=f"q{row}",
                choices=choices,
            )
            for row in self.question_rows
        }

    @property
    def next_group(self) -> str:
        """The row that a further group would be."""
        return _next(self.group_rows)

    @property
    def next_question(self) -> str:
        """The row that a further question would be."""
        return _next(self.question_rows)

    def _typed(self, prefix: str, *names: str) -> dict[str, str]:
        data = self.data or MultiValueDict()
        return {name: data.get(f"{prefix}-{name}") or "" for name in names}

    def _groups(self, *, of_study: bool, without: str = "") -> list[tuple[str, str]]:
        """Return the groups that can be named: of the library, of the form, and own ones."""
        known = {group.key: group for group in library_form().groups}
        known.update({group.key: group for group in (self.start.base or library_form()).groups})
        choices = [(g.key, g.name) for g in known.values() if of_study or not g.is_study]
        for row in self.group_rows:
            if row != without:
                name = self._typed(f"g{row}", "name")["name"].strip()
                choices.append((f"new-{row}", f"{name or 'Group'} (own group {row})"))
        return choices

    @property
    def library(self) -> list[TickGroup]:
        """The questions that have a meaning, by group and section."""
        asked = {(spec.group, spec.means): spec for spec in self.base_fields if spec.means}
        found = []
        for group in library_form().groups:
            sections = [one for one in library_sections() if one.group == group.key]
            ticks = [
                (one.title, [self._tick((group.key, means), asked) for means in one.questions])
                for one in sections
            ]
            found.append(TickGroup(group.key, group.name, ticks))
        return found

    def _tick(self, meant: Meant, asked: dict[Meant, FieldSpec]) -> Tick:
        spec = asked.get(meant) or library_form().meaning(*meant)
        if spec is None:
            raise LookupError(f"the library asks nothing that means {meant}")
        return Tick(
            value=":".join(meant),
            question=spec.label(self.unit_label),
            answer=answer_words(spec, self.unit_label),
            note=meanings()[meant].definition,
            means=spec.means,
            ticked=meant in self.picked,
        )

    @property
    def own(self) -> list[Tick]:
        """The questions without a meaning that the form it starts from asks."""
        names = {group.key: group.name for group in (self.start.base or library_form()).groups}
        return [
            Tick(
                value=spec.key,
                question=spec.label(self.unit_label),
                answer=answer_words(spec, self.unit_label),
                note=f"Asked of: {names[spec.group]}",
                means="",
                ticked=spec.key in self.kept,
            )
            for spec in self.base_fields
            if not spec.means
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was sent, for a page that has to send it again."""
        data = self.data or MultiValueDict()
        names = [name for name in data if _CARRIED.fullmatch(name)]
        return [(name, value) for name in names for value in data.getlist(name)]

    @property
    def forms(self) -> list[PlainForm]:
        """The forms of the page."""
        titles: list[PlainForm] = [self.title_form] if self.is_new else []
        return [*titles, *self.group_forms.values(), *self.question_forms.values()]

    @property
    def has_errors(self) -> bool:
        """Whether something must be put right."""
        return bool(self.refusals) or any(form.errors for form in self.forms)

    @cached_property
    def draft(self) -> Draft | None:
        """What was picked; ``None`` where a field must be put right."""
        if not all(form.is_valid() for form in self.forms):
            return None
        base = self.start.base
        named = self.title_form.cleaned_data if self.is_new else {}
        draft = Draft(
            slug=named["slug"] if named else (base.slug if base else ""),
            title=named["title"] if named else (base.title if base else ""),
            base=base,
            picked=self.picked,
            kept=self.kept,
            groups={f"new-{row}": form.own() for row, form in self.group_forms.items()},
            questions=[form.own(self.unit_label) for form in self.question_forms.values()],
        )
        return draft if self._groups_fit(draft) else None

    def _groups_fit(self, draft: Draft) -> bool:
        """Refuse own groups of which nothing is asked, or that belong to each other in a circle."""
        for place, form in zip(draft.groups, self.group_forms.values(), strict=True):
            if all(one.group != place for one in draft.questions):
                form.add_error("name", "Ask a question of this group below, or remove it.")
            above, seen = draft.groups[place].of, {place}
            while above in draft.groups and above not in seen:
                seen.add(above)
                above = draft.groups[above].of
            if above == place:
                form.add_error("of", "This group would belong to itself, through others.")
        return not any(form.errors for form in self.group_forms.values())

    def form(self) -> FormSpec | None:
        """Return the form that was put together; ``None`` where something must be put right."""
        if self.draft is None:
            return None
        if not (self.draft.old or self.draft.picked or self.draft.questions):
            self.refusals.append("Nothing is asked yet: tick at least one question.")
            return None
        try:
            return self.draft.form()
        except FormRefused as refused:
            self.refusals.append(refused.message)
            return None

    def refuse(self, refusal: ValidationError) -> None:
        """Show what the service refused: beside the short name where that is taken, else on top."""
        if self.is_new and getattr(refusal, "code", "") == "form_exists":
            self.title_form.refuse(ValidationError({"slug": refusal.messages}))
        else:
            self.refusals += refusal.messages


def _rows(values: Iterable[str]) -> list[str]:
    return [row for row in dict.fromkeys(values) if _ROW.fullmatch(row)][:MOST_ROWS]


def _next(rows: Sequence[str]) -> str:
    return str(max((int(row) for row in rows), default=0) + 1)
