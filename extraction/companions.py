"""Reports of one investigation, as a person told them of their records: pure rules."""

from collections.abc import Iterable, Sequence


def families(keys: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the keys in groups that the pairs connect, each in the order of ``keys``.

    The groups come in the order of their first keys. Pairs with anything else count for nothing.
    """
    group_of = {key: [key] for key in keys}
    for one, other in pairs:
        if one not in group_of or other not in group_of or group_of[one] is group_of[other]:
            continue
        joined = group_of[one] + group_of[other]
        group_of.update(dict.fromkeys(joined, joined))
    place = {key: number for number, key in enumerate(keys)}
    once = {id(group): sorted(group, key=place.__getitem__) for group in group_of.values()}
    return sorted(once.values(), key=lambda group: place[group[0]])
