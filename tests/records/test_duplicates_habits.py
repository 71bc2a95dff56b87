"""Habits of databases and misprints: each rule by name, with the pair it must keep apart."""

import pytest

from records.duplicates import Candidate, find_groups
from records.duplicates.journals import kind, same_journal
from records.duplicates.names import read_names, same_name
from records.duplicates.places import read_place, same_pages
from tests.records.test_duplicates_traps import ARTICLE, GERMAN, TITLE, ruling, without

CONGRESS = "15th Congress of the European Hip Society, Uppsala"
JOURNAL = ARTICLE["journal"]


def pages(one, other):
    """Return what is said of two fields of pages of one volume."""
    return same_pages(*(read_place("26", "", text, 2016) for text in (one, other)))


@pytest.mark.parametrize("dot", [". ", "."])
def test_an_article_and_an_abstract_of_a_congress_in_its_volume_are_not_merged(dot):
    abstract = {"journal": f"{JOURNAL}{dot}Conference: {CONGRESS}", "issue": ""}

    assert ruling({}, abstract | {"pages": ""}) == "doubtful"
    assert ruling({"pages": ""}, abstract | {"pages": ""}) == "doubtful"
    assert ruling({"issue": "1"}, abstract | {"issue": "Suppl 1", "pages": ""}) == "doubtful"
    assert ruling(abstract, abstract | {"journal": JOURNAL, "pages": "346"}) == "sure"


def registered(number, host="https://trialsearch.who.int"):
    address = f"{host}/Trial2.aspx?TrialID={number}"
    return without("volume", "issue", "pages", journal=address, authors=("Per,",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PER-148-14", "PER-149-14"),
        ("RBR-1abcd2", "RBR-1abcd3"),
        ("PACTR201401000000123", "PACTR201401000000124"),
        ("KCT0000123", "KCT0000124"),
        ("TCTR20140101001", "TCTR20140101002"),
        ("SLCTR/2014/001", "SLCTR/2014/002"),
        ("NL1234", "NL1235"),
        ("LBCTR2014010123", "LBCTR2014010124"),
        ("XYZ-1-2014", "XYZ-2-2014"),
    ],
)
def test_registrations_of_every_register_are_told_apart_by_their_numbers(one, other):
    old = "http://www.who.int/trialsearch"

    assert ruling(registered(one), registered(other)) == "apart"
    assert ruling(registered(one), registered(one, host=old)) == "sure"


def test_two_addresses_are_never_one_journal():
    one, other = ("https://trials.example.org/show?id=" + number for number in ("12", "13"))
    bare = without("volume", "issue", "pages")

    assert same_journal(one, other) == -1
    assert ruling(bare | {"journal": one}, bare | {"journal": other}) != "sure"


def test_a_letter_filed_with_the_reply_to_it_is_not_the_letter():
    both = {"title": f"{TITLE} (multiple letters) [1]", "pages": "346-352"}

    assert ruling({}, both) == "doubtful"
    assert ruling(both, both | {"pages": "346-52"}) == "sure"


@pytest.mark.parametrize(
    "note",
    [
        "[Erratum appears in Eur J Hip Surg. 2017 Jan;27(1):12 [Bergstrom A added]]",
        "[Erratum appears in Eur J Hip Surg. 2017 Ja",
        "[Erratum appears in Eur J Hip Surg. 2017 [Bergstr",
        "[Published erratum appears in Eur J Hip Surg 2017;27:12]",
        "[Comment in Eur J Hip Surg. 2017;27:14",
        "[Retraction in Eur J Hip Surg. 2018;28:1 [Editors]]",
    ],
)
def test_a_note_that_a_correction_stands_elsewhere_marks_no_correction(note):
    bare = without("pages")

    assert ruling(bare, bare | {"title": f"{TITLE}.{note}"}) == "sure"
    assert ruling({}, {"title": f"Erratum: {TITLE}. {note}", "pages": "399"}) == "apart"


SOURCES = [
    f"Erratum: {TITLE} ({JOURNAL} (2016) 26 (346-351))",
    f"Erratum: {TITLE} ({JOURNAL} (2016) 26:4 (346-351) DOI: 10.1000/hip.1)",
    f"{TITLE} (vol 26, pg 346, 2016)",
    f"Corrigendum to “{TITLE}”",
]


@pytest.mark.parametrize("one", SOURCES)
@pytest.mark.parametrize("other", SOURCES)
def test_one_correction_quoted_in_two_styles_is_told_by_its_place(one, other):
    here = {"pages": "399", "issue": "6"}

    assert ruling(here | {"title": one}, here | {"title": other}) == "sure"
    assert ruling(here | {"title": one}, {"title": other, "pages": "", "issue": ""}) != "sure"
    assert ruling(here | {"title": one}, here | {"title": other, "pages": "512"}) != "sure"


def test_an_operation_that_corrects_is_no_correction_of_a_paper():
    bare = without("volume", "issue", "pages", title="Correction of hip dysplasia in young dancers")

    assert ruling(bare, bare | {"journal": "Eur J Hip Surg"}) == "sure"


@pytest.mark.parametrize("title", [*SOURCES, f"{TITLE} ({JOURNAL} (2016) 26 (346-351))"])
def test_a_correction_elsewhere_is_not_asked_about_beside_what_it_corrects(title):
    assert ruling({}, {"title": title, "pages": "399", "issue": "6"}) == "apart"
    assert ruling({}, {"title": title, "pages": "", "issue": ""}) == "apart"
    assert ruling({}, {"title": title}) == "doubtful"


def test_an_end_before_its_start_is_still_where_the_paper_ends():
    assert ruling({}, {"pages": "2346-351"}) == "doubtful"
    assert ruling({}, {"pages": "396-351"}) == "sure"
    assert ruling({}, {"pages": "396-359"}) == "doubtful"


@pytest.mark.parametrize("tail", ["t-51", "pt-51", "Suppl-51", "Suppl-351"])
def test_a_word_before_the_last_page_leaves_the_first_page_unknown(tail):
    assert pages("346-351", tail) == 1
    assert ruling({}, {"pages": tail}) == "sure"


def test_a_single_figure_or_another_end_behind_a_word_says_nothing():
    assert pages("346-351", "t-1") == pages("346-351", "t-78") == pages("346", "t-51") == 0
    assert pages("t-51", "Suppl-78") == -1
    assert pages("S1-S4", "Suppl-4") == 1


def test_a_page_of_a_supplement_is_an_abstract_unless_its_last_figures_agree():
    assert ruling({}, {"pages": "Suppl-78"}) == "doubtful"
    assert ruling({"pages": "S43-S51"}, {"pages": "Suppl-51"}) == "sure"


@pytest.mark.parametrize("poster", ["P-51", "PS-51", "W-51", "SAT-51", "S-51"])
def test_the_number_of_a_poster_is_no_last_page(poster):
    assert ruling({}, {"pages": poster}) == "doubtful"


@pytest.mark.parametrize("other", ["346-351", "e2115", "20346"])
def test_pages_counted_from_1_say_nothing_against_those_of_the_journal(other):
    assert pages("1-6", other) == 0
    assert ruling({"pages": "1-6"}, {"pages": other}) == "sure"
    assert ruling({"pages": "2-6"}, {"pages": "346-351"}) == "doubtful"
    assert ruling({"pages": "1-6"}, {"pages": "1-9"}) == "doubtful"


def test_a_paper_in_several_pieces_shares_one_with_its_other_record():
    assert ruling({}, {"pages": "312-8, 346-351, 360-2"}) == "sure"
    assert ruling({}, {"pages": "312-8, 340-5, 360-2"}) == "doubtful"


def test_a_discussion_is_no_piece_of_the_paper_before_it():
    assert pages("340-5; discussion 346-351", "346-351") == -1


def test_an_article_in_a_supplement_is_no_abstract_of_a_congress():
    bare = without("journal", "volume", "issue", "pages")
    supplement = {"issue": "Suppl 1"}

    assert ruling(bare, supplement | {"pages": "S12-S19"}) == "sure"
    assert ruling(bare, supplement | {"pages": "S12"}) == "doubtful"
    assert ruling(bare, supplement | {"pages": "S12-S13"}) == "doubtful"
    assert ruling(bare, supplement | {"pages": "S1-S313"}) == "doubtful"


@pytest.mark.parametrize("elsewhere", ["S12-S19", "S12"])
def test_a_text_in_a_supplement_may_be_the_abstract_of_the_article(elsewhere):
    text = "Sixty dancers were followed for two years after decompression. " * 3

    assert ruling(
        {"abstract": text}, {"abstract": text, "issue": "Suppl 1", "pages": elsewhere}
    ) == ("doubtful")


LONG = (
    "Endoscopic decompression for ischiofemoral impingement in adults who had been treated with"
    " exercises and injections before: a prospective cohort study of dancers"
)


def test_a_long_title_without_its_last_letters_is_the_same_title():
    bare = without("issue", "pages", title=LONG)

    assert ruling(bare, bare | {"title": LONG[:-3]}) == "sure"
    assert ruling(bare, bare | {"title": f"{LONG} 2"}) != "sure"
    assert ruling(bare, bare | {"title": LONG.replace("dancers", "divers")}) != "sure"


def test_a_short_title_without_its_last_letters_may_be_another():
    bare = without("issue", "pages")

    assert ruling(bare, bare | {"title": TITLE[:-3]}) != "sure"


def test_a_title_with_its_original_behind_it_is_either_of_them():
    both = {"title": f"{TITLE}. <ORIGINAL> {GERMAN.upper()}"}

    assert ruling(without("issue"), both) == "sure"
    assert ruling(without("issue", title=GERMAN), both) == "sure"
    assert ruling(without("issue", title=f"Anatomie {GERMAN[20:]}"), both) != "sure"


def test_another_title_without_authors_on_the_same_pages_is_for_a_person():
    other = without("authors", "issue", title="Arthroscopy in dancers: what we know so far")

    assert ruling({}, other) == "doubtful"
    assert ruling({}, other | {"pages": "346"}) == "apart"
    assert ruling({}, other | {"year": 2015}) == "apart"


@pytest.mark.parametrize(
    ("author", "surname"),
    [
        ("Le, Floch M.", ("floch",)),
        ("van, der Laan I.", ("laan",)),
        ("De La, Puerta C.", ("puerta",)),
        ("Le, Floch Marie", ()),
        ("De, S.", ()),
        ("Almqvist jr, Hans J.", ("almqvist",)),
        ("Almqvist de, Hans J.", ("almqvist",)),
        ("Almqvist, Hans J.", ("almqvist",)),
    ],
)
def test_a_comma_behind_a_particle_does_not_part_the_surname(author, surname):
    assert read_names((author,))[0] == surname


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Chung-Hua Kuan Chieh Tsa Chih [Chinese Journal of Joint Surgery]",
            "Zhonghua guan jie za zhi [Chinese journal of joint surgery]",
        ),
        ("Zhonghua guan jie za zhi", "Chinese Journal of Joints = Zhonghua Guan Jie Za Zhi"),
        ("Kansetsu Geka / Japanese Journal of Joints", "Japanese journal of joints"),
        ("Kansetsu Geka - Japanese Journal of Joints", "Japanese Journal of Joints"),
    ],
)
def test_a_journal_is_known_by_each_of_its_names(one, other):
    assert same_journal(*sorted((one, other))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("American Journal of Hips - Bone and Cartilage", "American Journal of Hips - Tendons"),
        (
            "Coxa [Official Journal of the Society]",
            "Genu [Official Journal of the Society]",
        ),
        ("Coxa - Part A: Basic Science", "Genu - Part A: Basic Science"),
        ("Hip Archives [Uppsala, Kingdom of Sweden]", "Knee Acts [Uppsala, Kingdom of Sweden]"),
    ],
)
def test_journals_that_share_a_publisher_or_a_place_are_two(one, other):
    assert same_journal(*sorted((one, other))) < 1


@pytest.mark.parametrize("lost", ["op?r?e", "op??r??e"])
def test_a_letter_that_an_encoding_lost_does_not_part_its_word(lost):
    title = "Traitement endoscopique de la hanche opérée: étude rétrospective"
    bare = without("pages", "issue")

    assert (
        ruling(
            bare | {"title": title},
            bare | {"title": title.replace("opérée", lost), "authors": ("Almq?ist HJ",)},
        )
        == "sure"
    )
    assert same_name(read_names(("Erdo?an, B.",))[0], ("erdogan",))


def test_a_question_still_ends_its_words():
    asked = "Should dancers be operated? Evidence from a national registry"

    assert ruling({"title": asked}, {"title": asked.replace("? ", "?")}) == "sure"


def test_a_title_that_lost_one_figure_is_the_same_on_the_same_three_pages():
    title = "p{}HIP4 expression does not predict the outcome of dysplasia"
    one, other = ({"title": title.format(number)} for number in ("16", "6"))
    few = {"authors": ("Almqvist HJ", "Bergström AM")}

    assert ruling(one, other) == "sure"
    assert ruling(one, {"title": title.format("27")}) != "sure"
    assert ruling(one | {"pages": "346-347"}, other | {"pages": "346-347"}) != "sure"
    assert ruling(one, other | {"pages": "346"}) != "sure"
    assert ruling(one, other | {"year": 2017}) != "sure"
    assert ruling(one | few, other | few) != "sure"
    early = without("issue", pages="12-19")
    assert ruling(one | early, other | early) != "sure"


@pytest.mark.parametrize(
    "pair", [("adult", "pediatric"), ("adult", "adolescent"), ("sensitive", "resistant")]
)
def test_titles_of_one_opposed_word_are_asked_about_at_one_place_only(pair):
    one, other = ({"title": f"Exercise for hip pain in {word} dancers"} for word in pair)
    bare = without("pages", "issue", "volume")

    assert ruling(bare | one, bare | other) == "apart"
    assert ruling(one, other) != "apart"
    typed_wrong = {"title": other["title"].replace("dancers", "dacners")}
    assert ruling(bare | other, bare | typed_wrong) == "sure"


@pytest.mark.parametrize("date", ["10-May", "Oct-15", "5-jun"])
def test_pages_that_a_spreadsheet_took_for_a_date_are_unknown(date):
    assert ruling({}, {"pages": date, "issue": date}) == "sure"
    assert ruling({}, {"pages": "10-15"}) == "doubtful"


def test_a_dissertation_is_neither_an_abstract_of_a_congress_nor_the_article():
    thesis = without("issue", journal="Dissertation Abstracts International", volume="77")

    assert kind(thesis["journal"]) == "dissertation"
    assert kind("Hip Congress Abstracts") == "conference"
    assert ruling({}, thesis) == "doubtful"
    assert ruling(without("journal", "volume", "pages"), thesis) == "doubtful"
    assert ruling(thesis, thesis | {"pages": ""}) == "sure"


def test_an_issue_s2_is_a_supplement():
    assert read_place("26", "S2", "112", 2016).supplement
    assert not read_place("26", "2", "112", 2016).supplement


def test_names_turned_round_in_one_record_are_for_a_person():
    turned = without("pages", authors=("Hans, Almqvist", "Anna, Bergström", "Carlos, Fuente"))
    written = {"authors": ("Almqvist, Hans", "Bergström, Anna", "Fuente, Carlos")}

    assert ruling(written, turned) == "doubtful"


def test_all_habits_leave_a_paper_and_its_look_alikes_apart():
    papers = [
        Candidate(key=key, **(ARTICLE | change))
        for key, change in enumerate(
            (
                {},
                {"title": f"Reply to: {TITLE}", "pages": "399"},
                {"title": f"{TITLE} ({JOURNAL} (2016) 26 (346-351))", "pages": "512"},
                {"journal": f"{JOURNAL}.Conference: {CONGRESS}", "pages": "S112", "issue": "S1"},
            )
        )
    ]

    assert not [group for group in find_groups(papers) if group.sure]
