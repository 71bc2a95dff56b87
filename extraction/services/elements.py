"""The elements of a draft: added, removed with all that belongs to them, and brought back."""

from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Max

from extraction.models import Element, ElementRemoval, Extraction
from extraction.schema import FormSpec, GroupSpec
from extraction.services.drafts import begin_draft, elements_of
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership

MOST_ELEMENTS = 500


@all_or_nothing
def add_element(
    *,
    extractor: Membership,
    extraction: Extraction,
    group: str,
    parent: Element | None = None,
    across: Element | None = None,
) -> Element:
    """Add an element of a group of the form, below what it belongs to.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), the form has no such group (code
            ``unknown_group``), it lacks what it belongs to (code ``belongs_to_what``), there is
            one already and the group does not repeat (code ``only_one``), or the copy is full
            (code ``too_many``).
    """
    act, copy = begin_draft(extractor, extraction)
    element = new_element(act, copy, group, parent=parent, across=across)
    act.log("extraction.element_added", subject=element, extraction=copy.uid, group=group)
    return element


@all_or_nothing
def remove_element(*, extractor: Membership, element: Element) -> list[ElementRemoval]:
    """Take an element out of the draft, with all that belongs to it.

    Its answers are kept, and ``restore_element`` brings all of it back.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), or the element is removed
            already (code ``element_removed``).
    """
    act, copy = begin_draft(extractor, element.extraction)
    removals = remove(act, copy, [element])
    act.log("extraction.element_removed", subject=element, elements=len(removals))
    return removals


@all_or_nothing
def restore_element(*, extractor: Membership, element: Element) -> Element:
    """Bring back an element, and what was removed together with it.

    What belongs to something else that is still removed stays removed.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), the element was not removed
            (code ``not_removed``), what it belongs to is removed (code ``parent_removed``), another
            has taken its place where there is one only (code ``only_one``), or the copy is full
            (code ``too_many``).
    """
    act, copy = begin_draft(extractor, element.extraction)
    restored = restore(act, copy, element)
    act.log("extraction.element_restored", subject=element, elements=restored)
    return element


def new_element(
    act: Act,
    copy: Extraction,
    group: str,
    *,
    parent: Element | None = None,
    across: Element | None = None,
) -> Element:
    """Write an element at the end of its group; the caller logs it."""
    form = copy.form_version.spec
    spec = form.group(group)
    if spec is None or spec.is_study:
        raise ValidationError("There is nothing of this kind to add.", code="unknown_group")
    alive = elements_of(copy)
    _has_room(len(alive) + 1)
    _belongs(form, spec, alive, parent, across)
    element = Element(extraction=copy, group=group, parent=parent, across=across)
    _alone(spec, alive, element)
    last = Element.objects.filter(extraction=copy, group=group).aggregate(last=Max("position"))
    element.position = (last["last"] or 0) + 1
    return act.insert(element)


def _has_room(number: int) -> None:
    if number > MOST_ELEMENTS:
        raise ValidationError(
            f"An extraction holds at most {MOST_ELEMENTS} parts.", code="too_many"
        )


def _belongs(
    form: FormSpec,
    spec: GroupSpec,
    alive: Sequence[Element],
    parent: Element | None,
    across: Element | None,
) -> None:
    """Refuse an element that lacks what it belongs to, or names what it does not belong to."""
    known = {element.pk: element.group for element in alive}
    wanted = [(parent, spec.of), (across, (spec.across,) if spec.across else ())]
    for element, groups in wanted:
        fits = known.get(element.pk) in groups if element is not None else not groups
        if not fits:
            raise ValidationError(
                f"{spec.name}: this belongs to {_owners(form, spec)} of this extraction.",
                code="belongs_to_what",
            )


def _owners(form: FormSpec, spec: GroupSpec) -> str:
    names = {group.key: f"one {group.name.lower()}" for group in form.groups}
    belongs = " or ".join(names[key] for key in spec.of) or "the study"
    return f"{belongs} and {names[spec.across]}" if spec.across else belongs


def _alone(spec: GroupSpec, alive: Iterable[Element], element: Element) -> None:
    """Refuse a second element where the group has one at most for each it belongs to."""
    place = (element.parent_id, element.across_id)
    if not spec.repeats and any(
        e.group == spec.key and (e.parent_id, e.across_id) == place for e in alive
    ):
        raise ValidationError(f"There is one {spec.name.lower()} already.", code="only_one")


def remove(act: Act, copy: Extraction, elements: Sequence[Element]) -> list[ElementRemoval]:
    """Remove elements with all that belongs to them; the caller logs it."""
    alive = elements_of(copy)
    keys = {element.pk for element in elements}
    if not keys <= {element.pk for element in alive}:
        raise ValidationError("This was removed already.", code="element_removed")
    gone = below(alive, keys)
    return act.bulk_insert([ElementRemoval(element=e) for e in alive if e.pk in gone])


def restore(act: Act, copy: Extraction, element: Element) -> int:
    """Bring an element back with what was removed with it; the caller logs it. Returns how many."""
    removals = ElementRemoval.objects.current().filter(element__extraction=copy)
    removed = {removal.element_id: removal for removal in removals.select_related("element")}
    removal = removed.get(element.pk)
    if removal is None:
        raise ValidationError("This was not removed.", code="not_removed")
    if {element.parent_id, element.across_id} & removed.keys():
        raise ValidationError("Bring back first what this belongs to.", code="parent_removed")
    together = [r for r in removed.values() if r.recorded_at == removal.recorded_at]
    keys = below([r.element for r in together], {element.pk})
    back = _with_owners([r for r in together if r.element_id in keys], removed.keys())
    alive = elements_of(copy)
    _has_room(len(alive) + len(back))
    form = copy.form_version.spec
    for row in back:
        spec = form.group(row.element.group)
        if spec is not None:
            _alone(spec, alive, row.element)
    act.supersede(*back)
    return len(back)


def _with_owners(rows: list[ElementRemoval], removed: Collection[int]) -> list[ElementRemoval]:
    """Return the removals to take back: without what would come back to a removed element."""
    while True:
        left = set(removed) - {row.element_id for row in rows}
        kept = [r for r in rows if not {r.element.parent_id, r.element.across_id} & left]
        if len(kept) == len(rows):
            return kept
        rows = kept


def below(elements: Iterable[Element], keys: set[int]) -> set[int]:
    """Return these keys with those of all elements that belong to them, directly or not."""
    known, found = list(elements), set(keys)
    size = 0
    while size != len(found):
        size = len(found)
        found |= {e.pk for e in known if e.parent_id in found or e.across_id in found}
    return found
