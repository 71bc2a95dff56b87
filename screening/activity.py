"""What the events of screening say in the activity, never a verdict, and which change reports."""

PHRASES = {
    "screening.seats_dealt": "dealt records to the reviewers",
    "screening.seats_dealt_anew": "dealt the places at a stage anew",
    "screening.stage_opened": "opened a stage for screening",
    "screening.stage_reopened": "opened a stage again",
    "screening.stage_closed": "closed a stage and released its records",
    "screening.records_released": "released records that both had decided",
    "screening.conflicts_handed_over": "handed conflicts over to the adjudicators",
    "screening.decision_submitted": "voted on a record",
    "screening.decision_withdrawn": "took a vote back",
    "screening.discussion_recorded": "entered an answer in a discussion",
    "screening.conflict_adjudicated": "settled a conflict",
    "screening.doubt_raised": "doubted that a report is settled rightly",
    "screening.doubt_withdrawn": "took a doubt about a report back",
    "screening.doubt_dismissed": "answered a doubt: a report stays as it is",
    "screening.report_excluded_late": "excluded a report found ineligible at extraction",
    "screening.report_included_again": "included a report again",
    "screening.full_text_set": "said where a full text stands",
    "screening.full_texts_set": "said where several full texts stand",
}
REPORTED = frozenset(
    {
        "screening.records_released",
        "screening.stage_closed",
        "screening.full_text_set",
        "screening.full_texts_set",
    }
)
# A vote or a settlement that releases something, or settles anew what is released, writes a
# ``Release``, and is reported for that.
UNREPORTED = frozenset(
    {
        "screening.seats_dealt",
        "screening.seats_dealt_anew",
        "screening.stage_opened",
        "screening.stage_reopened",
        "screening.conflicts_handed_over",
        "screening.decision_submitted",
        "screening.decision_withdrawn",
        "screening.discussion_recorded",
        "screening.conflict_adjudicated",
        "screening.doubt_raised",
        "screening.doubt_withdrawn",
        "screening.doubt_dismissed",
        "screening.report_excluded_late",
        "screening.report_included_again",
    }
)
# They tell by their mere existence what another extractor found.
DOUBTS = frozenset(
    {"screening.doubt_raised", "screening.doubt_withdrawn", "screening.doubt_dismissed"}
)
