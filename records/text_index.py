"""The index behind the search of records, and what keeps it in step with them, on both databases.

``records_recordtext`` holds the words of each record: an FTS5 table on SQLite, a table with a
``tsvector`` under a GIN index on PostgreSQL. Triggers fill it, so that whatever writes a record
also makes it findable. SQLite drops a table's triggers whenever a migration rebuilds the table, so
they are installed anew after each ``migrate``; a record that is not in the index is added then.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.db import connection

from reviews import triggers

RECORDS, INDEX = "records_record", "records_recordtext"
# In the order of their worth: only the first characters are indexed.
COLUMNS = (
    "number", "pmid", "pmcid", "doi", "accession", "source_record_id", "year", "title",
    "translated_title", "authors", "journal", "journal_abbreviation", "keywords", "abstract",
)  # fmt: skip
CHARACTERS = 100_000
# A letter that no query can hold: it keeps phrases within a field, and a review's words apart.
BORDER, ASCII_BORDER = "\u01c1", "\x7f"
# Neither tokenizer takes these apart by itself, or not both.
LETTERS = {
    "\u00df": "ss", "\u1e9e": "ss", "\u00e6": "ae", "\u00c6": "ae", "\u0153": "oe",
    "\u0152": "oe", "\u00f8": "o", "\u00d8": "o", "\u0142": "l", "\u0141": "l",
    "\u0111": "d", "\u0110": "d", "\u0131": "i", "\ufb01": "fi", "\ufb02": "fl",
}  # fmt: skip
# The marks above and below letters that the tokenizer of SQLite takes off; others it keeps.
MARKS = r"\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331"
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* Nd M*'"
NAME = re.compile(r"CREATE (?:OR REPLACE )?(?:FUNCTION|TRIGGER|VIRTUAL TABLE) (\w+)")
# PostgreSQL's parser takes "2e5b" for the number 2e5 and a b, unless the e is another letter.
DIGIT_E = re.compile("(?<=[0-9])e(?=[0-9])")
OTHER_E = "\u0258"


def digit_e(word: str) -> str:
    """Return a word as PostgreSQL's parser leaves it whole."""
    return DIGIT_E.sub(OTHER_E, word)


def create() -> None:
    """Make the table of the index, its triggers, and its rows."""
    with connection.cursor() as cursor:
        for statement in TABLE[connection.vendor]:
            cursor.execute(statement)
    install()


def install(**_: Any) -> None:
    """Make the triggers where the table is, and index what was written without them."""
    with connection.cursor() as cursor:
        if INDEX not in connection.introspection.table_names(cursor):
            return
        incomplete = missing()
        for statement in _statements():
            cursor.execute(statement)
        if incomplete:
            cursor.execute(_fill())


def remove() -> None:
    """Drop the index and its triggers."""
    with connection.cursor() as cursor:
        for name in TRIGGERS[connection.vendor]:
            on_table = f" ON {RECORDS}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        cursor.execute(f"DROP TABLE IF EXISTS {INDEX}")


def missing() -> list[str]:
    """Return the names of the parts of the index that should be there and are not."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) "
                "AND tgenabled <> 'D' UNION ALL SELECT relname FROM pg_class WHERE oid IN "
                "(to_regclass(%s), to_regclass(%s))",
                [RECORDS, INDEX, f"{INDEX}_words"],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master")
        present = {name for (name,) in cursor.fetchall()}
    wanted = [INDEX, *TRIGGERS[connection.vendor]]
    if connection.vendor == "postgresql":
        wanted.append(f"{INDEX}_words")
    return [name for name in wanted if name not in present]


def altered() -> list[str]:
    """Return the names of those parts of the index that are not what would be installed."""
    return triggers.altered(_texts())


def names() -> set[str]:
    """Return the names of the triggers that keep the index."""
    return set(TRIGGERS[connection.vendor])


def _texts() -> dict[str, str]:
    """Return what makes each part of the index, by its name."""
    made = (statement for statement in _statements() if not statement.startswith("DROP"))
    parts = [*TABLE["sqlite"], *made] if connection.vendor == "sqlite" else list(made)
    found: dict[str, str] = {}
    for statement in parts:
        if name := NAME.search(statement):
            found[name[1]] = statement
    return found


def settle() -> None:
    """Sort the words of records that came into the index.

    PostgreSQL keeps them in a list of its own until it vacuums, and until then plans as if the
    index were of little use.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(oid) FROM pg_class WHERE oid = to_regclass(%s) "
            "AND pg_has_role(current_user, relowner, 'USAGE')",
            [f"{INDEX}_words"],
        )


def _statements() -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield POSTGRESQL_FOLD
        yield from POSTGRESQL_TRIGGERS
        return
    for name in TRIGGERS["sqlite"]:
        yield f"DROP TRIGGER IF EXISTS {name}"
    yield (
        f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {RECORDS} BEGIN "
        f"INSERT INTO {INDEX}(rowid, document) VALUES (NEW.id, {_sqlite_document('NEW.')}); END"
    )
    yield (
        f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {RECORDS} BEGIN "
        f"INSERT INTO {INDEX}({INDEX}, rowid, document) "
        f"VALUES ('delete', OLD.id, {_sqlite_document('OLD.')}); END"
    )


def document_of(row: str = "") -> str:
    """Return the expression, in SQL, of what is indexed of a row of the table of records."""
    write = _postgresql_document if connection.vendor == "postgresql" else _sqlite_document
    return write(row)


def _fill() -> str:
    document, known = _postgresql_document(""), f"SELECT rowid FROM {INDEX}"
    if connection.vendor == "sqlite":
        document, known = _sqlite_document(""), f"SELECT id FROM {INDEX}_docsize"
    return (
        f"INSERT INTO {INDEX}(rowid, document) "
        f"SELECT id, {document} FROM {RECORDS} WHERE id NOT IN ({known})"
    )


def _document(row: str, border: str) -> str:
    """Return what is indexed of a row: the mark of its review, and its fields between borders."""
    texts = (f"coalesce({row}{column} || '', '')" for column in COLUMNS)
    fields = f" || ' {border} ' || ".join(texts)
    return f"'{border}' || {row}review_id || ' ' || {fields}"


def _sqlite_document(row: str) -> str:
    text = f"substr({_document(row, BORDER)}, 1, {CHARACTERS})"
    for letter, plain in LETTERS.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    return text


def _postgresql_document(row: str) -> str:
    # A border within ASCII, so that most texts need no more than the marks of ASCII translated.
    return f"to_tsvector('pg_catalog.simple', records_fold({_document(row, ASCII_BORDER)}))"


def _separators() -> str:
    """Return the class of characters outside ASCII that part words, for PostgreSQL."""
    ranges: list[list[int]] = []
    parts = True
    for code in range(0x80, min(sys.maxunicode, 0x1FFFF)):
        category = unicodedata.category(chr(code))
        if category in {"Cn", "Cs", "Co"}:
            continue
        joined = parts
        parts = not (category[0] in "LM" or category == "Nd")
        if parts and joined and ranges:
            ranges[-1][1] = code
        elif parts:
            ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


# Where PostgreSQL's parser would see addresses, numbers with signs, or tags; it parts words at the
# other marks by itself.
ASCII_MARKS = r"-+./:@_&<>~%=?#*!$^\\|"
REPLACED = "t"
for _letter, _plain in LETTERS.items():
    REPLACED = f"replace({REPLACED}, '{_letter}', '{_plain}')"
TRIGGERS = {
    "sqlite": [f"{INDEX}_insert", f"{INDEX}_delete"],
    "postgresql": [f"{INDEX}_insert", f"{INDEX}_delete", f"{INDEX}_truncate"],
}
TABLE = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5(document, content='', tokenize=\"{TOKENIZER}\")"
    ],
    "postgresql": [
        f"CREATE TABLE {INDEX} (rowid bigint PRIMARY KEY, document tsvector NOT NULL)",
        f"CREATE INDEX {INDEX}_words ON {INDEX} USING gin (document)",
    ],
}
POSTGRESQL_FOLD = f"""
CREATE OR REPLACE FUNCTION records_fold(given text) RETURNS text AS $fold$
DECLARE
    t text := left(given, {CHARACTERS});
BEGIN
    IF octet_length(t) <> length(t) THEN
        t := regexp_replace(normalize(t, NFD), '([A-Za-z])[{MARKS}]+', '\\1', 'g');
        t := normalize(t, NFC);
        IF t ~ '[{"".join(LETTERS)}]' THEN
            t := {REPLACED};
        END IF;
        t := regexp_replace(t, '[{_separators()}]+', ' ', 'g');
    END IF;
    t := replace(regexp_replace(t, '[{ASCII_MARKS}]+', ' ', 'g'), E'\\x7f', '{BORDER}');
    RETURN regexp_replace(t, '([0-9])[eE](?=[0-9])', '\\1{OTHER_E}', 'g');
END $fold$ LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
"""
POSTGRESQL_TRIGGERS = [
    f"""
CREATE OR REPLACE FUNCTION records_index_insert() RETURNS trigger AS $body$
BEGIN
    INSERT INTO {INDEX}(rowid, document)
    SELECT added.id, {_postgresql_document("added.")} FROM added;
    RETURN NULL;
END $body$ LANGUAGE plpgsql
""",
    f"""
CREATE OR REPLACE FUNCTION records_index_delete() RETURNS trigger AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE {INDEX};
    ELSE
        DELETE FROM {INDEX} WHERE rowid IN (SELECT id FROM gone);
    END IF;
    RETURN NULL;
END $body$ LANGUAGE plpgsql
""",
    f"CREATE OR REPLACE TRIGGER {INDEX}_insert AFTER INSERT ON {RECORDS} "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION records_index_insert()",
    f"CREATE OR REPLACE TRIGGER {INDEX}_delete AFTER DELETE ON {RECORDS} "
    "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION records_index_delete()",
    f"CREATE OR REPLACE TRIGGER {INDEX}_truncate AFTER TRUNCATE ON {RECORDS} "
    "FOR EACH STATEMENT EXECUTE FUNCTION records_index_delete()",
]
