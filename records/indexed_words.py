"""Whether the index of the search holds the records: all of them, and of some every word."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from records.text_index import INDEX, RECORDS, TABLE, document_of, missing
from reviews.models import Review

SAMPLE = 200
COPY = "temp.records_sampledtext"
# A contentless table cannot be read, but it knows how many words it took of each row.
KNOWN = {"sqlite": f"SELECT id FROM {INDEX}_docsize", "postgresql": f"SELECT rowid FROM {INDEX}"}


def problems(review: Review) -> Iterator[str]:
    """Name the records of a review that the search does not hold as they are.

    Each is looked up; the words are compared of a sample drawn anew each time, or of all where
    there are few.
    """
    if missing():
        return
    with connection.cursor() as cursor:
        known = KNOWN[connection.vendor]
        of_review = f"FROM {RECORDS} WHERE review_id = %s"
        absent = f"SELECT number {of_review} AND id NOT IN ({known}) ORDER BY number"
        cursor.execute(absent, [review.pk])
        yield from _named(cursor.fetchall(), "is not in the index of the search")
        drawn = f"SELECT id {of_review} AND id IN ({known}) ORDER BY random() LIMIT {SAMPLE}"
        cursor.execute(drawn, [review.pk])
        sample = [key for (key,) in cursor.fetchall()]
        differ = _in_postgresql if connection.vendor == "postgresql" else _in_sqlite
        yield from _named(differ(cursor, sample), "has other words in the index of the search")


def strangers() -> Iterator[str]:
    """Name what the index holds and no record gave."""
    if missing():
        return
    with connection.cursor() as cursor:
        known = KNOWN[connection.vendor]
        cursor.execute(f"{known} EXCEPT SELECT id FROM {RECORDS} ORDER BY 1")
        for (key,) in cursor.fetchall():
            yield f"index of the search, row {key}: there is no such record"


def _in_postgresql(cursor: Any, sample: list[int]) -> list[Any]:
    cursor.execute(
        f"SELECT number FROM {RECORDS} r JOIN {INDEX} t ON t.rowid = r.id "
        f"WHERE r.id = ANY(%s) AND t.document IS DISTINCT FROM {document_of('r.')} "
        "ORDER BY number",
        [sample],
    )
    return list(cursor.fetchall())


def _in_sqlite(cursor: Any, sample: list[int]) -> list[Any]:
    """Return the numbers of the sampled records whose words are others.

    As many words as the record has, and all of them found one behind the other, are its words.
    """
    cursor.execute(f"DROP TABLE IF EXISTS {COPY}")
    cursor.execute(TABLE["sqlite"][0].replace(f"TABLE {INDEX}", f"TABLE {COPY}"))
    phrase = f"""'"' || replace(replace({document_of("r.")}, '"', ' '), char(0), ' ') || '"'"""
    differ = []
    for key in sample:
        cursor.execute(
            f"INSERT INTO {COPY}(rowid, document) "
            f"SELECT id, {document_of()} FROM {RECORDS} WHERE id = %s",
            [key],
        )
        cursor.execute(
            f"SELECT number, (SELECT sz FROM {INDEX}_docsize WHERE id = r.id) IS "
            f"(SELECT sz FROM {COPY}_docsize WHERE id = r.id) AND EXISTS "
            f"(SELECT 1 FROM {INDEX} WHERE {INDEX} MATCH {phrase} AND rowid = r.id) "
            f"FROM {RECORDS} r WHERE r.id = %s",
            [key],
        )
        number, same = cursor.fetchone()
        if not same:
            differ.append((number,))
    cursor.execute(f"DROP TABLE {COPY}")
    return sorted(differ)


def _named(numbers: list[Any], what: str) -> Iterator[str]:
    for (number,) in numbers:
        yield f"records.record number {number}: {what}"
