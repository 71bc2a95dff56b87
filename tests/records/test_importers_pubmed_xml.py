"""PubMed XML: what an article's element says, and what a hostile file cannot do."""

import io
import socket
import time
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import pytest

from records.importers import FileRefused, open_file, read_file
from records.importers.parsed import ParsedRecord

FILES = Path(__file__).parent / "files"
EXPORT = (FILES / "pubmed_export.xml").read_bytes()
DOCTYPE = EXPORT.splitlines()[1].decode()


def article(title, *, pmid="123456", extra="", citation=""):
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle>{extra}</Article>{citation}"
        f"</MedlineCitation></PubmedArticle>"
    )


def document(*articles, prolog='<?xml version="1.0" ?>\n'):
    return f"{prolog}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()


def read(data, **options):
    found = read_file(data, **options)
    assert found.format == "pubmed-xml"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def rejected(found):
    return [problem.line for problem in found.problems if problem.rejected]


@pytest.fixture
def no_network(monkeypatch):
    """Make every attempt to open a socket or a file a failure."""

    def refuse(*args, **kwargs):
        raise AssertionError(f"opened {args}")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)


def test_an_article_of_pubmeds_export_is_read_whole():
    found = read(EXPORT)
    first = found.records[0]

    assert found.found == 3
    assert first.title == "Open reduction of in situ hips: 10-3 < P & H2O."
    assert first.authors == ("Müller, Anna B", "Doe, John Jr", "Invented Hip Study Group")
    assert (first.pmid, first.pmcid, first.doi) == (
        "90000001",
        "PMC9000001",
        "10.1000/jih.19.00001",
    )
    assert (first.journal, first.journal_abbreviation) == (
        "The Journal of invented hips. American volume",
        "J Invent Hips Am",
    )
    assert (first.year, first.year_text, first.volume, first.issue, first.pages) == (
        2019,
        "2019 Mar 6",
        "101",
        "5",
        "423-431",
    )
    assert first.abstract == (
        "BACKGROUND: Hips slip. RESULTS: Scores rose by 2.5 points. Nothing else."
    )
    assert first.keywords == ("Hip Joint/*surgery", "Humans", "slipped epiphysis")
    assert (first.language, first.issn) == ("eng", "1535-1386; 0021-9355")
    assert first.record_type == "Journal Article; Retracted Publication"
    assert first.source_record_id == "90000001"


def test_what_is_said_of_retraction_and_concern_is_kept_and_comments_are_not():
    assert read(EXPORT).records[0].notices == (
        "Retracted publication",
        "Retraction in: J Invent Hips Am. 2021 May 5;103(9):e30 PMID: 90000012",
        "Expression of concern in: J Invent Hips Am. 2020;102(1):1",
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ErratumIn", "Erratum in"),
        ("ErratumFor", "Erratum for"),
        ("RetractionOf", "Retraction of"),
        ("PartialRetractionIn", "Partial retraction in"),
        ("CorrectedandRepublishedIn", "Corrected and republished in"),
        ("RetractedandRepublishedFrom", "Retracted and republished from"),
        ("ExpressionOfConcernFor", "Expression of concern for"),
        ("UpdateOf", "Update of"),
    ],
)
def test_every_kind_of_correction_is_put_in_words(kind, words):
    said = (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>J 1:2'
        "</RefSource></CommentsCorrections></CommentsCorrectionsList>"
    )
    assert read(document(article("T", citation=said))).records[0].notices == (f"{words}: J 1:2",)


def test_an_article_in_another_language_keeps_both_titles_and_its_spelled_date():
    second = read(EXPORT).records[1]

    assert (second.title, second.translated_title) == (
        "[The dislocated hip].",
        "La hanche luxée.",
    )
    assert (second.year, second.year_text) == (1998, "1998 Dec-1999 Jan")
    assert (second.language, second.pages, second.abstract) == ("fre; eng", "e12", "Résumé.")
    assert second.authors == ("Lefèvre, C",)


def test_the_same_article_as_nbib_gives_the_same_fields():
    nbib = (
        "PMID- 90000001\nOWN - NLM\nIS  - 1535-1386 (Electronic)\nIS  - 0021-9355 (Linking)\n"
        "VI  - 101\nIP  - 5\nDP  - 2019 Mar 6\n"
        "TI  - Open reduction of in situ hips: 10-3 < P & H2O.\nPG  - 423-431\n"
        "LID - 10.1000/JIH.19.00001 [doi]\n"
        "AB  - BACKGROUND: Hips slip. RESULTS: Scores rose by 2.5 points. Nothing else.\n"
        "FAU - Müller, Anna B\nAU  - Müller AB\nFAU - Doe, John Jr\nAU  - Doe J Jr\n"
        "CN  - Invented Hip Study Group\nLA  - eng\nPT  - Journal Article\n"
        "PT  - Retracted Publication\nTA  - J Invent Hips Am\n"
        "JT  - The Journal of invented hips. American volume\n"
        "RIN - J Invent Hips Am. 2021 May 5;103(9):e30. PMID: 90000012\n"
        "MH  - Hip Joint/*surgery\nMH  - Humans\nOT  - slipped epiphysis\nPMC - PMC9000001\n"
    )
    other = asdict(read_file(nbib.encode()).records[0])
    own = asdict(read(EXPORT).records[0])
    differing = {name for name in own if own[name] != other[name]}

    assert differing == {"line", "raw", "notices"}


def test_a_vernacular_title_alone_is_the_title():
    extra = "<VernacularTitle>La hanche</VernacularTitle>"
    record = read(document(article("[Not Available].", extra=extra))).records[0]

    assert (record.title, record.translated_title) == ("La hanche", "")


def test_a_chapter_is_read_with_its_book_and_without_the_books_editors():
    third = read(EXPORT).records[2]

    assert (third.title, third.journal) == ("Slipped Capital Epiphysis", "InventedPearls")
    assert (third.authors, third.accession, third.year) == (("Roe, Richard",), "NBK900003", 2025)


def test_identifiers_of_the_references_are_not_the_articles():
    assert all(r.pmid != "11111111" and "other" not in r.doi for r in read(EXPORT).records)


def test_each_entry_keeps_its_own_text_and_line():
    records = read(EXPORT).records

    assert [r.line for r in records] == [4, 5, 45]
    for record in records:
        assert record.raw.encode() in EXPORT
        assert record.raw.startswith("<Pubmed")
        assert record.raw.endswith("Article>")


@pytest.mark.catalogue("I28")
@pytest.mark.usefixtures("no_network")
def test_the_outer_dtd_that_pubmed_names_is_never_fetched():
    data = document(article("A title"), prolog=f"{DOCTYPE}\n")

    assert read(data).records[0].title == "A title"


ATTACKS = {
    "an external file": '[<!ENTITY x SYSTEM "file:///etc/passwd">]',
    "an external address": '[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]',
    "a parameter entity": '[<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]',
    "billion laughs": (
        '[<!ENTITY a "aaaaaaaaaa">'
        + "".join(
            f'<!ENTITY {name} "{("&" + before + ";") * 10}">'
            for before, name in zip("abcdefghi", "bcdefghix", strict=True)
        )
        + "]"
    ),
    "quadratic blow-up": '[<!ENTITY x "' + "a" * 100_000 + '">]',
    "an unparsed entity": '[<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "a.gif" NDATA n>]',
    "an element declaration": "[<!ELEMENT x ANY>]",
}


@pytest.mark.catalogue("I28")
@pytest.mark.catalogue("I29")
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("subset", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("kind", ["auto", "pubmed-xml"])
def test_a_file_that_declares_anything_is_refused_at_once(subset, kind):
    prolog = f'<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet {subset}>\n'
    data = document(article("&x;" * 10_000), prolog=prolog)

    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(FileRefused):
        read_file(data, format=kind)
    spent, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spent < 1
    assert peak < 50_000_000


@pytest.mark.catalogue("I29")
def test_a_declaration_after_the_first_entry_declares_nothing():
    late = '<!DOCTYPE x [<!ENTITY x "laughs">]>'
    found = read(document(article("One", pmid="1"), late, article("Two &x;", pmid="2")))

    assert [r.title for r in found.records] == ["One", "Two &x;"]


@pytest.mark.catalogue("I30")
@pytest.mark.parametrize(
    "huge",
    ["<ArticleTitle a='{}'>T</ArticleTitle>", "<!--{}-->", "<OtherAbstract>{}</OtherAbstract>"],
)
def test_one_huge_token_takes_bounded_time(huge):
    data = document(article("T", extra=huge.format("x" * 6_500_000)))

    begun = time.process_time()
    assert read(data).found == 1
    assert time.process_time() - begun < 2


@pytest.mark.catalogue("I30")
def test_an_entry_longer_than_any_can_be_is_rejected_and_the_next_one_read(monkeypatch):
    monkeypatch.setattr("records.importers.xml_stream.MAX_ENTRY", 300_000)
    found = read(
        document(article("x" * 900_000, pmid="1"), article("Two", pmid="2"), article("Three"))
    )

    assert [r.title for r in found.records] == ["Two", "Three"]
    assert len(rejected(found)) == 1


@pytest.mark.catalogue("I31")
@pytest.mark.parametrize("depth", [101, 200_000])
def test_nesting_beyond_any_export_is_rejected_and_the_next_one_read(depth):
    deep = article("<i>" * depth + "T" + "</i>" * depth)
    found = read(document(deep, article("Two", pmid="2")))

    assert [r.title for r in found.records] == ["Two"]
    assert rejected(found) == [2]


@pytest.mark.catalogue("I32")
@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("UTF-8", "utf-16"),
        ("ISO-8859-1", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("UTF-8", "cp1252"),
        ("windows-1250", "cp1250"),
    ],
)
def test_the_bytes_count_for_more_than_the_declared_encoding(declared, encoding):
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n'
    text = document(article("Hüfte und Straße"), prolog=prolog).decode()

    assert read(text.encode(encoding)).records[0].title == "Hüfte und Straße"


@pytest.mark.parametrize(
    ("declared", "written", "named"),
    [
        ("ISO-8859-2", "iso8859-2", "iso8859-2"),
        ("ISO-8859-1", "cp1252", "cp1252"),
        ("UTF-8", "cp1252", "cp1252"),
        ("ISO-8859-2", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_that_is_named_is_the_one_that_was_used(declared, written, named):
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n'
    found = read(document(article("Hüfte"), prolog=prolog).decode().encode(written))

    assert (found.records[0].title, found.encoding) == ("Hüfte", named)


@pytest.mark.catalogue("I32")
@pytest.mark.parametrize("name", ["UTF-7", "cp037", "utf-7", "hz", "rot13", "zlib", "nonsense"])
def test_an_encoding_in_which_tags_can_hide_is_refused(name):
    data = document(article("H\xfcfte"), prolog=f'<?xml version="1.0" encoding="{name}"?>\n')

    with pytest.raises(FileRefused, match="encoding"):
        read_file(data.decode().encode("latin-1"))


def test_a_broken_entry_is_rejected_by_its_line_and_the_others_kept():
    found = read(
        document(
            article("One", pmid="1") + "\n",
            article("Two <i>", pmid="2") + "\n",
            article("Three", pmid="3"),
        )
    )

    assert [r.title for r in found.records] == ["One", "Three"]
    assert rejected(found) == [3]


def test_an_entry_without_end_is_rejected_and_the_next_one_read():
    whole = article("Two", pmid="2")
    found = read(document("\n" + article("One", pmid="1")[:60], "\n" + whole))

    assert [r.title for r in found.records] == ["Two"]
    assert rejected(found) == [3]


@pytest.mark.catalogue("I15")
def test_a_file_cut_short_keeps_what_is_whole_and_names_what_is_not():
    data = document(article("One", pmid="1"), "\n", article("Two", pmid="2"))
    found = read(data[:-80])

    assert [r.title for r in found.records] == ["One"]
    assert rejected(found) == [3]


def test_a_commented_entry_is_none():
    found = read(document(f"<!-- {article('Hidden')} -->", article("Shown")))

    assert [r.title for r in found.records] == ["Shown"]


def test_named_characters_bare_ampersands_and_forbidden_ones_cost_no_entry():
    found = read(document(article("R & D &eacute;&nbsp;&#x1f;&#233;\x0b &unknown; &amp;lt;")))

    assert found.records[0].title == "R & D é é &unknown; <"
    assert {p.line for p in found.problems} == {2}
    assert not rejected(found)


def test_a_file_without_articles_is_refused():
    with pytest.raises(FileRefused, match="no record"):
        read_file(document(), format="pubmed-xml")


@pytest.mark.catalogue("I53")
@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 200_000,
        "<PubmedArticle>" * 5_000,
        "<PubmedArticle/>" * 5_000,
        "<PubmedArticle " + "<" * 200_000,
        "</PubmedArticle" + " " * 200_000,
        "<PubmedArticle>" + "x" * 8_000_000 + "</PubmedArticle>" + "<PubmedArticle/>" * 5_000,
        "<PubmedArticle>" + "&" * 200_000 + "</PubmedArticle>",
        "<PubmedArticle>" + "</PubmedArticle  " * 50_000,
    ],
    ids=range(8),
)
def test_no_text_makes_the_reader_slow(text):
    data = document(article("T"), text)

    begun = time.process_time()
    assert len(read(data).records) == 1
    assert time.process_time() - begun < 2.5


def test_of_the_file_no_more_than_an_entry_is_held():
    data = document(*(article("T" * 5_000, pmid=str(n)) for n in range(1, 601)))
    reading = open_file(io.BytesIO(data))

    tracemalloc.start()
    count = sum(isinstance(item, ParsedRecord) for item in reading)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 600
    assert peak < 1_500_000
