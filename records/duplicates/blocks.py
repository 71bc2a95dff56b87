"""Which records are compared at all: those that share a key, each with a bounded number of others.

The records come sorted by title, so that the neighbours within a block too large to compare
whole are those whose titles begin alike.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from records.duplicates.fingerprints import Fingerprint, doi_stem

# A block up to WHOLE records is compared whole; in a larger one each record meets NEIGHBOURS.
WHOLE = 16
NEIGHBOURS = 6
CROWD = 2_000
NEIGHBOURS_IN_A_CROWD = 3
START = 18
MEANING_WORD = 4
RAREST = 3
NAMES = 3
ABSTRACT = 40

Keys = Callable[[Fingerprint], Iterable[Hashable]]


def candidate_pairs(marks: Sequence[Fingerprint]) -> Iterator[tuple[int, int]]:
    """Yield each pair of positions once whose records share a key, the lower position first."""
    seen: set[int] = set()
    rare = _rare_words(marks)
    count = len(marks)
    for keys in (_identifiers, _title_ends, rare, _places, _people, _abstracts):
        for block in _blocks(marks, keys):
            for one, other in _meetings(block):
                pair = one * count + other
                if pair not in seen:
                    seen.add(pair)
                    yield one, other


def _blocks(marks: Sequence[Fingerprint], keys: Keys) -> Iterator[list[int]]:
    # Hashes instead of keys: two keys of one hash would only bring together a pair too many.
    first: dict[int, int] = {}
    blocks: dict[int, list[int]] = {}
    for at, mark in enumerate(marks):
        for key in map(hash, keys(mark)):
            met = first.setdefault(key, at)
            if met != at:
                blocks.setdefault(key, [met]).append(at)
    yield from blocks.values()


def _meetings(block: list[int]) -> Iterator[tuple[int, int]]:
    if len(block) <= WHOLE:
        yield from ((one, other) for one, other in combinations(block, 2) if one != other)
        return
    reach = NEIGHBOURS if len(block) <= CROWD else NEIGHBOURS_IN_A_CROWD
    for at, one in enumerate(block):
        for other in block[at + 1 : at + 1 + reach]:
            if one != other:
                yield one, other


def _identifiers(mark: Fingerprint) -> Iterator[Hashable]:
    if mark.doi:
        yield doi_stem(mark.doi)
    if mark.pmid:
        yield "pmid", mark.pmid
    if mark.trial:
        yield "trial", mark.trial


def _title_ends(mark: Fingerprint) -> Iterator[Hashable]:
    # A title that lost its accented letters begins as the whole one does without them.
    for compact in (mark.title.compact, mark.title.bare, *mark.title.others):
        if compact:
            yield compact[:START]
        if len(compact) > START:
            yield "end", compact[-START:]


def _rare_words(marks: Sequence[Fingerprint]) -> Keys:
    """Return the keys that each two of a title's rarest words make; a word met once is no help."""
    titles = (set(mark.title.words.split()) for mark in marks)
    counts = Counter(word for words in titles for word in words if len(word) >= MEANING_WORD)
    number = {word: at for at, word in enumerate(sorted(counts), start=1)}
    most = len(number) + 1

    def keys(mark: Fingerprint) -> Iterator[Hashable]:
        words = {w for w in mark.title.words.split() if len(w) >= MEANING_WORD and counts[w] > 1}
        rarest = sorted(words, key=lambda word: (counts[word], word))[:RAREST]
        for one, other in combinations(sorted(rarest), 2):
            yield number[one] * most + number[other]

    return keys


def _places(mark: Fingerprint) -> Iterator[Hashable]:
    place = mark.place
    if place.first > 1 or (place.first and place.last > 1):
        if place.volume:
            yield "volume", place.volume, place.first
        for name in mark.first[:NAMES]:
            yield name, place.first
    if place.volume and place.last > 1:
        yield "last", place.volume, place.last


def _people(mark: Fingerprint) -> Iterator[Hashable]:
    if len(mark.names) > 2 and mark.year:
        yield mark.names[:5], mark.year
    for name in mark.first[:NAMES]:
        if mark.place.volume:
            yield name, "volume", mark.place.volume, mark.place.issue


def _abstracts(mark: Fingerprint) -> Iterator[Hashable]:
    if len(mark.abstract) > ABSTRACT:
        yield mark.abstract[:ABSTRACT]
