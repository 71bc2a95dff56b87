"""A released study as its page prints it."""

from dataclasses import dataclass

from extraction import groups
from extraction.copies import Cell, ElementCopy, StudyCopy
from extraction.schema import FieldSpec
from extraction.wording import Names
from reviews.models import Review


@dataclass(frozen=True)
class Shown:
    """One answer in words, with where it was read."""

    question: str
    text: str
    cell: Cell


@dataclass(frozen=True)
class ShownPart:
    """The study, or one of its cohorts, interventions and outcomes, with what is said of it."""

    title: str
    level: str
    answers: list[Shown]
    columns: list[str]
    rows: list[tuple[str, list[Shown | None]]]


def released_study(copy: StudyCopy, review: Review) -> list[ShownPart]:
    """Return the parts of a copy with the answers that say something."""
    names = Names(copy, review.settings.unit_plural)
    study = [spec for spec in copy.form.fields if spec.group in {groups.STUDY, "appraisal"}]
    parts = [ShownPart("Study", "study", _shown(names, study, copy.cells), [], [])]
    for level in (groups.COHORT, groups.INTERVENTION, groups.OUTCOME):
        parts += [_part(names, element) for element in copy.in_group(level)]
    return parts


def _part(names: Names, element: ElementCopy) -> ShownPart:
    form = names.copy.form
    results = [r for r in names.copy.results if r.across == element.uid]
    rows: list[tuple[str, list[Shown | None]]] = []
    for spec in form.in_group(groups.RESULT):
        answers = [next(iter(_shown(names, [spec], r.cells)), None) for r in results]
        if any(answers):
            rows.append((spec.label(names.unit_label), answers))
    return ShownPart(
        title=f"{element.group}: {names.of(element.uid)}",
        level=element.group,
        answers=_shown(names, form.in_group(element.group), element.cells),
        columns=[names.of(r.parent) for r in results],
        rows=rows,
    )


def _shown(
    names: Names, specs: tuple[FieldSpec, ...] | list[FieldSpec], cells: dict[str, Cell]
) -> list[Shown]:
    return [
        Shown(spec.label(names.unit_label), names.shown(spec, cells[spec.key]), cells[spec.key])
        for spec in specs
        if spec.key in cells
    ]
