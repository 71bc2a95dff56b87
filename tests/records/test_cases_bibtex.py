"""BibTeX as Semantic Scholar, Mendeley and hand-kept libraries write it."""

import time
from pathlib import Path

import pytest

from records.importers import read_file, several
from records.importers.bibtex_names import names_in
from records.importers.latex import link_text, plain_text

CASES = Path(__file__).parent / "files" / "cases"
TITLE = "Pelican splints for wheelwright wrist: a cohort of forty"
SECOND = "Second look at the lantern jaw after heron fixation"
HARTWELL_OSEI = ("Hartwell, Jane K.", "Osei, Paul M.")
VALUES = {
    "semantic_scholar.bib": [
        {"title": TITLE, "authors": HARTWELL_OSEI, "year": 2021, "volume": "12"},
        {"title": SECOND, "year": 2022},
    ],
    "accent_first_last.bib": [{"authors": ("Szőlő, Baker", "François, Luc", "NRC Committee")}],
    "mendeley.bib": [
        {
            "title": TITLE,
            "authors": HARTWELL_OSEI,
            "doi": ("10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-pel968>3.0.co;2-2"),
            "pmid": "39999991",
            "pages": "831-842",
            "url": "http://dx.doi.org/10.5555/x_y",
            "keywords": ("gait", "knee"),
        }
    ],
    "authors_semicolons.bib": [{"authors": HARTWELL_OSEI}],
}


def read(text):
    found = read_file(text.encode())
    assert found.format == "bibtex"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


@pytest.mark.parametrize("name", VALUES)
def test_a_file_of_a_real_service_gives_the_values_a_person_reads_in_it(name):
    found = read_file((CASES / name).read_bytes())

    assert found.found == len(VALUES[name])
    assert found.problems == ()
    for record, values in zip(found.records, VALUES[name], strict=True):
        assert {field: getattr(record, field) for field in values} == values


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("@['JournalArticle']{k,", "JournalArticle"),
        ("@['JournalArticle', 'Review']{k,", "JournalArticle; Review"),
        ("@[]{k,", ""),
        ("@{k,", ""),
        ("@@article{k,", "article"),
        ("@None{k,", ""),
        ('@"Review"{k,', "Review"),
        ("@Journal Article{k,", "Journal Article"),
        ("@ article {k,", "article"),
        ("@article\n{k,", "article"),
        ("@article\n  {\n k,", "article"),
        ("@artículo{k,", "artículo"),
        ("@JournalArticle, Review{k,", "JournalArticle; Review"),
        ("@article{Hartwell, 2021,", "article"),
        ("@article{\n  k\n,", "article"),
    ],
)
def test_what_a_reader_counts_as_an_entry_is_one_whatever_its_kind_is_called(opening, kind):
    text = f"{opening}\n title = {{One}}, year = {{2021}}\n}}\n"
    found = read(text + "@book{b,\n title = {Two}\n}\n")

    assert [record.title for record in found.records] == ["One", "Two"]
    assert found.records[0].record_type == kind
    assert found.records[0].raw == text.rstrip()
    assert found.problems == ()


@pytest.mark.parametrize("opening", ["@['Review']{", "@[]{ year = {2021},", "@misc{"])
def test_an_entry_of_any_kind_that_lacks_its_key_is_imported_and_named(opening):
    found = read(f"{opening}\n title = {{One}}\n}}\n@book{{b, title = {{Two}}}}\n")

    assert [record.title for record in found.records] == ["One", "Two"]
    assert [(p.line, p.rejected) for p in found.problems] == [(1, False)]


def test_an_entry_of_an_odd_kind_ends_the_one_before_it_that_lost_a_brace():
    broken = "@article{a,\n title = {One {open},\n year = 1,\n\n"
    found = read(f"{broken}@['Review']{{b,\n title = {{Two}}\n}}\n")

    assert [record.title for record in found.records] == ["Two"]
    assert [(p.line, p.rejected) for p in found.problems] == [(1, True)]


def test_an_entry_whose_key_is_on_the_next_line_ends_the_one_before_it():
    found = read("@article{a,\n title = {One {open},\n\n@article{\n b,\n title = {Two}\n}\n")

    assert [record.title for record in found.records] == ["Two"]
    assert found.found == 2


@pytest.mark.parametrize("text", ["Mail a@['b']{c}", "see @ home {now} or never", "@me and {you}"])
def test_an_at_sign_in_running_text_is_no_entry(text):
    found = read(f"@book{{b, title = {{Two}}}}\n{text}\n")

    assert found.found == 1
    assert [p.line for p in found.problems] == [2]


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        (r"J{\o}rgen M\"uller and Bj\o rn Wei\ss and \'Emile Zola",
         ["Müller, Jørgen", "Weiß, Bjørn", "Zola, Émile"]),
        (r"P\'al Erd\H os and P{\'a}l Erd{\H{o}}s and Erd\H{o}s, P.",
         ["Erdős, Pál", "Erdős, Pál", "Erdős, P."]),
        (r"Anton\'{\i}n Dvo\v r\'ak and {\L}ukasz {\'S}wi{\k{e}}tek",
         ["Dvořák, Antonín", "Świętek, Łukasz"]),
        (r"B Nguy{\~{\^e}}n", ["Nguyễn, B"]),
        (r"Yu. A. Ivanov and {\relax Yu}. Petrov and Ivanov Yu.A. and Petrov A. Yu.",
         ["Ivanov, Yu. A.", "Petrov, Yu.", "Ivanov Yu.A.", "Petrov A. Yu."]),
        ("Martin Luther King Jr. and Smith, Jr, John and Ann Smith III",
         ["King, Martin Luther, Jr.", "Smith, Jr, John", "Smith, Ann, III"]),
        ("Hartwell, J. & Osei, P.", ["Hartwell, J.", "Osei, P."]),
        (r"Jane Hartwell \& Paul Osei", ["Hartwell, Jane", "Osei, Paul"]),
        (r"{Barnes \& Noble} and Doe, A", ["Barnes & Noble", "Doe, A"]),
        ("Barnes & Noble", ["Barnes & Noble"]),
        ("Department of Health & Human Services", ["Department of Health & Human Services"]),
        ("{Hartwell, Jane and Osei, Paul}", ["Hartwell, Jane", "Osei, Paul"]),
        ("{WHO and UNICEF}", ["WHO and UNICEF"]),
        ("J. Hartwell, P. Osei and L. Brandt", ["Hartwell, J.", "Osei, P.", "Brandt, L."]),
        ("{{Hartwell}, {Jane K.}} and {Osei}, {Paul M.}", ["Hartwell, Jane K.", "Osei, Paul M."]),
        ("Jane K. Hartwell, Paul M. Osei and Lise Brandt",
         ["Hartwell, Jane K.", "Osei, Paul M.", "Brandt, Lise"]),
        ("García López, José María", ["García López, José María"]),
        (r"O{\textquoteright}Brien, J and H{-}J Schr{\"{o}}der", ["O’Brien, J", "Schröder, H-J"]),
        ("Hartwell JK, Osei PM, Brandt L", ["Hartwell JK", "Osei PM", "Brandt L"]),
        ("M&uuml;ller, J; Osei, P", ["Müller, J", "Osei, P"]),
        ("张三；李四", ["张三", "李四"]),
        ("A. Smith~and~B. Jones", ["Smith, A.", "Jones, B."]),
        ("Smith, A. and others", ["Smith, A."]),
        ("Smith, A. et al.", ["Smith, A."]),
    ],
)  # fmt: skip
def test_names_are_parted_and_turned_after_their_letters_are_put_together(latex, names):
    assert names_in(latex) == names


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"10.1/a{\textless}b\textgreater{}c{\_}d\_e", "10.1/a<b>c_d_e"),
        (r"10.1/a$<$b$>$c&lt;d&gt;", "10.1/a<b>c<d>"),
        (r"http://x.org/{\~{}}u{\%}20$\sim$z\textasciitilde q\&r=1", "http://x.org/~u%20~z~q&r=1"),
        (r"http://x.org/?a=1{\&}amp;b=2", "http://x.org/?a=1&b=2"),
        (r"\url{http://x.org/b_c}", "http://x.org/b_c"),
        (r"\href{http://x.org/}{the text}", "http://x.org/"),
        ("https://x.org/a--b~c", "https://x.org/a--b~c"),
    ],
)
def test_a_link_or_identifier_is_freed_of_latex_and_entities(latex, text):
    assert link_text(latex) == text


def test_two_accents_on_one_letter_are_both_kept():
    assert plain_text(r"Nguy\~{\^{e}}n \foo") == r"Nguyễn \foo"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://heron.example/1 https://heron.example/2", "https://heron.example/1"),
        ("https://heron.example/1\nhttps://heron.example/2", "https://heron.example/1"),
        ("https://heron.example/1;https://heron.example/2", "https://heron.example/1"),
        ("https://heron.example/1,https://heron.example/2", "https://heron.example/1"),
        ("https://heron.example/a;b,c", "https://heron.example/a;b,c"),
    ],
)
def test_of_several_links_in_one_value_the_first_is_taken(value, url):
    [record] = read(f"@misc{{k, title={{T}}, url={{{value}}}}}").records

    assert record.url == url


@pytest.mark.parametrize(
    ("value", "issn"),
    [
        ("0103-5150, 1234-5679", "0103-5150; 1234-5679"),
        ("0103-5150 1234-5679", "0103-5150; 1234-5679"),
        ("0103-5150/1234-567X", "0103-5150; 1234-567X"),
        ("0103-5150 (print)", "0103-5150 (print)"),
        ("978-3-16-148410-0", "978-3-16-148410-0"),
    ],
)
def test_several_serial_numbers_in_one_value_are_parted(value, issn):
    [record] = read(f"@misc{{k, title={{T}}, issn={{{value}}}}}").records

    assert record.issn == issn


@pytest.mark.parametrize(
    "text",
    [
        "a & ",
        "Aa Bb & ",
        "a; ",
        ", ",
        " and",
        "J. ",
        "{a",
        "{}",
        "\\H ",
        '{\\"{',
        "$",
        "~and~",
        "&a;",
    ],
)
@pytest.mark.parametrize("read", [names_in, plain_text, link_text, several.links])
def test_no_value_makes_a_reader_of_values_slow(read, text):
    begun = time.process_time()
    read("https://" + text * 8_000)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("text", [" ,", " ", ", ", " ;"])
def test_what_stands_before_the_last_word_makes_no_list_of_names_slow(text):
    begun = time.process_time()
    names_in("Doe, J; Osei, P" + text * 20_000 + "x al")
    assert time.process_time() - begun < 1
