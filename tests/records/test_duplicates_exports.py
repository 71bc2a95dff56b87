"""What exports do to letters, bounds and places: each rule with what it must keep apart."""

import time
import unicodedata

import pytest

from records.duplicates import Candidate, find_groups
from records.duplicates.journals import same_journal
from records.duplicates.misread import fits, mended
from records.duplicates.places import read_place, same_pages
from tests.records.test_duplicates_traps import ARTICLE, GERMAN, TITLE, ruling, without

ACCENTED = {
    "title": "Frühe Mobilisation nach Schulterluxation bei Flößern der Öresundregion",
    "authors": ("Yıldırım, Ömer", "Müller, Jörg", "Čapek, Žofie"),
    "journal": "Zeitschrift für Öresund",
}


def windows(text):
    return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def unaccented(text):
    split = unicodedata.normalize("NFD", text.replace("ß", "ss").replace("ı", "i"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def each(sign):
    return lambda text: "".join(letter if letter.isascii() else sign for letter in text)


BREAKS = {
    "read as Windows": windows,
    "read as Windows twice": lambda text: windows(windows(text)),
    "read as Macintosh": lambda text: text.encode().decode("mac_roman"),
    "read as DOS": lambda text: text.encode().decode("cp850"),
    "without the signs nobody sees": lambda text: "".join(
        letter for letter in windows(text) if not "\x80" <= letter <= "\xa0" and letter != "\xad"
    ),
    "replaced": each("\ufffd"),
    "replaced byte by byte": each("\ufffd\ufffd"),
    "asked": each("?"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_of_equal_records_the_one_with_whole_letters_is_kept(how):
    records = [
        Candidate(key=1, **ARTICLE | written(BREAKS[how]) | {"doi": "10.1/a"}),
        Candidate(key=2, **ARTICLE | ACCENTED),
    ]

    assert [group.kept for group in find_groups(records)] == [2]


def written(write, fields=ACCENTED):
    return {
        "title": write(fields["title"]),
        "authors": tuple(map(write, fields["authors"])),
        "journal": write(fields["journal"]),
    }


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("whole", [str, unaccented])
def test_broken_accents_in_title_authors_and_journal_hide_no_duplicate(how, whole):
    broken, right = written(BREAKS[how]), written(whole)
    nowhere = without("volume", "issue", "pages")

    assert ruling(broken | {"issue": ""}, right | {"issue": ""}) == "sure"
    assert ruling(broken | nowhere, right | nowhere) != "apart"


@pytest.mark.parametrize("how", BREAKS)
def test_broken_accents_bring_no_two_papers_together(how):
    broken = written(BREAKS[how])
    second = written(BREAKS[how], ACCENTED | {"title": f"{ACCENTED['title']}, Teil 2"})
    nowhere = without("volume", "issue", "pages")

    assert ruling(broken, second | {"pages": "399-402"}) != "sure"
    assert ruling(broken | nowhere, second | nowhere) != "sure"
    assert ruling(ACCENTED | nowhere, second | nowhere) != "sure"


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("MartÃnez", "Mart\ufffdnez"),
        ("GarcÃ\xada", "García"),
        ("voilÃ  la hanche", "voilà  la hanche"),
        ("Crohnâ€™s", "Crohn’s"),
        ("Î±-synuclein", "α-synuclein"),
        ("Ð¼Ð¾Ð»Ð¾ÐºÐ¾", "молоко"),
        ("mã¼ller", "müller"),
        ("5 \ufffdg, 2000\ufffd2005", "5  g, 2000 2005"),
        ("TNF-\ufffd in", "TNF-  in"),
    ],
)
def test_a_letter_is_restored_where_that_is_certain(broken, right):
    assert mended(broken) == right


@pytest.mark.parametrize(
    "text",
    ["JOÃO DE SÃO PAULO", "Fluß“ und “ß”", "« été »", "irmã”", "Is it so? Yes", "ČŠ",
     "Ménage à trois"],
)  # fmt: skip
def test_what_is_written_rightly_stays(text):
    assert mended(text) == text


def test_a_lost_symbol_is_no_letter_of_a_word():
    nowhere = without("volume", "issue", "pages")
    one, other = (
        nowhere | {"title": f"{sign}-catenin in the degenerating hip joint of dancers"}
        for sign in ("β", "\ufffd")
    )

    assert ruling(one, other) != "sure"


def test_lost_letters_are_two_at_most_for_each():
    assert fits("erdo\u0294an", "erdogan")
    assert fits("erdogan", "erdo\u0294an")
    assert fits("gro\u0294", "gross")
    assert fits("mens", "men\u0294s")
    assert not fits("gro\u0294", "grosses")
    assert not fits("erdogan", "erdogan")
    assert not fits("\u0294" * 30 + "a", "b" * 30 + "a")


def test_titles_made_of_lost_letters_take_bounded_time():
    records = [
        Candidate(
            key=key, title="Öa\ufffdaa" + "a\ufffda" * 20 + f" hip {key % 50} {key}", year=2015
        )
        for key in range(2_000)
    ]
    started = time.process_time()
    find_groups(records)

    assert time.process_time() - started < 20


STYLES = ("≥", ">=", ">= ", "> or = ", "> or =", ">/=", "&gt;=", "&ge;", "≧", "= or > ", "> = ")
AGED = "Endoscopic decompression in patients aged {}65 years: a registry study of one county"


@pytest.mark.parametrize("style", STYLES)
def test_a_bound_is_one_in_every_style(style):
    nowhere = without("volume", "issue", "pages")
    one, other = (nowhere | {"title": AGED.format(sign)} for sign in ("≥", style))

    assert ruling(one, other) == "sure"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("below", ["<", "≤", "< or = ", "&lt;"])
def test_those_above_a_bound_and_those_below_it_are_two_papers(style, below):
    nowhere = without("volume", "issue", "pages")
    one, other = (nowhere | {"title": AGED.format(sign)} for sign in (style, below))

    assert ruling(one, other) != "sure"


@pytest.mark.parametrize("number", ["b2393", "e1000100", "g7823", "101234", "zoi190123"])
def test_an_article_number_beside_pages_says_nothing(number):
    assert ruling({"pages": number, "issue": ""}, {"pages": "1119-22", "issue": "7695"}) == "sure"
    assert ruling({"pages": number}, {"pages": "1-28"}) == "sure"


def test_a_column_is_not_told_by_a_number_that_says_nothing():
    one, other = {"pages": "b2393", "issue": ""}, {"pages": "1119-22", "issue": "7695"}

    for title in ("Minerva", "Images in clinical orthopaedic surgery"):
        assert ruling(one | {"title": title}, other | {"title": title}) == "doubtful"


def test_pages_with_one_letter_are_counted_alike():
    assert ruling({"pages": "H1234"}, {"pages": "H1500-H1510"}) == "doubtful"


def test_the_last_figure_behind_a_supplement_is_that_of_a_range_in_it():
    both = {"issue": ""}

    assert ruling(both | {"pages": "Suppl-5"}, both | {"pages": "S11-S15"}) == "sure"
    assert ruling(both | {"pages": "Suppl-5"}, both | {"pages": "S11-S16"}) == "doubtful"


@pytest.mark.parametrize("torn", ["1)", "Suppl 1)", "(4)", "(Suppl 1"])
def test_a_volume_of_which_an_export_left_a_bracket_is_unknown(torn):
    assert read_place(torn, "", "346", 2016).volume == 0
    assert ruling({"volume": torn, "issue": ""}, {}) == "sure"
    assert read_place("26(4)", "", "346", 2016).volume == 26
    assert read_place("26(Suppl", "", "346", 2016).volume == 26


@pytest.mark.parametrize(
    "name",
    [
        "{}. Conference: 15th Congress of the Hip Society. Uppsala Sweden",
        "{}.Conference: 15th Congress",
        "{} Conference: 15th Congress",
        "{}; Conference: 15th Congress",
        "{} - Conference Abstract: 15th Congress",
        "{} (Conference: 15th Congress)",
    ],
)
def test_a_congress_behind_a_journal_does_not_change_its_name(name):
    journal = ARTICLE["journal"]
    supplement = {"issue": "Suppl 1", "pages": "S112"}

    assert same_journal(*sorted((name.format(journal), journal))) >= 0
    assert same_journal(*sorted((name.format("Eur J Hip Surg"), journal))) >= 0
    assert ruling(supplement | {"journal": name.format(journal)}, supplement) == "sure"
    assert ruling(supplement | {"journal": name.format(journal)}, {}) != "sure"


def test_an_abstract_of_the_same_words_is_not_the_article_of_the_volume():
    text = {"abstract": "Sixty dancers were followed for two years after decompression. " * 3}
    abstract = {"journal": f"{ARTICLE['journal']}. Conference: 15th Congress", "issue": "Suppl 4"}

    assert ruling(text, text | abstract | {"pages": ""}) == "doubtful"


def test_the_last_page_alone_is_one_of_the_range():
    assert ruling({}, {"pages": "351"}) == "sure"
    assert ruling({"pages": "S346-S351"}, {"pages": "S351"}) != "apart"
    assert ruling({}, {"pages": "352"}) == "doubtful"
    assert same_pages(read_place("26", "", "346", 2016), read_place("26", "", "351", 2016)) == -1


def test_a_column_on_the_last_page_of_the_one_before_is_for_a_person():
    column = {"title": "Images of the hip"}

    assert ruling(column, column | {"pages": "351"}) == "doubtful"


def test_a_short_title_of_several_people_bears_an_issue_typed_wrong():
    short = {"title": "Snapping hip in women"}

    assert ruling(short, short | {"issue": "5"}) == "sure"
    low = short | {"pages": "3-6"}
    assert ruling(low, low | {"issue": "5"}) == "doubtful"


def test_a_text_that_begins_on_the_last_page_of_another_is_another():
    reply = {"title": f"{TITLE}: authors' reply", "pages": "351"}

    assert ruling({}, reply) != "sure"
    assert ruling({}, {"title": "Gait after hip arthroscopy in rowers", "pages": "351"}) == "apart"


def numbered(issues, start=1_000):
    """Return records of papers of their own, each with an issue, and no other like it."""
    words = [f"{chr(97 + at // 26)}{chr(97 + at % 26)}" * 4 for at in range(676)]
    return [
        Candidate(
            key=start + at, title=f"Treatment of {words[at]} in {words[-at]}", issue=str(issue)
        )
        for at, issue in enumerate(issues)
    ]


NOTE = {"title": "Notes from the county", "authors": ("Per H",)}


def sure(records):
    return [group for group in find_groups(records) if group.sure]


def test_a_number_of_each_record_in_the_column_of_issues_is_no_issue():
    pair = [Candidate(key=key, **ARTICLE | NOTE | {"issue": f"90{key}"}) for key in (1, 2)]

    assert len(sure(pair + numbered(range(1, 120)))) == 1
    assert not sure(pair + numbered(at % 12 + 1 for at in range(120)))
    assert not sure(pair)


def test_of_one_export_among_others_the_running_numbers_are_known():
    real = numbered((at % 12 + 1 for at in range(300)), start=5_000)
    issues = ("150", "3")
    pair = [
        Candidate(key=key, **ARTICLE | NOTE | {"issue": issue}) for key, issue in enumerate(issues)
    ]

    assert len(sure(pair + real + numbered(at for at in range(1, 200) if at != 150))) == 1


@pytest.mark.parametrize(
    "ending",
    [": part 2", ". II", " - second report", ": five years on", " 2", ". Part II", ": reply"],
)
def test_words_behind_the_bracket_of_a_translated_title_tell_two_papers_apart(ending):
    nowhere = without("volume", "issue", "pages")
    first, second = {"title": f"[{TITLE}]"}, {"title": f"[{TITLE}]{ending}"}
    german = {"title": f"{GERMAN} [{TITLE}]{ending}"}

    assert ruling(nowhere | first, nowhere | second) != "sure"
    assert ruling(nowhere | {"title": TITLE}, nowhere | second) != "sure"
    assert ruling(nowhere | first, nowhere | german) != "sure"
    assert ruling(first, second | {"pages": "399-402"}) != "sure"
    assert ruling(nowhere | second, nowhere | {"title": f"{TITLE}{ending}"}) != "apart"
    assert ruling(nowhere | second, nowhere | german) == "sure"


def test_parts_with_one_translated_title_are_told_by_their_own():
    nowhere = without("volume", "issue", "pages", translated_title=TITLE)
    one, two = (nowhere | {"title": f"{GERMAN}: {number}. Teil"} for number in (1, 2))

    assert ruling(one, two) != "sure"


@pytest.mark.parametrize("title", ["Editorial", "Introduction", "News from the hip world", TITLE])
def test_a_column_with_another_issue_and_another_doi_is_another(title):
    here = {"title": title, "authors": ("Per H",), "pages": "1-2"}
    first, second = here | {"issue": "1", "doi": "10.1/a"}, here | {"issue": "2", "doi": "10.1/b"}

    assert ruling(first, second) == "doubtful"
    assert ruling(first, second | {"doi": "10.1/a", "issue": "1"}) == "sure"


@pytest.mark.parametrize("title", ["Editorial", "Introduction", "News from the hip world"])
def test_a_column_is_not_told_by_its_page_without_the_issue(title):
    here = {"title": title, "authors": ("Per H",), "pages": "1-2"}

    assert ruling(here | {"issue": "1"}, here | {"issue": "2"}) != "sure"
    assert ruling(here | {"issue": "", "doi": "10.1/a"}, here | {"doi": "10.1/b"}) != "sure"


def test_a_column_without_volume_and_year_is_not_told_by_issue_and_page():
    here = {"title": "Editorial"}

    assert ruling(here, here | {"volume": "1)", "year": None}) != "sure"
    assert ruling(here, here | {"volume": "1)"}) == "sure"
