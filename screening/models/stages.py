"""Stages: whether they are open for votes, and who screens."""

from django.db import models

from reviews.models import Membership
from reviews.versions import CURRENT, Versioned
from screening.choices import Stage, StageStanding


class StageState(Versioned):
    """Whether a stage is open for votes."""

    stage = models.CharField(max_length=20, choices=Stage)
    standing = models.CharField(max_length=20, choices=StageStanding)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "stage"], condition=CURRENT, name="stage_state_one_current"
            ),
        ]


class Screener(Versioned):
    """A member among whom the seats of a stage are dealt."""

    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stage", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "member"], condition=CURRENT, name="screener_once_a_stage"
            ),
        ]
