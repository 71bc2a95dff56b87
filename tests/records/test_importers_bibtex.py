"""BibTeX and BibLaTeX: one broken entry costs no other, and LaTeX is text."""

import time
from pathlib import Path

import pytest

from records.importers import read_file
from records.importers.bibtex_cutting import pieces
from records.importers.bibtex_entries import entries
from records.importers.latex import plain_text

FILES = Path(__file__).parent / "files"
LIBRARY = (FILES / "library.bib").read_bytes()


def read(text, **options):
    found = read_file(text if isinstance(text, bytes) else text.encode(), **options)
    assert found.format == "bibtex"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def problems(found):
    return [(problem.line, problem.rejected) for problem in found.problems]


def entry(key="k", *, kind="article", **fields):
    listed = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@{kind}{{{key},\n{listed}}}\n"


def one(**fields):
    [record] = read(entry(**({"title": "T"} | fields))).records
    return record


def test_jabrefs_library_is_read_whole():
    first = read(LIBRARY).records[0]

    assert (
        first.title == "Open reduction of in situ hips: A naïve trial with $5 & 10 % of α and H2O"
    )
    assert first.authors == (
        "Müller, Anna B.",
        "van der Berg, C.",
        "Invented Hip Study Group",
        "van Beethoven, Ludwig",
    )
    assert first.journal == "The Journal of Invented Hips. Series B"
    assert (first.year, first.volume, first.issue, first.pages) == (2019, "101", "5", "423-431")
    assert (first.doi, first.pmid, first.issn) == ("10.1000/jih.19_00001", "90000001", "1535-1386")
    assert first.url == "https://example.org/~hips/a_b"
    assert first.abstract == (
        "Hips slip @homesic. @ the end of a line, scores rose – by 2.5 points."
    )
    assert (first.source_record_id, first.record_type) == ("Mueller2019", "article")


def test_biblatex_fields_are_read():
    second = read(LIBRARY).records[1]

    assert second.title == "Hüfte und Knie: Eine Übersicht"
    assert (second.journal, second.journal_abbreviation) == ("Erfundene Zeitschrift", "Erf Z")
    assert (second.year, second.year_text, second.language) == (2020, "2020-05-01", "german")
    assert (second.pmid, second.doi) == ("90000002", "10.1000/zotero.2")
    assert second.authors == ("Straße, Jürgen", "WHO")


def test_what_scopus_and_web_of_science_export_is_read():
    scopus, wos = read(LIBRARY).records[2:4]

    assert (scopus.accession, scopus.database, scopus.pages) == (
        "2-s2.0-85000000001",
        "Scopus",
        "4711",
    )
    assert scopus.keywords == ("arthroplasty", "human", "Hip", "Knee")
    assert (scopus.journal_abbreviation, scopus.notices) == ("Invent.", ("Retracted publication",))
    assert wos.title == "A Web of Science article with a long title that runs on"
    assert (wos.accession, wos.issn, wos.pages) == (
        "WOS:000123456700001",
        "0000-0027; 0000-0035",
        "10-19",
    )
    assert wos.authors == ("Smith, John", "Jones, Mary")


@pytest.mark.catalogue("I19")
def test_comments_preambles_strings_and_headers_are_no_entries_and_need_no_word():
    header = (
        "Scopus\nEXPORT DATE: 22 November 2026\n\n"
        "This file was created with JabRef 2.10.\nEncoding: UTF8\n\n% a comment\n"
        "@comment{jabref-meta: groupsversion:3;}\n@preamble{ {\\newcommand{\\x}{y}} }\n"
        '@string{a = "b"}\n@COMMENT jabref without braces\n'
    )
    found = read(header + entry(title="T") + "@comment{@article{hidden, title={Hidden}}}\n")

    assert [r.title for r in found.records] == ["T"]
    assert not found.problems


def test_two_entries_under_one_key_are_two_records():
    found = read(LIBRARY)

    assert [r.source_record_id for r in found.records].count("Mueller2019") == 2
    assert found.found == 6
    assert not found.problems


def test_each_entry_keeps_its_own_text_and_line():
    found = read(LIBRARY)

    assert [r.line for r in found.records] == [9, 27, 43, 63, 84, 90]
    assert all(r.raw.encode() in LIBRARY for r in found.records)
    assert found.records[4].raw.startswith("@article(parens1,")


@pytest.mark.catalogue("I25")
@pytest.mark.parametrize(
    "broken",
    [
        "@article{bad,\n  title = {Unbalanced {brace},\n  year = {2001}\n}\n",
        '@article{bad,\n  title = "No end,\n  year = 2001\n}\n',
        "@article{bad,\n  title {No equals},\n}\n",
        "@article{bad,\n  = {No name},\n}\n",
        "@article{bad\n  title = {No comma after the key},\n}\n",
    ],
)
def test_a_broken_entry_is_rejected_by_its_line_and_the_others_kept(broken):
    found = read(entry("a", title="One") + broken + entry("b", title="Two") + entry(title="Three"))

    assert [r.title for r in found.records] == ["One", "Two", "Three"]
    assert [line for line, rejected in problems(found) if rejected] == [4]


@pytest.mark.catalogue("I25")
def test_an_entry_that_closes_too_early_is_flagged_where_its_rest_stands():
    text = "@article{bad,\n  title = {Too early}},\n  year = {2001}\n}\n"
    found = read(text + entry(title="Two"))

    assert [r.title for r in found.records] == ["Too early", "Two"]
    assert problems(found) == [(2, False)] or problems(found) == [(3, False)]


@pytest.mark.catalogue("I15")
def test_an_entry_that_lacks_only_its_last_brace_is_imported_and_flagged():
    found = read("@article{a,\n title = {One},\n year = 2001\n\n" + entry(title="Two"))

    assert [(r.title, r.year) for r in found.records] == [("One", 2001), ("Two", None)]
    assert problems(found) == [(1, False)]


def test_a_lost_comma_or_key_is_read_in_and_named():
    found = read(
        "@article{a,\n title = {One}\n year = {2001}\n}\n@article{title = {Two}, year = {2002}}\n"
    )

    assert [(r.title, r.year) for r in found.records] == [("One", 2001), ("Two", 2002)]
    assert problems(found) == [(1, False), (5, False)]


@pytest.mark.catalogue("I25")
def test_strings_and_joined_parts_are_resolved():
    found = read(
        '@string{j = "Journal"}\n@string{jh = j # { of } # "Hips"}\n'
        '@article{k, title = "A # " # {B}, journal = jh # " (C)", month = jan # "~1"}\n'
    )

    assert (found.records[0].title, found.records[0].journal) == ("A # B", "Journal of Hips (C)")
    assert not found.problems


@pytest.mark.catalogue("I25")
def test_an_abbreviation_that_is_nowhere_explained_stands_and_is_named():
    found = read("@article{k, title = {T}, journal = nejm}")

    assert found.records[0].journal == "nejm"
    assert problems(found) == [(1, False)]


@pytest.mark.catalogue("I25")
def test_abbreviations_that_double_each_other_stay_bounded():
    doubled = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(60))
    joined = " # ".join(["s60"] * 10_000)
    text = f'@string{{s0 = "laughs"}}\n{doubled}@article{{k, title = {{T}}, note = {joined}}}\n'

    begun = time.process_time()
    assert read(text).found == 1
    assert time.process_time() - begun < 2


@pytest.mark.catalogue("I26")
@pytest.mark.parametrize("balanced", [True, False])
def test_braces_nested_beyond_any_title_are_rejected_and_the_next_entry_read(balanced):
    deep = "{" * 100_000 + "T" + ("}" * 100_000 if balanced else "")
    found = read(f"@article{{deep,\n title = {{{deep}}},\n}}\n" + entry(title="Two"))

    assert [r.title for r in found.records] == ["Two"]
    assert problems(found) == [(1, True)]


@pytest.mark.catalogue("I27")
@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller", "Müller"),
        (r"M\"{u}ller", "Müller"),
        (r"M\"uller", "Müller"),
        (r"{\'E}mile", "Émile"),
        (r"na{\"\i}ve", "naïve"),
        (r"na\"{\i}ve", "naïve"),
        (r"Fran\c{c}ois \c cedille", "François çedille"),
        (r"Ko\v{s}ice, {\v S}koda", "Košice, Škoda"),
        (
            r"Erd\H{o}s, \k{a}, \r{a}, \u{g}, \=o, \.z, \~n, \^o, \`a, \d{s}",
            "Erdős, ą, å, ğ, ō, ż, ñ, ô, à, ṣ",
        ),
        (r"Stra\ss e, Stra{\ss}e, Stra\ss{}e", "Straße, Straße, Straße"),
        (r"\O{}re, {\o}re, \AA rhus, \L{}\'od\'z, {\ae}, \OE", "Øre, øre, Århus, Łódź, æ, Œ"),
        (r"10\,\% of \$5 \& \#1 \_x \{y\}", "10 % of $5 & #1 _x {y}"),
        (r"a--b---c ``d'' e~f", "a–b—c “d” e f"),
        (
            r"$\alpha$-blocker, $p < 0.05$, H$_2$O, 10$^{-3}$, 5\textdegree",
            "α-blocker, p < 0.05, H2O, 10-3, 5°",
        ),
        ("costs $5 and $10 at once", "costs $5 and $10 at once"),
        (r"\emph{in situ} {\it vivo} \textbf{\textit{x}} \textsuperscript{2}", "in situ vivo x 2"),
        (r"{The {HIP} {S}tudy}", "The HIP Study"),
        (r"\'{}x \^{}y \~{}", "'x ^y ~"),
        (r"ends in \\", "ends in  "),
        ("ends in \\", "ends in \\"),
        (r"Đ ß 髋 é", "Đ ß 髋 é"),
    ],
)
def test_latex_becomes_characters(latex, text):
    assert plain_text(latex) == text


@pytest.mark.catalogue("I27")
@pytest.mark.parametrize(
    "command",
    [
        r"\write18{touch /tmp/pwned}",
        r"\input{/etc/passwd}",
        r"\include{x}",
        r"\openin5=/etc/passwd",
        r"\csname x\endcsname",
        r"\def\x{y}",
    ],
)
def test_a_command_stays_the_text_it_is(command):
    assert one(title=f"A {command} hip").title == f"A {command} hip"


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Smith, John and Doe, A.", ("Smith, John", "Doe, A.")),
        ("John Smith AND Ludwig van der Berg", ("Smith, John", "van der Berg, Ludwig")),
        ("{World Health Organization} and Smith, J", ("World Health Organization", "Smith, J")),
        ("{Barnes and Noble} and Doe, A", ("Barnes and Noble", "Doe, A")),
        ("Smith, Jr, John and others", ("Smith, Jr, John",)),
        ("Smith JA and Doe B", ("Smith JA", "Doe B")),
        (r"{\'E}mile Zola and G{\"o}del, Kurt", ("Zola, Émile", "Gödel, Kurt")),
        ("Plato", ("Plato",)),
        ("Hand, A and Anderson, Band", ("Hand, A", "Anderson, Band")),
        ("John {van der Berg}", ("van der Berg, John",)),
        ("A and\n   B", ("A", "B")),
    ],
)
def test_names_are_parted_by_and_and_put_family_first(field, names):
    assert one(author=field).authors == names


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"url": "https://doi.org/10.1000/A_b"}, "doi", "10.1000/a_b"),
        ({"doi": r"10.1000/a\_b"}, "doi", "10.1000/a_b"),
        ({"eprint": "123456", "eprinttype": "pubmed"}, "pmid", "123456"),
        ({"eprint": "2001.00001", "archiveprefix": "arXiv"}, "pmid", ""),
        ({"note": "PMID: 123456"}, "pmid", "123456"),
        ({"pmcid": "PMC123456"}, "pmcid", "PMC123456"),
        ({"booktitle": "Proceedings"}, "journal", "Proceedings"),
        ({"date": "2019-05"}, "year", 2019),
        ({"eid": "e12"}, "pages", "e12"),
        ({"keywords": "a, b"}, "keywords", ("a", "b")),
        ({"note": "Retraction in: J 2020;1:2"}, "notices", ("Retraction in: J 2020;1:2",)),
        ({"TITLE": "Shouted"}, "title", "T"),
    ],
)
def test_things_are_found_where_programs_keep_them(fields, name, value):
    assert getattr(one(**fields), name) == value


def test_a_field_that_stands_twice_is_named_and_the_first_counts():
    found = read("@article{k, title = {One}, title = {Two}, doi = {10.1000/a}}")

    assert found.records[0].title == "One"
    assert problems(found) == [(1, False)]


def test_several_entries_may_stand_on_one_line_and_after_other_text():
    found = read(
        "@article{a, title={One}} @book(b, title={Two})@misc{c,title={Three}} see me@x{y\n"
    )

    assert [r.title for r in found.records] == ["One", "Two", "Three"]
    assert problems(found) == [(1, False)]


def test_an_entry_longer_than_any_can_be_is_rejected_and_the_next_one_read(monkeypatch):
    monkeypatch.setattr("records.importers.bibtex_cutting.MAX_ENTRY", 10_000)
    found = read(entry(title="x\n" * 10_000) + entry(title="Two"))

    assert [r.title for r in found.records] == ["Two"]
    assert problems(found) == [(1, True)]


def test_a_forced_line_break_before_a_brace_closes_the_field():
    assert one(abstract=r"Text \\").abstract == "Text"


@pytest.mark.catalogue("I12")
def test_a_long_list_of_authors_is_cut_with_a_word():
    found = read(entry(title="T", author=" and ".join(["Doe, J"] * 5_000)))

    assert len(found.records[0].authors) == 2_000
    assert problems(found) == [(1, False)]


def test_entries_are_cut_out_as_the_lines_come():
    def lines():
        yield from enumerate(entry(title="One").splitlines(), start=1)
        raise AssertionError("read on before the first entry was given")

    assert next(pieces(lines())).kind == "article"


@pytest.mark.catalogue("I53")
@pytest.mark.parametrize(
    "text",
    [
        "@" * 50_000,
        "@a{" * 20_000,
        "@a{k,\n" * 2_000,
        "@a{k,x=" + '"' * 50_000,
        "@a{k,x={" + "\\" * 50_000 + "}}",
        "@a{k,x={" + "$ " * 50_000 + "}}",
        "@a{k,x={" + "$a" * 50_000 + "}}",
        "@a{k,author={" + " and" * 30_000 + "}}",
        "@a{k,author={" + "a " * 50_000 + "}}",
        "@a{k,title={" + "\\'" * 50_000 + "}}",
        "@a{k,x=" + "# " * 50_000 + "}",
        "@a{" + " " * 50_000 + "\n" * 20_000,
        "}\n" * 50_000,
    ],
    ids=range(13),
)
def test_no_text_makes_the_reader_slow(text):
    begun = time.process_time()
    list(entries(enumerate(text.split("\n"), start=1)))
    assert time.process_time() - begun < 2


def test_a_thousand_entries_are_read_in_a_moment():
    fields = {
        "author": r"M{\"u}ller, Anna B. and van der Berg, C. and John Smith",
        "title": "{Open} reduction of hips {and} knees",
        "journal": "Journal of Invented Hips",
        "year": "2019",
        "abstract": "Hips slip. " * 100,
        "doi": "10.1000/x",
    }
    text = "".join(entry(f"k{n}", **fields) for n in range(1_000))

    begun = time.process_time()
    assert read(text).found == 1_000
    assert time.process_time() - begun < 2.5
