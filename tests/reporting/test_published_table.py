"""Two tables that were published, rebuilt from what they state and compared cell by cell.

Every figure is real and was taken over as printed. Three things were concluded from the tables:
the women from the men (marked as calculated), nobody lost from 100 % followed (likewise), and a
mean where an SD is named, be it “NR”. Where neither is named, no statistic was entered.

*Characteristics.* Table 1, “Study characteristics for microfracture studies of the hip”, of a
systematic review in the Journal of ISAKOS (jisakos.bmj.com/highwire/markup/135477/expansion): five
studies, thirteen columns. The table was read as a page of its own, which names neither the authors
nor the DOI of the review; none are guessed here. That page runs the cells of a row together; they
part in one way only that agrees with the number of patients who completed, but for the last row
(see ``SLIP``).

*Outcomes.* Table 6, “Patient-Reported Outcome Scores of Included Studies: PAO”, of a systematic
review of borderline dysplasia of the hip: Orthop J Sports Med 2021;9(5):23259671211007401,
doi:10.1177/23259671211007401 (PMC8113971): fifteen scores of two studies, means with SD and medians
with quartiles in one column under one footnote. The page of the table names no authors.

Equal means equal but for the ways of writing that ``WAYS`` names. Whatever else differs stands in
``DIFFERENCES`` with its reason, and a difference that is gone has to leave it.
"""

import re

import pytest

from extraction.services.standing import findings_of
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from tests.reporting.factories import make_study
from tests.reporting.shapes import journal_of
from tests.reporting.tables import rows_of

CHARACTERISTICS = (
    "study", "year", "design", "level", "country", "sample", "male", "age", "follow_up",
    "followed", "completing", "expertise", "grade",
)  # fmt: skip
TABLE_1 = [
    ("Karthikeyan et al", "2012", "Case series", "IV", "UK", "20", "80",
     "37.2 (SD: NR; range 17–54)", "17 (SD 11; range 5–47)", "100", "20", "NR", "4"),
    ("McDonald et al", "2014", "Case–control series", "III", "USA", "17", "100",
     "31 (SD: NR; range 23–37)", "NR", "100", "17", "Expert", "4"),
    ("McDonald et al", "2013", "Retrospective comparative study", "III", "USA", "39", "100",
     "30.3 (SD/range: NR)", "36 (NR)", "100", "39", "Expert", "4"),
    ("Philippon et al", "2008", "Therapeutic case series", "IV", "USA", "9", "56",
     "37.3 (SD: NR; range 21–47)", "20 (range 10–36)", "100", "9", "NR", "4"),
    ("Singh and O'Donnell", "2010", "Therapeutic case series", "IV", "Australia", "6", "100",
     "22 (SD: NR; range 16–29)", "22 (range 6–60)", "100", "2", "Expert", "4"),
]  # fmt: skip
# The review prints six patients, all followed, of whom two completed: its own slip, kept as it is.
SLIP = "Singh and O'Donnell 2010"
TABLE_6 = {
    "McClincy (2019)": [
        ("mHHS", "64 ± 19", "86 ± 13"),
        ("HOOS Pain", "52 ± 23", "78 ± 25"),
        ("HOOS Symptoms", "58 ± 22", "76 ± 22"),
        ("HOOS Activities of Daily Living", "69 ± 23", "87 ± 22"),
        ("HOOS Sport/Recreation", "47 ± 29", "76 ± 26"),
        ("HOOS Quality of Life", "32 ± 24", "66 ± 28"),
        ("HOOS total", "261 ± 117", "386 ± 128"),
        ("SF-12 PCS", "39 ± 12", "47 ± 11"),
        ("SF-12 MCS", "51 ± 11", "52 ± 8"),
        ("UCLA", "6 ± 2", "7 ± 2"),
    ],
    "Mose (2019)": [
        ("WOMAC total", "69 (57-80)", "90 (78-99)"),
        ("WOMAC pain", "13 (11-15)", "16 (14-20)"),
        ("OHS", "31 (27-35)", "40 (30-47)"),
        ("SF-36 PCS", "38.9 ± 7.9", "45.5 ± 12.2"),
        ("SF-36 MCS", "49.5 ± 10.4", "53.4 ± 10.7"),
    ],
}
# What a way of writing turns into ours: one fact, other marks.
WAYS = (
    (r"^(.+?)(?: et al)? \((\d{4})\)$", r"\1 \2"),  # a study by its name and year
    (r"^(I+V?)$", r"Level \1"),
    (r"\(SD:? ", "("),  # of a mean the note says that one number is the SD
    (r"(?<=; )range ", ""),  # and two the lowest and the highest
    (r"^([\d.]+) ± ([\d.]+)$", r"\1 (\2)"),
    (r"^([\d.]+) \(([\d.]+)-([\d.]+)\)$", r"median \1 (IQR \2–\3)"),
)
UNNAMED = "ours says where no statistic is named; the review leaves the reader to suppose a mean"
CODE_ONCE = "a code that SD and range have in common is said once, and no longer of which"
NO_GRADE = "a judgement of the review's own; appraisals of studies are not recorded yet"
DIFFERENCES = {
    ("McDonald 2013", "age"): ("30.3 (NR)", CODE_ONCE),
    ("McDonald 2013", "follow_up"): ("36 (NR; statistic not stated)", UNNAMED),
    ("Philippon 2008", "follow_up"): ("20 (range 10–36; statistic not stated)", UNNAMED),
    (SLIP, "follow_up"): ("22 (range 6–60; statistic not stated)", UNNAMED),
    ("Karthikeyan 2012", "grade"): ("", NO_GRADE),
    ("McDonald 2014", "grade"): ("", NO_GRADE),
    ("McDonald 2013", "grade"): ("", NO_GRADE),
    ("Philippon 2008", "grade"): ("", NO_GRADE),
    (SLIP, "grade"): ("", NO_GRADE),
}

SD_AND_RANGE_NOT_REPORTED = {"spread": "sd", "spread_value": "nr", "min": "nr", "max": "nr"}


def our_way(published):
    """Return a published cell in our way of writing."""
    for theirs, ours in WAYS:
        published = re.sub(theirs, ours, published)
    return published


def summary(stem, **parts):
    return {f"{stem}.{part}": given for part, given in parts.items()}


def mean(stem, value, low, high, sd="nr"):
    given = {"centre": "mean", "value": value, "spread": "sd", "spread_value": sd}
    return summary(stem, **given, min=low, max=high)


def calculated(number, formula):
    return {"text": number, "formula": formula, "obtained": "calculated"}


def make(lead, label, about, *, sample, men, age, follow_up, completing, expertise):
    """Make a study of Table 1: of the men it prints the women are the rest, as of all followed."""
    design, level, country = about
    make_study(
        lead,
        label=label,
        study={"design": design, "level_of_evidence": level, "country": country},
        cohorts=[
            {
                "kind": "whole_series",
                "patients.treated": sample,
                "patients.analysed": completing,
                "patients.lost": calculated(0, "100 % followed"),
                "women.percent": calculated(100 - men, f"100 - {men} % men"),
                **age,
                **follow_up,
            }
        ],
        interventions=[
            {"label": "Microfracture", "category": "microfracture", "experience": expertise}
        ],
    )


@pytest.fixture
def microfracture(lead):
    make(
        lead,
        "Karthikeyan 2012",
        ("Case series", "IV", "UK"),
        sample=20,
        men=80,
        age=mean("age", "37.2", 17, 54),
        follow_up=mean("follow_up", 17, 5, 47, sd=11),
        completing=20,
        expertise="nr",
    )
    make(
        lead,
        "McDonald 2014",
        ("Case–control series", "III", "USA"),
        sample=17,
        men=100,
        age=mean("age", 31, 23, 37),
        follow_up=summary("follow_up", value="nr"),
        completing=17,
        expertise="Expert",
    )
    make(
        lead,
        "McDonald 2013",
        ("Retrospective comparative study", "III", "USA"),
        sample=39,
        men=100,
        age=summary("age", centre="mean", value="30.3", **SD_AND_RANGE_NOT_REPORTED),
        follow_up=summary("follow_up", value=36, spread_value="nr"),
        completing=39,
        expertise="Expert",
    )
    make(
        lead,
        "Philippon 2008",
        ("Therapeutic case series", "IV", "USA"),
        sample=9,
        men=56,
        age=mean("age", "37.3", 21, 47),
        follow_up=summary("follow_up", value=20, min=10, max=36),
        completing=9,
        expertise="nr",
    )
    make(
        lead,
        SLIP,
        ("Therapeutic case series", "IV", "Australia"),
        sample=6,
        men=100,
        age=mean("age", 22, 16, 29),
        follow_up=summary("follow_up", value=22, min=6, max=60),
        completing=2,
        expertise="Expert",
    )
    return take_snapshot(lead.review)


def of_men(women_share):
    """Return the percentage of men that a printed share of women leaves."""
    return str(100 - int(re.search(r"\((\d+) %\)", women_share)[1]))


def printed_characteristics(lead, snapshot):
    """Return what we print of each study, under the columns of the review."""
    full = {row["study"]: row for row in rows_of(lead, "study-characteristics")}
    surgery = {row["study"]: row for row in journal_of(snapshot, "interventions")}
    for row in journal_of(snapshot, "study-characteristics"):
        if (study := row["study"]) in surgery:
            yield (
                study,
                {
                    "design": row["study_design"],
                    "level": row["level_of_evidence"],
                    "country": row["country"],
                    "sample": row["patients_units"],
                    "male": of_men(row["women_share"]),
                    "age": row["age"],
                    "follow_up": row["follow_up"],
                    # Who was not lost, in the full layout, as are those who completed.
                    "followed": f"{100 - float(full[study]['patients_lost_percent']):.0f}",
                    "completing": full[study]["patients_analysed"],
                    "expertise": surgery[study]["experience"],
                    "grade": row["appraisal"],
                },
            )


def test_a_published_table_of_characteristics_comes_out_cell_by_cell(lead, microfracture):
    ours = dict(printed_characteristics(lead, microfracture))
    differing, compared = {}, 0
    for published in TABLE_1:
        cells = dict(zip(CHARACTERISTICS, published, strict=True))
        study = our_way(f"{cells.pop('study')} ({cells.pop('year')})")
        for column, text in cells.items():
            compared += 1
            if ours[study][column] != our_way(text):
                differing[study, column] = ours[study][column]

    assert list(ours) == [our_way(f"{study} ({year})") for study, year, *_ in TABLE_1]
    assert compared == 55
    assert differing == {cell: said for cell, (said, _) in DIFFERENCES.items()}


def test_the_women_of_the_published_studies_are_who_the_men_leave(microfracture):
    rows = journal_of(microfracture, "study-characteristics")

    # 20 % of 20, none of 17, 39 and 6, 44 % of 9: only 4 of 9 prints as 44 %.
    assert [row["women_share"] for row in rows[:5]] == [
        "4/20 (20 %)",
        "0/17 (0 %)",
        "0/39 (0 %)",
        "4/9 (44 %)",
        "0/6 (0 %)",
    ]
    # The review adds nothing up; 20 + 17 + 39 + 9 + 6 are 91, and 8 of 91 are 8.8 %.
    total = rows[5]
    assert (total["study"], total["patients_units"], total["women_share"]) == (
        "Total",
        "91",
        "8/91 (9 %)",
    )


# The same scores as they are typed into the form: before and after, each with its spread.
ENTERED = {
    "McClincy 2019": [
        ((64, 19), (86, 13)),
        ((52, 23), (78, 25)),
        ((58, 22), (76, 22)),
        ((69, 23), (87, 22)),
        ((47, 29), (76, 26)),
        ((32, 24), (66, 28)),
        ((261, 117), (386, 128)),
        ((39, 12), (47, 11)),
        ((51, 11), (52, 8)),
        ((6, 2), (7, 2)),
    ],
    "Mose 2019": [
        ((69, 57, 80), (90, 78, 99)),
        ((13, 11, 15), (16, 14, 20)),
        ((31, 27, 35), (40, 30, 47)),
        ((38.9, 7.9), (45.5, 12.2)),
        ((49.5, 10.4), (53.4, 10.7)),
    ],
}


def score(kind, place, value, *spread):
    """Return a result: one number beside its value is the SD of a mean, two are quartiles."""
    if len(spread) == 1:
        parts = {"centre": "mean", "spread": "sd", "spread_value": spread[0]}
    else:
        low, high = spread
        parts = {"centre": "median", "spread": "iqr", "spread_low": low, "spread_high": high}
    said = summary("estimate", value=value, **parts)
    return {"outcome": place, "time.kind": kind, **said}


@pytest.fixture
def osteotomy(lead):
    for study, scores in TABLE_6.items():
        make_study(
            lead,
            label=our_way(study),
            cohorts=[{"kind": "whole_series"}],
            interventions=[{"label": "PAO", "category": "osteotomy"}],
            outcomes=[{"instrument": name} for name, _, _ in scores],
            results=[
                result
                for place, (before, after) in enumerate(ENTERED[our_way(study)])
                for result in (
                    score("baseline", place, *before),
                    score("final_follow_up", place, *after),
                )
            ],
        )
    return take_snapshot(lead.review)


def test_a_published_table_of_scores_comes_out_cell_by_cell(osteotomy):
    keys = ("study", "outcome", "before_in_statistic", "after_in_statistic")
    rows = [row for row in journal_of(osteotomy, "outcomes") if row["outcome"]]

    assert [tuple(row[key] for key in keys) for row in rows] == [
        (our_way(study), name, our_way(before), our_way(after))
        for study, scores in TABLE_6.items()
        for name, before, after in scores
    ]
    printed = {row["outcome"]: row["after_in_statistic"] for row in rows}
    assert (printed["mHHS"], printed["OHS"]) == ("86 (13)", "median 40 (IQR 30–47)")


def test_what_a_published_table_does_not_say_is_not_made_up(osteotomy):
    rows = [row for row in journal_of(osteotomy, "outcomes") if row["outcome"]]

    # It gives no number of hips, time, p or threshold; so no change is derived either.
    silent = ("analysed", "change_interval_of", "p_values", "reached")
    assert {row[key] for row in rows for key in silent} == {""}
    assert {row["time"] for row in rows} == {"Final follow-up"}
    notes = REPORTS["outcomes"].table(osteotomy).notes
    assert any("difference of two means of as many people" in note for note in notes)


@pytest.mark.usefixtures("microfracture")
def test_what_the_publications_leave_open_or_slipped_in_is_found_on_entry(lead, osteotomy):
    asked = "Follow-up: is it a mean or a median?"

    found = [
        (copy.label, one.message)
        for copy in osteotomy.studies  # of both tables: it is one review
        for one in findings_of(copy, lead.review)
    ]

    assert found == [
        ("McDonald 2013", asked),
        ("Philippon 2008", asked),
        (SLIP, "Patients analysed (2) and patients lost (0) make 2, not patients treated (6)"),
        (SLIP, asked),
    ]
