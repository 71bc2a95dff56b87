"""Which records are one paper, surely or in a person's judgement.

Sure: the same PMID, the same DOI, or the same title in the same year, with
nothing that contradicts it. Doubtful: the same with a contradiction, the same
title without a common year, or a similar title in the same year by the same
first author or at the same place. Records are compared only within small
blocks (one identifier, one title, one author and year), each with a bounded
number of others, so the time grows about as the number of records.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from screening.duplicates.candidates import Candidate, Group, Match
from screening.duplicates.clusters import Clustering
from screening.duplicates.fingerprints import (
    Fingerprint,
    authors_differ,
    contradiction,
    corroborated,
    fingerprint,
    same_place,
    similarity,
)

# How many earlier records of a block, or neighbours in a sorted one, a record is held against.
TRIED = 12
DOUBTED = 3
NEIGHBOURS = 12
PROFILES = 8
# An identifier on more differing titles than this names a supplement, not a paper.
TITLES_OF_ONE_IDENTIFIER = 5
SIMILAR = 88.0
SIMILAR_DESPITE_IDENTIFIERS = 96.0
START_OF_TITLE = 12

Block = list[Fingerprint]


def find_groups(
    candidates: Iterable[Candidate], *, apart: Iterable[tuple[int, int]] = ()
) -> list[Group]:
    """Return the groups of records that are, or may be, one paper.

    The answer depends on the candidates alone, not on their order. Sure groups
    come first, each kind in the order of its lowest key.

    Args:
        candidates: the records, each with a key of its own.
        apart: pairs of keys that a person has found to be different papers; no
            sure group unites them and no doubt between them is raised again.
    """
    records = {candidate.key: candidate for candidate in candidates}
    marks = [fingerprint(records[key]) for key in sorted(records)]
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        partners[one].add(other)
        partners[other].add(one)
    clustering = Clustering(marks, partners)
    _join_by_identifier(clustering, _blocks(marks, lambda mark: [mark.pmid]), "PMID")
    _join_by_identifier(clustering, _blocks(marks, lambda mark: [mark.doi]), "DOI")
    _join_by_title_and_year(clustering, marks)
    _doubt_same_titles(clustering, marks)
    _doubt_similar_titles(clustering, marks)
    kept: dict[int, int] = {}
    for cluster in clustering.clusters():
        kept.update(dict.fromkeys(cluster.keys, _most_complete(cluster.keys, records)))
    return [*_sure_groups(clustering, kept), *_doubtful_groups(clustering, kept, records)]


def _blocks(
    marks: Sequence[Fingerprint], keys_of: Callable[[Fingerprint], Iterable[Hashable]]
) -> Iterator[Block]:
    """Yield the records that share a key, where more than one do; empty keys do not count."""
    blocks: defaultdict[Hashable, Block] = defaultdict(list)
    for mark in marks:
        for key in keys_of(mark):
            if key:
                blocks[key].append(mark)
    return (block for block in blocks.values() if len(block) > 1)


def _join_by_identifier(clustering: Clustering, blocks: Iterator[Block], name: str) -> None:
    for block in blocks:
        heads: Block = []
        refused: list[tuple[Fingerprint, Fingerprint, str]] = []
        for mark in block:
            objections = []
            for head in heads[:TRIED]:
                one, other = clustering.of[head.key], clustering.of[mark.key]
                why = "" if one is other else one.objection(other)
                if not why:
                    if one is not other:
                        clustering.join(head, mark)
                    break
                objections.append((head, mark, why))
            else:
                heads.append(mark)
                refused += objections[:DOUBTED]
        if len(heads) <= TITLES_OF_ONE_IDENTIFIER:
            for head, mark, why in refused:
                clustering.doubt(head, mark, score=0.6, why=f"same {name}, but {why}")


def _join_by_title_and_year(clustering: Clustering, marks: Sequence[Fingerprint]) -> None:
    keyed = _blocks(marks, lambda mark: [mark.compact and mark.year and (mark.compact, mark.year)])
    for block in keyed:
        # With two papers of one title in one year, a record without identifier could be either.
        contested = any(
            len({value for mark in block if (value := getattr(mark, name))}) > 1
            for name in ("doi", "pmid")
        )
        heads: list[Block] = []
        for mark in block:
            objections = []
            for profiles in heads[:TRIED]:
                why = _objection(clustering, profiles, mark, contested=contested)
                if not why:
                    if not clustering.together(profiles[0], mark):
                        clustering.join(profiles[0], mark)
                    _add_profile(profiles, mark)
                    break
                objections.append((profiles[0], why))
            else:
                heads.append([mark])
                for head, why in objections[:DOUBTED]:
                    reason = f"same title and year, but {why}"
                    clustering.doubt(head, mark, score=0.8, why=reason)


def _objection(
    clustering: Clustering, profiles: Block, mark: Fingerprint, *, contested: bool
) -> str:
    """Return why a record cannot surely join the cluster that ``profiles`` stand for, or ``""``."""
    one, other = clustering.of[profiles[0].key], clustering.of[mark.key]
    if one is other:
        return ""
    stated = one.objection(other)
    if stated or one.dois & other.dois or one.pmids & other.pmids:
        return stated
    differing = next(filter(None, (contradiction(profile, mark) for profile in profiles)), "")
    if not differing and not any(corroborated(profile, mark) for profile in profiles):
        return "the title is short and nothing else is the same"
    if not differing and contested and not any(same_place(profile, mark) for profile in profiles):
        return "two papers have this title"
    return differing


def _add_profile(profiles: Block, mark: Fingerprint) -> None:
    known = {(p.volume, p.first_page, p.surnames) for p in profiles}
    if len(profiles) < PROFILES and (mark.volume, mark.first_page, mark.surnames) not in known:
        profiles.append(mark)


def _doubt_same_titles(clustering: Clustering, marks: Sequence[Fingerprint]) -> None:
    for block in _blocks(marks, lambda mark: [mark.compact]):
        heads: dict[tuple[int, int | None], Fingerprint] = {}
        for mark in block:
            # One record for each cluster and year: thousands of copies are one comparison.
            own = (id(clustering.of[mark.key]), mark.year)
            if own in heads:
                continue
            for head in islice(reversed(heads.values()), DOUBTED):
                if why := _years_apart(head, mark):
                    clustering.doubt(head, mark, score=0.75, why=why)
            heads[own] = mark


def _years_apart(one: Fingerprint, other: Fingerprint) -> str:
    if one.year is None or other.year is None:
        return "same title, but not both have a year"
    apart = abs(one.year - other.year)
    if not apart or authors_differ(one, other):
        return ""
    shared = one.surnames & other.surnames
    if apart > 1 and not shared:
        return ""
    return f"same title, but the years are {one.year} and {other.year}"


def _doubt_similar_titles(clustering: Clustering, marks: Sequence[Fingerprint]) -> None:
    dated = [mark for mark in marks if mark.compact and mark.year]
    by_author = _blocks(dated, lambda mark: [(mark.year, name) for name in sorted(mark.surnames)])
    by_place = _blocks(
        dated, lambda m: [m.volume and m.first_page and (m.year, m.volume, m.first_page)]
    )
    by_start = _blocks(dated, lambda mark: [(mark.year, mark.compact[:START_OF_TITLE])])
    for block in by_author:
        _doubt_within(clustering, block, "first author")
    for block in by_place:
        _doubt_within(clustering, block, "volume and page")
    for block in by_start:
        if not all(mark.surnames for mark in block):
            _doubt_within(clustering, block, "start, one without authors")


def _doubt_within(clustering: Clustering, block: Block, shared: str) -> None:
    """Compare each record of a block with its neighbours in the order of their titles."""
    distinct = {(id(clustering.of[mark.key]), mark.compact): mark for mark in reversed(block)}
    ordered = sorted(distinct.values(), key=lambda mark: (mark.title, mark.key))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 : at + 1 + NEIGHBOURS]:
            if one.marks != other.marks or one.compact == other.compact:
                continue
            if clustering.together(one, other) or authors_differ(one, other):
                continue
            differ = one.doi != other.doi and one.doi and other.doi
            differ = differ or (one.pmid != other.pmid and one.pmid and other.pmid)
            alike = similarity(one, other)
            if alike >= (SIMILAR_DESPITE_IDENTIFIERS if differ else SIMILAR):
                why = f"similar title ({alike:.0f} %), same year and {shared}"
                clustering.doubt(one, other, score=round(alike * 0.0075, 3), why=why)


def _most_complete(keys: Iterable[int], records: Mapping[int, Candidate]) -> int:
    return max(keys, key=lambda key: (records[key].completeness, -key))


def _sure_groups(clustering: Clustering, kept: Mapping[int, int]) -> Iterator[Group]:
    for cluster in clustering.clusters():
        if len(cluster.members) > 1:
            members = sorted(cluster.members, key=lambda mark: mark.key)
            survivor = next(mark for mark in members if mark.key == kept[mark.key])
            matches = tuple(_sure_match(survivor, mark) for mark in members)
            yield Group(matches, survivor.key, sure=True)


def _sure_match(survivor: Fingerprint, mark: Fingerprint) -> Match:
    if mark is survivor:
        return Match(mark.key, 1.0, "the most complete record")
    if mark.pmid and mark.pmid == survivor.pmid:
        return Match(mark.key, 1.0, f"same PMID {mark.pmid}")
    if mark.doi and mark.doi == survivor.doi:
        return Match(mark.key, 1.0, f"same DOI {mark.doi}")
    if mark.compact == survivor.compact and mark.year == survivor.year:
        return Match(mark.key, 0.97, "same title and year")
    return Match(mark.key, 0.95, "the same as another record of the group")


def _doubtful_groups(
    clustering: Clustering, kept: Mapping[int, int], records: Mapping[int, Candidate]
) -> Iterator[Group]:
    best: dict[int, tuple[float, str]] = {}
    group_of: dict[int, set[int]] = {}
    for (one, other), (score, why) in sorted(clustering.doubts.items()):
        if clustering.of[one] is clustering.of[other]:
            continue
        if clustering.of[one].told_apart_from(clustering.of[other]):
            continue
        ends = kept[one], kept[other]
        for end in ends:
            if end not in best or best[end][0] < score:
                best[end] = (score, why)
            group_of.setdefault(end, {end})
        large, small = sorted((group_of[end] for end in ends), key=len, reverse=True)
        if large is not small:
            large |= small
            group_of.update(dict.fromkeys(small, large))
    groups = {id(keys): keys for keys in group_of.values()}
    for keys in sorted(groups.values(), key=min):
        survivor = _most_complete(keys, records)
        members = tuple(
            Match(key, 1.0, "the most complete record")
            if key == survivor
            else Match(key, *best[key])
            for key in sorted(keys)
        )
        yield Group(members, survivor, sure=False)
