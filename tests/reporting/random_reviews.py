"""Random reviews: studies with any cohorts, treatments, events and results that a form takes."""

from hypothesis import strategies as st

from tests.reporting import oracle

small = st.integers(0, 40)
missing = st.sampled_from(["nr", "uc"])
number = st.one_of(small, small, missing)
unit = st.sampled_from(["patients", "units", "nr"])
TREATMENTS = ("injection", "arthroscopic", "open decompression")


def some(**fields):
    """Return a strategy of answers, each of which may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def studies(draw):
    """Return the lists of one study: any cohorts, treatments and events that a form takes."""
    size = draw(st.integers(1, 4))
    cohorts = []
    for place in range(size):
        cohort = draw(
            some(
                **{
                    "patients.treated": number,
                    "units.treated": number,
                    "women": number,
                    "women.of": number,
                }
            )
        )
        cohort["counts"] = draw(st.sampled_from(["yes", "no"]))
        cohort["kind"] = draw(
            st.sampled_from(
                [
                    "whole_series",
                    "arm",
                    "eligible_subset",
                    "subgroup",
                    "sequential_phase",
                    "paired_limb",
                ]
            )
        )
        cohort["label"] = f"Cohort {place}"
        if place and draw(st.booleans()):
            cohort["part_of"] = draw(st.integers(0, place - 1))
        cohorts.append(cohort)
    interventions = []
    for place in range(draw(st.integers(0, 3))):
        had = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=size))
        category = draw(st.sampled_from([*TREATMENTS, None]))
        interventions.append(
            {"label": f"Treatment {place}", "category": category, "cohorts": had or None}
        )
    after = st.none()
    if interventions:
        after = st.one_of(st.none(), st.integers(0, len(interventions) - 1))
    below = {"cohort": st.integers(0, size - 1), "after": after}

    def listed(required, optional, most=4):
        rows = st.fixed_dictionaries({**below, **required}, optional=optional)
        return draw(st.lists(rows, max_size=most))

    return {
        "cohorts": cohorts,
        "interventions": interventions,
        "events": listed(
            {"class": st.sampled_from(oracle.CLASSES[:3])},
            {
                "type": st.sampled_from(["nerve", "clot", "infection"]),
                "grade": st.sampled_from(["I", "II"]),
                "major": st.sampled_from(["yes", "no"]),
                "events": number,
                "affected": number,
                "of": number,
                "of.unit": unit,
            },
            most=6,
        ),
        "activities": listed(
            {"kind": st.sampled_from(["sport", "work"])},
            dict.fromkeys(
                ("assessed", "any", "higher", "same", "same_or_higher", "lower", "eligible"), number
            ),
        ),
        "satisfactions": listed(
            {},
            {
                "satisfied": number,
                "of": number,
                "of.unit": unit,
                "again": number,
                "again.of": number,
                "again.unit": unit,
            },
            most=2,
        ),
    }


# What a file format may stumble over: its own separators, markup, formulas, other scripts, zeros.
HOSTILE = (
    'a "quoted" | word',
    "<b>bold</b> & more",
    "=1+1",
    "-0.50",
    "0.10",
    "*star* _under_ `tick` \\ back",
    "Łódź, 東京, حوض",
    "two; parts; 3 (4)",
    "≥ 24 − 3 ± 1",
    "a, b",
)
words = st.sampled_from(HOSTILE)
decimal = st.sampled_from(["0.0", "7.10", "-4.5", "41.73", "100", "nr", "0.05"])


@st.composite
def printable_studies(draw):
    """Return the lists of one study with values before and after, and texts hard to print."""
    lists = draw(studies())
    size = len(lists["cohorts"])
    ages = some(
        **{
            "age.centre": st.sampled_from(["mean", "median"]),
            "age.value": st.sampled_from(["41.7", "26", "NR"]),
            "age.spread": st.just("sd"),
            "age.spread_value": st.sampled_from(["11.2", "9"]),
            "age.min": st.just("18"),
            "age.max": st.just("65"),
            "patients.lost": number,
            "bmi.value": st.sampled_from(["24.10", "31", "nr"]),
        }
    )
    lists["cohorts"] = [cohort | draw(ages) for cohort in lists["cohorts"]]
    for cohort in lists["cohorts"]:
        if draw(st.booleans()):
            note = draw(words)
            cohort["label"] = {"text": f"{cohort['label']} {draw(words)}", "note": note}
    lists["outcomes"] = [
        {"instrument": name} for name in draw(st.lists(words, unique=True, max_size=2))
    ]
    results = []
    for place in range(len(lists["outcomes"])):
        for cohort in draw(st.lists(st.integers(0, size - 1), unique=True, max_size=2)):
            below = {"outcome": place, "cohort": cohort}
            for kind in ("baseline", "final_follow_up"):
                given = draw(
                    some(
                        **{
                            "n": small,
                            "n.unit": unit,
                            "estimate.centre": st.sampled_from(["mean", "median"]),
                            "estimate.value": decimal,
                            "estimate.spread": st.sampled_from(["sd", "se"]),
                            "estimate.spread_value": st.sampled_from(["1.2", "0.70"]),
                            "time": st.sampled_from(["12", "33.8"]),
                            "p": st.sampled_from(["<0.001", "0.04", "nr"]),
                        }
                    )
                )
                results.append({**below, "time.kind": kind, **given})
    lists["results"] = results
    lists["study"] = draw(some(country=words, site=words, funding=words))
    return lists
