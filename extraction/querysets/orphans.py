"""Answers that a version of a form would leave without their question."""

from django.db.models import Exists, OuterRef

from extraction.models import Element, ElementRemoval, Form, Value
from extraction.schema import FieldSpec, FormSpec, question_key


def orphans_of(form: Form, spec: FormSpec) -> list[str]:
    """Return what a new version would orphan, in words that name each question or group.

    An answer keeps its question where the version asks the same cell in the same group with the
    same type. Every copy made with the form counts, whoever sees it, and so do the answers of
    elements that were taken out and can be brought back. Three queries.
    """
    versions = {version.pk: version.spec for version in form.versions.all()}
    answered = Value.objects.current().answered().filter(extraction__form=form)
    cells = answered.order_by("field__position", "key").values_list("field__form_version", "key")
    found: dict[str, str] = {}
    for version, key in cells.distinct():
        asked = versions[version].by_cell[key]
        if words := _lost(asked, spec):
            question = versions[version].field(question_key(key)).question
            found.setdefault(question_key(key), f"“{question}” {words}")
    return [*found.values(), *_without_place(form, spec)]


def _lost(asked: FieldSpec, spec: FormSpec) -> str:
    """Return how a cell that has answers would lose them, empty where it keeps them."""
    now = spec.by_cell.get(asked.key)
    if now is None:
        is_asked = question_key(asked.key) in spec.by_key
        return "is asked without a part that has answers" if is_asked else "is not asked any more"
    if now.group != asked.group:
        return f"moves from the group “{asked.group}” to “{now.group}”"
    if now.type is not asked.type:
        return f"changes from {asked.type} to {now.type}"
    if now.refers_to != asked.refers_to:
        return f"names elements of “{now.refers_to}” instead of “{asked.refers_to}”"
    return ""


def _without_place(form: Form, spec: FormSpec) -> list[str]:
    """Return the groups with elements that would be gone or belong to something else."""
    removed = ElementRemoval.objects.current().filter(element=OuterRef("pk"))
    there = Element.objects.filter(~Exists(removed), extraction__form=form).order_by("group")
    found: dict[str, str] = {}
    for key, parent, across in there.values_list(
        "group", "parent__group", "across__group"
    ).distinct():
        group = spec.group(key)
        if group is None or group.is_study:
            found.setdefault(key, f"the group “{key}” has elements and is not there any more")
            continue
        fits = parent in group.of if group.of else parent is None
        if not fits or (across or "") != group.across:
            found.setdefault(key, f"the group “{key}” has elements that belong to something else")
    return list(found.values())
