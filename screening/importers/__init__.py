"""Reading of search files: bytes in, records and problems out, no database."""

from collections.abc import Iterator, Mapping
from itertools import islice

from screening.importers import delimited, nbib, ris
from screening.importers.decoding import decode
from screening.importers.parsed import FileRefused, ParsedFile, ParsedRecord, Problem
from screening.importers.tagged import numbered_lines

__all__ = ["FORMATS", "FileRefused", "ParsedFile", "ParsedRecord", "Problem", "read_file"]

FORMATS = ("auto", "ris", "nbib", "csv")
SNIFFED_LINES = 5_000
UNREAD_FORMATS = (
    ("%0 ", "EndNote's own tagged format"),
    ("<?xml", "XML"),
    ("<xml", "XML"),
    ("<!doctype", "a web page or XML"),
    ("<html", "a web page"),
    ("@", "BibTeX"),
    ("{", "JSON"),
    ("[", "JSON"),
    ("fn ", "the tagged format of Web of Science"),
    ("vn  - ovid", "the tagged format of Ovid"),
    ("<1>", "the tagged format of Ovid"),
    ("<1.", "the tagged format of Ovid"),
)


def read_file(
    data: bytes, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> ParsedFile:
    """Return the records of a search file and what a person has to know about it.

    Args:
        data: the file as it was uploaded.
        format: ``ris``, ``nbib``, ``csv``, or ``auto`` to tell by the content, never by a name.
        mapping: for tables, field to column name, where the header alone does not say it.

    Raises:
        FileRefused: nothing can be imported from the file as a whole.
    """
    if format not in FORMATS:
        raise FileRefused(f"There is no format “{format[:40]}”; take one of {', '.join(FORMATS)}.")
    decoded = decode(data)
    kind = format if format != "auto" else detect(decoded.text, mapped=bool(mapping))
    records: list[ParsedRecord] = []
    problems = list(decoded.problems)
    for item in _read(decoded.text, kind, mapping):
        if isinstance(item, ParsedRecord):
            records.append(item)
        else:
            problems.append(item)
    rejected = sum(problem.rejected for problem in problems)
    if not records and not rejected:
        raise FileRefused("The file holds no record.")
    return ParsedFile(
        format=kind,
        encoding=decoded.encoding,
        found=len(records) + rejected,
        records=tuple(records),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _read(
    text: str, kind: str, mapping: Mapping[str, str] | None
) -> Iterator[ParsedRecord | Problem]:
    lines = numbered_lines(text)
    match kind:
        case "ris":
            return ris.read(lines)
        case "nbib":
            return nbib.read(lines)
        case _:
            return delimited.read(lines, mapping)


def detect(text: str, *, mapped: bool = False) -> str:
    """Return the format that a text's content shows.

    Raises:
        FileRefused: it shows none that is read here; a known other format is named.
    """
    sniffed = islice(numbered_lines(text), SNIFFED_LINES)
    lines = [line for _, line in sniffed if line.strip("\ufeff \t")]
    header = [line for line in lines[:2] if not delimited.SEPARATOR_LINE.match(line)][:1]
    if header and delimited.is_header(header[0]):
        return "csv"
    for line in lines:
        if ris.starts(line):
            return "ris"
        if nbib.starts(line):
            return "nbib"
    if sum(nbib.OWN_TAGS.match(line) is not None for line in lines) > 1:
        return "nbib"
    if mapped:
        return "csv"
    first = lines[0].strip("\ufeff \t").lower() if lines else ""
    for opening, name in UNREAD_FORMATS:
        if first.startswith(opening):
            reason = f"The file looks like {name}, which is not read; save it as RIS or CSV."
            raise FileRefused(reason)
    reason = "The file is neither RIS nor nbib, nor a table with a column for the title."
    raise FileRefused(reason)
