"""What the list of records can be narrowed to, read in one query however large the review is."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from records.choices import BatchStanding
from reviews.models import Membership

MOST_VALUES = 100
# The different values of a column, each found by one step down its index: the steps are as many as
# the values, where DISTINCT would read every record.
STEPS = """
{name}(value, step) AS (
    SELECT MIN({name}), 1 FROM records_record WHERE review_id = %s AND {name} > ''
    UNION ALL
    SELECT (SELECT MIN({name}) FROM records_record WHERE review_id = %s AND {name} > value),
           step + 1
    FROM {name} WHERE value IS NOT NULL AND step < {most}
)"""
CHOICES = """
WITH RECURSIVE {language}, {record_type}
SELECT 'source' AS kind, CAST(uid AS text) AS value, name AS words, '' AS more
  FROM records_source WHERE review_id = %s
UNION ALL
SELECT 'batch', CAST(b.uid AS text), b.file_name, s.name
  FROM records_importbatch b JOIN records_source s ON s.id = b.source_id
  WHERE b.review_id = %s AND EXISTS (SELECT 1 FROM records_batchstate t
    WHERE t.batch_id = b.id AND t.superseded_at IS NULL AND t.standing = %s)
UNION ALL
SELECT 'label', CAST(l.uid AS text), d.name, CASE WHEN l.shared THEN 'shared' ELSE '' END
  FROM records_label l JOIN records_labeldetails d ON d.label_id = l.id
  WHERE l.review_id = %s AND (l.owner_id = %s OR l.shared)
    AND d.superseded_at IS NULL AND NOT d.removed
UNION ALL
SELECT 'view', name, name, query
  FROM records_savedview WHERE member_id = %s AND superseded_at IS NULL AND NOT removed
UNION ALL
SELECT 'language', value, value, '' FROM language WHERE value IS NOT NULL
UNION ALL
SELECT 'language', language, language, 'people' FROM records_recorddetails
  WHERE review_id = %s AND superseded_at IS NULL AND language > ''
UNION ALL
SELECT 'record_type', value, value, '' FROM record_type WHERE value IS NOT NULL
"""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its value in the address, and the words for it."""

    value: str
    words: str
    more: str = ""


@dataclass
class Choices:
    """Everything the list can be narrowed to, in the order of their words."""

    source: list[Choice] = field(default_factory=list)
    batch: list[Choice] = field(default_factory=list)
    label: list[Choice] = field(default_factory=list)
    view: list[Choice] = field(default_factory=list)
    language: list[Choice] = field(default_factory=list)
    record_type: list[Choice] = field(default_factory=list)


def choices_of(member: Membership) -> Choices:
    """Return what this member can narrow the list to, their own labels and views; one query."""
    steps = {
        name: STEPS.format(name=name, most=MOST_VALUES) for name in ("language", "record_type")
    }
    review = member.review_id
    params: list[int | str] = [
        *[review] * 6, BatchStanding.PUBLISHED, review, member.pk, member.pk, review,
    ]  # fmt: skip
    statement = CHOICES.format(**steps)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchall()
    choices = Choices()
    for kind, value, words, more in sorted(found, key=lambda row: (row[2].casefold(), row[1])):
        named = kind in {"source", "batch", "label"}
        choice = Choice(str(UUID(value)) if named else value, words, more)
        getattr(choices, kind).append(choice)
    return choices
