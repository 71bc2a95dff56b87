"""How the records of an example are screened by its two reviewers."""

from collections.abc import Iterable, Mapping

from ifi_review.examples.people import Team
from records.models import Record
from screening.choices import Retrieval, Stage, Verdict
from screening.services import (
    close_stage,
    open_stage,
    release_records,
    set_full_text,
    submit_decision,
)


def include_all(team: Team, records: Iterable[Record]) -> None:
    """Carry records through both stages with two inclusions each."""
    records = list(records)
    both = [team.first, team.second]
    open_stage(lead=team.lead, stage=Stage.TITLE_ABSTRACT, screeners=both)
    vote_twice(team, records, Stage.TITLE_ABSTRACT)
    close_stage(lead=team.lead, stage=Stage.TITLE_ABSTRACT)
    open_stage(lead=team.lead, stage=Stage.FULL_TEXT, screeners=both)
    retrieve(team, records)
    vote_twice(team, records, Stage.FULL_TEXT)
    close_stage(lead=team.lead, stage=Stage.FULL_TEXT)


def include_full_texts(team: Team, records: Iterable[Record]) -> None:
    """Retrieve some full texts, have both include them, and release that batch."""
    records = list(records)
    both = [team.first, team.second]
    open_stage(lead=team.lead, stage=Stage.FULL_TEXT, screeners=both)
    retrieve(team, records)
    vote_twice(team, records, Stage.FULL_TEXT)
    release_records(lead=team.lead, stage=Stage.FULL_TEXT)


def retrieve(team: Team, records: Iterable[Record]) -> None:
    """Mark full texts as retrieved, which deals their seats."""
    for record in records:
        set_full_text(lead=team.lead, record=record, standing=Retrieval.RETRIEVED)


def vote_twice(team: Team, records: Iterable[Record], stage: str) -> None:
    """Have both reviewers include records."""
    for record in records:
        for member in (team.first, team.second):
            submit_decision(reviewer=member, record=record, stage=stage, verdict=Verdict.INCLUDE)


def vote_as_suggested(
    team: Team,
    records: Mapping[str, Record],
    suggested: Iterable[Mapping[str, str]],
    disagreements: Mapping[str, Mapping[str, str]],
) -> None:
    """Cast the demonstration votes: as suggested, and the second's disagreements."""
    seen: set[int] = set()
    for row in suggested:
        record = records[row["record"]]
        if record.pk in seen:
            continue
        seen.add(record.pk)
        for member, vote in (
            (team.first, row),
            (team.second, {**row, **disagreements.get(row["record"], {})}),
        ):
            submit_decision(
                reviewer=member,
                record=record,
                stage=Stage.TITLE_ABSTRACT,
                verdict=vote["verdict"],
                note=vote["reason"] or vote["note"],
            )
