"""The names in one cell of a table: parted where that is certain, else kept as one."""

import re
from collections.abc import Iterator

from records.importers.building import fold
from records.importers.cells import listed
from records.importers.parsed import MAX_AUTHORS

# Between names beyond doubt; the full-width signs are those of Chinese and Japanese tables.
SEPARATOR = re.compile("[;|\n\uff1b\u3001\uff5c]")
WORD_BETWEEN = re.compile(" (?:and|&) ")
LEADING = ("and ", "& ")
TRAILING = ("and", "&", "null", "NA")
BEHIND = re.compile(r"\s+(?:and|&)$|,\s*(?:null|NA)$")
LAST = frozenset({"others", "et al", "et al."})
INITIALS = re.compile(r"[^\W\d_]{1,2}(?:[.\s-]{0,2}[^\W\d_]){0,4}\.?")
SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd|4th|M\.?D|Ph\.?D)\.?", re.IGNORECASE)
AFTER = r"(?:\s(?:Jr|Sr|II|III|IV|2nd|3rd|4th)\.?)?"
NAME_WITH_INITIALS = re.compile(
    rf"\S.{{0,80}}?\s(?:[^\W\d_a-z]{{1,4}}\.?|(?:[^\W\d_a-z]\.[ -]?){{1,5}}){AFTER}"
)
INITIALS_WITH_NAME = re.compile(
    rf"(?:[^\W\d_a-z]{{1,3}}\s|(?:[^\W\d_a-z]\.[ -]?){{1,4}})(?:[a-z]{{1,4}}\s){{0,2}}"
    rf"[^\W\d_]['\u2019]?[^\W\d_]['\u2019\w-]{{1,40}}(?:\s[^\W\d_][\w-]{{1,40}})?{AFTER}"
)
MIDDLE_INITIAL = re.compile(r"[^\W\d_a-z]\w{1,30}\s(?:[^\W\d_a-z]\.?\s){1,3}[^\W\d_]\S{1,40}")
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u00b7\u30fb]{2,12}")
GROUP = re.compile(
    r"\b(?:group|groups|study|studies|trial|trials|trialists|investigators?|committee|consortium"
    r"|collaborat\w{2,6}|society|network|team|association|initiative|institute|university"
    r"|department|ministry|organi[sz]ation|council|foundation|cent(?:re|er)|hospital|registry"
    r"|academy|federation|agency|panel|programme?|taskforce|force|college|collective|alliance"
    r"|writing|working|for the|on behalf of)\b",
    re.IGNORECASE,
)
# Where Springer's names run together: a capital follows a small letter or a name's last point.
RUN_TOGETHER = re.compile(r"(?<=[^\W\d_A-Z][^\W\d_A-Z])(?=[^\W\d_a-z])|(?<=\w\.)(?=[^\W\d_a-z]\w)")
PREFIX = re.compile(
    r"(?:^|[\s-])(?:Mac|Fitz|Van|Von|Ver|Del|Della|Des|Dal|Dos|Den|Ben|Abu|Las|Los)$"
)


def is_certain(text: str, *, habit: str = "") -> bool:
    """Say whether a cell shows what alone parts its names, so that each part is one name."""
    return text.rstrip().endswith(";") or (habit == "commas" and ";" not in text)


def authors_in(text: str, *, habit: str = "") -> list[str]:
    """Return the names in an authors cell.

    Semicolons, bars and line ends part names, else the words ``and`` and
    ``&``. Commas part them where initials or the form of the names show that
    they do (``Smith J, Doe A``, ``Smith, J., Doe, A.``, ``J. Smith, A. Doe``);
    otherwise the text is one name. A semicolon at the end says that
    semicolons alone part the names.

    Args:
        text: the cell.
        habit: how its service parts names, where it has a way of its own (``habit_of_names``).
    """
    if habit == "joined" and not re.search("[;|,]", text):
        return _run_together(text)
    if habit == "commas" and ";" not in text:
        return [
            name for part in text.split(",") if (name := part.strip(" \u2026").removesuffix("..."))
        ]
    if text[:1] == "[" and (parts := listed(text)) != [text]:
        return parts
    if text.rstrip().endswith(";"):
        return [name for part in text.split(";") if (name := part.strip())]
    names = [name for part in SEPARATOR.split(text) if (name := _bare(part))]
    parted: list[str] = []
    for piece in names:
        parted += [piece] if _is_single(piece) else _between_words(piece)
    if len(names) > 1 and parted:
        # PubMed ends the list, not the last name, with a point.
        parted[-1] = _without_end(parted[-1])
    return parted


def _is_single(piece: str) -> bool:
    """Say quickly whether a text is one name: without commas, or ``Surname, Given``."""
    if " and " in piece or "&" in piece or "\uff0c" in piece:
        return False
    commas = piece.count(",")
    return not commas or (commas == 1 and " " not in piece.partition(",")[0] and piece.isascii())


def _run_together(text: str) -> list[str]:
    """Return the names of a cell in which they stand without anything between them.

    ``Jane K. HartwellPaul M. Osei`` are two; ``McDonald`` and ``MacKay`` are one.
    """
    names = [""]
    last = 0
    for match in RUN_TOGETHER.finditer(text):
        piece = text[last : match.start()]
        if not PREFIX.search(piece[-12:]):
            names[-1] = piece.strip()
            names.append("")
            last = match.start()
    names[-1] = text[last:].strip()
    return names


def _bare(piece: str) -> str:
    """Return a name without the word or sign that joins it to its neighbour."""
    piece = piece.strip(" ,\t")
    if piece.startswith(LEADING):
        piece = piece.partition(" ")[2]
    if piece.endswith(TRAILING) and (trailing := BEHIND.search(piece, max(0, len(piece) - 40))):
        piece = piece[: trailing.start()]
    return piece.strip(" ,\t")


def _without_end(name: str) -> str:
    """Return a group's name without the point that ends the list."""
    return name.removesuffix(".") if GROUP.search(name) else name


def _between_words(text: str) -> Iterator[str]:
    """Yield the names of a text that no sign parts, but perhaps ``and`` or commas."""
    pieces = _rejoined([_bare(piece) for piece in WORD_BETWEEN.split(fold(text))])
    if pieces[-1].lower() in LAST:
        pieces.pop()
    natural = len(pieces) > 1 and "," not in pieces[-1] and " " in pieces[-1]
    for piece in pieces:
        yield from _between_commas(piece, natural=natural)


def _rejoined(pieces: list[str]) -> list[str]:
    """Return the pieces with those joined again of which the name of a group consists."""
    if len(pieces) == 1 or len(pieces) > MAX_AUTHORS:
        return pieces
    kept = [pieces[0]]
    for piece in pieces[1:]:
        before = kept[-1].rpartition(",")[2].strip()
        if _is_group(before, piece) or _is_group(piece, before):
            kept[-1] = f"{kept[-1]} and {piece}"
        else:
            kept.append(piece)
    return kept


def _is_group(piece: str, other: str) -> bool:
    """Say whether a piece names a group, and its neighbour nobody."""
    return GROUP.search(piece) is not None and not _is_person(other)


def _is_person(name: str) -> bool:
    if name.lower().startswith("the "):
        return False
    return (
        "," in name
        or INITIALS.fullmatch(name) is not None
        or NAME_WITH_INITIALS.fullmatch(name) is not None
        or INITIALS_WITH_NAME.fullmatch(name) is not None
        or MIDDLE_INITIAL.fullmatch(name) is not None
    )


def _between_commas(text: str, *, natural: bool) -> list[str]:
    parts = [part.strip() for part in re.split("[,\uff0c]", text)]
    if len(parts) == 1:
        return [text]
    parts, suffixes = _without_suffixes(parts)
    if parts[-1].lower() in LAST:
        parts.pop()
        text = ", ".join(parts)
    if len(parts) > 1 and _are_names(parts, natural=natural):
        # PubMed ends the list, not the name, with a point.
        if not any(part.endswith(".") for part in parts[:-1]) and not suffixes:
            parts[-1] = parts[-1].removesuffix(".")
        return [part + suffixes.get(at, "") for at, part in enumerate(parts)]
    if (
        len(parts) > 2
        and len(parts) % 2 == 0
        and all(INITIALS.fullmatch(part) for part in parts[1::2])
    ):
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return [
            f"{name}, {given}{suffixes.get(2 * at + 1, '')}"
            for at, (name, given) in enumerate(pairs)
        ]
    return [text]


def _without_suffixes(parts: list[str]) -> tuple[list[str], dict[int, str]]:
    """Return the parts without those as ``Jr.``, and these by the part they stand behind."""
    kept: list[str] = []
    suffixes: dict[int, list[str]] = {}
    for part in parts:
        if kept and SUFFIX.fullmatch(part):
            suffixes.setdefault(len(kept) - 1, []).append(f", {part}")
        else:
            kept.append(part)
    return kept, {at: "".join(each) for at, each in suffixes.items()}


def _are_names(parts: list[str], *, natural: bool) -> bool:
    """Say whether each of several parts is a whole name."""
    if all(IDEOGRAPHS.fullmatch(part) for part in parts):
        return True
    if all(INITIALS_WITH_NAME.fullmatch(part) for part in parts):
        return True
    initials = [NAME_WITH_INITIALS.fullmatch(part) is not None for part in parts]
    if any(initials):
        pairs = zip(parts, initials, strict=True)
        return all(is_name or GROUP.search(part) for part, is_name in pairs)
    whole = all(" " in part and part[:1].isupper() for part in parts)
    persons = not any(GROUP.search(part) for part in parts)
    listed = natural or len(parts) > 2 or MIDDLE_INITIAL.fullmatch(parts[0]) is not None
    return whole and persons and listed
