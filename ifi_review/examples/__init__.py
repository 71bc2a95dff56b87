"""The three worked examples, loaded through the product's own services."""

from ifi_review.examples.illustration import load_illustration
from ifi_review.examples.people import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD, sample_people
from ifi_review.examples.practice import load_practice
from ifi_review.examples.public_evidence import load_public_evidence

__all__ = [
    "SAMPLE_ACCOUNTS",
    "SAMPLE_PASSWORD",
    "load_illustration",
    "load_practice",
    "load_public_evidence",
    "sample_people",
]
