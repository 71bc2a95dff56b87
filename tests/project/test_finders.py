import pytest
from django.contrib.staticfiles import finders

from ifi_review.finders import PackageFinder


def test_what_the_pages_load_is_found():
    assert finders.find("bootstrap/dist/css/bootstrap.min.css")


@pytest.mark.catalogue("A25")
@pytest.mark.parametrize(
    "path",
    [
        "bootstrap/package.json",
        "bootstrap/dist/css/bootstrap.css",
        "bootstrap/dist/css/../package.json",
        ".package-lock.json",
        "../manage.py",
    ],
)
def test_nothing_else_of_a_package_is(path):
    assert not PackageFinder().find(path)


def test_what_is_collected_is_what_is_found():
    finder = PackageFinder()
    names = [name for name, _ in finder.list(None)]
    assert names
    assert all(finder.find(name) for name in names)
