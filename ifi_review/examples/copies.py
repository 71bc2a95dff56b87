"""How a study written down in a data file is entered into a copy, cell by cell."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from extraction import groups
from extraction.models import Element, Extraction, Study
from extraction.services import (
    CellInput,
    add_element,
    assign_extractors,
    save_cells,
    submit_extraction,
)
from ifi_review.examples.people import Team
from reviews.models import Membership

REFERENCES = {"cohorts", "part_of"}
CELL_PARTS = ("obtained", "formula", "note", "page", "quote")


@cache
def read_json(name: str) -> Any:
    """Return a data file of the examples."""
    return json.loads(read_bytes(name))


def read_bytes(name: str) -> bytes:
    """Return the bytes of a data file of the examples."""
    return files("ifi_review.examples").joinpath("data", name).read_bytes()


def extract_twice(
    team: Team, study: Study, content: Mapping[str, Any], planted: Iterable[Mapping[str, str]]
) -> None:
    """Have both reviewers extract a study, each with the errors planted in their copy."""
    copies = assign_extractors(lead=team.lead, study=study, first=team.first, second=team.second)
    for copy, member in zip(copies, (team.first, team.second), strict=True):
        errors = {
            (error["place"], error["key"]): error["entered"]
            for error in planted
            if error["copy"] == copy.seat
        }
        enter_copy(member, copy, content, errors)
        submit_extraction(extractor=member, extraction=copy)


def enter_copy(
    member: Membership,
    copy: Extraction,
    content: Mapping[str, Any],
    errors: Mapping[tuple[str, str], str],
) -> dict[str, Element]:
    """Enter all of a study into one copy and return its elements by their name in the file.

    Results are named ``r1``, ``r2``, … in their order.
    """
    elements: dict[str, Element] = {}
    cells = _cells(content["study"], None, "study", errors, elements)
    for level, rows in (
        (groups.COHORT, content["cohorts"]),
        (groups.INTERVENTION, content["interventions"]),
        (groups.OUTCOME, content["outcomes"]),
    ):
        for row in rows:
            element = add_element(extractor=member, extraction=copy, group=level)
            elements[row["ref"]] = element
            cells += _cells(row["cells"], element, row["ref"], errors, elements)
    for number, row in enumerate(content["results"], start=1):
        element = elements[f"r{number}"] = add_element(
            extractor=member,
            extraction=copy,
            group=groups.RESULT,
            parent=elements[row["cohort"]],
            across=elements[row["outcome"]],
        )
        cells += _cells(row["cells"], element, f"r{number}", errors, elements)
    save_cells(extractor=member, extraction=copy, cells=cells)
    return elements


def _cells(
    answers: Mapping[str, Any],
    element: Element | None,
    place: str,
    errors: Mapping[tuple[str, str], str],
    elements: Mapping[str, Element],
) -> list[CellInput]:
    return [
        _cell(key, answer, element, errors.get((place, key)), elements)
        for key, answer in answers.items()
    ]


def _cell(
    key: str,
    answer: str | Sequence[str] | Mapping[str, str],
    element: Element | None,
    error: str | None,
    elements: Mapping[str, Element],
) -> CellInput:
    if key in REFERENCES:
        text = "; ".join(str(elements[name].uid) for name in answer)
        return CellInput(key=key, text=text, element=element)
    parts = answer if isinstance(answer, Mapping) else {"text": str(answer)}
    beside = {name: parts[name] for name in CELL_PARTS if name in parts}
    return CellInput(key=key, text=error or parts["text"], element=element, **beside)
