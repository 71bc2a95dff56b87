"""The parts in which a paper may print a summary statistic."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One part of a summary statistic; ``measured`` ones are in the unit of the question."""

    label: str
    type: str
    measured: bool = False
    minimum: str = ""
    choices: tuple[tuple[str, str], ...] = ()


PARTS: dict[str, Part] = {
    "centre": Part(
        "centre", "choice", choices=(("mean", "Mean"), ("median", "Median"), ("none", "None given"))
    ),
    "value": Part("value", "decimal", measured=True),
    "spread": Part(
        "spread",
        "choice",
        choices=(
            ("sd", "SD"),
            ("se", "SE"),
            ("ci95", "95 % CI"),
            ("ci_other", "Other CI"),
            ("iqr", "IQR"),
            ("unclear", "Unclear which"),
            ("none", "None given"),
        ),
    ),
    "spread_value": Part("SD or SE", "decimal", minimum="0"),
    "spread_low": Part("lower limit", "decimal", measured=True),
    "spread_high": Part("upper limit", "decimal", measured=True),
    "min": Part("lowest", "decimal", measured=True),
    "max": Part("highest", "decimal", measured=True),
    "n": Part("number", "integer", minimum="0"),
    "unit": Part(
        "unit",
        "choice",
        choices=(("days", "Days"), ("weeks", "Weeks"), ("months", "Months"), ("years", "Years")),
    ),
}
