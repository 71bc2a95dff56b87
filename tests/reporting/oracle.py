"""Totals made anew from the long table of values alone: slow, plain, and written apart.

It shares no code with the product. It reads the rows as any script would, and follows the rules of
``docs/statistical-methods.md`` sentence by sentence.
"""

from collections import defaultdict
from fractions import Fraction

CLASSES = (
    "complication", "revision", "conversion", "other_reoperation", "any_reoperation",
    "planned_removal", "crossover",
)  # fmt: skip


class Thing:
    """One element of one study: its name, its parent's name, and its answers by meaning."""

    def __init__(self, name):
        self.name, self.parent, self.answers = name, "", {}

    def text(self, means):
        value, missing = self.answers.get(means, ("", ""))
        return "" if missing else value

    def number(self, means):
        text = self.text(means)
        return Fraction(text) if text else None


class Paper:
    """One study: its elements by group and name."""

    def __init__(self):
        self.groups = defaultdict(dict)

    def all(self, group):
        return list(self.groups[group].values())

    def parts_of(self, name):
        """Return the names of the cohorts that lie in a cohort, directly or not."""
        found = []
        for cohort in self.all("cohort"):
            if name in self.wholes_of(cohort.name):
                found.append(cohort.name)
        return found

    def wholes_of(self, name):
        found, above = [], self.groups["cohort"][name].text("part_of")
        while above and above not in found and above != name:
            found.append(above)
            above = self.groups["cohort"][above].text("part_of")
        return found

    def treated(self, name):
        """Return the interventions that a cohort had, and whether they are its parts' only."""

        def naming(names):
            return [
                i for i in self.all("intervention")
                if set(names) & set(filter(None, i.text("cohorts").split("; ")))
            ]  # fmt: skip

        for one in [name, *self.wholes_of(name)]:
            if naming([one]):
                return naming([one]), False
        return naming(self.parts_of(name)), True

    def categories(self, name):
        interventions, _ = self.treated(name)
        return {i.text("category") or "not stated" for i in interventions} or {"not stated"}

    def is_mixed(self, name):
        return self.treated(name)[1] and len(self.categories(name)) > 1

    def category_of(self, thing):
        after = thing.text("after")
        if after:
            return self.groups["intervention"][after].text("category") or "not stated"
        found = self.categories(thing.parent)
        return found.pop() if len(found) == 1 else "several treatments"


def read(rows):
    """Return the studies of the long table by label."""
    papers = defaultdict(Paper)
    for row in rows:
        paper = papers[row["study"]]
        thing = paper.groups[row["group"]].setdefault(row["element"], Thing(row["element"]))
        thing.parent = row["parent"] or thing.parent
        thing.answers[row["meaning"] or row["question"]] = (row["value"], row["missing"])
    return papers


def people(paper, means):
    """Yield cohort, category, unit, n, of for a number of people."""
    for cohort in paper.all("cohort"):
        unit = means.partition(".")[0]
        categories = paper.categories(cohort.name)
        if paper.is_mixed(cohort.name):
            categories = {"several treatments"}
        for category in categories:
            yield cohort.name, category, unit, cohort.number(means), None


def events_told(paper, event_class):
    """Yield cohort, category, events, affected, of, unit for the events of one class."""
    found = defaultdict(list)
    for event in paper.all("event"):
        if event.text("class") == event_class:
            found[event.parent, paper.category_of(event)].append(event)
    for (cohort, category), events in found.items():
        yield (cohort, category, *told(events))


def told(events):
    wholes = [e for e in events if not any(e.text(a) for a in ("type", "grade", "major", "time"))]
    kinds = [e for e in events if e not in wholes]
    if len(wholes) > 1:
        return None, None, None, ""
    along = []
    for axis in ("type", "grade", "major", "time"):
        along = [e for e in kinds if e.text(axis)]
        if along:
            break

    def how_often(event):
        if event.number("events") is None and event.number("affected") == 0:
            return Fraction(0)
        return event.number("events")

    def how_many(event):
        if event.number("affected") is None and event.number("events") in (0, 1):
            return event.number("events")
        return event.number("affected")

    often = how_often(wholes[0]) if wholes else None
    if often is None and along and all(how_often(e) is not None for e in along):
        often = sum(how_often(e) for e in along)
    many, by = None, None
    if wholes and how_many(wholes[0]) is not None:
        many, by = how_many(wholes[0]), wholes[0]
    elif along:
        happened = [e for e in along if how_often(e) != 0 and how_many(e) != 0]
        only = (happened or along)[0]
        whole = wholes[0].number("events") if wholes else None
        if len(happened) <= 1 and (whole is None or whole == how_often(only)):
            many, by = (how_many(only) if happened else Fraction(0)), only
    looked = [e for e in (by, *wholes, *along) if e is not None]
    units = [e.text("of.unit") for e in looked if e.text("of.unit")]
    unit = units[0] if units else ""
    of = next(
        (e.number("of") for e in looked
         if e.number("of") is not None and e.text("of.unit") in ("", unit)),
        None,
    )  # fmt: skip
    return often, many, of, unit


def figures(paper, quantity):
    """Yield cohort, category, unit, n, of; n is None where it cannot be summed."""
    kind, _, rest = quantity.partition(".")
    if quantity in ("patients", "units"):
        yield from people(paper, f"{quantity}.treated")
    elif kind == "events":
        for cohort, category, often, _, _, _ in events_told(paper, rest):
            yield cohort, category, "events", often, None
    elif kind == "affected":
        for cohort, category, _, many, of, unit in events_told(paper, rest):
            usable = many is not None and of is not None and unit
            yield cohort, category, unit, (many if usable else None), of
    elif kind == "activity":
        yield from returned(paper, *rest.split("."))
    elif quantity == "women":
        yield from women(paper)
    else:
        yield from asked(paper, quantity)


def women(paper):
    for cohort in paper.all("cohort"):
        n, of = cohort.number("women"), cohort.number("women.of")
        if "women.of" not in cohort.answers:
            of = cohort.number("patients.treated")
        mixed = paper.is_mixed(cohort.name)
        for category in {"several treatments"} if mixed else paper.categories(cohort.name):
            yield cohort.name, category, "patients", (None if of is None else n), of


def asked(paper, quantity):
    """Yield who was satisfied, or would do it again."""
    found = defaultdict(list)
    for one in paper.all("satisfaction"):
        if quantity in one.answers:
            found[one.parent, paper.category_of(one)].append(one)
    for (cohort, category), several in found.items():
        one = several[0]
        n, of, unit = one.number("satisfied"), one.number("of"), one.text("of.unit")
        if quantity == "again":
            n, of = one.number("again"), one.number("again.of")
            unit = one.text("again.unit") or unit
        usable = n is not None and of is not None and unit and len(several) == 1
        yield cohort, category, unit, (n if usable else None), of


def returned(paper, kind, level):
    found = defaultdict(list)
    for activity in paper.all("activity"):
        if activity.text("kind") == kind:
            found[activity.parent, paper.category_of(activity)].append(activity)
    for (cohort, category), several in found.items():
        one = several[0]
        unit = one.text("of.unit") or "patients"
        n, of = one.number(level), one.number("assessed")
        if level == "any" and n is None:
            names = ("higher", "same", "lower")
            if one.number("same_or_higher") is not None:
                names = ("same_or_higher", "lower")
            parts = [one.number(name) for name in names]
            n = None if None in parts else sum(parts)
        if level == "same_or_higher" and n is None:
            parts = [one.number("same"), one.number("higher")]
            n = None if None in parts else sum(parts)
        usable = n is not None and of is not None and len(several) == 1
        yield cohort, category, unit, (n if usable else None), of


def once(papers, quantity):
    """Return the sum over people, each once, with the studies in it: patients, units."""
    total, reporting = Fraction(0), set()
    for label, paper in papers.items():
        counting = {c.name for c in paper.all("cohort") if c.text("counts") == "yes"}
        for cohort in paper.all("cohort"):
            above = set(paper.wholes_of(cohort.name))
            number = cohort.number(f"{quantity}.treated")
            if cohort.name in counting and not above & counting and number is not None:
                total += number
                reporting.add(label)
    return total, reporting


def women_once(papers):
    """Return women, and out of how many, over people counted once, with the studies in it."""
    n = of = Fraction(0)
    reporting = set()
    for label, paper in papers.items():
        counting = {c.name for c in paper.all("cohort") if c.text("counts") == "yes"}
        for cohort, known, whole in {(row[0], row[3], row[4]) for row in women(paper)}:
            once = cohort in counting and not set(paper.wholes_of(cohort)) & counting
            if once and known is not None:
                n, of = n + known, of + whole
                reporting.add(label)
    return n, of, reporting


def by_treatment(papers, quantity):
    """Return numerator, denominator, studies in the sum and studies of it, by category and unit."""
    share = not quantity.startswith(("patients", "units", "events"))
    found = {}
    categories = {
        category
        for paper in papers.values()
        for cohort in paper.all("cohort")
        if not paper.is_mixed(cohort.name)
        for category in paper.categories(cohort.name)
    }
    for category in [*categories, "several treatments"]:
        rows = {label: _usable(paper, quantity, category) for label, paper in papers.items()}
        inside = {label for label, paper in papers.items() if _is_in(paper, quantity, category)}
        if category == "several treatments" and not inside:
            continue
        units = {row[2] for label in inside for row in rows[label] if row[3] is not None}
        for unit in units or {""}:
            n = of = Fraction(0)
            reporting = set()
            for label in inside:
                taken = _taken(papers[label], rows[label], unit, share, quantity)
                n += sum(row[3] for row in taken)
                of += sum(row[4] for row in taken) if share else 0
                if taken:
                    reporting.add(label)
            found[category, unit] = (n, of, reporting, inside)
    return found


def _usable(paper, quantity, category):
    """Return the rows of a category that may stand in a sum."""
    every = list(figures(paper, quantity))
    found = []
    for row in every:
        cohort = paper.groups["cohort"][row[0]]
        subset = any(
            paper.groups["cohort"][other.name].text("kind") == "eligible_subset"
            and other.text("part_of") == cohort.name
            for other in paper.all("cohort")
        )
        aside = cohort.text("counts") != "yes" and subset
        summed = row[1] == category and cohort.text("kind") != "subgroup" and not aside
        mixed = category == "several treatments"
        if summed and not (mixed and _told_by_parts(paper, row, every)):
            found.append(row)
    return found


def _told_by_parts(paper, row, every):
    inside = paper.parts_of(row[0])
    return any(r[0] in inside and r[1] != "several treatments" and r[3] is not None for r in every)


def _is_in(paper, quantity, category):
    every = list(figures(paper, quantity))
    here = [row for row in every if row[1] == category]
    if category == "several treatments":
        return any(not _told_by_parts(paper, row, every) for row in here)
    cohorts = [c.name for c in paper.all("cohort") if not paper.is_mixed(c.name)]
    return bool(here) or any(category in paper.categories(name) for name in cohorts)


def _taken(paper, rows, unit, share, quantity):
    known = [row for row in rows if row[3] is not None and row[2] == unit]
    names = {row[0] for row in known}
    taken = [row for row in known if not names & set(paper.wholes_of(row[0]))]
    limbs = [r for r in taken if paper.groups["cohort"][r[0]].text("kind") == "paired_limb"]
    if unit == "patients" and len(limbs) > 1:
        taken = [row for row in taken if row not in limbs]
    if quantity.startswith("affected"):
        covering = {row[0] for row in taken}
        for row in rows:
            around = {*paper.wholes_of(row[0]), *paper.parts_of(row[0])}
            if row[3] is None and row[2] in ("", unit) and not covering & around:
                return []
    return taken
