"""Whether two records are surely one paper, perhaps, or not: the rule for a pair.

Sure is only what an identifier, a place or the fields between them carry, with nothing against
it. A barrier keeps a pair from being sure whatever carries it. What is neither sure nor worth a
person's look gives no verdict.
"""

from dataclasses import dataclass

from screening.duplicates.evidence import Evidence, gather
from screening.duplicates.fingerprints import Fingerprint, doi_stem
from screening.duplicates.titles import Likeness, continues, may_be_translated, parts_differ

# A short title may well be another paper's too: it needs more beside it.
SHORT_TITLE = 30
LONG_TITLE = 40
LONG_RANGE = 60
TIER_SCORES = {3: 0.94, 2: 0.92, 1: 0.9}
ALIKE = (Likeness.SAME, Likeness.NEAR)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says of a pair; ``tier`` 3 rests on an identifier, 2 on the place, 1 on fields.

    A doubt has tier 0. ``firm`` says that something tells the two apart.
    """

    tier: int
    score: float
    why: str
    firm: bool = False


def judge(one: Fingerprint, other: Fingerprint) -> Verdict | None:
    """Return the verdict on two records, or ``None`` when nothing makes them one paper."""
    seen = gather(one, other)
    if seen is None or other_document(seen):
        return None
    against = barrier(seen)
    tier = _tier(seen)
    if tier and not against:
        return Verdict(tier, _sure_score(seen, tier), explain(seen))
    if tier or _worth_a_look(seen):
        return _doubt(seen, against or disagreement(seen))
    return None


def other_document(seen: Evidence) -> bool:
    """Say whether the two are known to be two documents: nobody needs to look at them."""
    one, other = seen.one, seen.other
    if one.trial != other.trial and not seen.identified:
        return True
    return seen.doi < 0 and doi_stem(one.doi) == doi_stem(other.doi)


def barrier(seen: Evidence) -> str:
    """Return what forbids to call the two surely one, or ``""``."""
    return next(filter(None, (find(seen) for find in BARRIERS)), "")


def _differing_kind_of_text(seen: Evidence) -> str:
    one, other = seen.one.title, seen.other.title
    if not one.compact or not other.compact:
        return ""
    if one.marks != other.marks:
        return "one is a correction, a comment or a reply"
    if parts_differ(one, other):
        return "they are different parts"
    if one.protocol != other.protocol:
        return "only one title speaks of a protocol or design"
    return ""


def _differing_identifiers(seen: Evidence) -> str:
    if seen.pmid < 0:
        return "PMIDs differ"
    return "DOIs differ" if seen.doi < 0 and not _whole_place(seen) else ""


def _whole_place(seen: Evidence) -> bool:
    return (
        seen.placed
        and seen.title is Likeness.SAME
        and seen.authors == 2
        and min(seen.journal, seen.volume) > 0
        and seen.gap == 0
        and (seen.one.place.last == seen.other.place.last > 0 or seen.pmid > 0)
        and not seen.of_abstracts
    )


def _differing_kind_of_record(seen: Evidence) -> str:
    kinds = {seen.one.kind, seen.other.kind}
    if len(kinds) > 1 and "preprint" in kinds:
        return "one is a preprint"
    if kinds == {"cochrane"} and (seen.gap > 0 or seen.issue < 0) and seen.doi < 1:
        return "they are different versions of a Cochrane review"
    together = min(seen.journal, seen.volume) > 0 and not seen.contradicted and seen.gap < 2
    apart = not together and not seen.placed
    if len(kinds) > 1 and "conference" in kinds and not seen.identified and apart:
        return "one looks like an abstract of a conference"
    return ""


def _withdrawn(seen: Evidence) -> str:
    if seen.one.title.status == seen.other.title.status or seen.identified or seen.placed:
        return ""
    return "one says that it was retracted or withdrawn"


BARRIERS = (
    _differing_kind_of_text,
    _differing_identifiers,
    _differing_kind_of_record,
    _withdrawn,
)


def _tier(seen: Evidence) -> int:
    """Return what carries the pair: 3 an identifier, 2 the place, 1 the other fields, 0 nothing."""
    generic = seen.one.title.generic or seen.other.title.generic
    if seen.identified and _identifier_carries(seen, generic=generic):
        return 3
    if seen.placed and _place_carries(seen, generic=generic):
        return 2
    return 1 if not generic and _fields_carry(seen) else 0


def _identifier_carries(seen: Evidence, *, generic: bool) -> bool:
    if seen.doi > 0 and seen.pmid > 0 and seen.title is not Likeness.DIFFERENT:
        return True
    if generic:
        return seen.pages >= 0 and seen.authors >= 0
    carried = {
        Likeness.SAME: seen.authors >= 0 or seen.pages >= 0,
        Likeness.UNKNOWN: seen.authors >= 0 or seen.pages >= 0,
        Likeness.NEAR: seen.authors > 0 or (seen.authors == 0 and seen.pages >= 0),
        Likeness.PART: seen.authors > 0 or (seen.authors == 0 and seen.pages >= 0),
        Likeness.SIMILAR: seen.authors > 0 and seen.pages >= 0 and not seen.of_abstracts,
        Likeness.DIFFERENT: seen.placed and _other_title_same_paper(seen),
    }
    return carried[seen.title]


def _place_carries(seen: Evidence, *, generic: bool) -> bool:
    whole = min(seen.journal, seen.volume) > 0
    if generic:
        same = seen.title is Likeness.SAME and seen.authors >= 0 and seen.gap <= 1
        return same and seen.journal > 0 and seen.volume >= 0
    if seen.title is Likeness.SAME:
        return _same_title_at_place(seen)
    if seen.title in (Likeness.NEAR, Likeness.PART):
        unnamed = seen.authors == 0 and whole and _same_range(seen)
        return unnamed or (seen.authors > 0 and _journal_or_all_else(seen))
    if seen.title is Likeness.SIMILAR:
        firm = seen.authors == 2 and whole and seen.gap <= 1 and not seen.of_abstracts
        return firm and (_same_range(seen) or seen.abstract > 0)
    untitled = seen.title is Likeness.UNKNOWN and seen.authors == 2 and whole
    return untitled or _other_title_same_paper(seen)


def _same_title_at_place(seen: Evidence) -> bool:
    if seen.authors < 0:
        return len(seen.one.title.compact) >= LONG_TITLE and min(seen.journal, seen.volume) > 0
    return _journal_or_all_else(seen)


def _journal_or_all_else(seen: Evidence) -> bool:
    """Say whether the journals agree, or names that differ can be of one journal."""
    if seen.journal >= 0:
        return True
    whole = seen.volume > 0 and seen.issue >= 0 and 0 <= seen.gap <= 1
    return whole and seen.authors == 2 and not seen.of_abstracts


def _other_title_same_paper(seen: Evidence) -> bool:
    """Say whether the place is so exact that only a translated title can explain the titles."""
    return (
        seen.authors == 2
        and min(seen.journal, seen.volume) > 0
        and seen.gap == 0
        and seen.abstract >= 0
        and not seen.of_abstracts
        and _same_range(seen)
        and (seen.issue > 0 or seen.abstract > 0 or seen.identified)
        and len(seen.one.names) > 1
        and may_be_translated(seen.one.title, seen.other.title)
    )


def _same_range(seen: Evidence) -> bool:
    """Say whether both fill the same pages, more than one and no whole issue."""
    one, other = seen.one.place, seen.other.place
    return one.several_pages and one.last == other.last and one.last - one.first < LONG_RANGE


def _fields_carry(seen: Evidence) -> bool:
    """Say whether title, authors, journal and year are enough where the place is not complete."""
    if seen.gap > 1 or seen.authors < 0:
        return _year_slipped(seen)
    if seen.contradicted:
        return _one_slip(seen)
    if seen.title is Likeness.SAME:
        return _same_title(seen)
    return seen.authors == 2 and seen.journal > 0 and _like_title(seen)


def _like_title(seen: Evidence) -> bool:
    held = seen.volume > 0 and seen.pages >= 0 and (seen.issue > 0 or seen.abstract > 0)
    if seen.title is Likeness.NEAR:
        return _dated(seen)
    if seen.title is Likeness.PART:
        whole = seen.abstract > 0 and continues(seen.one.title, seen.other.title)
        return (held or whole) and _dated(seen)
    return seen.title is Likeness.SIMILAR and held and seen.abstract > 0 and seen.gap == 0


def _year_slipped(seen: Evidence) -> bool:
    """Say whether all but the year is the same: a journal prints a volume once."""
    same = seen.title is Likeness.SAME and seen.authors == 2 and seen.gap <= 3
    return same and min(seen.journal, seen.volume) > 0 and not seen.contradicted


def _dated(seen: Evidence) -> bool:
    return seen.gap == 0 or seen.abstract > 0 or (seen.gap == 1 and seen.volume > 0)


def _same_title(seen: Evidence) -> bool:
    length = len(seen.one.title.compact)
    if seen.authors == 0:
        if seen.gap != 0:
            return False
        return length >= (SHORT_TITLE if seen.journal > 0 else LONG_TITLE)
    if seen.gap == 0:
        return length >= SHORT_TITLE or seen.journal > 0 or seen.abstract > 0
    known = seen.volume > 0 or seen.abstract > 0 or (length >= SHORT_TITLE and seen.authors == 2)
    return seen.journal > 0 and known and not seen.of_abstracts


def _one_slip(seen: Evidence) -> bool:
    """Say whether all is the same but one figure of the place, which must have been typed wrong."""
    if seen.title not in ALIKE or seen.authors < 2 or seen.of_abstracts or seen.gap > 1:
        return False
    against = [seen.journal, seen.volume, seen.issue, seen.pages].count(-1)
    if against > 1 or len(seen.one.title.compact) < LONG_TITLE:
        return False
    if seen.volume < 0:
        return seen.pages > 0 and seen.journal > 0 and seen.gap == 0
    if seen.journal < 0:
        return seen.volume > 0 and seen.issue >= 0 and seen.pages > 0
    if seen.issue < 0:
        return seen.journal > 0 and (seen.pages > 0 or seen.abstract > 0)
    return seen.journal > 0 and seen.volume > 0 and seen.abstract > 0 and seen.gap == 0


def _worth_a_look(seen: Evidence) -> bool:
    if seen.doi > 0 or seen.pmid > 0:
        return True
    one, other = seen.one.title, seen.other.title
    if one.generic or other.generic:
        return _same_generic(seen)
    if one.marks != other.marks or parts_differ(one, other):
        return seen.placed and seen.authors > 0 and seen.title is Likeness.PART
    return LOOKS[seen.title](seen)


def _look_at_same(seen: Evidence) -> bool:
    if seen.authors < 0:
        return seen.gap <= 1 and (seen.journal >= 0 or seen.pages > 0)
    return seen.gap <= 5 or seen.authors == 2


def _look_at_near(seen: Evidence) -> bool:
    if seen.pages < 0 and (seen.title is Likeness.PART or seen.volume < 0):
        return False
    return seen.gap <= 2 if seen.authors > 0 else seen.authors == 0 and seen.gap <= 1


def _look_at_similar(seen: Evidence) -> bool:
    held = seen.authors > 0 or (seen.authors == 0 and seen.placed)
    return seen.gap <= 1 and held and seen.pages >= 0 and seen.volume >= 0


def _look_at_different(seen: Evidence) -> bool:
    return seen.gap <= 1 and seen.authors > 0 and (_placed_alone(seen) or seen.abstract > 0)


def _look_at_untitled(seen: Evidence) -> bool:
    return seen.authors > 0 and seen.placed


LOOKS = {
    Likeness.SAME: _look_at_same,
    Likeness.NEAR: _look_at_near,
    Likeness.PART: _look_at_near,
    Likeness.SIMILAR: _look_at_similar,
    Likeness.DIFFERENT: _look_at_different,
    Likeness.UNKNOWN: _look_at_untitled,
}


def _same_generic(seen: Evidence) -> bool:
    if seen.placed and min(seen.journal, seen.volume) > 0 and seen.authors >= 0:
        return seen.one.title.marks == seen.other.title.marks
    return (
        seen.title is Likeness.SAME
        and seen.authors > 0
        and seen.gap == 0
        and not seen.contradicted
        and seen.journal >= 0
    )


def _placed_alone(seen: Evidence) -> bool:
    known = seen.volume > 0 or (seen.authors == 2 and _same_range(seen))
    return seen.placed and known and seen.journal >= 0 and not seen.of_abstracts


def _doubt(seen: Evidence, against: str) -> Verdict:
    weight = {Likeness.SAME: 0.3, Likeness.NEAR: 0.25, Likeness.PART: 0.2, Likeness.SIMILAR: 0.12}
    score = 0.45 + weight.get(seen.title, 0.0) + 0.04 * seen.authors
    score += 0.03 * sum((seen.journal, seen.volume, seen.pages > 0, seen.gap == 0, seen.abstract))
    score += 0.08 * (seen.doi > 0 or seen.pmid > 0)
    why = explain(seen)
    return Verdict(0, round(min(0.89, max(0.3, score)), 3), f"{why}, but {against}", firm=True)


def _sure_score(seen: Evidence, tier: int) -> float:
    told = (
        seen.authors == 2,
        seen.journal > 0,
        seen.volume > 0,
        seen.pages > 0,
        seen.gap == 0,
        seen.abstract > 0,
    )
    alike = sum(told) + 3 * (seen.title is Likeness.SAME)
    return round(min(1.0, TIER_SCORES[tier] + alike * 0.006), 3)


def disagreement(seen: Evidence) -> str:
    """Return in words what is missing or differs, for a person to look at."""
    told = (
        (seen.title is Likeness.DIFFERENT, "the titles differ"),
        (seen.authors < 0, "the first authors differ"),
        (seen.journal < 0, "the journals differ"),
        (seen.volume < 0, "the volumes differ"),
        (seen.issue < 0, "the issues differ"),
        (seen.pages < 0, "the pages differ"),
        (seen.gap > 0, f"the years are {seen.one.year} and {seen.other.year}"),
        (seen.title in (Likeness.PART, Likeness.SIMILAR), "the titles are not the same"),
        (seen.gap < 0, "not both have a year"),
    )
    found = [words for holds, words in told if holds]
    return " and ".join(found[:2]) or "too little else can be compared"


TITLE_WORDS = {
    Likeness.SAME: "same title",
    Likeness.NEAR: "same title spelt differently",
    Likeness.PART: "one title continues the other",
    Likeness.SIMILAR: "similar title",
}


def explain(seen: Evidence) -> str:
    """Return in plain words what the two records share."""
    told = (
        (seen.pmid > 0, f"same PMID {seen.one.pmid}"),
        (seen.doi > 0, f"same DOI {seen.one.doi}"),
        (seen.title in TITLE_WORDS, TITLE_WORDS.get(seen.title, "")),
        (seen.authors > 0, "authors"),
        (seen.gap == 0, "year"),
        (seen.journal > 0, "journal"),
        (seen.volume > 0, "volume"),
        (seen.pages == 2, "first page"),
        (seen.abstract > 0, "beginning of the abstract"),
    )
    found = [words for holds, words in told if holds]
    last = f" and {found.pop()}" if len(found) > 1 else ""
    why = ", ".join(found) + last
    if not why.startswith(("same", "one", "similar")):
        why = f"same {why}"
    if seen.journal > 0 and seen.one.journals and seen.other.journals:
        lengths = sorted(len(record.journals[0]) for record in (seen.one, seen.other))
        if lengths[0] * 1.3 < lengths[1]:
            why += "; journal abbreviated"
    return why if seen.gap != 1 else f"{why}; one year apart"
