"""Whatever is saved part by part, in any order: the database says exactly what was meant."""

import os
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extraction.copies import Cell, read_copy
from extraction.models import Element, Value
from extraction.schema import MissingCode, missing_code
from extraction.services import CellInput, remove_element, restore_element, save_cells
from reviews.verification import verify_review
from tests.comparing import taken_back
from tests.extraction.factories import World, add, make_world

pytestmark = pytest.mark.django_db
ROUNDS = 300 if os.environ.get("IFI_SOAK") == "1" else 15

NUMBERS = st.decimals(0, 120, places=2).map(lambda number: f"{number:f}")
AS_PRINTED = (
    NUMBERS | NUMBERS.map(lambda text: text.replace(".", "·")) | st.integers(0, 120).map(str)
)
MISSING = st.sampled_from([code.shortcut for code in MissingCode])
ANSWERS = {
    "age.centre": st.sampled_from(["mean", "median", "none"]),
    "age.value": AS_PRINTED | MISSING,
    "age.spread": st.sampled_from(["sd", "se", "iqr", "none"]),
    "age.spread_value": AS_PRINTED | MISSING,
    "age.min": AS_PRINTED,
    "age.n": st.integers(0, 99).map(str) | st.integers(0, 99).map("n={}".format),
    "bmi.value": AS_PRINTED,
    "follow_up.unit": st.sampled_from(["weeks", "months"]),
    "women": st.integers(0, 99).map(str) | MISSING,
    "women_percent": NUMBERS.filter(lambda text: float(text) <= 100).map("{}%".format),
    "prior_treatment": st.sampled_from(["Physiotherapy", "None", "Injection; rest"]) | MISSING,
    "cohort_kind": st.sampled_from(["arm", "whole_series"]),
}
REFUSED = {"age.value": "forty", "bmi.value": "1,5", "women": "2.5", "cohort_kind": "other"}
CLEARED = st.just("")


@st.composite
def acts(draw):
    """Draw acts: each saves some cells of one cohort, or takes it out and brings it back."""
    place = st.sampled_from(["one", "two"])
    cell = st.sampled_from(sorted(ANSWERS)).flatmap(
        lambda key: st.tuples(
            st.just(key), ANSWERS[key] | CLEARED | st.just(REFUSED.get(key, "")), st.booleans()
        )
    )
    saved = st.lists(cell, min_size=1, max_size=5, unique_by=lambda row: row[0])
    one = st.tuples(place, st.none() | saved)
    return draw(st.lists(one, min_size=1, max_size=12))


@dataclass
class Meant:
    """What the database should say: texts by cohort and cell, as a person meant them."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def save(self, place: str, cells: list[tuple[str, str, bool]]) -> None:
        """Take the questions of which no part is refused."""
        bad = {key.partition(".")[0] for key, text, _ in cells if text == REFUSED.get(key, 0)}
        for key, text, _ in cells:
            if key.partition(".")[0] not in bad:
                self.texts[place, key] = text

    def said(self) -> dict[tuple[str, str], str]:
        """Return what is not blank, missing codes by their name."""
        return {at: missing_code(text) or text for at, text in self.texts.items() if text}


def version(element: Element, key: str) -> str:
    """Return what a window that has just been opened saw of a question."""
    values = Value.objects.current().filter(element=element).order_by("recorded_at", "pk")
    question = key.partition(".")[0]
    uids = [str(v.uid) for v in values if v.key.partition(".")[0] == question]
    return uids[-1] if uids else ""


def perform(world: World, cohorts: dict[str, Element], act, meant: Meant) -> None:
    place, cells = act
    element = cohorts[place]
    if cells is None:
        remove_element(extractor=world.first, element=element)
        restore_element(extractor=world.first, element=element)
        return
    sent = [
        CellInput(
            key=key, text=text, element=element, seen=version(element, key) if looked else None
        )
        for key, text, looked in cells
    ]
    save_cells(extractor=world.first, extraction=world.a, cells=sent, keep_good=True)
    meant.save(place, cells)


@pytest.fixture
def world() -> World:
    """Return a study of which one person extracts two cohorts."""
    world = make_world(None)
    for name in ("one", "two"):
        world.elements[name] = add(world.first, world.a, "cohort", label=name)
    return world


def performed(world: World, done) -> Meant:
    meant = Meant()
    for act in done:
        perform(world, world.elements, act, meant)
    return meant


def answers(world: World) -> dict[tuple[str, str], Cell]:
    names = {element.uid: name for name, element in world.elements.items()}
    return {
        (names[cohort.uid], key): cell
        for cohort in read_copy(world.a).cohorts
        for key, cell in cohort.cells.items()
        if key != "label"
    }


@pytest.mark.soak
@settings(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=acts())
def test_answers_saved_part_by_part_in_any_order_say_exactly_what_was_meant(world, done):
    with taken_back():
        meant = performed(world, done)

        said = {at: cell.missing or cell.text for at, cell in answers(world).items()}
        assert said == meant.said()
        assert verify_review(world.lead.review).problems == []


@pytest.mark.soak
@settings(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=acts(), order=st.randoms(use_true_random=False))
def test_answers_to_different_cells_say_the_same_in_every_order(world, done, order):
    once = {(place, row[0]): row for place, cells in done if cells for row in cells}
    single = [(place, [row]) for (place, _), row in once.items()]
    said = []
    for ordered in (single, order.sample(single, len(single))):
        with taken_back():
            performed(world, ordered)
            said.append({at: cell.answer for at, cell in answers(world).items()})

    assert said[0] == said[1]
