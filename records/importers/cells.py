"""What one cell of a table says: without guards, with nothing for what stands for nothing."""

import re

from records.importers.names import ABSENT

# Our own exports put one apostrophe before what a spreadsheet would run, and before the
# apostrophes of what already looked so. LF stands for the CR that reading lines has made of it.
ESCAPED = re.compile(r"'+ *[=+\-@\t\r\n]")
# EBSCO and others write `="0123"`, so that a spreadsheet keeps the text as it is.
GUARDED = re.compile(r'=\s{0,3}"(.*)"\s{0,3}', re.DOTALL)
# What stands for a value that is missing, and for two pages that are.
MISSING = ABSENT | {"n/a-n/a"}
# What Scopus writes where it has nothing.
NOTHING = frozenset(
    {"[no abstract available]", "[no author name available]", "[no authors found]", "[no title]"}
)
# With these begin the cells that do not say what stands in them.
SIGNS = frozenset("'=[")
LONGEST_MISSING = max(map(len, MISSING)) + 2
# Rayyan leaves the next line of a RIS file in a cell: `https://…     U2  - L2012345679`.
NEXT_TAG = re.compile(r"\s{2,20}[A-Z][A-Z0-9]\s{2}- ")
LISTED = re.compile(r"""\[\s{0,9}["'].*["']\s{0,9}\]""", re.DOTALL)
BETWEEN_LISTED = re.compile(r"""["']\s{0,9},\s{0,9}["']""")
# A name of a database, anywhere in a cell or as the whole of it.
DATABASE = re.compile(
    r"\b(?:pubmed|medline|embase|scopus|cinahl|psyc ?info|lilacs|proquest|ebsco(?:host)?|openalex"
    r"|web of science|google scholar|semantic scholar|crossref|clinicaltrials\.gov|ictrp|cnki"
    r"|sportdiscus|hand.?search(?:ing|ed)?|citation search(?:ing)?|snowball(?:ing)?)\b"
    r"|\A\s*(?:wos|central|dimensions|the lens|lens|eric|amed|pedro|ovid|scielo|wanfang|ieee xplore"
    r"|cochrane(?: library| central)?|epistemonikos|zotero|endnote|web|manual|other)\s*\Z",
    re.IGNORECASE,
)
LONGEST_DATABASE = 80


def unescaped(cell: str, *, guarded: bool = True) -> str:
    """Return a cell without the apostrophe or formula that keeps a spreadsheet from changing it.

    Args:
        cell: the text of the cell.
        guarded: whether a formula that only quotes a text counts as that text.
    """
    first = cell[:1]
    if first == "'" and ESCAPED.match(cell):
        return cell[1:]
    if guarded and first == "=" and (formula := GUARDED.fullmatch(cell)):
        return formula.group(1).replace('""', '"')
    return cell


def text_of(cell: str) -> str:
    """Return what a cell says, empty where it says that there is nothing."""
    if cell[:1] not in SIGNS and (len(cell) > LONGEST_MISSING or cell.strip() not in MISSING):
        return cell
    text = unescaped(cell)
    stripped = text.strip()
    nothing = stripped in MISSING or (text[:1] == "[" and stripped.lower() in NOTHING)
    return "" if nothing else text


def without_next_tag(text: str) -> str:
    """Return a short text without the line of a RIS file that was left behind it."""
    if "  - " in text and (tag := NEXT_TAG.search(text)):
        return text[: tag.start()]
    return text


def listed(text: str) -> list[str]:
    """Return the parts of a list as Python and JSON write it, of any other text the text alone."""
    bare = text.strip()
    if not LISTED.fullmatch(bare):
        return [text]
    return BETWEEN_LISTED.split(bare.strip("[]").strip().strip("\"'"))


def names_a_database(text: str) -> bool:
    """Say whether a cell of a column ``Source`` names a database and no journal."""
    return len(text) <= LONGEST_DATABASE and DATABASE.search(text) is not None
