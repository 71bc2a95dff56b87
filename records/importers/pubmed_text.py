"""PubMed's Abstract and Summary formats: numbered citations as text for people.

This module cuts a file into its entries; each format has one of its own that reads them.
"""

import re
from collections.abc import Iterator, Sequence

from records.importers import notices, pubmed_abstract, pubmed_summary
from records.importers.building import Draft, build
from records.importers.cutting import Held, cut
from records.importers.decoding import Text
from records.importers.dialects import BLANK
from records.importers.parsed import Line, ParsedRecord, Problem
from records.importers.pubmed_citation import CAP_OF_CITATION, IDS, PMID, Paragraph

NUMBER = r"[ \t]*[0-9]{1,7}[.:][ \t]{1,4}(?=\S)"
NUMBERED = re.compile(f"\ufeff?\\s*{NUMBER}")
SUMMARY = re.compile("\ufeff?[ \t]*[0-9]{1,7}:")
PARAGRAPH = re.compile("\n(?:[ \t]*(?=\n)|(?=[0-9]{1,7}: \\S))")
BLANK_START = re.compile(r"[ \t]*\n")
PMID_LINE = re.compile(r"(?m)^[ \t]*PMID:[ \t]*([0-9]{1,8})\b")
# "J Imag Orthop. 2021 Mar;12(3):101-109.", "medRxiv [Preprint]. 2021 Mar 1:2021.03.01.21252".
DATED = re.compile(r"[.;?!\]] ?(?:1[5-9]|20)[0-9]{2}\b")
LINES_OF_AN_ENTRY = 400
LINES_OF_A_SUMMARY = 60
LINES_TO_THE_DATE = 12
# What begins the entries of other formats: numbered lines may stand above these.
FOREIGN = re.compile(r"[ \t]*(?:TY {0,3}- |PMID ?- |@[A-Za-z]{2,30}[{(]|%0 )")


def opens(lines: Sequence[str], at: int) -> bool:
    """Say whether an entry starts on this line: a number, a date, and a PMID further down."""
    if NUMBERED.match(lines[at]) is None:
        return False
    if DATED.search(" ".join(lines[at : at + LINES_TO_THE_DATE])[:CAP_OF_CITATION]) is None:
        return False
    entry = _before_foreign(lines[at : at + LINES_OF_AN_ENTRY])
    if DATED.search(" ".join(entry[:2])[:1_000]) and any(map(PMID_LINE.match, entry)):
        return True
    later = (at for at, line in enumerate(entry) if at and NUMBERED.match(line))
    paragraph = " ".join(entry[: next(later, LINES_OF_A_SUMMARY)])
    return SUMMARY.match(paragraph) is not None and PMID.search(paragraph) is not None


def _before_foreign(lines: Sequence[str]) -> Sequence[str]:
    foreign = (at for at, line in enumerate(lines) if FOREIGN.match(line))
    return lines[: next(foreign, len(lines))]


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file, in order, and the problems met on the way."""
    for chunk in _chunks(text):
        if isinstance(chunk, Problem):
            yield chunk
        else:
            yield from _entry(*chunk)


def _entry(line: int, body: str) -> Iterator[ParsedRecord | Problem]:
    """Yield the record of an entry, and a problem for each below it whose number is lost."""
    # The number is the place in this very search; without it the text stays the same in the next.
    raw = NUMBERED.sub("", body.strip(BLANK), count=1)
    paragraphs = pubmed_abstract.paragraphs_in(line, raw)
    summary = len(paragraphs) == 1 or PMID.search(paragraphs[0].text) is not None
    own, *lost = _apart(paragraphs, summary=summary)
    if lost:
        raw = "\n".join(raw.split("\n")[: lost[0][0].line - line]).strip(BLANK)
    draft = Draft(line=line, raw=raw)
    if summary:
        pubmed_summary.read(draft, own)
    else:
        pubmed_abstract.read(draft, own)
    draft.notices += notices.of_title(draft.fields["title"])
    yield from build(draft)
    for first, *_ in lost:
        reason = "An entry without its start line (a number) was not imported."
        yield Problem(first.line, reason, rejected=True)


def _apart(paragraphs: list[Paragraph], *, summary: bool) -> list[list[Paragraph]]:
    """Return the paragraphs of an entry, then those of each entry below it.

    The PMID closes an entry: what stands below it is of the next one if that has numbers too.
    """
    found: list[list[Paragraph]] = [[]]
    closed = False
    for paragraph in paragraphs:
        if closed and not pubmed_abstract.is_unread(paragraph) and not IDS.match(paragraph.text):
            found.append([])
            closed = False
        found[-1].append(paragraph)
        closed = closed or paragraph.ends or (summary and PMID.search(paragraph.text) is not None)
    if len(found) > 1 and not closed and not any(IDS.match(each.text) for each in found[-1]):
        rest = found.pop()
        found[-1] += rest
    return found


def _chunks(text: Text) -> Iterator[Line | Problem]:
    """Yield the text of each entry, and a problem for what is outside them.

    An entry starts at a number below a blank line when the entry before it has
    had its PMID; or when two lines are blank and it is the next number.
    """
    held = Held()
    blank, last, closed, colon = 2, 0, False, False
    for paragraph in cut(text, PARAGRAPH):
        if isinstance(paragraph, Problem):
            yield from held.release()
            held.begun = False
            yield paragraph
            continue
        line, body = paragraph
        if not body.strip(BLANK):
            blank += 1
            held.add(body if held.begun else "")
            continue
        blank += BLANK_START.match(body) is not None
        number = _number(body)
        if number and (not held.begun or closed or (blank > 1 and number == last + 1)):
            yield from held.release()
            leading = len(body) - len(body.lstrip("\n"))
            held.line, held.begun = line + leading, True
            body, last, closed = body[leading:], number, False
            colon = SUMMARY.match(body) is not None
        elif not held.begun:
            first = line + body[: len(body) - len(body.lstrip(BLANK))].count("\n")
            yield Problem(first, "Text outside the records was skipped.")
            continue
        held.add(body)
        closed = closed or (PMID if colon else PMID_LINE).search(body) is not None
        blank = 0
    yield from held.release()


def _number(body: str) -> int:
    match = NUMBERED.match(body)
    return int(re.sub("[^0-9]", "", match.group())) if match else 0
