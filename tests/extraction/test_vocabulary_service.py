import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from extraction.models import VocabularyTerms
from extraction.querysets.vocabularies import vocabularies_of
from extraction.services import set_vocabulary
from extraction.vocabularies import Term, bare, name_key
from reviews.models import AuditEvent
from reviews.verification import verify_review
from tests.factories import make_lead, make_member

pytestmark = pytest.mark.django_db

CATEGORIES = [Term("injection", ("infiltration",)), Term("open decompression")]


def put(lead, terms, name="categories"):
    return set_vocabulary(lead=lead, name=name, terms=terms)


def test_a_review_has_the_words_that_ship_and_its_own_in_their_order(lead):
    put(lead, CATEGORIES)
    put(lead, [Term("Bern hip value", ("SHV Bern",))], "instruments")

    words = vocabularies_of(lead.review)

    assert words.categories.names == ["injection", "open decompression"]
    assert words.categories.called("INFILTRATION") == "injection"
    assert words.categories.called("radio  therapy") == "radio therapy"
    assert words.instruments.term("shv-bern") == "Bern hip value"
    assert words.instruments.term("modified Harris Hip Score") == "mHHS"
    assert words.severity.term("Dindo-Clavien") == "Clavien-Dindo"
    other = vocabularies_of(make_lead().review)
    assert other.categories.names == []
    assert other.instruments.term("SHV Bern") == ""


def test_a_new_list_takes_the_place_of_the_old_one_which_stays_readable(lead):
    old = put(lead, CATEGORIES)
    then = timezone.now()
    new = put(lead, CATEGORIES[::-1])

    old.refresh_from_db()
    assert old.superseded_at == new.recorded_at
    assert vocabularies_of(lead.review).categories.names == ["open decompression", "injection"]
    before = vocabularies_of(lead.review, min(then, new.recorded_at))
    assert before.categories.names in (["injection", "open decompression"], [])
    assert vocabularies_of(lead.review, old.recorded_at).categories.names == [
        "injection",
        "open decompression",
    ]
    assert verify_review(lead.review).problems == []


def test_the_same_list_again_writes_nothing(lead):
    first = put(lead, CATEGORIES)
    events = AuditEvent.objects.count()

    assert put(lead, [Term(" injection ", ("infiltration",)), CATEGORIES[1]]) == first
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ([Term(" ")], "blank"),
        ([Term("injection", ("–",))], "blank"),
        ([Term("a\x00b")], "bad_character"),
        ([Term("x" * 201)], "too_long"),
        ([Term(f"term {n}") for n in range(301)], "too_long"),
        ([Term("injection"), Term("Injection")], "repeated"),
        ([Term("injection"), Term("steroid", ("in-jection",))], "repeated"),
        ([Term("external rotation", ("internal rotation",))], "opposites"),
    ],
)
def test_a_list_that_says_too_little_or_two_things_at_once_is_refused(lead, terms, code):
    with pytest.raises(ValidationError) as refusal:
        put(lead, terms)
    assert refusal.value.code == code
    assert not VocabularyTerms.objects.exists()
    assert not AuditEvent.objects.filter(verb="extraction.vocabulary_set").exists()


def test_a_list_of_no_known_name_is_refused(lead):
    with pytest.raises(ValidationError) as refusal:
        put(lead, CATEGORIES, "colours")
    assert refusal.value.code == "unknown_vocabulary"


def test_only_a_lead_says_which_words_are_the_same(lead):
    with pytest.raises(ValidationError):
        put(make_member(lead), CATEGORIES)
    assert not VocabularyTerms.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("iHOT-12", "iHOT 12", "ihot12", "iHOT‑12"),
        ("Merle d'Aubigné", "merle d’aubigne", "MERLE D'AUBIGNÉ"),
        ("Größe", "GROESSE".replace("OE", "Ö")),
        ("坐骨股骨撞击", " 坐骨股骨撞击 "),
    ],
)
def test_names_are_the_same_without_case_accents_signs_and_spaces(words):
    assert len({name_key(word) for word in words}) == 1
    assert bare(words[0])
