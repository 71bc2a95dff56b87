"""The traps of search results by name: what must be one paper, what must not, what is doubtful."""

import pytest

from records.duplicates import Candidate, find_groups

ARTICLE = {
    "title": "Endoscopic decompression for ischiofemoral impingement in adults: a cohort study",
    "authors": ("Almqvist HJ", "Bergström AM", "de la Fuente C"),
    "year": 2016,
    "journal": "European Journal of Hip Surgery",
    "volume": "26",
    "issue": "4",
    "pages": "346-351",
}


def ruling(one, other):
    """Return ``sure``, ``doubtful`` or ``apart`` for two records."""
    groups = find_groups(
        [Candidate(key=1, **{**ARTICLE, **one}), Candidate(key=2, **{**ARTICLE, **other})]
    )
    return "apart" if not groups else "sure" if groups[0].sure else "doubtful"


def without(*fields, **others):
    """Return the change that takes fields away from a record."""
    empty = {"authors": (), "year": None}
    return {field: empty.get(field, "") for field in fields} | others


JOURNALS = [
    ("European Journal of Hip Surgery", "Eur J Hip Surg"),
    ("European Journal of Hip Surgery", "Eur. J. Hip Surg."),
    ("European Journal of Hip Surgery", "EUROPEAN JOURNAL OF HIP SURGERY"),
    ("European Journal of Hip Surgery", "The European journal of hip surgery (Berlin, Germany)"),
    ("European Journal of Hip Surgery", "European Journal of Hip Surgery: official organ of EHS"),
    ("Journal of the American Medical Association", "JAMA"),
    ("JAMA : the journal of the American Medical Association", "JAMA"),
    ("BMJ (Clinical research ed.)", "BMJ"),
    ("British Medical Journal", "BMJ"),
    ("Annals of Internal Medicine", "Ann Intern Med"),
    ("AJR Am J Roentgenol", "American Journal of Roentgenology"),
    ("J Bone Jt Surg - Ser A", "Journal of Bone and Joint Surgery - Series A"),
    ("Deutsche Medizinische Wochenschrift", "Dtsch Med Wochenschr"),
    (
        "Proc. Natl. Acad. Sci. U. S. A.",
        "Proceedings of the National Academy of Sciences of the United States of America",
    ),
    ("Arthroscopy", "Arthroscopy: The Journal of Arthroscopic & Related Surgery"),
]


@pytest.mark.parametrize(("full", "short"), JOURNALS)
def test_trap_journal_abbreviation(full, short):
    assert ruling({"journal": full}, {"journal": short}) == "sure"
    assert ruling({"journal": full}, without("pages", journal=short)) == "sure"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Annals of Surgery", "Annals of Surgical Oncology"),
        ("Brain Research", "Brain Research Bulletin"),
        ("Journal of Urology", "Journal of Neurology"),
        ("Hip International", "Knee Surgery and Sports Traumatology"),
        ("European Journal of Pharmacology", "European Journal of Clinical Pharmacology"),
        ("Psychopharmacology", "Neuropsychopharmacology"),
        ("J Bone Joint Surg Am", "J Bone Joint Surg Br"),
    ],
)
def test_trap_two_journals_of_like_names(one, other):
    moved = {"volume": "3", "pages": "12-19"}

    assert ruling({"journal": one}, {"journal": other} | moved) != "sure"


TITLE = ARTICLE["title"]
SAME_TITLES = [
    (TITLE, TITLE.upper()),
    (TITLE, TITLE + "."),
    (TITLE, TITLE.replace(": a", " - A")),
    (TITLE, f"[{TITLE}]"),
    (TITLE, f"{TITLE} [abstract]"),
    (TITLE, f"{TITLE} [Review] [45 refs]"),
    (TITLE, f"{TITLE}. [Erratum appears in Eur J Hip Surg. 2017 Jan;27(1):12]"),
    (TITLE, f"{TITLE} (author's transl)"),
    (TITLE, f"{TITLE} [in German]"),
    (TITLE, TITLE.replace("in adults", "<i>in adults</i>")),
    (TITLE, TITLE.replace("decompression", "decompresion")),
    (TITLE, TITLE.replace("Endoscopic", "The endoscopic")),
    (
        "TNF-α and β-catenin in the degenerating hip joint",
        "TNF-alpha and beta-catenin in the degenerating hip joint",
    ),
    (
        "Effects of H<sub>2</sub>O<sub>2</sub> on human chondrocytes",
        "Effects of H2O2 on human chondrocytes",
    ),
    (
        "Follow-up of 2 years after labral repair of the hip",
        "Followup of two years after labral repair of the hip",
    ),
    (
        "Étude rétrospective de la hanche opérée à Évry",
        "Etude retrospective de la hanche operee a Evry",
    ),
    (
        "Coxa valga & femoral anteversion in young dancers",
        "Coxa valga and femoral anteversion in young dancers",
    ),
    (
        "Part I: anatomy of the ischiofemoral space in health",
        "Part 1: anatomy of the ischiofemoral space in health",
    ),
]


@pytest.mark.catalogue("I10")
@pytest.mark.parametrize(("one", "other"), SAME_TITLES)
def test_trap_unicode_case_markup_and_notes_in_a_title(one, other):
    assert ruling({"title": one}, {"title": other}) == "sure"


def test_trap_subtitle_left_out():
    bare = TITLE.split(":")[0]

    assert ruling({}, {"title": bare}) == "sure"
    assert ruling({}, without("pages", "volume", "issue", title=bare)) == "doubtful"


def test_trap_title_cut_short():
    assert ruling({}, {"title": TITLE[:55]}) == "sure"


GERMAN = "Endoskopische Dekompression bei ischiofemoralem Impingement des Erwachsenen"


@pytest.mark.parametrize(
    "other",
    [
        {"title": f"{TITLE} [{GERMAN}]"},
        {"title": f"{GERMAN} [{TITLE}]"},
        {"title": f"{GERMAN} = {TITLE}"},
        {"title": f"{TITLE} <{GERMAN}>"},
        {"title": GERMAN, "translated_title": TITLE},
        {"title": GERMAN},
    ],
)
def test_trap_translated_title(other):
    assert ruling({"title": f"[{TITLE}]"}, other) == "sure"


def test_a_translated_title_without_a_whole_place_is_for_a_person():
    assert ruling({}, without("issue", title=GERMAN)) == "doubtful"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("346-351", "346-51"), ("346-351", "pp. 346–351"), ("346-351", "346"),
        ("346-351", "346-351 6p"), ("e2115", "2115"), ("S12-S19", "s12-9"), ("346-351", ""),
        ("346-351", "346-52"), ("346.e1-346.e5", "346"),
    ],
)  # fmt: skip
def test_trap_page_style(one, other):
    assert ruling({"pages": one}, {"pages": other}) == "sure"


@pytest.mark.parametrize(
    "authors",
    [
        ("Almqvist, Hans J.", "Bergström, Anna Maria", "De La Fuente, Carlos"),
        ("ALMQVIST, H", "BERGSTROM, A", "FUENTE, C"),
        ("H. J. Almqvist", "A. M. Bergstrom", "C. de la Fuente"),
        ("Almqvist H.J.Bergström A.M.de la Fuente C.",),
        ("Almqvist, H. J., Bergström, A. M., de la Fuente, C.",),
        ("Almqvist, H. J. and Bergström, A. M.",),
        ("Almqvist HJ", "et al."),
        ("Almquist HJ", "Bergstroem A"),
        ("Almqvist Hans", "Bergström Anna Maria", "Fuente Carlos"),
        (),
        ("Anonymous",),
    ],
)
def test_trap_every_style_of_names(authors):
    assert ruling({}, {"authors": authors}) == "sure"


@pytest.mark.parametrize(
    "other",
    [
        {"year": 2015},
        {"year": 2017},
        {"volume": "26(4)", "issue": ""},
        {"volume": "4", "issue": "26"},
        {"volume": "26 Suppl", "issue": "4"},
        {"volume": ""},
        without("volume", "issue", "pages"),
        without("volume", "issue", "pages", year=2015),
        without("journal"),
        without("journal", "volume", "issue"),
        without("issue", "doi"),
        {"doi": "10.1/abc"},
    ],
)
def test_trap_fields_missing_swapped_or_a_year_early(other):
    assert ruling({}, other) == "sure"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.1000/ABC.1", "https://doi.org/10.1000/abc.1"),
        ("10.1000/abc.1", "doi: 10.1000/abc.1."),
        ("10.1000/a(1)2", "http://dx.doi.org/10.1000/a%281%292"),
    ],
)
def test_trap_dirty_doi(one, other):
    bare = without("volume", "issue", "pages", "journal", year=2013)

    assert ruling({"doi": one}, bare | {"doi": other}) == "sure"


@pytest.mark.parametrize(
    "title",
    [
        f"Erratum to: {TITLE}",
        f"Correction: {TITLE}",
        f"{TITLE} (vol 26, pg 346, 2016)",
        f"Reply to “{TITLE}”",
        f"Re: {TITLE}",
        f"Comment on: {TITLE}",
        f"{TITLE}. Part 2",
        f"Retraction: {TITLE}",
        f"{TITLE}: study protocol",
        f"{TITLE}: authors' reply",
    ],
)
def test_trap_erratum_reply_or_part_two(title):
    elsewhere = {"pages": "399", "doi": "10.1/b"}

    assert ruling({"doi": "10.1/a"}, {"title": title} | elsewhere) == "apart"
    assert ruling({"doi": "10.1/a"}, {"title": title, "doi": "10.1/a"}) == "doubtful"
    assert ruling({}, {"title": title}) != "sure"


def test_trap_conference_abstract_and_full_paper():
    abstract = {"journal": "Hip Congress Abstracts", "volume": "9", "issue": "Suppl 1"}

    assert ruling({}, abstract | {"pages": "S112", "year": 2015}) == "doubtful"
    assert ruling({}, {"issue": "Suppl 2", "pages": "S112"}) == "doubtful"
    assert ruling({}, without("volume", "issue", "pages", record_type="Conference")) == "doubtful"


def test_two_abstracts_of_one_congress_on_one_page_are_not_merged():
    page = {"pages": "S112", "issue": "Suppl 1"}

    assert ruling(page, page | {"title": TITLE.replace("adults", "athletes")}) != "sure"


@pytest.mark.parametrize(
    "title",
    [
        "Endoscopic decompression for ischiofemoral impingement in adults: quality of life",
        "Endoscopic decompression for ischiofemoral impingement in adults: results at 5 years",
        "Return to sport after endoscopic decompression for ischiofemoral impingement",
    ],
)
def test_trap_companion_reports_are_not_merged(title):
    later = {"year": 2017, "volume": "27", "issue": "1", "pages": "12-18"}

    assert ruling({}, {"title": title} | later) == "apart"
    assert ruling({}, without("pages", "volume", "issue", title=title)) != "sure"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("in men with hip pain", "in women with hip pain"),
        ("of hyperthyroidism on bone", "of hypothyroidism on bone"),
        ("at 2 years of follow-up", "at 5 years of follow-up"),
        ("type I collagen", "type II collagen"),
        ("in vitro", "in vivo"),
        ("phase II trial", "phase III trial"),
    ],
)
def test_trap_titles_one_word_apart(one, other):
    start = "A prospective study of the effects of exercise "
    bare = without("pages", "volume", "issue")

    assert ruling(bare | {"title": start + one}, bare | {"title": start + other}) != "sure"


@pytest.mark.parametrize(
    "title", ["Editorial", "Letter to the Editor", "Abstracts", "Author index", "Reply", "News"]
)
def test_trap_generic_titles_need_their_place(title):
    here = {"title": title}

    assert ruling(here, here | {"pages": "400-402"}) == "apart"
    assert ruling(here, here | {"volume": "27"}) == "apart"
    assert ruling(here, here | without("pages", "volume", "issue")) != "sure"
    assert ruling(here, here | {"journal": "Eur J Hip Surg"}) == "sure"


def test_trap_versions_of_a_cochrane_review():
    review = without("volume", "issue", "pages", journal="Cochrane Database Syst Rev")
    first = {"doi": "10.1002/14651858.CD001234.pub2", "year": 2012}
    second = {"doi": "10.1002/14651858.CD001234.pub3", "year": 2015}

    assert ruling(review | first, review | second) == "apart"
    assert ruling(review | first, review | {"year": 2015}) == "doubtful"
    assert ruling(review | first, review | {"year": 2012}) == "sure"


def test_trap_update_of_a_guideline():
    title = "Guideline for the management of hip pain: {} update"

    assert ruling({"title": title.format(2012)}, {"title": title.format(2016)}) != "sure"


def test_trap_preprint_and_article():
    preprint = without("volume", "issue", "pages", journal="medRxiv", doi="10.1101/2015.01.02.3")

    assert ruling({"doi": "10.1/a"}, preprint) == "doubtful"
    assert ruling({}, preprint) == "doubtful"


def test_trap_registrations_of_trials():
    def registered(number):
        return without("volume", "issue", "authors", pages=number, journal="ClinicalTrials.gov")

    assert ruling(registered("NCT01234567"), registered("NCT01234568")) == "apart"
    assert ruling({}, registered("NCT01234567")) == "apart"
    assert ruling(registered("NCT01234567"), registered("NCT01234567")) == "sure"


def test_trap_same_title_in_another_year_and_journal():
    later = {"year": 2019, "journal": "Hip International", "volume": "3", "pages": "7-12"}

    assert ruling({}, later) == "doubtful"
    assert ruling({}, later | {"authors": ("Zubkov P", "Xu L")}) == "apart"


def test_trap_identifiers_in_conflict():
    assert ruling({"pmid": "1"}, {"pmid": "2"}) == "doubtful"
    assert ruling(without("pages", doi="10.1/a"), without("pages", doi="10.1/b")) == "doubtful"
    other = "Conversion to arthroplasty after periacetabular osteotomy in dancers"
    assert ruling({"doi": "10.1/a"}, {"doi": "10.1/a", "title": other, "pages": "9"}) == "doubtful"


def test_two_dois_of_one_place_are_one_paper():
    assert ruling({"doi": "10.1/a"}, {"doi": "10.1016/j.a.2016.1"}) == "sure"


def test_the_doi_of_a_supplement_merges_nothing():
    records = [
        Candidate(key=key, title=f"{word} hip pain in young dancers", doi="10.1/supplement")
        for key, word in enumerate(("Acute", "Chronic", "Occult", "Bilateral", "Nocturnal"))
    ]

    assert not [group for group in find_groups(records) if group.sure]


def test_withdrawn_in_the_title_is_a_state_and_not_another_paper():
    assert ruling({}, {"title": f"RETRACTED: {TITLE}"}) == "sure"
