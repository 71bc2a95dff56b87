"""What is said to a person of two records: what they share, and what differs."""

from records.duplicates.evidence import Evidence
from records.duplicates.likeness import Likeness


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
        (seen.trial > 0, f"same registration number {seen.one.trial.upper()}"),
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
