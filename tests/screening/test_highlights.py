"""Words of the lead's lists, marked in what is judged."""

import re

import pytest

from reviews.models import ReviewSettings
from reviews.services import update_settings
from screening.highlights import Highlights
from tests.factories import make_screening
from tests.pages import address

STAGE = "title-abstract"


def marked(text, *, include="", exclude=""):
    """Return the marked words with their kinds."""
    html = Highlights(include, exclude).mark(text)
    return re.findall(r"<mark class=\"word word-(\w+)\">(.*?)</mark>", html, re.DOTALL)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("hip", "Hip, hips and HIP; relationship", ["Hip", "HIP"]),
        ("random*", "Randomised at random; nonrandom", ["Randomised", "random"]),
        ("frozen shoulder", "frozen\nshoulder, frozen-shoulder, frozen  shoulders", [
            "frozen\nshoulder", "frozen-shoulder",
        ]),
        ("low-back pain", "low back pain", ["low back pain"]),
        ("p < 0.05", "at p < 0.05.", ["p &lt; 0.05"]),
        ("c++ (old)", "of c++ (old) code", ["c++ (old)"]),
        ("*", "nothing * at all", []),
        ("größe", "Die GRÖßE", ["GRÖßE"]),
    ],
)  # fmt: skip
def test_a_listed_word_is_marked_whole_in_any_case_and_with_its_asterisk_in_any_ending(
    word, text, found
):
    assert marked(text, include=word) == [("include", one) for one in found]


def test_of_two_words_that_begin_alike_the_longer_is_marked_as_its_list_says():
    lists = {"include": "trial", "exclude": "trial registration"}
    text = "A trial and a trial registration"
    assert marked(text, **lists) == [("include", "trial"), ("exclude", "trial registration")]


def test_what_a_file_wrote_stays_text():
    html = Highlights("b", "").mark('<b>b</b> & "<script>"')
    assert html == (
        '&lt;<mark class="word word-include">b</mark>&gt;<mark class="word word-include">b</mark>'
        '&lt;/<mark class="word word-include">b</mark>&gt; &amp; &quot;&lt;script&gt;&quot;'
    )


@pytest.mark.django_db
def test_the_words_of_the_settings_are_marked_on_the_page_that_judges(as_member):
    lead, (a, _), records = make_screening(1)
    page = address(a, "screening", STAGE, "records", records[0].uid)
    assert "data-highlights" not in as_member(a).get(page).content.decode()
    first = records[0].title.split()[0]
    update_settings(lead=lead, changes={"include_words": first})

    html = as_member(a).get(page).content.decode()

    assert f'<mark class="word word-include">{first}</mark>' in html
    assert "data-highlights" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "said"),
    [("x\n" * 301, "The list has 301 lines"), ("a\n" + "y" * 61, "Line 2 has 61 characters")],
)
def test_a_list_too_long_to_be_looked_for_is_refused_beside_its_field(lead, as_member, lines, said):
    url = address(lead, "settings")
    form = as_member(lead).get(url).context["form"]
    data = {name: form.initial.get(name) or "" for name in form.fields}
    before = ReviewSettings.objects.count()

    answer = as_member(lead).post(url, {**data, "exclude_words": lines})

    assert said in str(answer.context["form"].errors["exclude_words"])
    assert ReviewSettings.objects.count() == before
