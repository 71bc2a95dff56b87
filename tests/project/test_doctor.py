import json

import pytest
from django.core.management import CommandError, call_command

from reviews import guards

pytestmark = pytest.mark.django_db


def examine(capsys) -> tuple[dict[str, dict], bool]:
    try:
        call_command("doctor")
        sound = True
    except CommandError:
        sound = False
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is sound
    return {finding["check"]: finding for finding in report["findings"]}, sound


@pytest.mark.catalogue("F31")
def test_a_database_that_forgets_acknowledged_writes_is_named(capsys):
    # The tests' own database does not wait for the disk, which is just what must be found.
    found, sound = examine(capsys)
    assert not sound
    assert not found["durability"]["ok"]
    assert found["migrations"]["ok"]
    assert found["media"]["ok"]


def test_a_missing_guard_is_named(capsys):
    assert examine(capsys)[0]["guards"]["ok"]
    guards.remove()
    found, _ = examine(capsys)
    assert not found["guards"]["ok"]
    assert "guard_" in found["guards"]["detail"]


def test_a_folder_that_cannot_be_written_is_named(capsys, settings, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert not examine(capsys)[0]["media"]["ok"]


def test_packages_that_are_not_installed_are_named(capsys, settings):
    settings.STATICFILES_FINDERS = []
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    finders.searched_locations.clear()
    found = examine(capsys)[0]["static files"]
    assert not found["ok"]
    assert "make setup" in found["detail"]
