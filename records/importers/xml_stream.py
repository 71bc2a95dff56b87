"""XML as a stream of its entries, with nothing that a hostile document could use.

A reference file in XML is a long row of like elements, one an entry. They are
cut out by their tags and each is parsed alone: a broken entry costs no other,
its own text and line are known, and of the file no more than one entry is in
memory. A document may name an outer DTD, which is never fetched; one that
declares anything itself is refused, so no entity can be expanded. An entry is
handed to the parser in one piece, because expat before 2.6 takes quadratic
time for one long token that comes in many.
"""

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element
from xml.parsers import expat

from records.importers.building import Draft, build
from records.importers.decoding import Coding, coding_of
from records.importers.parsed import MAX_ENTRY, FileRefused, ParsedRecord, Problem
from records.importers.xml_entry import ILLEGAL, XmlEntry, parsed_entry

BLOCK = 65_536
SNIFFED = 1_024
MAX_PROLOG = 1_000_000
DECLARED = re.compile(
    rb"""\s{0,100}<\?xml[^>]{0,200}?\bencoding\s?=\s?["']([A-Za-z0-9._:-]{1,40})["']"""
)
# Encodings in which every byte below 128 means its ASCII letter, so that tags can hide nowhere.
PLAIN = re.compile(r"utf-8|ascii|cp125[0-8]|iso8859-[0-9]{1,2}|mac-roman|koi8-r")
WIDE = re.compile(r"utf-(?:16|32)(?:-[lb]e)?")
DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)|<!\[(?!CDATA\[)")
EMPTY = re.compile(r"<[^<>]{0,2000}/>")
XML_DECLARATION = re.compile(r"\s{0,100}<\?xml\s[^>]{0,500}\?>")


def coding(stream: BinaryIO) -> tuple[Coding, tuple[Problem, ...]]:
    """Return how an XML file is encoded, and what a person has to know about it.

    The bytes count for more than the declaration: a mark first, then whether
    they are UTF-8; only then what the file says of itself.

    Raises:
        FileRefused: it is empty, binary, or in an encoding in which tags could be hidden.
    """
    found = coding_of(stream)
    if found.mark or found.encoding not in {"utf-8", "cp1252"}:
        return found, ()
    stream.seek(0)
    declared = _declared(stream.read(SNIFFED))
    if found.encoding == "utf-8":
        if declared in {"utf-8", "ascii"} or _is_ascii(stream):
            return found, ()
        reason = f"The file says it is {declared}, but it is UTF-8 and was read so."
        return found, (Problem(1, reason),)
    if declared in {"utf-8", "ascii"}:
        reason = "The file is not UTF-8; it was read as Windows-1252, so check its accents."
        return found, (Problem(1, reason),)
    return Coding("cp1252" if declared == "iso8859-1" else declared), ()


def _declared(start: bytes) -> str:
    match = DECLARED.match(start)
    name = match.group(1).decode("ascii") if match else "utf-8"
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        raise FileRefused(f"The file says it is in an unknown encoding, “{name}”.") from None
    if WIDE.fullmatch(encoding):
        # Wide characters would have shown in the first bytes: the declaration is untrue.
        return "utf-8"
    if not PLAIN.fullmatch(encoding):
        raise FileRefused(f"The file says it is in the encoding “{name}”, which is not read.")
    return encoding


def _is_ascii(stream: BinaryIO) -> bool:
    stream.seek(0)
    return all(block.isascii() for block in iter(lambda: stream.read(BLOCK), b""))


def _refuse_declarations(prolog: str) -> None:
    """Refuse a document type with declarations of its own; one that only names a DTD may stand."""

    def doctype(_name: str, _system: str | None, _public: str | None, own: int) -> None:
        if own:
            reason = "The file declares a document type of its own, which is refused for safety."
            raise FileRefused(reason)

    def entity(*_told: object) -> None:
        raise FileRefused("The file declares entities, which is refused for safety.")

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = entity
    parser.ExternalEntityRefHandler = entity  # type: ignore[assignment]
    declarations = XML_DECLARATION.sub("", ILLEGAL.sub(" ", prolog.lstrip("\ufeff")), count=1)
    try:
        parser.Parse(declarations.lstrip().encode())
    except expat.ExpatError:
        if DECLARATION.search(declarations):
            raise FileRefused("The start of the file is not well-formed XML.", line=1) from None


def blocks(stream: BinaryIO, told: Coding) -> Iterator[str]:
    """Yield the text of the file with LF line ends, block by block."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(told.encoding)(errors="replace"), translate=True
    )
    at = told.mark
    while True:
        stream.seek(at)
        block = stream.read(BLOCK)
        at += len(block)
        yield decoder.decode(block, final=not block)
        if not block:
            return


def read_entries(
    stream: BinaryIO, tags: Iterable[str], draft_of: Callable[[Element, int, str], Draft]
) -> Iterator[ParsedRecord | Problem]:
    """Yield the record of each element of these names, in order, and the problems on the way.

    Raises:
        FileRefused: the file declares entities, its encoding is not read, or it has none.
    """
    for found in _entries(stream, tags):
        if isinstance(found, Problem):
            yield found
        elif found.element is None:
            yield from found.notes
        else:
            draft = draft_of(found.element, found.line, found.raw)
            draft.problems.extend(found.notes)
            yield from build(draft)


def _entries(stream: BinaryIO, tags: Iterable[str]) -> Iterator[XmlEntry | Problem]:
    told, problems = coding(stream)
    yield from problems
    yield from _Cutter(tuple(tags), blocks(stream, told)).cut()


class _Cutter:
    """Cuts entries out of the text as it comes, holding no more than one of them."""

    def __init__(self, tags: tuple[str, ...], blocks: Iterator[str]) -> None:
        names = "|".join(tags)
        self.opening = re.compile(rf"<(?:!--|({names})(?=[\s>/]))")
        self.opening_alone = re.compile(rf"<({names})(?=[\s>/])")
        self.either = re.compile(rf"<(?:/({names})\s{{0,200}}>|({names})(?=[\s>/]))")
        self.longest_mark = 220 + max(map(len, tags))
        self.blocks = blocks
        # What stands before `at` is done with; it is let go when more text comes in.
        self.text, self.at = "", 0
        self.line = 1

    def cut(self) -> Iterator[XmlEntry | Problem]:
        """Yield the entries and the problems between them."""
        found = self._to_next(first=True)
        if not found:
            _refuse_declarations(self.text[:MAX_PROLOG])
            raise FileRefused("The file holds no record.")
        while found:
            yield from self._entry()
            found = self._to_next()

    @property
    def ahead(self) -> int:
        """Return how much text is there that is not done with."""
        return len(self.text) - self.at

    def _more(self) -> bool:
        """Take in more text, and the more the longer the entry is already."""
        taken = [self.text[self.at :]]
        wanted = self.ahead // 4
        for block in self.blocks:
            taken.append(block)
            wanted -= len(block)
            if wanted <= 0 and block:
                break
        self.text, self.at = "".join(taken), 0
        return len(taken) > 1

    def _drop(self, length: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + length)
        self.at += length

    def _to_next(self, *, first: bool = False) -> bool:
        """Move to the next entry's opening tag, past comments; say whether there is one."""
        past = 0
        while True:
            found = self.opening.search(self.text, self.at + past)
            if found is None:
                past = max(past, self.ahead - self.longest_mark)
                if not first:
                    self._drop(past)
                    past = 0
                elif self.ahead > MAX_PROLOG:
                    _refuse_declarations(self.text[:MAX_PROLOG])
                    raise FileRefused("No record stands in the first part of the file.")
                if not self._more():
                    return False
            elif found.group(1):
                if first:
                    _refuse_declarations(self.text[: found.start()])
                self._drop(found.start() - self.at)
                return True
            else:
                past = self._past_comment(found.start() - self.at)

    def _past_comment(self, start: int) -> int:
        """Return where the comment that starts there ends; after one without end there are none."""
        past = start
        while (end := self.text.find("-->", self.at + past)) < 0:
            past = max(start, self.ahead - 2)
            if self.ahead - start > MAX_PROLOG or not self._more():
                self.opening = self.opening_alone
                return start + len("<!--")
        return end - self.at + len("-->")

    def _entry(self) -> Iterator[XmlEntry | Problem]:
        """Yield the entry whose opening tag the text begins with."""
        past = 1
        while True:
            found = self.either.search(self.text, self.at + past)
            length = found.end() - self.at if found else self.ahead
            if length > MAX_ENTRY:
                reason = f"The entry is longer than {MAX_ENTRY:,} characters and was left out."
                yield Problem(self.line, reason, rejected=True)
                self._drop(length if found else length - self.longest_mark)
            elif found is None:
                past = max(1, self.ahead - self.longest_mark)
                if self._more():
                    continue
                yield from self._unended(self.ahead)
            elif found.group(2):
                yield from self._unended(found.start() - self.at)
            else:
                yield parsed_entry(self.text[self.at : found.end()], self.line)
                self._drop(length)
            return

    def _unended(self, length: int) -> Iterator[Problem]:
        """Reject an entry that has no end, unless it is an empty element."""
        empty = EMPTY.match(self.text, self.at, self.at + length)
        if empty:
            yield Problem(self.line, "The entry is empty and was not imported.", rejected=True)
            length = empty.end() - self.at
        else:
            reason = "The entry has no end: the file is cut short or broken here."
            yield Problem(self.line, f"{reason} It was not imported.", rejected=True)
        self._drop(length)
