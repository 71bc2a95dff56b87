"""A vote is kept from the key until the server has it, whatever happens to page and session."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from screening.models import ScreeningDecision
from screening.querysets.queues import queue_of
from screening.services import close_stage, submit_decision
from tests.e2e.voting import (
    STAGE,
    all_sent,
    cast,
    end_session,
    here,
    kept,
    open_queue,
    press,
    sign_in_by_form,
    start,
    until,
)
from tests.factories import make_screening

LINE = "#kept"


@pytest.fixture
def no_posts():
    """Return a function that lets no form of a browser arrive, until it is called again."""

    def switch(page: Page, *, on: bool) -> None:
        def drop(route):
            if route.request.method == "POST":
                route.abort()
            else:
                route.fallback()

        if on:
            page.context.route("**/screening/**", drop)
        else:
            page.context.unroute("**/screening/**")

    return switch


def test_votes_by_key_arrive_in_their_order_at_a_server_that_takes_its_time(sign_in, server):
    _, (a, _), _ = make_screening(12)
    page = sign_in(a.user)
    open_queue(page, a)
    server.delay = 0.4

    meant = press(page, "ieuieuieui")
    expect(page.locator("#left")).to_have_text("2")
    all_sent(page)

    assert cast(a) == meant
    order = ScreeningDecision.objects.filter(member=a).order_by("recorded_at")
    assert [vote.verdict for vote in order] == list(meant.values())


@pytest.mark.catalogue("F26")
@pytest.mark.catalogue("C05")
def test_votes_are_kept_while_offline_and_sent_when_the_connection_is_back(sign_in, faults):
    faults.offline = True
    _, (a, _), _ = make_screening(14)
    page = sign_in(a.user)
    open_queue(page, a)
    page.context.set_offline(True)

    meant = press(page, "ieuieuieuieu")
    expect(page.locator(LINE)).to_have_text("12 kept here")
    assert cast(a) == {}
    page.context.set_offline(False)
    all_sent(page)

    expect(page.locator(LINE)).to_be_hidden()
    assert cast(a) == meant
    assert ScreeningDecision.objects.filter(member=a).count() == 12


def test_the_keys_wait_for_the_connection_where_no_next_page_is_held(sign_in, faults):
    faults.offline = True
    _, (a, _), _ = make_screening(40)
    page = sign_in(a.user)
    open_queue(page, a)
    page.context.set_offline(True)

    meant = press(page, "ie" * 15 + "u")
    expect(page.get_by_text("The next record waits for the connection.")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("z")
    assert here(page) == list(meant)[-1], "undo works while waiting"
    page.keyboard.press("e")
    meant[list(meant)[-1]] = "exclude"
    expect(page.get_by_text("The next record waits for the connection.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#vote")).to_be_visible()
    assert here(page) not in meant
    all_sent(page)

    assert cast(a) == meant


@pytest.mark.catalogue("C04")
def test_a_reload_loses_no_vote_that_was_on_its_way(sign_in, server):
    _, (a, _), _ = make_screening(9)
    page = sign_in(a.user)
    open_queue(page, a)
    server.delay = 0.5

    meant = press(page, "ieuie")
    page.reload()
    expect(page.locator(LINE)).to_contain_text("kept here")
    expect(page.locator("#left")).to_have_text("4")
    server.delay = 0
    all_sent(page)

    assert cast(a) == meant
    assert ScreeningDecision.objects.filter(member=a).count() == 5


def test_a_reload_that_passes_a_vote_on_its_way_shows_it_as_cast(sign_in, server):
    _, (a, _), _ = make_screening(3)
    page = sign_in(a.user)
    open_queue(page, a)
    server.opened.clear()

    def written_before_the_vote_and_read_after(route):
        answer = route.fetch()
        server.opened.set()
        until(lambda: cast(a))
        time.sleep(0.3)
        route.fulfill(response=answer)

    at = here(page)
    press(page, "e")
    page.route(f"**{start(a)}", written_before_the_vote_and_read_after)
    page.goto(start(a))
    assert here(page) == at

    expect(page.locator("#vote [aria-pressed]")).to_have_text(re.compile("Exclude"))
    expect(page.locator("#left")).to_have_text("2")
    page.keyboard.press("i")
    all_sent(page)
    assert cast(a) == {at: "include"}
    expect(page.locator("#messages")).to_have_text("")


def test_a_key_pressed_before_what_is_kept_was_read_answers_what_the_page_shows_then(
    sign_in, faults, no_posts
):
    faults.offline = True
    _, (a, _), _ = make_screening(3)
    page = sign_in(a.user)
    open_queue(page, a)
    no_posts(page, on=True)
    at = here(page)
    press(page, "e")
    expect(page.locator(LINE)).to_have_text("1 kept here")
    other = page.context.new_page()
    other.goto("/")
    other.evaluate(
        """() => new Promise((ready) => {
            const asked = indexedDB.open("ifi-votes", 1);
            asked.onsuccess = () => {
                const store = asked.result.transaction("votes", "readwrite").objectStore("votes");
                window.busy = true;
                const on = () => { if (window.busy) store.count().onsuccess = on; };
                on();
                ready();
            };
        })"""
    )

    page.goto(start(a))
    assert here(page) == at
    page.keyboard.press("i")
    page.keyboard.press("u")
    other.evaluate("window.busy = false")
    expect(page.locator("#left")).to_have_text("2")
    no_posts(page, on=False)
    page.evaluate("window.keptVotes.send()")
    all_sent(page)

    assert cast(a) == {at: "include"}
    expect(page.locator("#messages")).to_have_text("")


def test_a_closed_tab_loses_no_vote_and_my_work_sends_what_was_kept(sign_in, server):
    _, (a, _), _ = make_screening(6)
    page = sign_in(a.user)
    open_queue(page, a)
    server.delay = 0.5
    meant = press(page, "iue")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto("/")
    all_sent(page)

    assert cast(a) == meant


@pytest.mark.catalogue("A09")
def test_an_ended_session_keeps_the_votes_and_signing_in_sends_them(sign_in, faults):
    _, (a, _), _ = make_screening(8)
    page = sign_in(a.user)
    open_queue(page, a)
    end_session(page)

    meant = press(page, "iuei")
    expect(page.locator(LINE)).to_have_text("4 kept here · Sign in")
    was = here(page)
    page.locator(LINE).get_by_role("link", name="Sign in").click()
    sign_in_by_form(page, a.user)
    assert here(page) == was
    all_sent(page)

    assert cast(a) == meant


def test_after_signing_in_again_in_another_tab_the_old_page_goes_on_voting(sign_in, faults):
    faults.allowed = {403}
    _, (a, _), _ = make_screening(8)
    page = sign_in(a.user)
    open_queue(page, a)
    meant = press(page, "i")
    all_sent(page)
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in_by_form(other, a.user)

    meant |= press(page, "uei")
    all_sent(page)

    assert cast(a) == meant
    expect(page.locator("#messages")).to_have_text("")


@pytest.mark.catalogue("Z07")
def test_another_account_on_the_same_browser_neither_sees_nor_sends_what_is_kept(
    sign_in, give_session, faults
):
    faults.allowed = {403, 404, 409}
    _, (a, b), _ = make_screening(8)
    page = sign_in(a.user)
    open_queue(page, a)
    end_session(page)
    meant = press(page, "iuei")
    expect(page.locator(LINE)).to_contain_text("4 kept here")

    other = page.context.new_page()
    give_session(page, b.user)
    open_queue(other, b)
    assert kept(other) == 0
    expect(other.locator(LINE)).to_be_hidden()
    of_b = press(other, "ee")
    all_sent(other)
    # The page of A stands open all the while, and goes on.
    meant |= press(page, "u")
    page.evaluate("window.keptVotes.send()")
    expect(page.locator(LINE)).to_have_text("5 kept here · Sign in")
    assert (cast(a), cast(b)) == ({}, of_b)

    give_session(page, a.user)
    page.evaluate("window.keptVotes.send()")
    all_sent(page)
    assert (cast(a), cast(b)) == (meant, of_b)


def test_signing_out_names_what_is_unsent(sign_in, faults, no_posts, accessible):
    faults.offline = True
    _, (a, _), _ = make_screening(6)
    page = sign_in(a.user)
    open_queue(page, a)
    no_posts(page, on=True)
    meant = press(page, "iue")
    words = "3 votes are kept here and were not sent; they are sent when you sign in again."

    page.get_by_text("Account", exact=True).click()
    expect(page.locator(".menu-panel", has_text="Signed in as")).to_contain_text(words)
    accessible(page)
    page.goto("/accounts/logout/")
    expect(page.get_by_role("main")).to_contain_text(words)
    accessible(page)
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    no_posts(page, on=False)
    sign_in_by_form(page, a.user)
    all_sent(page)

    assert cast(a) == meant
    page.get_by_text("Account", exact=True).click()
    expect(page.locator(".menu-panel [data-kept-notice]")).to_be_hidden()


def test_undo_goes_back_vote_by_vote_while_offline(sign_in, faults):
    faults.offline = True
    _, (a, _), _ = make_screening(8)
    page = sign_in(a.user)
    open_queue(page, a)
    first = press(page, "ii")
    all_sent(page)
    page.context.set_offline(True)
    later = press(page, "eu")
    expect(page.locator(LINE)).to_have_text("2 kept here")

    for address in reversed([*first, *later]):
        page.keyboard.press("z")
        assert here(page) == address
        expect(page.locator("#vote [aria-pressed]")).to_have_count(0)
    expect(page.locator("#left")).to_have_text("8")
    page.keyboard.press("u")
    page.context.set_offline(False)
    all_sent(page)

    assert cast(a) == {next(iter(first)): "unsure"}


def test_undo_after_a_reload_takes_back_what_the_server_names_and_then_the_one_before(sign_in):
    _, (a, _), _ = make_screening(5)
    page = sign_in(a.user)
    open_queue(page, a)
    meant = press(page, "iue")
    all_sent(page)
    page.reload()

    for address in reversed(meant):
        page.keyboard.press("z")
        page.wait_for_url(re.compile(address))
        expect(page.locator("#vote")).to_be_visible()
    until(lambda: cast(a) == {})


def test_a_vote_changed_before_the_first_was_sent_is_the_one_that_stands(sign_in, faults):
    faults.offline = True
    _, (a, _), _ = make_screening(5)
    page = sign_in(a.user)
    open_queue(page, a)
    page.context.set_offline(True)
    (address,) = press(page, "i")
    page.keyboard.press("k")
    assert here(page) == address
    expect(page.locator("#vote [aria-pressed]")).to_have_text(re.compile("Include"))
    page.keyboard.press("e")
    expect(page.locator("#left")).to_have_text("4")
    page.context.set_offline(False)
    all_sent(page)

    assert cast(a) == {address: "exclude"}
    expect(page.locator("#messages")).to_have_text("")


def test_what_the_server_refuses_is_named_and_leaves_the_queue(sign_in, faults):
    faults.offline, faults.allowed = True, {409}
    lead, (a, b), records = make_screening(4)
    page = sign_in(a.user)
    open_queue(page, a)
    page.context.set_offline(True)
    press(page, "iuie")
    for record in records:
        for member in (a, b):
            submit_decision(reviewer=member, record=record, stage=STAGE, verdict="exclude")
    close_stage(lead=lead, stage=STAGE)
    before = cast(a)
    page.context.set_offline(False)
    all_sent(page)

    refused = page.locator("#messages").get_by_text("Not recorded: ")
    expect(refused).to_have_count(4)
    expect(refused.first).to_contain_text("The votes on this record were released.")
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    assert cast(a) == before


@pytest.mark.catalogue("F28")
@pytest.mark.parametrize("fault", ["blocked", "full"])
def test_a_browser_that_stores_nothing_votes_all_the_same_and_says_so(fault, sign_in, faults):
    faults.offline = True
    _, (a, _), _ = make_screening(8)
    page = sign_in(a.user)
    page.add_init_script(
        {
            "blocked": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
            "full": """for (const name of ["add", "put"]) IDBObjectStore.prototype[name] = () => {
                throw new DOMException("", "QuotaExceededError");
            }""",
        }[fault]
    )
    open_queue(page, a)
    meant = press(page, "ie")
    all_sent(page)
    assert cast(a) == meant

    page.context.set_offline(True)
    meant |= press(page, "ui")
    expect(page.locator(LINE)).to_have_text(
        "2 kept here · Leave this page open: this browser stores nothing"
    )
    page.context.set_offline(False)
    all_sent(page)
    assert cast(a) == meant


def test_two_tabs_send_one_vote_at_a_time(sign_in, server, faults):
    faults.allowed = {409}
    _, (a, _), _ = make_screening(12)
    page = sign_in(a.user)
    open_queue(page, a)
    other = page.context.new_page()
    queue = list(queue_of(a, STAGE).select_related("record"))
    other.goto(f"{start(a)}records/{queue[6].record.uid}/")
    other.wait_for_load_state("networkidle")
    server.delay = 0.2

    meant = press(page, "iei") | press(other, "eie")
    meant |= press(page, "uu") | press(other, "uu")
    all_sent(page)

    assert server.most_at_once == 1
    assert cast(a) == meant


def test_no_more_than_200_votes_are_kept(sign_in, faults, no_posts):
    faults.offline = True
    _, (a, _), _ = make_screening(3)
    page = sign_in(a.user)
    open_queue(page, a)
    no_posts(page, on=True)
    page.evaluate(
        """async () => {
            for (let n = 0; n < 200; n += 1)
                await window.keptVotes.keep({ id: window.keptVotes.newId(), url: "/screening/x/",
                    page: "/elsewhere/", name: "x", fields: [], decided: false });
        }"""
    )
    at = here(page)
    page.keyboard.press("i")
    expect(page.get_by_text("200 votes are kept here, the most there can be.")).to_be_visible()
    assert (here(page), kept(page)) == (at, 200)
