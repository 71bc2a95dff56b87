"""What the events of screening say in the activity: never a verdict."""

PHRASES = {
    "screening.seats_dealt": "dealt records to the reviewers",
    "screening.seats_dealt_anew": "dealt the records of people who left anew",
    "screening.stage_opened": "opened a stage for screening",
    "screening.stage_reopened": "opened a stage again",
    "screening.stage_closed": "closed a stage and released its records",
    "screening.records_released": "released records that both had decided",
    "screening.conflicts_handed_over": "handed conflicts over to the adjudicators",
    "screening.decision_submitted": "voted on a record",
    "screening.decision_withdrawn": "took a vote back",
    "screening.discussion_recorded": "entered an answer in a discussion",
    "screening.conflict_adjudicated": "settled a conflict",
    "screening.full_text_set": "said where a full text stands",
    "screening.full_texts_set": "said where several full texts stand",
}
