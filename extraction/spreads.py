"""The standard deviations that released studies report, to compare those of a copy with."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Exists, OuterRef

from extraction import groups
from extraction.checks import scale_name
from extraction.copies import ElementCopy, StudyCopy
from extraction.models import ElementRemoval, Value
from extraction.querysets.reports import reported_copies
from extraction.vocabularies import Vocabularies

_NAMED = ("instrument", "label", "unit", "range.high")
_PARTS = ("estimate.spread", "estimate.spread_value")


def released_sds(copy: StudyCopy, vocabularies: Vocabularies) -> dict[str, list[Decimal]]:
    """Return the SDs of other, released studies for each scale on which a copy reports one.

    Never what the other extractor of the same study entered. Three queries, none where the copy
    reports no SD.
    """
    reporting = {result.across for result in copy.results if _reports_sd(result)}
    wanted = {
        _scale({means: cell.number or cell.text for means, cell in one.meant.items()}, vocabularies)
        for one in copy.outcomes
        if one.uid in reporting
    } - {""}
    if not wanted:
        return {}
    # The copies are read first: looked for again for every value, they cost PostgreSQL minutes.
    others = reported_copies(copy.study.review).exclude(study=copy.study).order_by()
    keys = list(others.values_list("pk", flat=True))
    values = Value.objects.current().filter(extraction__in=keys, missing="")
    scales = {
        outcome: scale
        for outcome, said in _by_element(
            values.filter(field__group=groups.OUTCOME, field__means__in=_NAMED).values_list(
                "element", "field__means", "text", "number"
            )
        ).items()
        if (scale := _scale(said, vocabularies)) in wanted
    }
    removed = ElementRemoval.objects.current().filter(element=OuterRef("element"))
    spreads = values.filter(
        ~Exists(removed),
        field__group=groups.RESULT,
        field__means="estimate",
        element__across__in=list(scales),
    )
    found: dict[str, list[Decimal]] = {}
    parts: dict[tuple[int, int], dict[str, str]] = {}
    for element, across, key, text, number in spreads.values_list(
        "element", "element__across", "key", "text", "number"
    ):
        part = f"estimate.{key.partition('.')[2]}"
        if part in _PARTS:
            parts.setdefault((element, across), {})[part] = number or text
    for (_, across), said in sorted(parts.items()):
        if said.get("estimate.spread") == "sd" and said.get("estimate.spread_value"):
            found.setdefault(scales[across], []).append(Decimal(said["estimate.spread_value"]))
    return found


def _reports_sd(result: ElementCopy) -> bool:
    spread = result.meant.get("estimate.spread")
    return spread is not None and spread.text == "sd"


def _by_element(rows: Iterable[tuple[int, str, str, str]]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for element, means, text, number in rows:
        found.setdefault(element, {})[means] = number or text
    return found


def _scale(said: Mapping[str, str], vocabularies: Vocabularies) -> str:
    """Return the name of the scale of an outcome of which this is said, by meaning."""
    name, highest = said.get("instrument") or said.get("label", ""), said.get("range.high")
    return scale_name(
        name, said.get("unit", ""), Decimal(highest) if highest else None, vocabularies
    )
