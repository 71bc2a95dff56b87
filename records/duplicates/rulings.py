"""Whether two records are surely one paper, perhaps, or not: the rule for a pair.

Sure is only what an identifier, a place or the fields between them carry, with nothing against
it. A barrier keeps a pair from being sure whatever carries it. What is neither sure nor worth a
person's look gives no ruling.
"""

from dataclasses import dataclass

from records.duplicates.barriers import LONG_TITLE, barrier, other_document
from records.duplicates.evidence import Evidence, gather
from records.duplicates.fingerprints import Fingerprint
from records.duplicates.likeness import (
    Likeness,
    begins,
    continues,
    figure_lost,
    may_be_translated,
    of_one_study,
    one_word_opposed,
    only_slips,
    parts_differ,
)
from records.duplicates.names import same_people
from records.duplicates.places import LONG_RANGE
from records.duplicates.reasons import disagreement, explain

# A short title may well be another paper's too: it needs more beside it.
SHORT_TITLE = 30
# A volume counted from 1 in each issue seldom has as many pages before a paper.
NOT_OF_EACH_ISSUE = 60
SEVERAL = 3
TIER_SCORES = {3: 0.94, 2: 0.92, 1: 0.9}
ALIKE = (Likeness.SAME, Likeness.NEAR)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rule says of a pair; ``tier`` 3 rests on an identifier, 2 on the place, 1 on fields.

    A doubt has tier 0. ``firm`` says that something tells the two apart.
    """

    tier: int
    score: float
    why: str
    firm: bool = False


def judge(one: Fingerprint, other: Fingerprint) -> Ruling | None:
    """Return the ruling on two records, or ``None`` when nothing makes them one paper."""
    seen = gather(one, other)
    if seen is None or other_document(seen):
        return None
    against = barrier(seen)
    tier = _tier(seen)
    if tier and not against:
        return Ruling(tier, _sure_score(seen, tier), explain(seen))
    if tier or _worth_a_look(seen):
        return _doubt(seen, against or disagreement(seen))
    return None


def _tier(seen: Evidence) -> int:
    """Return what carries the pair: 3 an identifier, 2 the place, 1 the other fields, 0 nothing."""
    generic = seen.one.title.generic or seen.other.title.generic
    if seen.identified and _identifier_carries(seen, generic=generic):
        return 3
    if seen.placed and _place_carries(seen, generic=generic):
        return 2
    # Two corrections of one paper bear one title: only their place tells them apart.
    told_by_place = generic or seen.one.title.borrowed or seen.other.title.borrowed
    return 1 if not told_by_place and _fields_carry(seen) else 0


def _identifier_carries(seen: Evidence, *, generic: bool) -> bool:
    if seen.trial > 0:
        return _registration_carries(seen)
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


def _registration_carries(seen: Evidence) -> bool:
    """Say whether two records of one number can be one registration, whose title may be another.

    Registers print the public or the official title, the year of registration or of the start.
    """
    if seen.title in (Likeness.SAME, Likeness.NEAR, Likeness.PART, Likeness.UNKNOWN):
        return True
    return of_one_study(seen.one.title, seen.other.title)


def _place_carries(seen: Evidence, *, generic: bool) -> bool:
    whole = min(seen.journal, seen.volume) > 0
    if generic:
        same = seen.title is Likeness.SAME and min(seen.authors, seen.issue) >= 0
        told = seen.issue > 0 or seen.one.place.first > NOT_OF_EACH_ISSUE
        dated = seen.volume > 0 or (seen.volume == 0 == seen.gap)
        return same and told and dated and seen.gap <= 1 and seen.journal > 0
    if seen.title is Likeness.SAME:
        return _same_title_at_place(seen)
    if seen.title is Likeness.NEAR and not _near_at_place(seen):
        return False
    if seen.title in (Likeness.NEAR, Likeness.PART):
        unnamed = seen.authors == 0 and whole and _same_range(seen)
        return unnamed or (seen.authors > 0 and _journal_or_all_else(seen))
    if seen.title is Likeness.SIMILAR:
        firm = seen.authors == 2 and whole and seen.gap <= 1 and not seen.of_abstracts
        return firm and (_same_range(seen) or seen.abstract > 0)
    untitled = seen.title is Likeness.UNKNOWN and seen.authors == 2 and whole
    return untitled or _other_title_same_paper(seen) or _figure_lost_at_place(seen)


def _near_at_place(seen: Evidence) -> bool:
    """Say whether titles that are only near can be of one paper: a page may hold two abstracts."""
    if seen.of_abstracts:
        return _spelt_as_one(seen)
    return seen.abstract >= 0 or _same_range(seen)


def _spelt_as_one(seen: Evidence) -> bool:
    """Say whether slips of the pen part two near titles, or the rest shows that no more does."""
    if seen.abstract < 0:
        return False
    return _equal_abstract(seen) or only_slips(seen.one.title, seen.other.title)


def _equal_abstract(seen: Evidence) -> bool:
    """Say whether both abstracts are word for word the same: those of two papers begin alike."""
    one, other = sorted((seen.one.abstract, seen.other.abstract), key=len)
    return seen.abstract > 0 and one in other


def _same_title_at_place(seen: Evidence) -> bool:
    long = len(seen.one.title.compact) >= LONG_TITLE
    if seen.issue < 0 and not long and _may_be_column(seen):
        return False
    if seen.authors < 0:
        return long and min(seen.journal, seen.volume) > 0
    return _journal_or_all_else(seen)


def _may_be_column(seen: Evidence) -> bool:
    """Say whether both may be of a column: it has one title and one page in each issue."""
    if seen.abstract > 0 or seen.identified:
        return False
    team = seen.authors == 2 and min(len(seen.one.names), len(seen.other.names)) >= SEVERAL
    return not team or seen.one.place.first <= NOT_OF_EACH_ISSUE


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


def _figure_lost_at_place(seen: Evidence) -> bool:
    """Say whether all but one figure in the title is the same, the place to its last page."""
    one, other = seen.one, seen.other
    counted_on = seen.issue > 0 or one.place.first > NOT_OF_EACH_ISSUE
    return (
        seen.authors == 2
        and len(one.names) >= SEVERAL
        and same_people(one.names, other.names)
        and min(seen.journal, seen.volume) > 0
        and min(seen.issue, seen.abstract) >= 0 == seen.gap
        and not seen.of_abstracts
        and _same_range(seen)
        and one.place.last - one.place.first + 1 >= SEVERAL
        and counted_on
        and figure_lost(one.title, other.title)
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
    if seen.abstract < 0:
        return False
    held = seen.volume > 0 and seen.pages >= 0 and (seen.issue > 0 or seen.abstract > 0)
    if seen.title is Likeness.NEAR:
        return _dated(seen) and (seen.pages > 0 or _spelt_as_one(seen))
    if seen.title is Likeness.PART:
        return _part_of_title(seen, held=held) and _dated(seen)
    return seen.title is Likeness.SIMILAR and held and _equal_abstract(seen) and seen.gap == 0


def _part_of_title(seen: Evidence, *, held: bool) -> bool:
    """Say whether what one title lacks can be a subtitle: words before it narrow it down."""
    one, other = seen.one.title, seen.other.title
    if not begins(one, other) and seen.abstract < 1:
        return False
    return held or (seen.abstract > 0 and continues(one, other))


def _year_slipped(seen: Evidence) -> bool:
    """Say whether all but the year is the same: a journal prints a volume once."""
    same = seen.title is Likeness.SAME and seen.authors == 2 and seen.gap <= 3
    return same and min(seen.journal, seen.volume) > 0 and not seen.contradicted


def _dated(seen: Evidence) -> bool:
    return seen.gap == 0 or seen.abstract > 0 or (seen.gap == 1 and seen.volume > 0)


def _same_title(seen: Evidence) -> bool:
    length = len(seen.one.title.compact)
    if seen.pages == 1 and length < SHORT_TITLE and seen.abstract <= 0:
        # A column may stand on the last page of the one before it.
        return False
    if seen.authors == 0:
        if seen.gap != 0:
            return False
        return length >= (SHORT_TITLE if seen.journal > 0 else LONG_TITLE)
    if seen.gap == 0:
        if seen.in_two_countings and seen.issue <= 0:
            return length >= LONG_TITLE or seen.abstract > 0
        return length >= SHORT_TITLE or seen.journal > 0 or seen.abstract > 0
    known = seen.volume > 0 or seen.abstract > 0 or (length >= SHORT_TITLE and seen.authors == 2)
    return seen.journal > 0 and known and not seen.of_abstracts


def _one_slip(seen: Evidence) -> bool:
    """Say whether all is the same but one figure of the place, which must have been typed wrong."""
    if seen.title not in ALIKE or seen.authors < 2 or seen.gap > 1 or _may_be_abstract(seen):
        return False
    against = [seen.journal, seen.volume, seen.issue, seen.pages].count(-1)
    far = seen.title is Likeness.NEAR and not _spelt_as_one(seen)
    if far or against > 1 or len(seen.one.title.compact) < LONG_TITLE:
        return False
    if seen.volume < 0:
        return seen.pages > 0 and seen.journal > 0 and seen.gap == 0
    if seen.journal < 0:
        return seen.volume > 0 and seen.issue >= 0 and seen.pages > 0
    if seen.issue < 0:
        return seen.journal > 0 and (seen.pages > 0 or seen.abstract > 0)
    return seen.journal > 0 and seen.volume > 0 and seen.abstract > 0 and seen.gap == 0


def _may_be_abstract(seen: Evidence) -> bool:
    """Say whether one may be the abstract of the other, which stands at other pages."""
    in_supplement = seen.one.place.in_supplement or seen.other.place.in_supplement
    return seen.of_abstracts or (seen.pages < 1 and in_supplement)


def _worth_a_look(seen: Evidence) -> bool:
    if max(seen.doi, seen.pmid, seen.trial) > 0:
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
    if not (seen.placed or seen.identified) and one_word_opposed(seen.one.title, seen.other.title):
        return False
    return seen.gap <= 1 and held and seen.pages >= 0 and seen.volume >= 0


def _look_at_different(seen: Evidence) -> bool:
    if seen.authors == 0:
        whole = seen.placed and min(seen.journal, seen.volume) > 0 and _same_range(seen)
        return whole and seen.gap == 0 and not seen.of_abstracts
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


def _doubt(seen: Evidence, against: str) -> Ruling:
    weight = {Likeness.SAME: 0.3, Likeness.NEAR: 0.25, Likeness.PART: 0.2, Likeness.SIMILAR: 0.12}
    score = 0.45 + weight.get(seen.title, 0.0) + 0.04 * seen.authors
    score += 0.03 * sum((seen.journal, seen.volume, seen.pages > 0, seen.gap == 0, seen.abstract))
    score += 0.08 * (max(seen.doi, seen.pmid, seen.trial) > 0)
    why = explain(seen)
    return Ruling(0, round(min(0.89, max(0.3, score)), 3), f"{why}, but {against}", firm=True)


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
