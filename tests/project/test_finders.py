import pytest

from ifi_review.finders import PackageFinder


@pytest.fixture
def finder(settings, tmp_path):
    """Return the finder of a tree in which one file of a package is named."""
    for path in ("reader/build/reader.js", "reader/build/other.js", "reader/package.json"):
        place = tmp_path / "node_modules" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    (tmp_path / "manage.py").write_text("")
    settings.BASE_DIR = tmp_path
    settings.PACKAGE_FILES = ["reader/build/reader.js"]
    return PackageFinder()


def test_what_the_pages_load_is_found(finder):
    assert finder.find("reader/build/reader.js")


@pytest.mark.catalogue("A25")
@pytest.mark.parametrize(
    "path",
    [
        "reader/package.json",
        "reader/build/other.js",
        "reader/build/../package.json",
        ".package-lock.json",
        "../manage.py",
    ],
)
def test_nothing_else_of_a_package_is(finder, path):
    assert not finder.find(path)


def test_what_is_collected_is_what_is_found(finder):
    names = [name for name, _ in finder.list(None)]
    assert names == ["reader/build/reader.js"]
    assert all(finder.find(name) for name in names)
