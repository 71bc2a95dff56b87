"""``manage.py import_extraction``: one JSON object, or one refusal that names line and field."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from extraction.models import Study, StudyDetails
from tests.extraction.factories import make_world
from tests.extraction.sheet_data import CASE_SERIES, ONDA, make_single_lead, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_single_lead()


def run(lead, path, *more, form=CASE_SERIES):
    out, err = io.StringIO(), io.StringIO()
    slug = lead.review.slug
    call_command(
        "import_extraction", slug, str(path), "--form", form, *more, stdout=out, stderr=err
    )
    return json.loads(out.getvalue()), err.getvalue()


def written(tmp_path, data: bytes):
    path = tmp_path / "our series.csv"
    path.write_bytes(data)
    return path


def test_it_prints_what_was_entered_and_what_does_not_fit(lead, tmp_path):
    said = [*ONDA, ("Onda 2014", "cohort", "S", "", "women", "13")]
    path = written(tmp_path, sheet(said))

    printed, _ = run(lead, path, "--final", "--create-studies")

    assert {name: printed[name] for name in ("studies", "elements", "values")} == {
        "studies": 1,
        "elements": 6,
        "values": len(ONDA),
    }
    assert {
        "check": "more_than_possible",
        "study": "Onda 2014",
        "element": "S",
        "question": "women",
    } in printed["warnings"]
    assert all(list(w) == ["check", "study", "element", "question"] for w in printed["warnings"])


def test_a_refusal_names_line_and_field_and_leaves_nothing(lead, tmp_path):
    path = written(tmp_path, sheet([*ONDA, ("Onda 2014", "cohort", "S", "", "women", "1e309")]))

    with pytest.raises(CommandError, match=rf"^Line {len(ONDA) + 2}, value: ") as refused:
        run(lead, path, "--final", "--create-studies")
    assert refused.value.returncode == 1
    assert not Study.objects.exists()


def test_columns_that_are_not_read_are_named_beside_the_result(lead, tmp_path):
    header = ("study", "group", "element", "parent", "question", "value", "who")
    path = written(tmp_path, sheet([("A", "cohort", "S", "", "label", "x", "me")], header))

    printed, told = run(lead, path, "--final", "--create-studies")
    assert printed["studies"] == 1
    assert "“who”" in told


def test_a_file_that_is_not_there_is_refused(lead, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(lead, tmp_path / "none.csv", "--final")


@pytest.mark.parametrize("way", [(), ("--final", "--seat", "A"), ("--seat", "C")])
def test_it_is_entered_as_final_or_as_one_seat(way, lead, tmp_path):
    with pytest.raises(CommandError):
        run(lead, written(tmp_path, sheet(ONDA)), *way)


def test_a_seat_is_entered_by_the_member_who_holds_it(tmp_path):
    world = make_world()
    label = StudyDetails.objects.get(study=world.study).label
    path = written(tmp_path, sheet([(label, "cohort", "S", "", "label", "All")]))

    with pytest.raises(CommandError, match="does not hold seat A"):
        run(world.lead, path, "--seat", "A", form="small")
    by = ("--by", world.first.user.email)
    printed, _ = run(world.lead, path, "--seat", "A", *by, form="small")
    assert printed["elements"] == 1
