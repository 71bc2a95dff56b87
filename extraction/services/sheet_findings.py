"""What does not fit in the copies that a sheet enters, all of them read at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from extraction import groups
from extraction.checks import check_copy, required_blanks, scale_name
from extraction.copies import Cell, StudyCopy, consensus_copies, read_copies
from extraction.models import Extraction
from extraction.querysets.vocabularies import vocabularies_of
from extraction.vocabularies import Vocabularies
from reviews.models import Review


@dataclass(frozen=True)
class Warned:
    """One thing that does not fit: the check, where, and in words."""

    check: str
    study: str
    element: str
    question: str
    message: str


def warnings_of(
    review: Review, extractions: Sequence[Extraction], names: Mapping[str, str]
) -> list[Warned]:
    """Return all that does not fit in some copies, with the required questions that are blank.

    ``names`` are what the sheet calls the elements, by their uid. A constant number of queries.
    """
    vocabularies, settings = vocabularies_of(review), review.settings
    released = {copy.extraction.pk: copy for copy in consensus_copies(review)}
    drafts = [copy for copy in extractions if copy.pk not in released]
    known = released | {copy.extraction.pk: copy for copy in read_copies(drafts)}
    spreads = {copy.study.pk: _spreads(copy, vocabularies) for copy in released.values()}
    found = []
    for copy in (known[extraction.pk] for extraction in extractions):
        form, answers = copy.form, copy.answers
        others = _of_others(copy.study.pk, _spreads(copy, vocabularies), spreads)
        findings = check_copy(
            form,
            answers,
            units_per_patient=settings.units_per_patient,
            unit_label=settings.unit_plural,
            today=timezone.localdate(),
            vocabularies=vocabularies,
            other_sds=others,
        )
        findings += required_blanks(form, answers, unit_label=settings.unit_plural)
        for finding in findings:
            spec = form.by_cell.get(finding.key) or form.by_key.get(finding.key)
            found.append(
                Warned(
                    check=finding.code,
                    study=copy.label,
                    element=names.get(finding.element_uid or "", ""),
                    question=(spec.means if spec else "") or finding.key,
                    message=finding.message,
                )
            )
    return found


def _spreads(copy: StudyCopy, vocabularies: Vocabularies) -> dict[str, list[Decimal]]:
    """Return the standard deviations that a copy reports, by the name of their scale."""
    scales = {one.uid: _scale(one.meant, vocabularies) for one in copy.in_group(groups.OUTCOME)}
    found: dict[str, list[Decimal]] = {}
    for result in copy.in_group(groups.RESULT):
        spread = result.meant.get("estimate.spread")
        value = result.meant.get("estimate.spread_value")
        scale = scales.get(result.across) if result.across else ""
        if spread and spread.text == "sd" and value and value.number and scale:
            found.setdefault(scale, []).append(Decimal(value.number))
    return found


def _scale(meant: Mapping[str, Cell], vocabularies: Vocabularies) -> str:
    said = {means: cell.number or cell.text for means, cell in meant.items()}
    highest = said.get("range.high")
    name = said.get("instrument") or said.get("label", "")
    return scale_name(
        name, said.get("unit", ""), Decimal(highest) if highest else None, vocabularies
    )


def _of_others(
    study: int,
    own: Mapping[str, object],
    spreads: Mapping[int, Mapping[str, Sequence[Decimal]]],
) -> dict[str, list[Decimal]]:
    """Return the SDs of other studies on the scales that a copy uses."""

    def all_of(scale: str) -> Iterator[Decimal]:
        for other, known in spreads.items():
            if other != study:
                yield from known.get(scale, ())

    return {scale: list(all_of(scale)) for scale in own}
