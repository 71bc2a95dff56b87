"""How the journal layouts of tables by treatment join cells: counts, cohorts and totals."""

from collections.abc import Mapping, Sequence

from reporting.definitions import Cell, Joined
from reporting.layouts import share

# What stands of a row in the column of cohorts: a total has none, and says who is in it there.
COHORT_OR_REPORTING = "cohort_or_reporting"


def cohort_or_reporting(named: Mapping[str, str] | None = None) -> Joined:
    """Return the column of cohorts, in which totals say how many of how many studies report.

    ``named`` gives what a total says of several columns the words of the layout's headings.
    """

    def write(cells: Sequence[Cell]) -> str:
        cohort, reporting = cells
        return cohort.text or by_x_of_y(reporting.text, named or {})

    return Joined(
        key=COHORT_OR_REPORTING,
        heading="Cohort (of totals: studies reporting)",
        of=("cohort", "studies_reporting"),
        write=write,
    )


def by_x_of_y(text: str, named: Mapping[str, str]) -> str:
    """Write what has one x of y together: revision, other 4 of 4; crossover 0 of 4."""
    together: dict[str, list[str]] = {}
    for part in text.split("; "):
        words = part.split(" ")
        name, x_of_y = " ".join(words[:-3]), " ".join(words[-3:])
        together.setdefault(x_of_y, []).append(named.get(name, name))
    return "; ".join(f"{', '.join(names)} {x_of_y}".strip() for x_of_y, names in together.items())


def affected_and_events(cells: Sequence[Cell]) -> str:
    """Write who was affected with the percentage, and events where they are another number.

    Events are called so, and never stand where those affected are counted: 2/12 (17 %); 3 events.
    """
    affected, percent, events = cells
    said = affected.text if affected.missing else share((affected, percent))
    count = affected.text.partition("/")[0]
    if not events.text or events.missing or events.text == count:
        return said
    times = f"{events.text} {'event' if events.text == '1' else 'events'}"
    return f"{said}; {times}" if said else times
