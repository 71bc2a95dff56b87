"""Exports in the shape of each vendor: the same paper is read the same from all of them."""

import io
from pathlib import Path

import pytest

from records.importers import FORMATS, ParsedRecord, Problem, open_file, read_file

FILES = Path(__file__).parent / "files" / "tagged"
VENDORS = {
    "endnote.ris": ("ris", 3, 0),
    "zotero.ris": ("ris", 3, 0),
    "mendeley.ris": ("ris", 3, 0),
    "embase.ris": ("ris", 3, 0),
    "ovid.ris": ("ris", 2, 0),
    "scopus.ris": ("ris", 3, 0),
    "web_of_science.ris": ("ris", 3, 0),
    "cinahl.ris": ("ris", 2, 0),
    "proquest.ris": ("ris", 2, 0),
    "cochrane.ris": ("ris", 2, 0),
    "rayyan.ris": ("ris", 2, 0),
    "covidence.ris": ("ris", 2, 0),
    "pubmed.nbib": ("nbib", 3, 0),
    "medline.ovid.txt": ("ovid", 2, 0),
    "journals.ovid.txt": ("ovid", 2, 0),
    "savedrecs.wos.txt": ("wos", 3, 0),
    "library.endnote.txt": ("endnote", 3, 0),
}
PURPOSE = "PURPOSE: To report the outcomes of endoscopic treatment."
WOS_PURPOSE = PURPOSE.replace("PURPOSE", "Purpose")
METHODS = (
    "METHODS: Five patients were followed for two years."
    " RESULTS: The modified Harris hip score rose by 40 points."
)
POOLED = "RESULTS: The pooled OR - 1.2 - was not significant."
TITLE = "Diagnosis and 2-Year Outcomes of Endoscopic Treatment for Ischiofemoral Impingement"
AUTHORS = ("Hatem, Munif Ahmad", "Palmer, Ian James", "Martin, Hal David")
LINK = "https://www.sciencedirect.com/science/article/pii/S0749806314006439?via=ihub;a=b"
ENDNOTE_KEYWORDS = (
    "Adult",
    "Arthroscopy/*methods",
    "Femoracetabular Impingement/*surgery",
    "Humans",
)
NO_PMID = {"journals.ovid.txt": "", "proquest.ris": "", "mendeley.ris": "",
           "web_of_science.ris": ""}  # fmt: skip


def parsed(name):
    return read_file((FILES / name).read_bytes())


def first(name):
    return parsed(name).records[0]


@pytest.mark.parametrize("name", VENDORS)
def test_the_ledger_of_every_vendors_file_balances(name):
    form, count, rejected = VENDORS[name]
    found = parsed(name)

    assert found.format == form
    assert found.encoding == "utf-8"
    assert (len(found.records), found.found) == (count, count + rejected)
    assert all(record.title and record.raw for record in found.records)


@pytest.mark.parametrize("name", VENDORS)
def test_the_same_paper_has_the_same_fields_from_every_vendor(name):
    record = first(name)

    assert record.doi == "10.1016/j.arthro.2014.07.031"
    assert record.year == 2015
    assert (record.volume, record.issue, record.pages) == ("31", "2", "239-246")
    assert record.title.lower().rstrip(".") == (
        "diagnosis and 2-year outcomes of endoscopic treatment for ischiofemoral impingement"
    )
    assert [author.partition(",")[0].partition(" ")[0] for author in record.authors] == [
        "Hatem",
        "Palmer",
        "Martin",
    ]
    assert record.journal.lower().startswith("arthroscopy")
    assert record.pmid == NO_PMID.get(name, "25108907")


@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("own", [False, True])
def test_a_file_gives_the_same_items_every_time(name, own):
    form = VENDORS[name][0] if own else "auto"
    reading = open_file(io.BytesIO((FILES / name).read_bytes()), format=form)
    items = list(reading)

    assert list(reading) == items
    assert [item.line for item in items if isinstance(item, ParsedRecord)] == sorted(
        item.line for item in items if isinstance(item, ParsedRecord)
    )
    assert reading.format in FORMATS


@pytest.mark.catalogue("I05")
@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
def test_line_ends_make_no_difference_to_any_vendors_file(name, end):
    data = (FILES / name).read_bytes().replace(b"\r\n", b"\n")

    assert read_file(data.replace(b"\n", end)).records == read_file(data).records


@pytest.mark.catalogue("I02")
@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_an_encoding_makes_no_difference_to_any_vendors_file(name, encoding):
    text = (FILES / name).read_bytes().decode("utf-8-sig")

    assert read_file(text.encode(encoding)).records == read_file(text.encode()).records


@pytest.mark.catalogue("I04")
@pytest.mark.parametrize("name", VENDORS)
def test_every_line_of_a_vendors_file_is_in_a_record_or_named(name):
    found = parsed(name)
    lines = (FILES / name).read_bytes().decode("utf-8-sig").splitlines()
    kept = {line for record in found.records for line in record.raw.split("\n")}
    named = {problem.line for problem in found.problems}
    around = ("FN", "VR", "EF", "<")

    for number, line in enumerate(lines, 1):
        covered = line.strip() == "" or line.rstrip() in {text.rstrip() for text in kept}
        assert covered or line.startswith(around) or any(at <= number for at in named)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("endnote.ris", "keywords", ENDNOTE_KEYWORDS),
        ("endnote.ris", "abstract", f"{PURPOSE} {METHODS}"),
        ("endnote.ris", "database", "PubMed"),
        ("zotero.ris", "journal_abbreviation", "Arthroscopy"),
        ("zotero.ris", "url", LINK),
        ("zotero.ris", "year_text", "2015"),
        ("mendeley.ris", "abstract", PURPOSE),
        ("embase.ris", "issn", "1526-3231; 0749-8063"),
        ("embase.ris", "journal_abbreviation", "Arthroscopy"),
        ("embase.ris", "database", "Embase"),
        ("ovid.ris", "accession", "25108907"),
        ("ovid.ris", "keywords", ("Adult", "*Arthroscopy/mt [Methods]")),
        ("scopus.ris", "accession", "2-s2.0-84921974203"),
        ("scopus.ris", "issn", "0749-8063"),
        ("web_of_science.ris", "accession", "WOS:000349123400012"),
        ("web_of_science.ris", "journal_abbreviation", "Arthroscopy"),
        ("cinahl.ris", "accession", "109784471"),
        ("cinahl.ris", "journal_abbreviation", "ARTHROSCOPY"),
        ("proquest.ris", "accession", "1651872341"),
        ("proquest.ris", "url", "https://search.proquest.com/docview/1651872341?accountid=12345"),
        ("cochrane.ris", "accession", "CN-01041234"),
        ("rayyan.ris", "source_record_id", "rayyan-298765431"),
        ("covidence.ris", "source_record_id", "4521"),
        ("pubmed.nbib", "issn", "1526-3231; 0749-8063"),
        ("pubmed.nbib", "abstract", f"{PURPOSE} {POOLED}"),
        ("medline.ovid.txt", "authors", AUTHORS),
        ("medline.ovid.txt", "keywords", ("Adult", "*Arthroscopy/mt [Methods]")),
        ("journals.ovid.txt", "title", TITLE),
        ("journals.ovid.txt", "authors", ("Hatem, Munif A.", "Palmer, Ian J.", "Martin, Hal D.")),
        ("journals.ovid.txt", "journal", "Arthroscopy"),
        ("journals.ovid.txt", "abstract", f"{PURPOSE}, Copyright (C) 2015."),
        ("savedrecs.wos.txt", "authors", AUTHORS),
        ("savedrecs.wos.txt", "keywords", ("QUADRATUS FEMORIS", "PAIN")),
        ("savedrecs.wos.txt", "issn", "0749-8063; 1526-3231"),
        ("savedrecs.wos.txt", "database", "Web of Science"),
        ("savedrecs.wos.txt", "abstract", f"{WOS_PURPOSE} Methods: Five patients."),
        ("library.endnote.txt", "keywords", ("Adult", "Arthroscopy/*methods", "Humans")),
        ("library.endnote.txt", "database", "PubMed"),
        ("library.endnote.txt", "source_record_id", "12"),
    ],
)  # fmt: skip
def test_what_a_vendor_writes_in_its_own_way_is_read(name, field, value):
    assert getattr(first(name), field) == value


def test_other_kinds_of_work_are_read_too():
    chapter, book = parsed("endnote.ris").records[1:]
    assert (chapter.title, chapter.journal) == (
        "Ischiofemoral impingement",
        "Posterior Hip Disorders",
    )
    assert (book.title, book.journal, book.issn) == (
        "Operative Hip Arthroscopy", "", "978-1-4419-7925-4"
    )  # fmt: skip
    section, thesis = parsed("library.endnote.txt").records[1:]
    assert (section.title, section.journal) == (
        "Ischiofemoral impingement",
        "Posterior Hip Disorders",
    )
    assert (thesis.title, thesis.journal, thesis.year) == (
        "Gait in ischiofemoral impingement", "", 2017
    )  # fmt: skip
    registered = parsed("cochrane.ris").records[1]
    assert (registered.accession, registered.pmid, registered.year) == ("CN-02123456", "", 2019)
    assert parsed("web_of_science.ris").records[2].pages == "112070"
    assert parsed("scopus.ris").records[1].pages == "e1149"
    assert parsed("savedrecs.wos.txt").records[1].authors == ("Barros, A. A. G.", "Hip Study Grp")
    assert parsed("journals.ovid.txt").records[1].authors == ("Wilson M.D.", "Keene J.S.")


def test_what_stands_between_the_records_of_a_search_is_named_and_lost_to_none():
    found = parsed("ovid.ris")

    assert [(p.line, p.rejected) for p in found.problems] == [(1, False), (35, False)]


@pytest.mark.parametrize(
    ("name", "at", "notices"),
    [
        ("pubmed.nbib", 0, ()),
        (
            "pubmed.nbib",
            1,
            (
                "Retracted publication",
                "Retraction in: Skeletal Radiol. 2015 Mar;44(3):460. PMID: 30000002",
                "Expression of concern in: Skeletal Radiol. 2014 Dec;43(12):1801."
                " doi: 10.1007/s00256-014-2000-1. PMID: 30000003",
                "Erratum in: Skeletal Radiol. 2014 Sep;43(9):1345. PMID: 30000004",
            ),
        ),
        (
            "pubmed.nbib",
            2,
            ("Corrected and republished in: Hip Int. 2017;27(1):1. PMID: 30000006",),
        ),
        ("embase.ris", 2, ("Published erratum", "Published erratum (said in the title)")),
        ("scopus.ris", 1, ("Retracted publication", "Retracted publication (said in the title)")),
        ("savedrecs.wos.txt", 1, ("Retracted publication",)),
        (
            "medline.ovid.txt",
            1,
            (
                "Retracted publication",
                "Erratum in: Skeletal Radiol. 2014 Sep;43(9):1345",
                "Retraction in: Skeletal Radiol. 2015 Mar;44(3):460",
            ),
        ),
    ],
)  # fmt: skip
def test_what_a_file_says_of_retraction_concern_and_correction_is_kept(name, at, notices):
    assert set(parsed(name).records[at].notices) == set(notices)


def test_a_title_that_only_speaks_of_correction_is_no_notice():
    for title in ("Correction of hip deformity", "Withdrawal symptoms", "Retraction of the nerve"):
        found = read_file(f"TY  - JOUR\nTI  - {title}\nER  - \n".encode())
        assert found.records[0].notices == ()


def test_a_rerun_of_the_same_ovid_search_gives_the_same_raw_text():
    data = (FILES / "journals.ovid.txt").read_bytes()
    again = read_file(data.replace(b"<3. >", b"<17. >"))

    assert again.records[0].raw == first("journals.ovid.txt").raw
    assert first("journals.ovid.txt").raw.startswith("VN  - Ovid Technologies")


def test_items_are_records_and_problems_only():
    for name in VENDORS:
        items = open_file(io.BytesIO((FILES / name).read_bytes()))
        assert all(isinstance(item, ParsedRecord | Problem) for item in items)
