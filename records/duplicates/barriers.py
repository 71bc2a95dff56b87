"""What keeps two records from being surely one paper, whatever carries them."""

from records.duplicates.evidence import Evidence
from records.duplicates.fingerprints import Fingerprint, doi_stem
from records.duplicates.likeness import Likeness, opposed, parts_differ

LONG_TITLE = 40
CORRECTS = "one is a correction, a comment or a reply"
OPPOSED = "a word in one title is opposed to one in the other"


def other_document(seen: Evidence) -> bool:
    """Say whether the two are known to be two documents: nobody needs to look at them."""
    one, other = seen.one, seen.other
    if one.trial != other.trial and not seen.identified:
        return True
    if _marks_differ(one, other) and not seen.placed and not seen.identified:
        return True
    return seen.doi < 0 and doi_stem(one.doi) == doi_stem(other.doi)


def _marks_differ(one: Fingerprint, other: Fingerprint) -> bool:
    return bool(one.title.compact and other.title.compact) and one.title.marks != other.title.marks


def barrier(seen: Evidence) -> str:
    """Return what forbids to call the two surely one, or ``""``."""
    return next(filter(None, (find(seen) for find in BARRIERS)), "")


def _differing_kind_of_text(seen: Evidence) -> str:
    one, other = seen.one.title, seen.other.title
    if not one.compact or not other.compact:
        return ""
    if one.marks != other.marks:
        several = "letters" in one.marks | other.marks
        return "one holds several letters" if several else CORRECTS
    if parts_differ(one, other):
        return "they are different parts"
    # The official title of a trial names its design, the public one does not.
    if one.protocol != other.protocol and not seen.trial:
        return "only one title speaks of a protocol or design"
    return ""


def _opposed_titles(seen: Evidence) -> str:
    """Companion reports bear titles one word apart: only the whole place shows a misprint."""
    if seen.trial or seen.title not in (Likeness.SIMILAR, Likeness.NEAR):
        return ""
    if (seen.doi > 0 and seen.pmid > 0) or _same_pages_of_issue(seen):
        return ""
    return OPPOSED if opposed(seen.one.title, seen.other.title) else ""


def _same_pages_of_issue(seen: Evidence) -> bool:
    one, other = seen.one.place, seen.other.place
    return (
        seen.placed
        and one.several_pages
        and one.last == other.last
        and min(seen.journal, seen.volume) > 0
        and min(seen.issue, seen.abstract) >= 0
        and not seen.of_abstracts
    )


def _differing_identifiers(seen: Evidence) -> str:
    if seen.pmid < 0:
        return "PMIDs differ"
    return "DOIs differ" if seen.doi < 0 and not _whole_place(seen) else ""


def _whole_place(seen: Evidence) -> bool:
    title = seen.one.title
    if title.generic or (seen.issue < 1 and len(title.compact) < LONG_TITLE):
        # A column bears one title on one page of each issue, and a DOI in each.
        return False
    return (
        seen.placed
        and seen.title is Likeness.SAME
        and seen.authors == 2
        and min(seen.journal, seen.volume) > 0
        and seen.gap == 0 <= seen.issue
        and (seen.one.place.last == seen.other.place.last > 0 or seen.pmid > 0)
        and not seen.of_abstracts
    )


def _differing_kind_of_record(seen: Evidence) -> str:
    kinds = {seen.one.kind, seen.other.kind}
    if len(kinds) > 1 and "preprint" in kinds:
        return "one is a preprint"
    if kinds == {"cochrane"} and (seen.gap > 0 or seen.issue < 0) and seen.doi < 1:
        return "they are different versions of a Cochrane review"
    if len(kinds) < 2 or seen.identified or seen.placed or _stand_together(seen):
        return ""
    if "dissertation" in kinds:
        return "one is a dissertation"
    return "one looks like an abstract of a conference" if "conference" in kinds else ""


def _stand_together(seen: Evidence) -> bool:
    """Say whether both stand in one issue, or in one volume with another field alike."""
    if min(seen.journal, seen.volume) < 1 or seen.contradicted or seen.gap > 1:
        return False
    # A journal prints the abstracts of a congress in the volume of the articles that follow them.
    one, other = seen.one.place, seen.other.place
    alike = one.supplement == other.supplement
    text = seen.abstract > 0 and (alike or not one.issue or not other.issue)
    return (seen.issue > 0 and alike) or seen.pages > 0 or text


def _withdrawn(seen: Evidence) -> str:
    if seen.one.title.status == seen.other.title.status or seen.identified or seen.placed:
        return ""
    return "one says that it was retracted or withdrawn"


BARRIERS = (
    _differing_kind_of_text,
    _opposed_titles,
    _differing_identifiers,
    _differing_kind_of_record,
    _withdrawn,
)
