"""The story of a printed value: both extractors' entries, and how they became one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from extraction.choices import CopySeat, Missing, Obtained
from extraction.copies import StudyCopy
from extraction.models import Alignment, CellResolution, Value
from extraction.schema import FieldSpec, FieldType, question_key
from extraction.wording import Names
from reporting.definitions import Snapshot
from reviews.versions import valid_at

SEATS = (CopySeat.A, CopySeat.B)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One answer in one copy: what it says, and the row that holds who, where and how."""

    value: Value
    shown: str

    @property
    def obtained(self) -> str:
        """Return how it was obtained, where it was not simply reported."""
        how = self.value.obtained
        return Obtained(how).label.lower() if how and how != Obtained.REPORTED else ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """One value of the consensus, how it was settled, and what each extractor had entered."""

    study: str
    study_uid: UUID
    element: str
    question: str
    final: Entry
    entries: Sequence[Entry]
    resolution: CellResolution | None


@dataclass(slots=True)
class _Pairs:
    """Which elements of A and B each element of the consensus came from."""

    sides: dict[tuple[int, str], int] = field(default_factory=dict)
    consensus_of: dict[str, str] = field(default_factory=dict)


def stories(snapshot: Snapshot, uids: Iterable[UUID]) -> list[Story]:
    """Return the stories of released values, in the order given; a constant number of queries."""
    wanted = list(uids)
    copies = {copy.extraction.pk: copy for copy in snapshot.studies}
    rows = Value.objects.filter(review=snapshot.review, uid__in=wanted)
    found = {row.uid: row for row in rows.select_related("element", "member__user")}
    values = [found[u] for u in wanted if u in found and found[u].extraction_id in copies]
    studies = {copies[value.extraction_id].study.pk for value in values}
    pairs = _pairs(snapshot, studies)
    entered = _entered(snapshot, studies, {value.key for value in values})
    settled = _settled(snapshot, studies, {question_key(value.key) for value in values})
    return [
        _story(snapshot, copies[value.extraction_id], value, pairs, entered, settled)
        for value in values
    ]


def _pairs(snapshot: Snapshot, studies: set[int]) -> _Pairs:
    pairs = _Pairs()
    rows = Alignment.objects.as_of(snapshot.instant).filter(
        study__in=studies, consensus__isnull=False
    )
    for row in rows.select_related("element_a", "element_b", "consensus"):
        for seat, side in zip(SEATS, (row.element_a, row.element_b), strict=True):
            if side is not None and row.consensus is not None:
                pairs.sides[row.consensus.pk, seat] = side.pk
                pairs.consensus_of[str(side.uid)] = str(row.consensus.uid)
    return pairs


def _entered(
    snapshot: Snapshot, studies: set[int], keys: set[str]
) -> dict[tuple[int, int, str, int | None, str], Value]:
    """Return the extractors' answers by study, form, seat, element and what was answered."""
    rows = Value.objects.as_of(snapshot.instant).answered()
    rows = rows.filter(
        valid_at(snapshot.instant, "extraction__"),
        extraction__study__in=studies,
        extraction__seat__in=SEATS,
        key__in=keys,
    ).select_related("extraction", "member__user")
    return {
        (v.extraction.study_id, v.extraction.form_id, v.extraction.seat, v.element_id, v.key): v
        for v in rows
    }


def _settled(
    snapshot: Snapshot, studies: set[int], keys: set[str]
) -> dict[tuple[int, int, int | None, str], CellResolution]:
    """Return how questions were settled, by study, form, element and question."""
    rows = CellResolution.objects.as_of(snapshot.instant).filter(study__in=studies, key__in=keys)
    return {
        (row.study_id, row.form_id, row.element_id, row.key): row
        for row in rows.select_related("member__user")
    }


def _story(
    snapshot: Snapshot,
    copy: StudyCopy,
    value: Value,
    pairs: _Pairs,
    entered: dict[tuple[int, int, str, int | None, str], Value],
    settled: dict[tuple[int, int, int | None, str], CellResolution],
) -> Story:
    spec, form = copy.form.by_cell[value.key], copy.extraction.form_id
    names = Names(copy, snapshot.units)
    entries = []
    for seat in SEATS:
        element = pairs.sides.get((value.element_id, seat)) if value.element_id else None
        given = entered.get((copy.study.pk, form, seat, element, value.key))
        if given is not None and (element is None) == (value.element_id is None):
            entries.append(_entry(given, spec, names, pairs))
    return Story(
        study=copy.label,
        study_uid=copy.study.uid,
        element=names.of(value.element.uid) if value.element else "",
        question=spec.label(snapshot.units),
        final=_entry(value, spec, names, pairs),
        entries=entries,
        resolution=settled.get((copy.study.pk, form, value.element_id, question_key(value.key))),
    )


def _entry(value: Value, spec: FieldSpec, names: Names, pairs: _Pairs) -> Entry:
    """Return an answer as a person reads it; elements are called by their consensus names."""
    parts = [part.strip() for part in value.text.split(";") if part.strip()]
    if value.missing:
        shown = str(Missing(value.missing).label)
    elif spec.type.is_reference:
        shown = "; ".join(names.of(pairs.consensus_of.get(part, part)) for part in parts)
    elif spec.type.is_choice:
        shown = "; ".join(spec.choice_label(part) for part in parts)
    elif spec.type is FieldType.YESNO:
        shown = value.text.capitalize()
    else:
        unit = names.unit_label if value.unit == "units" else value.unit
        shown = f"{value.text} {unit}".strip()
    return Entry(value=value, shown=shown)
