"""How a study written down in a data file is entered into a copy, cell by cell."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

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
) -> None:
    """Enter all of a study into one copy: its own answers, then its elements in their order."""
    form = copy.form_version.spec
    elements: dict[str, Element] = {}
    for row in content["elements"]:
        elements[row["ref"]] = add_element(
            extractor=member,
            extraction=copy,
            group=row["group"],
            parent=elements.get(row.get("parent", "")),
            across=elements.get(row.get("across", "")),
        )
    cells = []
    for place, answers in answers_by_place(content).items():
        for key, answer in answers.items():
            refers = form.by_cell[key].type.is_reference
            meant = "; ".join(str(elements[name].uid) for name in answer) if refers else answer
            error = errors.get((place, key))
            cells.append(_cell(key, meant, elements.get(place), error))
    save_cells(extractor=member, extraction=copy, cells=cells)


def answers_by_place(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return all answers of a study by the place they stand at: the study, or an element's name."""
    return {
        "study": content["study"],
        **{row["ref"]: row["cells"] for row in content["elements"]},
    }


def _cell(
    key: str, answer: str | Mapping[str, str], element: Element | None, error: str | None
) -> CellInput:
    parts = answer if isinstance(answer, Mapping) else {"text": answer}
    beside = {name: parts[name] for name in CELL_PARTS if name in parts}
    return CellInput(key=key, text=error or parts["text"], element=element, **beside)
