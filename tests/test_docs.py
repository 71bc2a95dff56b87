"""The documentation cannot lag: what the code offers is named, and what is named is there."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from ifi_review import env
from ifi_review.examples import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from records.importers import FORMATS
from records.importers.columns import NAMES
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from stats import agreement

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "accounts", "extraction", "ifi_review", "records", "reporting", "reviews", "screening", "stats",
)  # fmt: skip
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
CODE_PATH = re.compile(r"`((?:[a-z_.]+/)+[A-Za-z0-9_.-]*)`")
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
READERS = {name for name in vars(env) if name.startswith("env_")} | {"database_url", "email_url"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def section(text, heading):
    """Return the text below a heading, up to the next one of its rank."""
    rank = heading.split(" ")[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^{rank} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def anchors(page):
    """Return the anchors that a page's headings have where Markdown is shown."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def links():
    for page in PAGES:
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if "://" not in target and not target.startswith("mailto:"):
                yield pytest.param(page, target, id=f"{page.relative_to(ROOT)}: {target}")


def commands():
    folders = [ROOT / package for package in PACKAGES]
    modules = [
        module for folder in folders for module in folder.rglob("management/commands/[a-z]*.py")
    ]
    return sorted(module.stem for module in modules)


def variables():
    """Return every environment variable that is read through ``ifi_review.env``."""
    found = set()
    for module in (ROOT / "ifi_review").rglob("*.py"):
        if module.name == "env.py":
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if called and node.func.id in READERS:
                found.add(node.args[0].value)
    return sorted(found)


def make_targets():
    return sorted(set(re.findall(r"^([a-z][a-z-]*):(?!=)", read("Makefile"), re.MULTILINE)))


@pytest.mark.parametrize("name", commands())
def test_every_command_has_a_section(name):
    assert re.search(rf"^### `{name}[ `]", read("docs/commands.md"), re.MULTILINE)


def test_every_section_of_the_commands_is_a_command():
    documented = re.findall(r"^### `([a-z_]+)", read("docs/commands.md"), re.MULTILINE)

    assert sorted(documented) == commands()


@pytest.mark.parametrize("slug", REPORTS)
def test_every_table_is_listed_with_its_first_columns(slug):
    tables = section(read("docs/commands.md"), "## Tables")
    row = re.search(rf"^\| `{slug}` \| `([a-z0-9_,]+)` \|", tables, re.MULTILINE)

    assert row, f"{slug} is not among the tables"
    documented = row.group(1).split(",")
    assert documented == [column.key for column in REPORTS[slug].columns][: len(documented)]


def test_no_table_is_listed_that_is_not_there():
    assert set(ROW.findall(section(read("docs/commands.md"), "## Tables"))) == set(REPORTS)


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_of_the_tables_is_explained(name):
    assert f"| `{name}` |" in section(read("docs/commands.md"), "## Reviews")


@pytest.mark.parametrize("name", variables())
def test_every_setting_from_the_environment_is_listed(name):
    assert name in ROW.findall(section(read("docs/install.md"), "## Settings"))


def test_no_setting_is_listed_that_nobody_reads():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "ifi_review").rglob("*.py"))
    listed = ROW.findall(section(read("docs/install.md"), "## Settings"))

    assert [name for name in listed if f'"{name}"' not in code] == []


def test_every_variable_of_the_containers_is_named():
    asked = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))

    assert sorted(name for name in asked if name not in read("docs/install.md")) == []


@pytest.mark.parametrize("target", make_targets())
def test_every_make_target_is_listed(target):
    assert f"| `make {target}` |" in section(read("docs/commands.md"), "## Make")


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_shows_the_two_commands(command):
    assert f"\n```\n{command}\n```\n" in read("README.md")


@pytest.mark.parametrize("name", ["README.md", "docs/install.md"])
def test_the_sample_accounts_are_those_that_are_made(name):
    text = read(name)

    assert f"`{SAMPLE_PASSWORD}`" in text
    assert [email for email in SAMPLE_ACCOUNTS if f"`{email}`" not in text] == []


@pytest.mark.parametrize(("document", "target"), list(links()))
def test_every_relative_link_leads_somewhere(document, target):
    place, _, anchor = target.partition("#")
    file = (document.parent / place).resolve() if place else document

    assert file.exists()
    assert file.is_relative_to(ROOT)
    assert not anchor or anchor in anchors(file)


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(document):
    named = set(CODE_PATH.findall(document.read_text(encoding="utf-8")))
    ours = {path for path in named if path.split("/")[0] in {*PACKAGES, "docs", "tests", "static"}}

    assert sorted(path for path in ours if not (ROOT / path).exists()) == []


def test_the_glossary_names_what_the_code_has():
    names = re.findall(r"`([a-z_]+)\.([A-Z]\w+)`", read("docs/glossary.md"))
    known = {(model._meta.app_label, model.__name__) for model in apps.get_models()}

    assert names
    assert sorted(set(names) - known) == []


def test_the_glossary_names_modules_and_classes_that_are_there():
    names = re.findall(r"`((?:[a-z_]+\.)+[a-z_]+)\.([A-Z]\w+)`", read("docs/glossary.md"))

    assert names
    assert [name for module, name in names if not hasattr(import_module(module), name)] == []


@pytest.mark.parametrize("field", NAMES)
def test_every_column_name_that_is_recognised_is_listed(field):
    rows = section(read("docs/formats.md"), "## Tables")
    row = re.search(rf"^\| `{field}` \| (.+) \|$", rows, re.MULTILINE)

    assert row, f"{field} is not among the fields"
    assert tuple(re.findall(r"`([^`]+)`", row.group(1))) == NAMES[field]


def test_every_format_of_the_importer_is_offered():
    assert f"[--format {'|'.join(FORMATS)}]" in read("docs/commands.md")


def test_every_format_of_the_importer_and_no_other_is_told_of():
    told = section(read("docs/formats.md"), "## How each format is told")
    named = re.findall(r"`([^`]+)`", " ".join(re.findall(r"^\| ([^|]+) \|", told, re.MULTILINE)))

    assert set(named) - {"--format"} == set(FORMATS) - {"auto"}


def test_every_statistic_is_in_the_methods():
    methods = read("docs/statistical-methods.md")
    functions = [
        name
        for name, found in vars(agreement).items()
        if getattr(found, "__module__", "") == agreement.__name__
        and callable(found)
        and name.islower()
        and not name.startswith("_")
    ]

    assert functions
    assert [name for name in functions if f"`{name}`" not in methods] == []


@pytest.mark.parametrize("document", DECISIONS, ids=lambda path: path.name)
def test_every_decision_says_why_and_what_follows(document):
    text = document.read_text(encoding="utf-8")
    number = int(document.name[:4])

    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert f"(decisions/{document.name})" in read("docs/index.md")


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))
