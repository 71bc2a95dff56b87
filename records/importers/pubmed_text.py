"""PubMed's Abstract and Summary formats: numbered citations as text for people.

An entry of the Abstract format is paragraphs (citation, title, authors,
addresses, abstract, numbers); one of the Summary format is a single paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from records.importers import notices
from records.importers.building import Draft, build
from records.importers.cutting import Held, cut
from records.importers.decoding import Text
from records.importers.dialects import BLANK
from records.importers.identifiers import normalise_doi, normalise_pmcid
from records.importers.parsed import Line, ParsedRecord, Problem

NUMBER = r"[ \t]*[0-9]{1,7}[.:][ \t]{1,4}(?=\S)"
NUMBERED = re.compile(f"\ufeff?\\s*{NUMBER}")
SUMMARY = re.compile("\ufeff?[ \t]*[0-9]{1,7}:")
PARAGRAPH = re.compile("\n(?:[ \t]*(?=\n)|(?=[0-9]{1,7}: \\S))")
BLANK_START = re.compile(r"[ \t]*\n")
PMID_LINE = re.compile(r"(?m)^[ \t]*PMID:[ \t]*([0-9]{1,8})\b")
ENDS = re.compile(r"[ \t]*PMID:[ \t]{0,3}[0-9]{1,8}[ \t]*(?:\[[^\]\n]{0,80}\])?[ \t]*$")
# "J Imag Orthop. 2021 Mar;12(3):101-109.", "medRxiv [Preprint]. 2021 Mar 1:2021.03.01.21252".
DATED = re.compile(r"[.;?!\]] ?(?:1[5-9]|20)[0-9]{2}\b")
CITATION = re.compile(
    r"(?P<journal>[^\n]{1,400}?)\.? (?P<year>(?:1[5-9]|20)[0-9]{2}\b[^;:.]{0,40})"
    r"(?:;(?P<volume>[^(:;.\n]{0,60}))?(?:\((?P<issue>[^)\n]{0,60})\))?"
    r"(?::(?P<pages>[^;\n]{1,60}?))?(?=\.(?:\s|$)|;|$)"
)
IN_SUMMARY = re.compile(
    r"(?<=[.?!\]] )(?P<journal>[^.?!\n]{1,200}(?:\. ?\([^)\n]{1,60}\))?)\. "
    r"(?=(?:1[5-9]|20)[0-9]{2}\b[^.;:\n]{0,40}[;:.])"
)
# The title of a chapter, its date, its book.
CHAPTER = re.compile(r"(?<=[.?!\]]) (?:[0-9]{4}\b[^.]{0,30}\. )?(?=In: )")
BOOK = re.compile(
    r"In:\s(?P<journal>[^\n]{1,400}?)\. (?:[^\n]{0,300}?);\s?(?P<year>[0-9]{4}\b[^.;:]{0,40})"
)
DOI = re.compile(r"\bdoi:\s{0,3}(10\.\S{1,300})", re.IGNORECASE)
PMID = re.compile(r"\bPMID:\s{0,3}([0-9]{1,8})\b")
PMCID = re.compile(r"\bPMCID:\s{0,3}(PMC[0-9]{1,9})\b")
IDS = re.compile(r"(?:DOI|PMCID|PMID):\s")
LANGUAGE = re.compile(r"\[Article in ([A-Za-z, ]{1,80})")
MARKS = re.compile(r"\([^()\s]{1,4}\)")
CAPITAL = "A-Z\u00c0-\u00de"
NAME = re.compile(
    rf"[^\W\d_][\w'’.\- ]{{0,60}}? [{CAPITAL}][{CAPITAL}-]{{0,5}}"
    r"(?: (?:Jr|Sr|[1-4](?:st|nd|rd|th)|I{1,3}V?))?\.?"
)
NO_NAMES = frozenset({"[No authors listed]", "et al"})
GROUP = re.compile(
    r"\b(?:groups?|collaborat\w{1,6}|network|investigators|consortium|committee|society"
    r"|association|team|registry|initiative|trialists)\b",
    re.IGNORECASE,
)
# Paragraphs that are of the entry and are not read; the docs name them.
UNREAD = re.compile(
    r"(?:Author information|Collaborators|Conflict of interest statement|Publisher"
    r"|Plain language summary):",
    re.IGNORECASE,
)
UNREAD_HEADINGS = frozenset(
    {"comment in", "comment on", "summary for patients in", "no abstract available"}
)
HEADINGS = UNREAD_HEADINGS.union(notices.KINDS)
LONGEST_HEADING = 100
RIGHTS = re.compile(r"(?:©|\(c\) |Copyright\b|Published by )", re.IGNORECASE)
# "pre- and postoperative": the hyphen stands for what follows.
SUSPENDED = re.compile(r"(?:and|or|to)\b")
LONGEST_RIGHTS = 300
LONGEST_GROUPS = 200
LONGEST_NAME = 150
CAP_OF_CITATION = 4_000
NO_FIELD = "This line belongs to no field and was left out of the record."
LINES_OF_AN_ENTRY = 400
LINES_OF_A_SUMMARY = 60
LINES_TO_THE_DATE = 12
# What begins the entries of other formats: numbered lines may stand above these.
FOREIGN = re.compile(r"[ \t]*(?:TY {0,3}- |PMID ?- |@[A-Za-z]{2,30}[{(]|%0 )")


@dataclass(slots=True)
class Paragraph:
    """Some lines without a blank one between.

    Attributes:
        line: the number of the first.
        heading: its text in small letters.
        text: all of them as one text.
        ends: whether one is the line with the PMID, which ends an entry of the Abstract format.
    """

    line: int
    heading: str
    text: str
    ends: bool


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
    paragraphs = _paragraphs(line, raw)
    summary = len(paragraphs) == 1 or PMID.search(paragraphs[0].text) is not None
    own, *lost = _apart(paragraphs, summary=summary)
    if lost:
        raw = "\n".join(raw.split("\n")[: lost[0][0].line - line]).strip(BLANK)
    draft = Draft(line=line, raw=raw)
    if summary:
        _read_summary(draft, own)
    else:
        _read_abstract(draft, own)
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
        if closed and not _is_unread(paragraph) and not IDS.match(paragraph.text):
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


def _paragraphs(line: int, raw: str) -> list[Paragraph]:
    """Return the paragraphs of an entry; a line that is a known heading begins one too."""
    found: list[Paragraph] = []
    held: list[str] = []
    begun = line
    for number, written in enumerate([*raw.split("\n"), ""], line):
        text = written.strip()
        if held and (not text or _heading(text) in HEADINGS):
            ends = any(map(ENDS.match, held))
            found.append(Paragraph(begun, _heading(held[0]), _unwrapped(held), ends))
            held = []
        if text:
            begun = begun if held else number
            held.append(written)
    return found


def _heading(line: str) -> str:
    return line[:LONGEST_HEADING].strip(" \t:.").lower()


def _unwrapped(lines: list[str]) -> str:
    """Return wrapped lines as one; a word that was cut at its hyphen is joined again."""
    parts = [lines[0].strip("\ufeff \t")]
    for line in lines[1:]:
        follows, before = line.strip(), parts[-1]
        cut_word = before[-1:] == "-" and before[-2:-1].isalnum()
        if not cut_word or SUSPENDED.match(follows):
            parts.append(" ")
        parts.append(follows)
    return "".join(parts)


def _read_abstract(draft: Draft, paragraphs: list[Paragraph]) -> None:
    citation, title, *others = paragraphs
    draft.fields = {**_cited(citation.text), "title": _ended(title.text)}
    abstract: list[str] = []
    numbered = False
    for at, paragraph in enumerate(others):
        text = paragraph.text
        following = others[at + 1].text if at + 1 < len(others) else ""
        if IDS.match(text):
            _read_ids(draft.fields, text)
            numbered = True
        elif paragraph.heading in notices.KINDS:
            draft.notices += notices.of_notes([text])
        elif language := LANGUAGE.match(text):
            draft.fields["language"] = language.group(1).strip()
        elif _is_unread(paragraph):
            continue
        elif not draft.authors and not abstract and _are_authors(text, following):
            draft.authors = _authors(text)
        elif numbered:
            draft.note(NO_FIELD, line=paragraph.line)
        else:
            abstract.append(text)
    draft.fields["abstract"] = " ".join(abstract)


def _read_summary(draft: Draft, paragraphs: list[Paragraph]) -> None:
    """Read ``Authors. Title. Journal. Date;volume(issue):pages. doi: … PMID: …`` in one line."""
    head = paragraphs[0].text[:20_000]
    for paragraph in paragraphs[1:]:
        draft.note(NO_FIELD, line=paragraph.line)
    before, citation = _parted(head)
    authors, stop, rest = before.partition(". ")
    if stop and _are_authors(authors, ""):
        draft.authors = _authors(authors)
        before = rest
    draft.fields = {**_cited(citation or head), "title": _ended(before)}
    if not citation:
        draft.fields["journal"] = ""
    _read_ids(draft.fields, head)
    draft.notices += notices.of_notes([citation])


def _parted(text: str) -> tuple[str, str]:
    """Return what stands before the citation of a summary, and the rest."""
    if chapter := CHAPTER.search(text):
        return text[: chapter.start()], text[chapter.end() :]
    places = list(IN_SUMMARY.finditer(text))
    numbered = (place for place in places if ";" in text[place.end() :][:60])
    place = next(numbered, places[0] if places else None)
    if place is None:
        return PMID.split(text)[0], ""
    return text[: place.start()].strip(), text[place.start() :]


def _cited(text: str) -> dict[str, str]:
    """Return the parts of a citation."""
    text = text[:CAP_OF_CITATION]
    doi = DOI.search(text)
    fields = {"doi": normalise_doi(doi.group(1)) if doi else ""}
    if book := BOOK.match(text):
        return {**fields, "journal": book["journal"], "year_text": book["year"].strip(" –-")}
    if found := CITATION.match(text):
        parts = {name: (part or "").strip() for name, part in found.groupdict().items()}
        parts["year_text"] = parts.pop("year")
        return {**fields, **parts}
    return fields


def _read_ids(fields: dict[str, str], text: str) -> None:
    for name, pattern in (("doi", DOI), ("pmid", PMID), ("pmcid", PMCID)):
        if (found := pattern.search(text)) and not fields.get(name):
            fields[name] = found.group(1)
    fields["doi"] = normalise_doi(fields.get("doi", ""))
    fields["pmcid"] = normalise_pmcid(fields.get("pmcid", ""))
    fields["source_record_id"] = fields.get("pmid", "")


def _is_unread(paragraph: Paragraph) -> bool:
    text = paragraph.text
    rights = RIGHTS.match(text) is not None and len(text) <= LONGEST_RIGHTS
    return rights or UNREAD.match(text) is not None or paragraph.heading in UNREAD_HEADINGS


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith("..") else text.removesuffix(".")


def _are_authors(text: str, following: str) -> bool:
    if following.startswith(("Author information", "Collaborators")):
        return True
    names = _authors(text)
    if not names or max(map(len, names)) > LONGEST_NAME:
        return False
    people = sum(NAME.fullmatch(name) is not None for name in names)
    if people:
        return NAME.fullmatch(names[0]) is not None and people * 2 >= len(names)
    return len(text) <= LONGEST_GROUPS and GROUP.search(text) is not None


def _authors(text: str) -> list[str]:
    written = _ended(MARKS.sub("", text))
    names = (name.strip(" .") for name in re.split("[,;] ?", written))
    return [name for name in names if name and name not in NO_NAMES]
