"""The primary key of a row never leaves the server: what is named outside is named by its uid.

Every sequence starts at a number nothing else has, and these numbers are looked for in all that
is sent: as digits, in base 36 and inside base 64.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch
from django.utils.http import int_to_base36

from reporting.reports import REPORTS
from tests.factories import make_records
from tests.routes import all_routes, samples
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
FIRST = 7_093_000_000_001
OF_A_MODEL = 10_000_000
# Some tables of Django's own count in 32 bits.
FIRST_SMALL = 2_093_000_001
KEY = re.compile(rb"(?<![0-9a-f])(?:7093\d{9}|2093\d{6})(?![0-9a-f])")
WORD = re.compile(rb"[0-9A-Za-z_-]+")
BASE_36 = re.compile(rb"(?<![0-9a-zA-Z])[0-9a-z]{9}(?![0-9a-zA-Z])")
ROLES = ("lead", "a", "adjudicator", "observer")
ASKED = ({}, {"Accept": "application/json"}, {"HX-Request": "true"})


def start_keys_high() -> None:
    """Let each table count from a number of its own, until the test is rolled back."""
    counted = [m for m in apps.get_models() if isinstance(m._meta.pk, models.AutoField)]
    with connection.cursor() as cursor:
        for place, model in enumerate(counted):
            table, start = model._meta.db_table, FIRST + place * OF_A_MODEL
            if model._meta.pk.get_internal_type() == "AutoField":
                start = FIRST_SMALL + place * 1000
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, start])
            else:
                cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN id RESTART WITH {start}')


def keys_in(sent: bytes) -> set[bytes]:
    """Return the primary keys that stand in what was sent, however they are written."""
    found = set(KEY.findall(sent))
    last = FIRST + 1000 * OF_A_MODEL
    found |= {word for word in BASE_36.findall(sent) if FIRST <= int(word, 36) < last}
    for word in set(WORD.findall(sent)):
        found |= set(KEY.findall(_of_base_64(word)))
    return found


def _of_base_64(word: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(word + b"=" * (-len(word) % 4))
    except binascii.Error:
        return b""


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def sent(response: HttpResponse) -> bytes:
    """Return all that an answer tells: its headers, cookies left out, and its body."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return headers.encode() + b"\n" + body(response)


@pytest.fixture
def world() -> World:
    start_keys_high()
    made = make_world()
    make_records(made.lead, 60)
    assert KEY.fullmatch(str(made.lead.pk).encode())
    return made


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Yield every page that can be named."""
    known, slug = samples(world), world.lead.review.slug
    for route in all_routes():
        kwargs = {**known.get(route.name, {})}
        if "<slug:slug>" in route.path:
            kwargs["slug"] = slug
        try:
            yield route.name, route.url(**kwargs)
        except NoReverseMatch:
            continue


def tables(world: World) -> Iterator[tuple[str, str]]:
    """Yield every table and each of its files."""
    for name, report in REPORTS.items():
        at = f"/reviews/{world.lead.review.slug}/results/{name}/"
        yield f"table {name}", at
        for form in report.formats:
            yield f"file {name}.{form}", f"{at}download/?format={form}"


@pytest.mark.catalogue("B09")
def test_what_is_named_outside_is_named_at_random_so_that_no_gap_or_order_tells():
    uids = [m._meta.get_field("uid") for m in apps.get_models() if hasattr(m, "uid")]
    assert len(uids) > 30
    assert {field.default for field in uids} == {uuid4}
    named = {kind for route in all_routes() for kind in re.findall("<([a-z]+):", route.path)}
    assert named == {"slug", "str", "uuid"}


def test_what_is_looked_for_is_found():
    key = FIRST + 17
    assert keys_in(f'<option value="{key}">'.encode())
    assert keys_in(base64.urlsafe_b64encode(f'["{key}"]'.encode()))
    assert keys_in(f"/key/{int_to_base36(key)}-set-password/".encode())
    assert not keys_in(b"0f3b7093123456789012 7093")


@pytest.mark.catalogue("B09")
@pytest.mark.parametrize("role", ROLES)
def test_no_page_carries_a_primary_key(world, role):
    client = Client()
    client.force_login(getattr(world, role).user)
    told, read = {}, 0
    for name, url in addresses(world):
        for headers in ASKED:
            response = client.get(url, headers=headers)
            read += response.status_code == 200
            if keys := keys_in(sent(response)):
                told[name] = keys
    assert told == {}
    assert read > 40


def test_no_table_carries_a_primary_key(world):
    client = Client()
    client.force_login(world.lead.user)
    told = {name: keys_in(sent(client.get(url))) for name, url in tables(world)}
    assert {name: keys for name, keys in told.items() if keys} == {}
    assert len(told) > 40


def test_following_the_lists_shows_no_primary_key(world):
    """Cursors, filters and the addresses that pages themselves name."""
    client = Client()
    client.force_login(world.lead.user)
    asked, told = set(), {}
    left = [f"/reviews/{world.lead.review.slug}/"]
    while left and len(asked) < 400:
        url = left.pop()
        asked.add(url)
        response = client.get(url)
        page = sent(response)
        if keys := keys_in(page):
            told[url] = keys
        base = url.partition("?")[0]
        for found in re.findall(rb'href="([^"#]+)', page):
            link = found.decode().replace("&amp;", "&")
            link = base + link if link.startswith("?") else link
            if link.startswith("/reviews/") and link not in asked and link not in left:
                left.append(link)
    assert told == {}
    assert any("after=" in url for url in asked)


def test_no_answer_to_a_form_carries_a_primary_key(world):
    told = {}
    for role in ROLES:
        client = Client()
        client.force_login(getattr(world, role).user)
        for name, url in addresses(world):
            if not url.startswith("/reviews/"):
                continue
            for headers in ASKED:
                if keys := keys_in(sent(client.post(url, {}, headers=headers))):
                    told[name, role] = keys
    assert told == {}


def test_no_exported_file_carries_a_primary_key(world, tmp_path):
    call_command("export", world.lead.review.slug, "--all", "--out", str(tmp_path))
    files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert len(files) > 10
    assert {path.name: found for path in files if (found := keys_in(path.read_bytes()))} == {}
