"""Made-up studies as an extraction sheet holds them: one cohort, two instruments, before and after.

They are as many words and numbers as a case series usually gives, the same ones in every run.
"""

import csv
import io
import random
from collections.abc import Iterator
from typing import Any

from extraction.services import SheetInput, import_sheet
from extraction.services.sheets import FINAL
from ifi_review.benchmarks.importing import lead_of
from ifi_review.benchmarks.papers import SEED
from reviews.services import update_settings

HEADER = ("study", "group", "element", "parent", "question", "value")
FORM = "orthopaedic-case-series"
INSTRUMENTS = (("mHHS", 50, 80), ("VAS pain", 7, 2))
TREATMENTS = (("Endoscopic resection", "endoscopic"), ("Injection", "injection"))
# Studies entered by one act: an act on more would hold the review for long.
AT_ONCE = 30

Answer = tuple[str, str, str, str, str]


def enter_series(*, review: str, number: int) -> dict[str, Any]:
    """Enter so many studies as final ones, as a team does that extracts by one person."""
    lead = lead_of(review)
    update_settings(lead=lead, changes={"single_extraction": True})
    chance = random.Random(SEED)
    values = 0
    for first in range(0, number, AT_ONCE):
        names = range(first, min(first + AT_ONCE, number))
        rows = [row for name in names for row in _study(name + 1, chance)]
        given = SheetInput(
            data=_sheet(rows), file_name="made-up.csv", form=FORM, way=FINAL, create_studies=True
        )
        values += import_sheet(member=lead, given=given).values
    return {"studies": number, "values": values}


def _sheet(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()


def _study(number: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one study."""
    for answer in (*_people(number, chance), *_outcomes(chance)):
        yield f"Heron {number:03}", *answer


def _people(number: int, chance: random.Random) -> Iterator[Answer]:
    treatment, category = TREATMENTS[number % len(TREATMENTS)]
    said = {
        ("study", ""): {
            "design": "Case series",
            "country": "Nowhere",
            "level_of_evidence": "IV",
            "site": "Heron Hospital",
            "direction": "retrospective",
            "eligibility": "Adults with pain at the hip for half a year and longer",
        },
        ("cohort", "S"): {
            "label": treatment,
            "kind": "whole_series",
            "counts": "yes",
            "patients.treated": str(chance.randint(12, 60)),
            "units.treated": str(chance.randint(61, 70)),
            "women": "9",
            "age.centre": "mean",
            "age.value": f"{chance.uniform(30, 50):.1f}",
            "follow_up.centre": "mean",
            "follow_up.value": f"{chance.uniform(12, 40):.1f}",
            "follow_up.unit": "months",
        },
        ("intervention", "I"): {"label": treatment, "category": category, "cohorts": "S"},
    }
    for (group, element), answers in said.items():
        for question, value in answers.items():
            yield group, element, "", question, value


def _outcomes(chance: random.Random) -> Iterator[Answer]:
    for place, (instrument, before, after) in enumerate(INSTRUMENTS, start=1):
        outcome = f"O{place}"
        yield "outcome", outcome, "", "instrument", instrument
        for kind, middle in (("baseline", before), ("final_follow_up", after)):
            answers = {
                "cohort": "S",
                "outcome": outcome,
                "time.kind": kind,
                "time": "0" if kind == "baseline" else "24",
                "time.unit": "months",
                "n": "12",
                "n.unit": "patients",
                "estimate.centre": "mean",
                "estimate.value": f"{middle + chance.random():.1f}",
                "estimate.spread": "sd",
                "estimate.spread_value": f"{1 + chance.random():.1f}",
            }
            for question, value in answers.items():
                yield "result", f"{outcome} {kind}", "", question, value
