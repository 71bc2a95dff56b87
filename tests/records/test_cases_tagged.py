"""Line-tagged files as real services write them: what was read wrongly once is read right."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from records.best_fields import FIELDS, best_fields
from records.importers import read_file

FILES = Path(__file__).parent / "files" / "cases"
PELICAN = "Pelican splints for wheelwright wrist: a cohort of forty"
LANTERN = "Second look at the lantern jaw after heron fixation"
ABSTRACT = (
    "A cohort of forty wheelwrights was followed for two seasons."
    " The pelican splint halved the time to recovery."
)
RIGHT = {
    "ris_ty_in_the_middle.ris": [
        {
            "title": PELICAN,
            "authors": ("Hartwell, J. K.", "Osei, P. M."),
            "abstract": ABSTRACT,
            "pages": "67-76",
            "year": 2006,
            "database": "McK",
        },
        {"title": LANTERN, "authors": ("Brandt, L.",), "year": 2010, "database": "WoS"},
    ],
    "ris_er_words.ris": [
        {
            "title": PELICAN,
            "abstract": "Receptor status was known in all; the splint was tried in ER-positive and"
            " ER - positive patients alike. Recovery was halved.",
            "doi": "10.5555/pel.2021.001",
        },
        {"title": LANTERN, "year": 2022},
    ],
    "ris_endnote_lines.ris": [
        {
            "title": PELICAN,
            "issn": "1234-5679; 9876-5432",
            "keywords": ("splint", "wrist"),
            "doi": "10.5555/pel.2021.001",
            "url": "https://heron.example/1",
            "pmid": "",
        }
    ],
    "ris_doi_proxy.ris": [{"title": PELICAN, "doi": "10.5555/pel.2021.001"}],
    "ris_t2_only.ris": [
        {"title": PELICAN, "year": 2008},
        {"title": "Pelican Registry Statistics 2015", "journal": ""},
    ],
    "nbib_eric.nbib": [
        {
            "title": "Pelican Splints in Schools of Wheelwrights",
            "authors": ("Hartwell, Jane K.", "Osei, Paul M."),
            "year": 2019,
            "doi": "10.5555/pel.2019.086",
            "issn": "2375-5637",
            "accession": "EJ9990001",
            "pages": "12-24",
            "abstract": ABSTRACT,
        },
        {
            "title": "Lantern Jaws Explained. Heron Series",
            "issn": "978-1-5985-7192-9",
            "accession": "ED9990002",
        },
    ],
    "nbib_article_number.nbib": [
        {
            "title": f"{PELICAN}.",
            "pages": "1392",
            "volume": "14",
            "doi": "10.5555/pel14111392",
        }
    ],
    "nbib_chapter.nbib": [
        {"title": "Wheelwright Wrist", "journal": "Imagined Syndromes", "year": 2009}
    ],
    "ovid_psycinfo_chapter.txt": [
        {
            "title": "Understanding the pelican splint",
            "journal": "Splints in imagined practice: An evidence based approach",
            "year": 2012,
            "pages": "11-31",
            "authors": ("Hartwell, Jane K",),
        }
    ],
    "ovid_no_pagination.txt": [
        {
            "title": "Pelican splints in college students.",
            "pages": "",
            "volume": "75",
            "issue": "2-A(E)",
            "year": 2014,
        }
    ],
    "ovid_embase_conference.txt": [
        {
            "title": "Pelican splints: an abstract.",
            "journal": "Journal of Imagined Preservation Surgery",
            "volume": "6",
            "issue": "Supplement 1",
            "pages": "i12",
            "year": 2019,
            "doi": "10.5555/pel.2019.012",
        }
    ],
    "refer_without_type.txt": [
        {"title": PELICAN, "authors": ("Hartwell, W. H.",), "year": 1891},
        {"title": LANTERN, "year": 1892},
    ],
    "ovid_numbers.txt": [{"title": "A title of one."}, {"title": "A title of two."}],
    "r_na.ris": [
        {
            "title": PELICAN,
            "authors": (),
            "abstract": "",
            "journal": "",
            "volume": "",
            "pages": "",
            "year": 2020,
        }
    ],
    "ris_orcid.ris": [{"title": PELICAN, "authors": ("Hartwell, Jane K.", "Osei, Paul M.")}],
    "ris_html_abstract.ris": [
        {
            "title": "Effect of Pelecanus splints & rest: H2O < 5",
            "abstract": "Background The splint is old.",
        }
    ],
    "ris_mixed_encodings.ris": [
        {"authors": ("Müller, Jörg",)},
        {"authors": ("Müller, Jörg",)},
        {"authors": ("Müller, Jörg",)},
        {"title": LANTERN, "authors": ("Gómez, Íñigo",)},
    ],
    "ris_ctg.ris": [
        {
            "title": "A Randomised Trial of the Pelican Splint in Wheelwrights",
            "accession": "NCT09900001",
            "year": 2019,
            "pages": "",
            "pmid": "",
            "abstract": ABSTRACT,
            "url": "https://clinicaltrials.gov/study/NCT09900001",
        }
    ],
}
SAID = {
    "ris_er_words.ris": ["This line was taken as a part of the field AB before it."],
    "ris_t2_only.ris": ["No year can be read from “0000”; the text was kept."],
    "ris_mixed_encodings.ris": ["This line is not UTF-8; it was read as Windows-1252."],
}


def parsed(name):
    return read_file((FILES / name).read_bytes())


def told(record, fields):
    return {field: getattr(record, field) for field in fields}


@pytest.mark.parametrize(("name", "right"), RIGHT.items())
def test_every_field_of_the_case_is_read_right(name, right):
    records = parsed(name).records

    assert [told(record, fields) for record, fields in zip(records, right, strict=True)] == right


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_rejected_and_no_needless_word_said(name):
    found = parsed(name)

    assert found.found == len(found.records)
    assert [problem.reason for problem in found.problems] == SAID.get(name, [])


def ris(*lines):
    return read_file("\n".join(["TY  - JOUR", *lines, "ER  - ", ""]).encode())


def read(text):
    return read_file(text.encode())


def test_an_entry_above_another_one_with_a_title_of_its_own_is_not_mixed_into_it():
    found = read("TI  - One\nAU  - A, B\nTY  - JOUR\nTI  - Two\nER  - \n")

    assert [(r.title, r.authors) for r in found.records] == [("Two", ())]
    assert [(p.line, p.rejected) for p in found.problems] == [(1, True)]
    assert found.found == 2


def test_fields_above_the_start_belong_to_the_entry_also_without_a_blank_line():
    found = read("DB  - A\nTY  - JOUR\nTI  - One\nER  - \nDB  - B\nTY  - JOUR\nTI  - Two\nER  - \n")

    assert [(r.title, r.database, r.line) for r in found.records] == [
        ("One", "A", 1),
        ("Two", "B", 5),
    ]
    assert found.problems == ()


def test_an_entry_may_start_on_the_line_on_which_the_last_one_ends():
    found = read("TY  - JOUR\nTI  - One\nER  - TY  - JOUR\nTI  - Two\nER  - \n")

    assert [(r.title, r.line, r.raw) for r in found.records] == [
        ("One", 1, "TY  - JOUR\nTI  - One\nER  -"),
        ("Two", 3, "TY  - JOUR\nTI  - Two\nER  -"),
    ]
    assert found.problems == ()


def test_a_file_whose_line_ends_became_spaces_is_read():
    found = read("TY  - JOUR TI  - One AU  - A, B PY  - 2001 ER  -  TY  - JOUR TI  - Two ER  - \n")

    assert [(r.title, r.authors, r.year) for r in found.records] == [
        ("One", ("A, B",), 2001), ("Two", (), None),
    ]  # fmt: skip


def test_words_after_the_end_tag_are_named_when_nothing_follows_them():
    found = read("TY  - JOUR\nTI  - One\nER  - 1 of 2\n\nTY  - JOUR\nTI  - Two\nER  - \n")

    assert [r.title for r in found.records] == ["One", "Two"]
    assert [(p.line, p.reason) for p in found.problems] == [
        (3, "The words after ER were left out of the record.")
    ]


@pytest.mark.parametrize("absent", ["NA", "N/A", "<NA>", "null", "NULL", "NaN", "None", "n/a"])
def test_what_programs_write_for_nothing_is_nothing(absent):
    lines = [f"{tag}  - {absent}" for tag in ("AU", "AB", "JO", "VL", "SP", "DO", "UR", "KW", "LA")]
    found = ris("TI  - One", f"PY  - {absent}", "DA  - 2020", *lines, "N2  - Own words.")
    only = found.records[0]

    assert (only.authors, only.journal, only.volume, only.pages, only.doi) == ((), "", "", "", "")
    assert (only.url, only.keywords, only.language, only.year) == ("", (), "", 2020)
    assert only.abstract == "Own words."
    assert found.problems == ()


def test_a_person_or_a_gene_of_that_name_stays():
    only = ris("TI  - NA and None", "AU  - Na, Li", "AU  - Null, J.").records[0]

    assert only.title == "NA and None"
    assert only.authors == ("Na, Li", "Null, J.")


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        (["C8  - 12345678"], ""),
        (["C2  - 12345678", "DB  - ClinicalTrials.gov"], ""),
        (["C2  - 12345678", "DB  - Scopus"], "12345678"),
        (["C5  - 12345678", "DP  - National Library of Medicine (US)"], ""),
        (["C5  - 12345678", "DB  - Embase"], "12345678"),
        (["U1  - 12345678"], ""),
        (["N1  - Grant 12345678"], ""),
        (["N1  - Searched in PubMed 2019"], ""),
        (["N1  - PubMed ID: 12345678"], "12345678"),
        (["C8  - PMID: 12345678"], "12345678"),
        (["AN  - 12345678", "DB  - CINAHL"], ""),
    ],
)
def test_a_number_is_a_pmid_only_where_something_says_so(lines, pmid):
    assert ris("TI  - One", *lines).records[0].pmid == pmid


@pytest.mark.parametrize(
    ("line", "doi"),
    [
        ("UR  - https://doi-org.proxy.example/10.5555/Pel.1", "10.5555/pel.1"),
        ("UR  - http://dx.doi.org.ezproxy.example/10.5555/pel.1", "10.5555/pel.1"),
        ("UR  - https://0-doi-org.lib.example/10.5555/pel.1?a=b", "10.5555/pel.1"),
        ("UR  - https://x.example/l?url=https%3A%2F%2Fdoi.org%2F10.5555%2Fpel.1", "10.5555/pel.1"),
        ("UR  - https://x.example/login?url=https://doi.org/10.5555/pel.1&u=7", "10.5555/pel.1"),
        ("DO  - 10.1002/(sici)17:15&lt;1661::aid-pel968&gt;3.0.co;2-2",
         "10.1002/(sici)17:15<1661::aid-pel968>3.0.co;2-2"),
        (r"DO  - 10.1002/(sici)17:15\textless1661::aid-pel968\textgreater3.0.co;2-2",
         "10.1002/(sici)17:15<1661::aid-pel968>3.0.co;2-2"),
        (r"DO  - 10.5555/978-3-642\_1", "10.5555/978-3-642_1"),
        (r"DO  - 10.5555/978-3-642{\_}1", "10.5555/978-3-642_1"),
        ("DO  - doi:10.5555/a&amp;b", "10.5555/a&b"),
    ],
)  # fmt: skip
def test_a_doi_is_found_in_entities_in_latex_and_behind_a_proxy(line, doi):
    assert ris("TI  - One", line).records[0].doi == doi


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("UR  - https://a.example/1 https://b.example/2", "https://a.example/1"),
        ("UR  - https://a.example/1;https://b.example/2", "https://a.example/1"),
        ("UR  - https://a.example/1, http://b.example/2", "https://a.example/1"),
        ("UR  - https://a.example/?id=L1&from=export U2 - L1", "https://a.example/?id=L1&from=export"),
        ("UR  - https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"),
        ("UR  - https://web.example/2019/https://b.example/2", "https://web.example/2019/https://b.example/2"),
    ],
)  # fmt: skip
def test_of_several_links_in_one_value_the_first_is_taken(line, url):
    assert ris("TI  - One", line).records[0].url == url


@pytest.mark.parametrize(
    ("pages", "kept"),
    [
        ("No Pagination Specified", ""),
        ("no page numbers", ""),
        ("[no pagination]", ""),
        ("unpaginated", ""),
        ("n.p.", ""),
        ("pp. 12-24", "12-24"),
        ("xii-xv", "xii-xv"),
        ("S11-S15", "S11-S15"),
    ],
)
def test_words_that_say_there_are_no_pages_are_no_pages(pages, kept):
    assert ris("TI  - One", f"SP  - {pages}").records[0].pages == kept


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("One &lt;i&gt;in vitro&lt;/i&gt; &amp;amp; two", "One in vitro & two"),
        ("p <0.05 and n> 3, a<b", "p <0.05 and n> 3, a<b"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("<h4>BACKGROUND</h4>One.<br/>Two.", "BACKGROUND One. Two."),
        ('<AbstractText Label="AIM" NlmCategory="OBJECTIVE">One.</AbstractText>'
         '<AbstractText Label="RESULTS">Two.</AbstractText>', "AIM: One. RESULTS: Two."),
        ("<sec><title>Methods</title><p>One.</p></sec>", "Methods One."),
        ('<mml:math xmlns:mml="http://x.example"><mml:mi>x</mml:mi></mml:math> mice', "x mice"),
        ("CO<sub>2</sub>, 10<sup>5</sup>", "CO2, 105"),
        ("M&uuml;ller&#8217;s &#x2265; 5&nbsp;mm", "Müller’s ≥ 5 mm"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("groups <A> and <B>", "groups <A> and <B>"),
        ("<![CDATA[One <b>bold</b> word]]>", "One bold word"),
    ],
)  # fmt: skip
def test_markup_becomes_what_a_person_reads(written, read_as):
    only = ris(f"TI  - {written}", f"AB  - {written}").records[0]

    assert (only.title, only.abstract) == (read_as, read_as)


@pytest.mark.parametrize(
    "data",
    [
        "title,abstract,year\nOne <i>two</i>,<p>Three &amp; four.</p>,2001\n",
        "@article{a, title={One <i>two</i>}, abstract={<p>Three \\&amp; four.</p>}}\n",
        "PMID- 1\nTI  - One <i>two</i>\nAB  - <p>Three &amp; four.</p>\n",
        "PT J\nTI One <i>two</i>\nAB <p>Three &amp; four.</p>\nUT WOS:1\nER\n",
        "%0 Journal Article\n%T One <i>two</i>\n%X <p>Three &amp; four.</p>\n",
        "<xml><records><record><titles><title>One &lt;i&gt;two&lt;/i&gt;</title></titles>"
        "<abstract>&lt;p&gt;Three &amp;amp; four.&lt;/p&gt;</abstract></record></records></xml>",
    ],
)
def test_markup_goes_in_every_format(data):
    only = read(data).records[0]

    assert (only.title, only.abstract) == ("One two", "Three & four.")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Hartwell, Jane [https://orcid.org/0000-0002-1825-0097]", ["Hartwell, Jane"]),
        ("Hartwell, Jane (0000-0002-1825-009X)", ["Hartwell, Jane"]),
        ("Hartwell, Jane, ORCID: 0000-0002-1825-0097", ["Hartwell, Jane"]),
        ("PELICAN Trial Group.", ["PELICAN Trial Group"]),
        ("Hartwell, J. K., Jr.", ["Hartwell, J. K., Jr."]),
        ("and Osei, P. M.", ["Osei, P. M."]),
        ("Hartwell, J. and Osei, P.", ["Hartwell, J.", "Osei, P."]),
        ("Hartwell, J., Osei, P., & Brandt, L.", ["Hartwell, J.", "Osei, P.", "Brandt, L."]),
        ("Hartwell JK, Jr., Osei PM", ["Hartwell JK, Jr.", "Osei PM"]),
        ("张三；李四", ["张三", "李四"]),
        ("张三，李四", ["张三", "李四"]),
        ("Ivanov, Dzh.", ["Ivanov, Dzh."]),
        ("Ivanov Yu.A., Petrov Ch.", ["Ivanov Yu.A.", "Petrov Ch."]),
        ("Society of Splints and Herons", ["Society of Splints and Herons"]),
        ("Bill &amp; Melinda Heron Foundation", ["Bill & Melinda Heron Foundation"]),
        ("NA, NA", []),
    ],
)  # fmt: skip
def test_names_are_parted_and_freed_of_what_is_no_name(written, names):
    assert list(ris("TI  - One", f"AU  - {written}").records[0].authors) == names


def test_a_journal_ends_where_its_conference_begins():
    only = ris("TI  - One", "JF  - J Imag Surg. Conference: Annual Meeting. Madrid").records[0]

    assert only.journal == "J Imag Surg"


PMC = (
    "PMC - PMC{0}\nPMID- {0}\nTI  - Title {0}\n\n"
    "PMC - PMC{1}\nPMID- {1}\nTI  - Title {1}\n\n"
    "PMC - PMC{2}\nTI  - Title {2}\n"
)


def test_a_number_of_pubmed_central_above_that_of_pubmed_belongs_to_the_same_entry():
    found = read(PMC.format(101, 202, 303))

    assert [(r.pmcid, r.pmid, r.title, r.line) for r in found.records] == [
        ("PMC101", "101", "Title 101", 1),
        ("PMC202", "202", "Title 202", 5),
        ("PMC303", "", "Title 303", 9),
    ]
    assert found.problems == ()


def test_an_article_identifier_may_say_by_its_own_words_that_it_is_a_doi():
    only = read("PMID- 1\nTI  - One\nAID - S0749-8063(14)00643-9 [pii]\nAID - doi:10.5555/a\n")

    assert only.records[0].doi == "10.5555/a"
    assert only.records[0].pages == ""


def test_an_untitled_entry_of_a_file_without_numbers_is_an_entry_of_its_own():
    found = read("OWN - ERIC\nTI  - One\nAB  - A.\n\nOWN - ERIC\nAB  - B.\n\nOWN - ERIC\nTI  - C\n")

    assert [(r.title, r.abstract) for r in found.records] == [("One", "A."), ("", "B."), ("C", "")]


@pytest.mark.parametrize(
    ("source", "journal", "pages"),
    [
        ("Osei, P [Ed]. (2012). Herons, 2nd ed. (pp. 1-9). xi, 99 pp.", "Herons, 2nd ed", "1-9"),
        ("Osei, P [Ed]; Brandt, L [Ed]. (2012). The heron book. xi, 99 pp.", "The heron book", ""),
        ("Osei, P (Ed.). Something that nobody foresaw", "", ""),
        ("The heron journal. 12(3):4-9, 2012.", "The heron journal", "4-9"),
    ],
)  # fmt: skip
def test_an_editor_is_never_a_journal(source, journal, pages):
    only = read(
        f"VN  - Ovid Technologies\nDB  - APA PsycInfo\nTI  - One\nSO  - {source}\n"
    ).records[0]

    assert (only.journal, only.pages) == (journal, pages)


def test_each_line_of_a_damaged_file_is_read_in_its_own_encoding():
    utf8, latin = "AU  - Müller, Jörg\n".encode(), "AU  - Gómez, Íñigo – São\n".encode("cp1252")
    lost = b"AU  - M\xc3ller\n"
    start, end = b"TY  - JOUR\nTI  - One\n", b"ER  - \n"
    mostly_utf8 = read_file(start + utf8 * 9 + latin + lost + end)
    mostly_latin = read_file(start + latin * 9 + utf8 + end)

    assert mostly_utf8.records[0].authors[8:] == ("Müller, Jörg", "Gómez, Íñigo – São", "M�ller")
    assert [problem.line for problem in mostly_utf8.problems] == [12, 13]
    assert mostly_latin.records[0].authors[8:] == ("Gómez, Íñigo – São", "Müller, Jörg")
    assert [problem.line for problem in mostly_latin.problems] == [1]


def test_refer_with_kinds_is_not_cut_at_blank_lines():
    found = read("%0 Journal Article\n%T One\n%X Two\n\n%D 2001\n\n%0 Book\n%T Three\n")

    assert [(r.title, r.year) for r in found.records] == [("One", 2001), ("Three", None)]


@pytest.mark.parametrize("text", ["%T\n", "% a comment\n%A b\n", "%A Someone\n\n%A Another\n"])
def test_lines_with_a_percent_sign_alone_are_no_references(text):
    with pytest.raises(Exception, match="shows no format"):
        read(text)


def test_of_merged_copies_the_clean_text_is_the_better_one():
    def copy_of(pk, title, abstract):
        blank = dict.fromkeys(FIELDS, "")
        return SimpleNamespace(**{**blank, "pk": pk, "title": title, "abstract": abstract})

    marked = copy_of(1, "One <i>two</i> � x", "<jats:p>A cohort of forty was followed.</jats:p>")
    clean = copy_of(2, "One two", "A cohort of forty was followed.")

    best = best_fields(marked, [clean]).fields

    assert (best["title"].origin, best["abstract"].origin) == (clean, clean)
