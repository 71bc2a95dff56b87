"""A form put together of the library, of a form that is there, and of own questions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.schema import FormRefused, load_form, meanings, shipped_form
from extraction.schema.drafting import Draft, OwnGroup, OwnQuestion, key_from, placed
from extraction.schema.shipped import SHIPPED_FORMS
from tests.extraction.factories import SMALL_FORM

SMALL = load_form(SMALL_FORM)
FORMS = [*(shipped_form(slug) for slug in SHIPPED_FORMS), SMALL]


def make_draft(*picked: str, **fields) -> Draft:
    """Return a draft of a new form; picked are groups and meanings as ``cohort:age``."""
    meant = frozenset(tuple(one.split(":")) for one in picked)
    return Draft(slug="new", title="New", picked=meant, **fields)


def asked(form, group: str) -> list[str]:
    return [spec.means or spec.key for spec in form.in_group(group)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.slug)
def test_what_a_form_asks_unchanged_is_the_same_form(form):
    assert replace(Draft.of(form).form(), version=form.version) == form


def test_a_result_comes_with_its_cohort_and_outcome_and_what_these_are_called():
    draft = make_draft("result:estimate")
    form = draft.form()
    assert [group.key for group in form.groups] == ["cohort", "outcome", "result"]
    assert form.group("result").parents == ("cohort", "outcome")
    assert asked(form, "cohort") == ["label", "kind", "counts", "patients.treated"]
    assert asked(form, "outcome") == ["instrument"]
    assert asked(form, "result") == ["estimate"]
    assert [group.key for group in draft.taken_along(form)] == ["cohort", "outcome"]


def test_what_a_question_names_comes_along():
    assert "intervention" in {group.key for group in make_draft("event:after").form().groups}
    assert [g.key for g in make_draft("contrast:cohort_a").form().groups] == ["cohort", "contrast"]


def test_a_step_of_a_scale_belongs_to_whichever_of_its_two_groups_is_there():
    assert make_draft("level:rank").form().group("level").of == ("result",)
    with_both = make_draft("level:rank", "satisfaction:again", "result:n").form()
    assert with_both.group("level").of == ("result", "satisfaction")
    alone = make_draft("level:rank", "satisfaction:again").form()
    assert alone.group("level").of == ("satisfaction",)
    assert alone.group("result") is None


def test_the_checks_of_the_library_whose_questions_are_asked_come_along():
    rules = {
        check.rule for check in make_draft("cohort:women", "cohort:patients.treated").form().checks
    }
    assert "at_most" in rules
    assert make_draft("cohort:women").form().checks == ()


def test_what_stays_keeps_its_key_and_words_and_what_is_new_comes_after_its_neighbours():
    draft = Draft.of(SMALL)
    picked = draft.picked - {("cohort", "women")} | {("cohort", "age"), ("study", "country")}
    form = replace(draft, picked=picked).form()
    assert form.field("patients") == SMALL.field("patients")
    assert "women" not in form.by_key
    assert {check.rule for check in form.checks} >= {"units_per_patient", "counted_once"}
    assert not any(
        "women" in check.names("fields") for check in form.checks if check.rule == "at_most"
    )
    assert asked(form, "study") == ["design", "country", "recruitment_start"]
    assert [section.title for section in form.sections_of("cohort")] == ["Cohort", "People"]


def test_a_question_of_the_library_gives_way_to_a_key_that_is_taken():
    base = load_form(
        {**SMALL_FORM, "fields": [*SMALL_FORM["fields"], {
            "key": "age", "question": "Age in words", "group": "cohort", "section": "cohort",
            "type": "text",
        }]}
    )  # fmt: skip
    draft = Draft.of(base)
    form = replace(draft, picked=draft.picked | {("cohort", "age")}).form()
    assert form.field("age").question == "Age in words"
    assert form.meaning("cohort", "age").key == "age_2"


def test_own_groups_and_questions_are_asked_where_they_belong():
    draft = make_draft(
        "outcome:label",
        groups={"new-1": OwnGroup("Headache day", "cohort"), "new-2": OwnGroup("Event", "new-1")},
        questions=[
            OwnQuestion("Days a month", "new-1", "decimal", unit="days"),
            OwnQuestion("Aura?", "new-2", "choice", choices=("Yes", "No", "yes!")),
            OwnQuestion("Ταξίδι", "outcome"),
            OwnQuestion("Label", "outcome"),
            OwnQuestion("Length", "new-1", "summary", duration=True),
        ],
    )
    form = draft.form()
    own = {spec.question: spec for spec in form.fields if not spec.means}
    assert form.group("headache_day").of == ("cohort",)
    assert form.group("event_2").of == ("headache_day",)
    assert "cohort" in {group.key for group in form.groups}
    assert own["Days a month"].group == "headache_day"
    assert [choice.key for choice in own["Aura?"].choices] == ["yes", "no", "yes_2"]
    assert own["Ταξίδι"].key == "question"
    assert own["Label"].key == "label_2"
    assert own["Length"].cells[-1].key == "length.unit"
    assert [section.title for section in form.sections_of("outcome")][-1] == "Further questions"
    assert replace(Draft.of(form).form(), version=1) == form


def test_a_form_that_asks_nothing_is_refused():
    with pytest.raises(FormRefused, match="no fields"):
        make_draft().form()


@given(st.sets(st.sampled_from(sorted(meanings())), min_size=1))
def test_whatever_is_picked_of_the_library_is_a_form_that_asks_it(picked):
    form = Draft(slug="new", title="New", picked=frozenset(picked)).form()
    assert {(spec.group, spec.means) for spec in form.fields} >= picked
    assert replace(Draft.of(form).form(), version=1) == form


@given(st.sampled_from(FORMS), st.data())
def test_whatever_is_ticked_or_not_of_a_form_is_a_form(base, data):
    draft = Draft.of(base)
    gone = data.draw(st.sets(st.sampled_from(sorted(draft.picked))))
    more = data.draw(st.sets(st.sampled_from(sorted(meanings()))))
    picked = frozenset(draft.picked - gone | more)
    if not (picked or draft.kept):
        return
    form = replace(draft, picked=picked).form()
    for spec in base.fields:
        if (spec.group, spec.means) in picked:
            assert form.field(spec.key) == spec


@pytest.mark.parametrize(
    ("words", "taken", "key"),
    [
        ("Days a month", [], "days_a_month"),
        ("Größe (cm)", [], "groe_cm"),
        ("7 days", [], "thing_7_days"),
        ("頭痛", [], "thing"),
        ("Age", ["age", "age_2"], "age_3"),
        ("x" * 90, [], "x" * 40),
        ("x" * 90, ["x" * 40], f"{'x' * 36}_2"),
    ],
)
def test_a_key_is_made_of_the_words(words, taken, key):
    assert key_from(words, taken, "thing") == key


def test_new_things_are_placed_after_those_they_usually_follow():
    assert placed("ac", "b", "abc") == ["a", "b", "c"]
    assert placed("c", "ab", "abc") == ["a", "b", "c"]
    assert placed("ca", "b", "abc") == ["c", "a", "b"]
    assert placed("ab", "x", "abc") == ["a", "b", "x"]
