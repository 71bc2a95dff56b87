"""What a sheet calls the elements of a copy: by what they say of themselves, each name once."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from extraction.copies import StudyCopy
from extraction.schema import FormSpec

# The meanings that name an element, the first that is answered before the others.
NAMED_BY = ("label", "instrument", "name", "endpoint", "index_test", "type", "kind", "point")
LONGEST = 100


def own_name(form: FormSpec, group: str, said: Mapping[str, str]) -> str:
    """Return what an element says that it is called, empty where it says nothing.

    ``said`` are its texts by key. A semicolon parts the names of several elements in one cell, so
    no name holds one.
    """
    for means in NAMED_BY:
        spec = form.meaning(group, means)
        text = said.get(spec.key, "") if spec else ""
        plain = " ".join(text.replace(";", ",").split())[:LONGEST].strip()
        if plain:
            return plain
    return ""


def own_names(group: str, own: Sequence[str]) -> list[str]:
    """Return a name for each element of a group, of which these are its own, no two the same.

    One without a name is told by its place; a name that is taken gets a number.
    """
    taken: set[str] = set()
    names = []
    for place, name in enumerate(own, start=1):
        wanted = name or f"{group} {place}"
        free, number = wanted, 1
        while free in taken:
            number += 1
            free = f"{wanted} {number}"
        taken.add(free)
        names.append(free)
    return names


def names_of(copy: StudyCopy) -> dict[UUID, str]:
    """Return what a sheet calls each element of a copy."""
    found: dict[UUID, str] = {}
    for group in dict.fromkeys(element.group for element in copy.elements):
        elements = copy.in_group(group)
        texts: Iterable[dict[str, str]] = (
            {key: cell.text for key, cell in element.cells.items()} for element in elements
        )
        own = [own_name(copy.form, group, said) for said in texts]
        uids = [element.uid for element in elements]
        found.update(zip(uids, own_names(group, own), strict=True))
    return found
