"""Titles that differ by a word which looks alike: a misprint of one paper, or two papers."""

import pytest

from records.duplicates import Candidate, find_groups
from records.duplicates.likeness import Likeness, likeness, only_slips
from records.duplicates.misspelt import slip
from records.duplicates.opposites import opposite
from records.duplicates.titles import read_title
from tests.records.test_duplicates_traps import ARTICLE, ruling, without

NOWHERE = without("volume", "issue", "pages")
UNPAGED = {"pages": ""}
TEXT = "Sixty dancers were followed for two years after decompression of the hip. " * 3
OTHER_TEXT = "Nothing is known of rowers, so that we asked ninety of them in their boats. " * 3
# Begins as the first does, and goes on otherwise.
COMPANION_TEXT = TEXT[:75] + OTHER_TEXT


def pair(one, other, words="{} and its outcome in young dancers: a cohort study of pain"):
    """Return two records that differ by what stands in their titles."""
    return {"title": words.format(one)}, {"title": words.format(other)}


# What is said of them is that they are opposed, however much else is the same.
LOOK_ALIKE = [
    ("Unilateral hip arthroscopy", "Bilateral hip arthroscopy"),
    ("Internal rotation of the hip", "External rotation of the hip"),
    ("Hip abduction strength", "Hip adduction strength"),
    ("The hip abductors", "The hip adductors"),
    ("Cemented stems", "Cementless stems"),
    ("The afferent loop", "The efferent loop"),
    ("Concentric training", "Eccentric training"),
    ("Ascending stairs", "Descending stairs"),
    ("Acceleration in sprints", "Deceleration in sprints"),
    ("Symptomatic labral tears", "Asymptomatic labral tears"),
    ("Aerobic exercise", "Anaerobic exercise"),
    ("A prospective survey", "A retrospective survey"),
    ("Perioperative pain", "Preoperative pain"),
    ("Preoperative pain", "Postoperative pain"),
    ("Operative treatment", "Nonoperative treatment"),
    ("Operative treatment", "Non-operative treatment"),
    ("Operation of the hip", "Reoperation of the hip"),
    ("Stable fractures", "Unstable fractures"),
    ("Intra-articular injection", "Inter-articular injection"),
    ("Intraarticular injection", "Extraarticular injection"),
    ("Supraspinatus strain", "Infraspinatus strain"),
    ("Hyperglycaemia", "Hypoglycemia"),
    ("Macrovascular damage", "Microvascular damage"),
    ("Monoarticular disease", "Polyarticular disease"),
    ("Antegrade nailing", "Retrograde nailing"),
    ("Allograft repair", "Autograft repair"),
    ("Endogenous hormones", "Exogenous hormones"),
    ("Sympathetic tone", "Parasympathetic tone"),
    ("Inspiratory volume", "Expiratory volume"),
    ("Inclusion of athletes", "Exclusion of athletes"),
    ("Disability", "Ability"),
    ("Hemiarthroplasty for fractures", "Arthroplasty for fractures"),
    ("Osteoblast activity", "Osteoclast activity"),
    ("Metacarpal fractures", "Metatarsal fractures"),
    ("Tendinitis of the gluteus", "Tendinosis of the gluteus"),
    ("Spondylolysis", "Spondylosis"),
    ("Craniotomy", "Craniectomy"),
    ("Hydrophilic coating", "Hydrophobic coating"),
    ("Kinetic analysis", "Kinematic analysis"),
    ("Ureteral injury", "Urethral injury"),
    ("Facial pain", "Fascial pain"),
    ("Birth weight", "Birth height"),
    ("Eastern dancing", "Western dancing"),
    ("The left hip", "The right hip"),
    ("Flexion of the hip", "Extension of the hip"),
    ("Acute hip pain", "Chronic hip pain"),
    ("Cranial nerve XI", "Cranial nerve XII"),
    ("Sixteen hips", "Seventeen hips"),
    ("Vitamin A intake", "Vitamin D intake"),
    ("Serum protein C", "Serum protein S"),
    ("Referral to surgeons", "Referral from surgeons"),
    ("Injury with no fracture", "Injury with fracture"),
]


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
def test_opposed_words_are_no_misprint_of_each_other_and_a_person_is_asked(one, other):
    one, other = pair(one, other)

    assert likeness(read_title(one["title"]), read_title(other["title"])) is not Likeness.NEAR
    assert ruling(NOWHERE | one, NOWHERE | other) == "doubtful"
    assert ruling(UNPAGED | one, other) == "doubtful"
    assert ruling(UNPAGED | one, UNPAGED | other) == "doubtful"


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
@pytest.mark.parametrize("text", [TEXT, COMPANION_TEXT, OTHER_TEXT])
def test_opposed_words_are_not_outweighed_by_any_abstract(one, other, text):
    one, other = pair(one, other)

    assert ruling(UNPAGED | one | {"abstract": TEXT}, other | {"abstract": text}) == "doubtful"


# Most of these stand in no list: drugs, initials and whatever else looks alike.
UNLISTED = [
    ("Ropivacaine", "Bupivacaine"),
    ("Prednisone", "Prednisolone"),
    ("Simvastatin", "Lovastatin"),
    ("PLIF", "TLIF"),
    ("MRSA", "MSSA"),
    ("HDLC", "LDLC"),
    ("Central pain", "Ventral pain"),
    ("Hip strength for knee pain", "Knee pain for hip strength"),
    ("Hip pain and hip strength", "Hip pain and strength"),
]


@pytest.mark.parametrize(("one", "other"), UNLISTED)
def test_another_beginning_more_letters_or_another_order_need_a_page_or_one_abstract(one, other):
    one, other = pair(one, other)

    assert ruling(NOWHERE | one, NOWHERE | other) == "doubtful"
    assert ruling(UNPAGED | one, other) == "doubtful"
    assert ruling(UNPAGED | one | {"abstract": TEXT}, other | {"abstract": COMPANION_TEXT}) == (
        "doubtful"
    )


@pytest.mark.parametrize("text", [TEXT, TEXT[:100]])
def test_a_misprint_at_the_beginning_of_a_word_is_sure_with_a_page_or_one_abstract(text):
    one, other = pair("Decompression", "Fecompression")

    assert ruling(one, other) == "sure"
    assert ruling(UNPAGED | one, other) == "doubtful"
    assert ruling(UNPAGED | one | {"abstract": TEXT}, other | {"abstract": text}) == "sure"


MISPRINTS = [
    ("Result of decompression", "Results of decompression"),
    ("Endoscopic decompression", "Endoscopic decompresion"),
    ("Endoscopic decompression", "Endoscopic decomrpession"),
    ("Endoscopic decompression", "Endoscopic decompressoin"),
    ("Endoscopic decompression", "Endoscopic decampression"),
    ("Orthopaedic randomised trials of oedema", "Orthopedic randomized trials of edema"),
    ("Tumours in centres of the programme", "Tumors in centers of the program"),
    ("Aetiology of hip pain", "Etiology of hip pain"),
    ("Postoperative pain", "Post-operative pain"),
    ("Nonoperative treatment", "Non-operative treatment"),
    ("Pre- and postoperative pain", "Pre and post operative pain"),
    ("A meta-analysis of trials", "A metaanalysis of trials"),
    ("Health care of athletes", "Healthcare of athletes"),
]


@pytest.mark.parametrize(("one", "other"), MISPRINTS)
def test_a_slip_of_the_pen_or_another_spelling_is_sure_without_a_page(one, other):
    one, other = pair(one, other)

    assert ruling(NOWHERE | one, NOWHERE | other) == "sure"
    assert ruling(UNPAGED | one, other) == "sure"


def test_a_near_title_is_not_sure_against_another_abstract():
    one, other = pair("Endoscopic decompression", "Endoscopic decompresion")
    texts = {"abstract": TEXT}, {"abstract": OTHER_TEXT}

    assert ruling(UNPAGED | one | texts[0], other | texts[1]) == "doubtful"
    assert ruling(NOWHERE | one | texts[0], NOWHERE | other | texts[1]) == "doubtful"
    assert ruling(one | texts[0], other | texts[1]) == "sure"
    single = {"pages": "346"}
    assert ruling(one | texts[0] | single, other | texts[1] | single) == "doubtful"


def test_a_subtitle_left_out_is_not_sure_against_another_abstract():
    short = {"title": ARTICLE["title"].split(":")[0]}

    assert ruling(UNPAGED, short) == "sure"
    assert ruling(UNPAGED | {"abstract": TEXT}, short | {"abstract": OTHER_TEXT}) == "doubtful"


def test_words_before_a_title_narrow_it_down_and_are_no_part_that_was_left_out():
    one, other = pair("Revision hip arthroscopy", "Hip arthroscopy")

    assert ruling(UNPAGED | one, other) == "doubtful"
    assert ruling(UNPAGED | one | {"abstract": TEXT}, other | {"abstract": TEXT}) == "sure"


def test_opposed_titles_on_the_same_pages_are_one_paper_misprinted():
    one, other = pair("Unilateral hip arthroscopy", "Bilateral hip arthroscopy")

    assert ruling(one, other) == "sure"
    assert ruling(one | {"pages": "346"}, other | {"pages": "346"}) == "doubtful"
    assert ruling(one, other | {"pages": "346"}) == "doubtful"
    assert ruling(one, other | {"issue": "5"}) == "doubtful"
    assert ruling(one | {"abstract": TEXT}, other | {"abstract": OTHER_TEXT}) == "doubtful"


def test_opposed_titles_of_one_identifier_need_a_second_one():
    one, other = (UNPAGED | each | {"doi": "10.1/a"} for each in pair("Unilateral", "Bilateral"))

    assert ruling(one, other) == "doubtful"
    assert ruling(one | {"pmid": "7"}, other | {"pmid": "7"}) == "sure"


def test_opposed_titles_under_one_title_in_another_language_are_for_a_person():
    german = "Arthroskopie der Hüfte bei jungen Tänzern mit Schmerzen der Leiste"
    one, other = pair("Unilateral hip arthroscopy", "Bilateral hip arthroscopy")
    second = {"translated_title": german}

    assert ruling(UNPAGED | one | second, other | second) == "doubtful"
    assert ruling(UNPAGED | one | second, one | second) == "sure"


def test_two_companions_in_several_records_each_stay_two_papers():
    one, other = pair("Unilateral hip arthroscopy", "Bilateral hip arthroscopy")
    typed_wrong = {"title": other["title"].replace("dancers", "dacners")}
    records = [one, UNPAGED | one, NOWHERE | one, UNPAGED | other, NOWHERE | typed_wrong]
    groups = find_groups(
        Candidate(key=key, **(ARTICLE | record)) for key, record in enumerate(records)
    )
    sure = {frozenset(match.key for match in group.members) for group in groups if group.sure}

    assert sure == {frozenset((0, 1, 2)), frozenset((3, 4))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hip", "hips"), ("paediatric", "pediatric"), ("centre", "center"), ("form", "from"),
        ("arthroscopic", "arthoscopic"), ("arthroscopic", "atrhroscopic"), ("labral", "labrel"),
    ],
)  # fmt: skip
def test_one_letter_behind_the_beginning_of_a_word_is_a_slip(one, other):
    assert slip(one, other)
    assert slip(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("test", "rest"), ("plif", "tlif"), ("bone", "none"), ("xi", "xii"), ("gait", "gain"),
        ("ventral", "central"), ("prednisone", "prednisolone"), ("oral", "moral"),
        ("thletes", "athletes"),
    ],
)  # fmt: skip
def test_another_beginning_a_short_word_or_two_letters_are_no_slip(one, other):
    assert not slip(one, other)
    assert not slip(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hip", "hips"), ("arthroscopic", "arthoscopic"), ("athletes", "thletes"),
        ("aetiology", "etiology"), ("anaemia", "anemia"), ("cemented", "cement"),
        ("outcome", "outcomes"), ("percutaneous", "precutaneous"), ("trial", "trail"),
    ],
)  # fmt: skip
def test_a_misprint_another_spelling_or_another_form_of_a_word_is_not_its_opposite(one, other):
    assert not opposite(one, other)
    assert not opposite(other, one)


def test_titles_in_another_order_of_words_are_more_than_slips_apart():
    first = read_title("Effect of hip strength on knee pain in dancers")
    turned = read_title("Effect of knee pain on hip strength in dancers")

    assert likeness(first, turned) is Likeness.NEAR
    assert not only_slips(first, turned)
