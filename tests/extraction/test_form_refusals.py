"""What the form that ships says of a slip, beside the field in which it was made."""

from dataclasses import replace

import pytest
from django.urls import reverse

from extraction.models import Element, Value
from tests.extraction.factories import World, add, enter, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Return a copy with a cohort, an outcome and a result of twenty patients."""
    world = make_world(definition=None)
    cohort = add(
        world.first,
        world.a,
        "cohort",
        label="All patients",
        cohort_kind="whole_series",
        counts_towards_totals="yes",
        patients_treated="20",
        units_treated="22",
    )
    outcome = add(
        world.first, world.a, "outcome", instrument="mHHS", range_min="0", range_max="100"
    )
    result = add(
        world.first,
        world.a,
        "result",
        of=(cohort, outcome),
        time_kind="baseline",
        n="20",
        n_unit="patients",
        **{
            "estimate.centre": "mean",
            "estimate.value": "54.2",
            "estimate.spread": "sd",
            "estimate.spread_value": "12",
        },
    )
    world.elements = {"cohort": cohort, "outcome": outcome, "result": result}
    return world


def row(catalogue: str, *values: object):
    return pytest.param(
        *values, marks=pytest.mark.catalogue(catalogue), id=f"{catalogue}-{values[2]}"
    )


def save(client, world: World, element: Element | None, key: str, text: str):
    name = f"{element.uid.hex if element else 'study'}-{key}"
    url = reverse(
        "extraction:cell-save",
        kwargs={"slug": world.lead.review.slug, "uid": world.a.uid},
    )
    data = {name: text, "changed": name}
    return client.post(url, data, headers={"Accept": "application/json"})


@pytest.mark.parametrize(
    ("part", "key", "text"),
    [
        row("N01", "result", "estimate.value", "NaN"),
        row("N01", "result", "estimate.value", "-inf"),
        row("N01", "result", "estimate.value", "1e309"),
        row("N02", "result", "estimate.value", "1.234,5"),
        row("N02", "result", "estimate.value", "1 234"),
        row("N02", "result", "estimate.value", "1'234"),
        row("N03", "cohort", "women", "１２"),
        row("N03", "cohort", "women", "1_000"),
        row("N03", "cohort", "women", "0x1F"),
        row("N04", "cohort", "women", "<5"),
        row("N04", "result", "estimate.value", "12 (3.4)"),
        row("N04", "cohort", "women", "5%"),
        row("N06", "result", "estimate.value", "1" * 400),
        row("N07", "cohort", "women", "-3"),
        row("N07", "cohort", "women", "2.5"),
        row("N11", "result", "estimate.spread_value", "-1"),
        row("N16", "cohort", "follow_up.value", "-6"),
        row("N17", None, "recruitment_start", "31/02"),
        row("N17", None, "recruitment_start", "2023-13-01"),
        row("N17", None, "recruitment_start", "1/2/03"),
        row("N18", "cohort", "follow_up.value", "2 years"),
        row("N26", None, "design", "x" * 20_001),
    ],
)
def test_what_cannot_be_stored_is_refused_with_words_and_the_old_answer_stays(
    world, as_member, part, key, text
):
    before = set(Value.objects.values_list("pk", "superseded_at"))
    answer = save(as_member(world.first), world, world.elements.get(part), key, text)
    assert answer.status_code == 400
    assert answer.json()["state"] == "refused"
    assert len(answer.json()["message"]) > 15
    assert set(Value.objects.values_list("pk", "superseded_at")) == before


@pytest.mark.parametrize(
    ("part", "key", "text", "says"),
    [
        row("N07", "cohort", "patients_analysed", "0", "0"),
        row("N08", "cohort", "women", "21", "more than"),
        row("N09", "cohort", "units_treated", "19", "19"),
        row("N09", "cohort", "units_treated", "41", "41"),
        row("N10", "result", "events", "21", "more than"),
        row("N12", "result", "estimate.min", "60", "60"),
        row("N13", "result", "estimate.spread_low", "70", "70"),
        row("N14", "result", "p_value", "0", "<"),
        row("N14", "result", "p_value", "1.2", "above 1"),
        row("N11", "result", "estimate.spread_value", "0", "0"),
    ],
)
def test_what_does_not_fit_is_stored_and_said_beside_the_field(
    world, as_member, part, key, text, says
):
    if key == "estimate.spread_low":
        interval = {"spread": "ci95", "spread_value": "", "spread_high": "75"}
        parts = {f"estimate.{part}": text for part, text in interval.items()}
        enter(world.first, world.a, world.elements["result"], **parts)
    answer = save(as_member(world.first), world, world.elements[part], key, text)
    body = answer.json()
    assert body["state"] == "saved"
    name = f"{world.elements[part].uid.hex}-{key}"
    said = " ".join(" ".join(words) for words in body["findings"].values())
    assert says in said
    assert body["progress"]["errors"] + body["progress"]["warnings"] > 0
    assert name in body["findings"] or said


@pytest.mark.catalogue("N05")
@pytest.mark.parametrize(
    ("typed", "number"), [("-0", "0"), ("00012", "12"), ("1.", "1"), (".5", "0.5"), ("−3", "-3")]
)
def test_a_number_is_kept_as_printed_beside_its_plain_form(world, as_member, typed, number):
    save(as_member(world.first), world, world.elements["result"], "change.value", typed)
    value = Value.objects.current().get(key="change.value")
    assert (value.text, value.number) == (typed, number)


@pytest.mark.catalogue("N06")
@pytest.mark.catalogue("N35")
def test_thirty_decimals_are_kept_exactly(world, as_member):
    text = "1." + "123456789" * 3 + "123"
    save(as_member(world.first), world, world.elements["result"], "estimate.value", text)
    value = Value.objects.current().get(key="estimate.value")
    assert (value.text, value.number) == (text, text)


@pytest.mark.catalogue("N19")
def test_arms_that_do_not_sum_to_their_whole_are_named_both(world, as_member):
    whole = world.elements["cohort"]
    for label, patients in (("One", "12"), ("Two", "9")):
        add(
            world.first,
            world.a,
            "cohort",
            label=label,
            cohort_kind="arm",
            part_of=str(whole.uid),
            counts_towards_totals="no",
            patients_treated=patients,
        )
    body = save(as_member(world.first), world, whole, "patients_treated", "20").json()
    assert "21" in str(body["findings"])


@pytest.mark.catalogue("N24")
def test_an_answer_whose_option_is_gone_is_still_shown(world):
    from extraction.copies import read_copy
    from extraction.forms import CellsForm
    from extraction.wording import Names

    copy = read_copy(world.a)
    spec = copy.form.field("cohort_kind")
    smaller = replace(spec, choices=spec.choices[1:])
    form = CellsForm(specs=[smaller], names=Names(copy, "hips"), element=copy.cohorts[0])
    assert 'value="whole_series" selected' in str(form["cohort_kind"])
