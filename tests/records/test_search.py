"""The search of records: the same words find the same records on both databases."""

from unicodedata import category

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from records import text_index
from records.models import Record, RecordText
from records.search import Term, parse, search, streams, words_of
from records.services import import_file
from tests.factories import make_batch, make_lead, make_source, ris

pytestmark = pytest.mark.django_db
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
# Latin with its accents, Greek and Cyrillic, but for letters that the tables of SQLite lack.
SEARCHED = [*range(0x20, 0x1C0), *range(0x386, 0x460)]


def found(lead, text: str) -> list[str]:
    records = Record.objects.filter(review=lead.review).order_by("number")
    ways = [search(records, text), search(records, text, review=lead.review)]
    if streams(text):
        ways.append(search(records, text, review=lead.review, streamed=True).order_by("text"))
    titles = [list(rows.values_list("title", flat=True)) for rows in ways]
    assert titles[0] == titles[1] == titles[-1]
    return titles[0]


def make_titles(lead, *titles: str, **fields: str) -> None:
    data = ris(list(titles), **fields)
    import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)


def test_every_word_must_occur_and_a_word_matches_the_beginning_of_a_word(lead):
    titles = ["Hip arthroscopy in adults", "Hip pain in children", "Knee arthroscopy in adults"]
    make_batch(lead, titles)
    assert found(lead, "hip arthro") == titles[:1]
    assert found(lead, "ADULTS") == [titles[0], titles[2]]
    assert found(lead, "throscopy") == []
    assert found(lead, "hi") == [], "too short to be a beginning"
    assert found(lead, "in") == titles
    assert found(lead, "  ") == titles


def test_words_in_quotation_marks_stand_next_to_each_other(lead):
    titles = ["Lesser trochanter resection", "Resection of the trochanter, lesser or not"]
    make_batch(lead, titles)
    assert found(lead, '"lesser trochanter"') == titles[:1]
    assert found(lead, "lesser trochanter") == titles
    assert found(lead, '"lesser troch"') == [], "quoted words are whole"
    assert found(lead, '"lesser trochanter') == titles[:1], "the closing mark may be missing"


def test_a_word_behind_a_minus_must_not_occur(lead):
    titles = ["Hip pain in adults", "Hip pain in rats", "Knee pain in rats"]
    make_batch(lead, titles)
    assert found(lead, "pain -rats") == titles[:1]
    assert found(lead, '-rats -"knee pain"') == titles[:1]
    assert found(lead, 'hip -"pain in"') == []


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ménière and the hip", "meniere"),
        ("Meniere and the hip", "Ménière"),
        ("Über die Straße", "uber strasse"),
        ("Søvn og smerte", "sovn"),
        ("L’œuvre chirurgicale", "oeuvre"),
        ("Łódź and Đakovo", "lodz dakovo"),
        ("The \ufb01brosis of tendons", "fibrosis"),
        ("Α-catenin and ά", "Ά"),
        ("Follow–up of in-vivo/ex-vivo trials", "follow-up ex-vivo"),
        ("Follow up of trials", "follow-up"),
        ("TNF-α, p<0.05; 10m² (n=12)", '"tnf α p 0 05" n=12'),
        ("Strain 2e5b and 1e10", "2e5b 1e10"),
        ("髋关节 surgery", "髋关"),
        ("Don't_stop", "stop"),
        ("100% of {{7*7}} ${x} %s", "{{7*7}} ${x} %s"),
    ],
)
def test_accents_case_and_marks_do_not_matter(lead, title, text):
    make_titles(lead, title, "Another paper")
    assert found(lead, text) == [title]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10.1000/Hip.2020-1", 1),
        ("https://doi.org/10.1000/hip.2020-1", 1),
        ("pmid: 7654321", 1),
        ("7654321", 1),
        ("#2", 2),
        ("PMC123456", 1),
    ],
)
def test_an_identifier_given_whole_finds_its_record(lead, text, number):
    make_titles(lead, "First paper", DO="10.1000/hip.2020-1", PM="7654321", N1="PMCID: PMC123456")
    make_titles(lead, "Second paper", DO="10.1000/hip.2020-12")
    records = Record.objects.filter(review=lead.review)
    assert [r.number for r in search(records, text)] == [number]


def test_authors_journal_year_keywords_and_abstract_are_searched(lead):
    fields = {"AB": "Of bursitis", "JO": "Acta Orthop", "KW": "Sciatica", "A1": "Müller, K."}
    make_titles(lead, "A paper", **fields)
    for text in ("bursitis", "acta", "sciatica", "2020", "muller 2020 bursitis"):
        assert found(lead, text) == ["A paper"], text


def test_a_phrase_does_not_reach_across_fields(lead):
    make_titles(lead, "Ends in hip", AB="Pain begins")
    assert found(lead, "hip pain") == ["Ends in hip"]
    assert found(lead, '"hip pain"') == []


@pytest.mark.catalogue("I43")
@pytest.mark.parametrize(
    "text",
    ["'", '"', '"""', "' OR 1=1 --", "hip* OR", "NOT", "AND", "NEAR(", "document:hip", "hip\x00",
     "^hip", "hip) & !(pain", "a:*", "<->", "\\", "%_", "-", "--", '-"', "(", "ǁ1", "hip ;DROP",
     "\ud7ff\uffff", "x" * 600],
)  # fmt: skip
def test_marks_of_the_engines_are_only_text(lead, text):
    make_batch(lead, ["Hip pain", "Rats and not much"])
    titles = set(found(lead, text))
    assert titles <= {"Hip pain", "Rats and not much"}
    if not any(char.isalnum() for char in text):
        assert titles == set()


@pytest.mark.catalogue("Z17")
def test_the_mark_of_a_review_cannot_be_typed(lead):
    other = make_lead()
    make_batch(other, ["Hip of another review"])
    make_batch(lead, ["Hip of this review"])
    assert found(lead, f"ǁ{lead.review.pk}") == found(lead, str(lead.review.pk))
    assert found(lead, "hip") == ["Hip of this review"]


def test_every_word_of_a_text_finds_it_whatever_its_characters(lead):
    seen = [char for char in map(chr, SEARCHED) if category(char) not in {"Cn", "Cc", "Mn"}]
    seen = [*seen, *"’…\u200b\ufb01股关节", "e\u0301", "o\u0308", "B\u030d"]
    # The letters behind it make each word one of its own.
    words = [f"q{char}{ALPHABET[n // 26]}{ALPHABET[n % 26]}z" for n, char in enumerate(seen)]
    batch = make_batch(lead, [f"{' '.join(words)}."])
    [record] = batch.records.all()
    document = RecordText.objects.filter(record=record)
    for word in words_of(" ".join(words)):
        assert document.filter(document__matches=[Term((word,))]), word


def test_a_text_is_taken_apart_into_terms():
    assert parse('hip "lesser trochanter" -rats in-vivo 2020 — of') == [
        Term(("hip",), beginning=True),
        Term(("lesser", "trochanter")),
        Term(("rats",), beginning=True, excluded=True),
        Term(("in", "vivo"), beginning=True),
        Term(("2020",)),
        Term(("of",)),
    ]


def test_the_parts_of_the_index_are_named_when_they_are_missing_and_made_again(lead):
    assert text_index.missing() == []
    name = f"{text_index.INDEX}_insert"
    on = f" ON {text_index.RECORDS}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert text_index.missing() == [name]
    make_batch(lead, ["Written without the index"])
    assert found(lead, "written") == []

    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

    assert text_index.missing() == []
    assert found(lead, "written") == ["Written without the index"]


def test_a_page_of_a_search_is_read_out_of_the_index_and_not_row_by_row(lead):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what it has counted")
    make_batch(lead, ["Hip pain"])
    found = search(Record.objects.in_list(lead), "hip", review=lead.review, streamed=True)
    plan = found.order_by("text")[:50].explain().splitlines()
    assert "records_recordtext VIRTUAL TABLE" in plan[0]
    assert "USING INTEGER PRIMARY KEY" in plan[1]
