"""How a service runs: all or nothing, again after a deadlock, and refused in plain words.

Between the look and the lock another person may act: what was there is gone, or stands twice. And
what was sent may be more than a database keeps. The services, the pages and the commands all let
``as_refusal`` say so, so that there is one place where it is said.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from reviews.audit import StaleRow

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

TRIED_AGAIN = 3
# What PostgreSQL calls a transaction that it broke off for the sake of another: it may be repeated.
BROKEN_OFF = {"40001", "40P01"}
REFUSED_IN_WORDS = (
    ValidationError,
    ObjectDoesNotExist,
    IntegrityError,
    StaleRow,
    DataError,
    OverflowError,
    UnicodeError,
)


def all_or_nothing(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction, and again where the database broke it off for another.

    It is tried again three times, from the beginning and in a new transaction; a service that is
    part of a larger one leaves that to the larger one. What stops it is a ``ValidationError``.
    """

    @wraps(service)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        again = 0 if connection.in_atomic_block else TRIED_AGAIN
        while True:
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except OperationalError as problem:
                if not again or not is_broken_off(problem):
                    raise
                again -= 1
                logger.warning("%s was broken off and is tried again", service.__qualname__)
            except REFUSED_IN_WORDS as problem:
                refusal = as_refusal(problem)
                if refusal is problem:
                    raise
                logger.info("%s was refused", service.__qualname__, exc_info=problem)
                raise refusal from problem

    return whole


def is_broken_off(problem: OperationalError) -> bool:
    """Say whether a transaction lost to another one, in a deadlock or by their order."""
    return getattr(problem.__cause__, "pgcode", None) in BROKEN_OFF


def as_refusal(problem: Exception) -> ValidationError:
    """Return what a person is told of a problem that is one of ``REFUSED_IN_WORDS``."""
    if isinstance(problem, ValidationError):
        return problem
    if isinstance(problem, ObjectDoesNotExist):
        return ValidationError(
            "This is no longer there, or no longer yours: somebody changed it meanwhile. "
            "Nothing was saved; go back and look at it again.",
            code="gone",
        )
    if isinstance(problem, IntegrityError | StaleRow):
        return ValidationError(
            "This was changed at the same moment. Nothing was saved; look at it again.",
            code="changed_meanwhile",
        )
    return ValidationError(
        "Something that was sent cannot be kept: a number or a date far out of range, or a "
        "character that is none. Nothing was saved.",
        code="unreadable",
    )
