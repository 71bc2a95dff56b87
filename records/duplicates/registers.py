"""Registers of trials: the number of a registration, and which records are one."""

import re

from records.duplicates.candidates import Candidate

# What the number of a registration looks like in each register.
NUMBERS = re.compile(
    r"\b(?:jprn[- ]?)?(nct[ :#-]{0,2}\d{8}|isrctn ?\d{6,8}|actrn ?\d{14}"
    r"|(?:chictr|itmctr)[- ]?[a-z]{0,4}[- ]?\d{7,10}|umin ?\d{9}|drks ?\d{8}|pactr ?\d{12,16}"
    r"|rbr-[a-z0-9]{5,8}|kct ?\d{7}|tctr ?\d{11}|slctr ?/?\d{4}/\d{3}|lbctr ?\d{10}"
    r"|rpcec ?\d{8}|per-\d{3}-\d{2}|nl-omon ?\d+|jrct[a-z]{0,2} ?\d{9,10}|japiccti-?\d{6}"
    r"|jma-iia\d{5}|ctri ?/?\d{4}/\d{2,3}/\d{5,6}|irct ?\d{8,14}n?\d{0,3}|ntr ?\d{3,5}"
    r"|hkuctr-?\d{1,5}|sn?ctp ?\d{9}|jprn-[a-z]+\d+)p?(?![a-z0-9])",
    re.IGNORECASE,
)
# One number of the European registers, written with and without the country it was filed for.
EUROPEAN = re.compile(
    r"(?:\b(?:eudra ?ct|euctr|euct|ctis|eu ct)(?: number| no)?[.:# ]{0,3}"
    r"|clinicaltrials(?:register)?\.eu/[^|\s]{0,80}?[/=])"
    r"(\d{4}-\d{6}-\d{2})\b"
)
BARE_EUROPEAN = re.compile(r"\d{4}-\d{6}-\d{2}(?:-[a-z0-9]{2,3})?$", re.IGNORECASE)
# The address of a registration in the search portal of all registers.
PORTAL = re.compile(r"\btrialid=([\w/.-]{4,40})", re.IGNORECASE)
# Letters that are in the numbers of all registers; "ctr" and "rct" are in those of a dozen.
LETTERS = ("nct", "ctr", "rct", "eudra", "euct", "ctis", "eu ct", "umin", "drks", "ntr", "jprn",
           "rbr-", "kct", "rpcec", "per-", "nl-omon", "trialid=", "japiccti", "jma-iia", "ctp",
           "clinicaltrials.eu")  # fmt: skip
REGISTER = re.compile(
    r"://|\bwww\.|clinical ?trials? ?\.? ?gov|\btrials?(?: and| ?)? ?(?:search|regist)|\bictrp\b"
    r"|\b(?:regist(?:ry|er|ries|ers)(?: of .*trials| platform|$))|\bisrctn|\beudra|[a-z]ctr\b"
    r"|\bctri\b|\bdrks\b|\bjrct|\bcris\b|\bctis\b|\brebec\b|\brpcec\b|\btrial regist",
    re.IGNORECASE,
)
# The register of trials gives each of its records a DOI, beside that of the paper.
OF_CENTRAL = "10.1002/central/"
BARE = re.compile(r"[^a-z0-9]")


def registration(record: Candidate) -> tuple[str, bool]:
    """Return the number of the trial that a record registers, and whether it is nothing else.

    A record that stands in a journal registers nothing, whatever numbers it mentions. One that
    merely has the number in its title or names a journal without a place may be something else.
    """
    author = record.authors[0][:60] if record.authors else ""
    places = (record.journal, record.accession, record.url, record.pages, record.doi, author)
    told, title = _joined(*places), record.title[:40].lower()
    number, own = "", False
    if record.accession and BARE_EUROPEAN.match(record.accession):
        number, own = f"eu{BARE.sub('', record.accession.lower())[:12]}", True
    elif _may_hold_a_number(f"{told}|{title}"):
        found = _number(told)
        number, own = found or _number(title), bool(found)
    if not number:
        return "", False
    registers = not record.journal or _of_register(record.journal)
    if record.pmid or (record.volume and record.pages and not registers):
        return "", False
    other = (
        record.doi
        and number not in BARE.sub("", record.doi.lower())
        and OF_CENTRAL not in record.doi
    )
    return number, bool(own and registers and not record.volume and not other)


def _of_register(journal: str) -> bool:
    journal = journal[:300]
    return REGISTER.search(journal) is not None or _number(journal.lower()) != ""


def _joined(*texts: str) -> str:
    return "|".join([text[:300] for text in texts if text]).lower()


def _may_hold_a_number(told: str) -> bool:
    # A loop: this runs for each record, and a generator takes twice as long.
    for letters in LETTERS:  # noqa: SIM110
        if letters in told:
            return True
    return False


def _number(told: str) -> str:
    """Return the number in a text in small letters, bare."""
    if found := EUROPEAN.search(told):
        return f"eu{BARE.sub('', found.group(1))}"
    number = NUMBERS.search(told) or PORTAL.search(told)
    return BARE.sub("", number.group(1)) if number else ""
