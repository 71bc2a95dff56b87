"""XML of EBSCOhost, ICTRP and EndNote, and CSL JSON, as services write them."""

import io
import json
import time
import tracemalloc
from pathlib import Path

import pytest

from records.importers import FileRefused, ParsedRecord, open_file, read_file
from records.importers.json_items import MAX_ITEM, Item, _parsed

CASES = Path(__file__).parent / "files" / "cases"
TITLE = "Pelican splints for wheelwright wrist: a cohort of forty."
TRIAL = "A randomised trial of the pelican splint in wheelwrights with wrist pain"
EMBASE = "https://www.embase.com/search/results?subaction=viewrecord&id=L2012345678&from=export"
VALUES = {
    "ebsco_generic.xml": {
        "title": TITLE,
        "authors": ("Hartwell, Jane K.", "Osei, Paul M."),
        "year": 2021,
        "year_text": "2021-03-14",
        "doi": "10.5555/pel.2021.001",
        "pmid": "39999991",
        "journal": "Journal of Imagined Orthopaedics",
        "volume": "12",
        "issue": "3",
        "pages": "101-109",
        "issn": "1234-5679",
        "accession": "151234567",
        "database": "CINAHL with Full Text",
        "keywords": ("Splints",),
        "language": "English",
        "record_type": "journal article",
    },
    "ictrp.xml": {
        "title": TRIAL,
        "accession": "ACTRN12699000123456",
        "year": 2021,
        "url": "https://anzctr.example/ACTRN12699000123456",
        "database": "ANZCTR",
        "keywords": ("wrist pain",),
        "abstract": "Study type: Interventional. Condition: wrist pain. "
        "Intervention: pelican splint.",
    },
    "endnote_lines.xml": {
        "title": "Pelican splints: in vitro data",
        "pmid": "39999991",
        "doi": "10.5555/pel.2021.001",
        "url": EMBASE,
        "issn": "1234-5679; 9876-5432",
        "pages": "101-109",
    },
}


def read(text, form):
    found = read_file(text if isinstance(text, bytes) else text.encode())
    assert found.format == form
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


@pytest.mark.parametrize("name", VALUES)
def test_a_file_of_a_real_service_gives_the_values_a_person_reads_in_it(name):
    found = read_file((CASES / name).read_bytes())

    assert (found.found, found.problems) == (1, ())
    [record] = found.records
    assert {field: getattr(record, field) for field in VALUES[name]} == VALUES[name]


def ebsco(inside, *, header='shortDbName="rzh" uiTerm="1"'):
    """Return the record of an EBSCOhost file with this within its ``controlInfo``."""
    body = f"<rec><header {header}><controlInfo>{inside}</controlInfo></header></rec>"
    [record] = read(f"<records>{body}</records>", "ebsco-xml").records
    return record


ARTICLE = "<artinfo><tig><atl>T</atl></tig>{}</artinfo>"


@pytest.mark.parametrize(
    ("first", "count", "pages"),
    [
        ("101", "9", "101-109"), ("101", "1", "101"), ("101", "", "101"), ("e12", "9", "e12"),
        ("101", "9p", "101-109"), ("101", "99999", "101"), ("", "9", ""),
    ],
)  # fmt: skip
def test_ebsco_counts_pages_from_the_first_one(first, count, pages):
    assert ebsco(ARTICLE.format(f"<ppf>{first}</ppf><ppct>{count}</ppct>")).pages == pages


@pytest.mark.parametrize(
    ("date", "text", "year"),
    [
        ('<dt year="2021" month="03" day="00">Mar2021</dt>', "2021-03", 2021),
        ('<dt year="2021" month="00" day="14">2021</dt>', "2021", 2021),
        ("<dt>Mar2021</dt>", "Mar2021", 2021),
    ],
)
def test_a_date_of_ebsco_is_put_together_from_its_sound_parts(date, text, year):
    record = ebsco(f"<pubinfo>{date}</pubinfo>{ARTICLE.format('')}")

    assert (record.year_text, record.year) == (text, year)


def test_a_book_of_ebsco_has_its_own_title_authors_and_number():
    book = "<bkinfo><btl>A book</btl><aug><au>Doe, J</au></aug><isbn>9783161484100</isbn></bkinfo>"
    record = ebsco(book)

    assert (record.title, record.journal, record.authors) == ("A book", "", ("Doe, J",))
    assert record.issn == "9783161484100"


def test_the_number_of_a_medline_record_of_ebsco_is_its_pmid_and_of_another_database_is_none():
    medline = ebsco(ARTICLE.format(""), header='longDbName="MEDLINE" uiTerm="39999991"')
    cinahl = ebsco(ARTICLE.format(""), header='longDbName="CINAHL" uiTerm="39999991"')

    assert (medline.pmid, cinahl.pmid) == ("39999991", "")


def test_paragraphs_and_headings_of_an_abstract_stay_apart_and_marks_of_type_go():
    text = "<ab><p><b>Aim</b>: H<sub>2</sub>O.</p><p>Done &lt; 5.</p></ab>"

    assert ebsco(ARTICLE.format(text)).abstract == "Aim: H2O. Done < 5."


def pubmed(abstract):
    article = f"<Article><ArticleTitle>T</ArticleTitle><Abstract>{abstract}</Abstract></Article>"
    [record] = read(
        f"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>{article}"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>",
        "pubmed-xml",
    ).records
    return record.abstract


@pytest.mark.parametrize(
    ("abstract", "text"),
    [
        (
            '<AbstractText Label="AIM" NlmCategory="OBJECTIVE">Old <i>in vitro</i>.</AbstractText>'
            '<AbstractText Label="RESULTS:">H<sub>2</sub>O.</AbstractText>',
            "AIM: Old in vitro. RESULTS: H2O.",
        ),
        ("<AbstractText><p>One.</p><p>Two.</p></AbstractText>", "One. Two."),
        ("<AbstractText><title>Aim</title><p>One.</p></AbstractText>", "Aim One."),
        ('<AbstractText Label="UNLABELLED">One.</AbstractText>', "One."),
    ],
)
def test_headings_of_a_pubmed_abstract_are_kept_and_marks_within_it_are_not(abstract, text):
    assert pubmed(abstract) == text


def endnote(parts):
    titles = "<titles><title>T</title></titles>"
    [record] = read(
        f"<xml><records><record>{titles}{parts}</record></records></xml>", "endnote-xml"
    ).records
    return record


def test_a_bare_number_in_custom_5_of_no_embase_record_is_no_pmid():
    assert endnote("<custom5>5551234567</custom5>").pmid == ""
    assert endnote("<custom5>39999991</custom5>").pmid == ""


@pytest.mark.parametrize("between", ["&#xD;", "\n", " ", "; ", ","])
def test_of_several_links_in_one_element_the_first_is_taken_and_each_is_looked_at(between):
    links = f"https://heron.example/1{between}https://doi.org/10.5555/a.1"
    record = endnote(f"<urls><related-urls><url>{links}</url></related-urls></urls>")

    assert (record.url, record.doi) == ("https://heron.example/1", "10.5555/a.1")


def test_names_on_lines_of_one_author_element_are_names_of_their_own():
    authors = "<contributors><authors><author>Doe, J.&#xD;Roe, R.</author></authors></contributors>"

    assert endnote(authors).authors == ("Doe, J.", "Roe, R.")


@pytest.mark.parametrize("text", ["<records><foo/></records>", "<feed><entry/></feed>"])
def test_xml_of_another_kind_is_refused_as_that(text):
    with pytest.raises(FileRefused, match="XML"):
        read_file(f"<?xml version='1.0'?>{text}".encode())


def trial(parts):
    text = f"<Trials_downloaded_from_ICTRP><Trial>{parts}</Trial></Trials_downloaded_from_ICTRP>"
    [record] = read(text, "ictrp-xml").records
    return record


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        ("<Public_title>P</Public_title><Scientific_title>S</Scientific_title>", "S"),
        ("<Public_title>P</Public_title><Scientific_title>N/A</Scientific_title>", "P"),
        ("<Public_title>P</Public_title><Scientific_title/>", "P"),
    ],
)
def test_a_trial_is_named_by_its_scientific_title_if_it_has_one(parts, title):
    assert trial(f"<TrialID>N1</TrialID>{parts}").title == title


def csl(*items):
    return read(json.dumps(items), "csl-json")


def test_csl_json_is_read_whole():
    first, book, chapter = read((CASES.parent / "csl.json").read_bytes(), "csl-json").records

    assert first.title == "Invented hips in Jürgen’s cohort: 🦴"
    assert first.authors == (
        "Müller, Anna B.",
        "van Beethoven, Ludwig",
        "King, M. L., Jr.",
        "Invented Hip Study Group",
    )
    assert (first.journal, first.journal_abbreviation) == (
        "Journal of Invented Hips",
        "J Inv Hips",
    )
    assert (first.year, first.year_text) == (2021, "2021-03-14")
    assert (first.volume, first.issue, first.pages) == ("12", "3", "101-109")
    assert (first.doi, first.pmid, first.pmcid) == (
        "10.5555/hips.2021.001",
        "39999991",
        "PMC9999991",
    )
    assert (first.issn, first.keywords) == ("1234-5679; 9876-543X", ("hip", "trial"))
    assert (first.database, first.url) == ("PubMed", "https://heron.example/1")
    assert first.abstract.endswith('"scores" rose by 2.5 {points}. C:\\x is no path.')
    assert (book.title, book.issn, book.year) == ("Hips: a book", "978-3-16-148410-0", 2022)
    assert (chapter.journal, chapter.source_record_id, chapter.year) == ("Hips: a book", "3", 2020)
    assert chapter.notices == ("Retracted publication (said in the title)",)
    assert [record.line for record in (first, book, chapter)] == [2, 27, 29]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('[{"type": "book", "title": "One"},\n{"type": "book", "title": "Two"}]', ["One", "Two"]),
        ('{"type": "book", "title": "One"}\n{"type": "book", "title": "Two"}\n', ["One", "Two"]),
        ('{"type": "book", "title": "One"}', ["One"]),
        ('{"items": [{"type": "book", "title": "One"}]}', ["One"]),
        ('{"references": [{"type": "book", "title": "One"}]}\n', ["One"]),
        ('\ufeff[{"type":"book","title":"One"}]', ["One"]),
    ],
)
def test_a_list_a_line_each_or_one_alone_are_read(text, titles):
    found = read(text, "csl-json")

    assert ([record.title for record in found.records], found.problems) == (titles, ())


@pytest.mark.parametrize(
    "broken",
    [
        '{"id": "x", "type": "book", "title": "Trailing comma",}',
        '{"id": "x", "type": "book" "title": "No comma"}',
        '17, "text"',
        '{"id": "x", "type": "book", "title": "Deep", "custom": ' + "[" * 40 + "]" * 40 + "}",
        '{"id": "x", "type": "book", "title": "No end"',
        '{"id": "x", "type": "book", "title": "No mark}',
        '{"id": "x", "type": "book", "title": "One mark "too" many"}',
    ],
)
def test_a_broken_item_costs_itself_and_is_named_by_its_line(broken):
    good = '{"id": "%s", "type": "book", "title": "%s"}'
    text = (
        f"[\n{good % ('a', 'One')},\n{broken},\n{good % ('b', 'Two')},\n{good % ('c', 'Three')}\n]"
    )
    found = read(text, "csl-json")

    assert [record.title for record in found.records] == ["One", "Two", "Three"]
    assert [(p.line, p.rejected) for p in found.problems] == [(3, True)]


@pytest.mark.parametrize(
    ("issued", "text"),
    [
        ({"date-parts": [[2021]]}, "2021"),
        ({"date-parts": [["2021", "3"]]}, "2021-03"),
        ({"date-parts": [[2021, 3, 14], [2021, 4, 1]]}, "2021-03-14"),
        ({"raw": "March 2021"}, "March 2021"),
        ({"literal": "Spring 2021"}, "Spring 2021"),
        ("2021-03", "2021-03"),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": [[None]]}, ""),
        ({"date-parts": None}, ""),
    ],
)
def test_the_date_of_an_item_is_read_in_each_of_its_forms(issued, text):
    [record] = csl({"type": "book", "title": "T", "issued": issued}).records

    assert record.year_text == text


@pytest.mark.parametrize("value", [None, 1, [], {}, [[]], [{}], True, "", [None, 1, "x"], "\ud800"])
def test_no_kind_of_value_in_any_place_stops_the_reading(value):
    names = ("author", "issued", "container-title", "DOI", "ISSN", "URL", "note", "keyword", "page")
    item = {"type": "book", "title": "T"} | dict.fromkeys(names, value)

    assert [record.title for record in csl(item).records] == ["T"]


@pytest.mark.parametrize(
    "value",
    [
        [{"itemType": "book", "title": "T", "creators": [], "language": "", "abstractNote": ""}],
        {"results": [{"id": "W1", "title": "T", "type": "article"}]},
        [{"id": "W1", "title": "T", "type": "article", "authorships": []}],
        {"title": "A page", "language": "en"},
        {"name": "package", "version": "1.0"},
        [1, 2, 3],
        [],
        {},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_json_that_is_no_csl_json_is_refused_by_name(value, indent):
    with pytest.raises(FileRefused, match="JSON"):
        read_file(json.dumps(value, indent=indent).encode())


def test_an_item_longer_than_any_can_be_is_rejected_and_the_next_one_read():
    long = {"id": "x", "type": "book", "title": "x" * (MAX_ITEM + 1)}
    found = csl({"type": "book", "title": "One"}, long, {"id": "b", "type": "book", "title": "Two"})

    assert [record.title for record in found.records] == ["One", "Two"]
    assert [p.rejected for p in found.problems] == [True]


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 500_000,
        '[{"id":1,"type":"book","title":"x","a":' + "[" * 500_000,
        '[{"id":1,"type":"book","title":"x","a":[' + "[]," * 200_000 + "1]}]",
        '[{"id":1,"type":"book","title":"' + "\\" * 1_000_000,
        '[{"id":1,"type":"book","title":"x","a":' + "9" * 1_500_000 + "}]",
        '[{"id":1,"type":"book","title":"x"},' + "1," * 500_000 + "1]",
        '[{"id":1,"type":"book","title":"' + '",{"id":"' * 50_000,
        '[{"id":1,"type":"book","title":"x"' + ",\n{" * 300_000,
    ],
    ids=range(8),
)
def test_hostile_json_is_read_or_refused_in_linear_time(hostile):
    begun = time.process_time()
    try:
        for item in open_file(io.BytesIO(hostile.encode()), format="csl-json"):
            assert item.line >= 1
    except FileRefused:
        pass
    assert time.process_time() - begun < 4


def test_an_item_of_many_small_values_takes_no_more_than_its_share_of_memory():
    many = '[{"id":1,"type":"book","title":"T","a":[' + "[]," * 650_000 + "1]}]"
    assert len(many) < MAX_ITEM
    tracemalloc.start()
    assert isinstance(_parsed(many[1:-1], 1, 3), Item)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 120_000_000


def test_items_are_read_as_a_stream():
    one = json.dumps({"id": "x", "type": "book", "title": "T", "abstract": "Hips slip. " * 100})
    data = io.BytesIO(("[" + ",\n".join([one] * 2_000) + "]").encode())
    tracemalloc.start()
    records = sum(isinstance(item, ParsedRecord) for item in open_file(data, format="csl-json"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert records == 2_000
    assert most < 2_500_000
