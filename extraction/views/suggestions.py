"""What the library of instruments says of an outcome, for the fields still blank."""

from dataclasses import dataclass

from extraction import groups
from extraction.schema import FieldSpec, Instrument, shipped_instruments
from extraction.views.sheet import Part, Sheet
from extraction.vocabularies import Vocabularies, bare

# What an instrument says, by the meaning of the question it answers.
SUGGESTED = {
    "unit": "unit",
    "domain": "domain",
    "range.low": "range_min",
    "range.high": "range_max",
    "direction": "direction",
}


@dataclass(frozen=True)
class Suggested:
    """An answer that the library offers."""

    spec: FieldSpec
    text: str

    @property
    def shown(self) -> str:
        """Return the answer as a person reads it."""
        return self.spec.choice_label(self.text)


def suggestion(sheet: Sheet, part: Part, vocabularies: Vocabularies) -> list[Suggested]:
    """Return what the library says of an outcome's instrument, for the fields still blank."""
    element = part.element
    named = element.meant.get("instrument") if element else None
    if element is None or named is None or element.group != groups.OUTCOME:
        return []
    instrument = _instrument(named.text, vocabularies)
    if instrument is None:
        return []
    found = []
    for means, attribute in SUGGESTED.items():
        spec = sheet.copy.form.meaning(element.group, means)
        text = getattr(instrument, attribute)
        if spec is None or not text or spec.key in element.cells:
            continue
        if not spec.choices or text in {choice.key for choice in spec.choices}:
            found.append(Suggested(spec, text))
    return found


def _instrument(name: str, vocabularies: Vocabularies) -> Instrument | None:
    """Return the instrument that goes by a name, here or in the review."""
    wanted = {bare(name), bare(vocabularies.instruments.term(name))} - {""}
    for one in shipped_instruments():
        if wanted & {bare(known) for known in (one.name, one.key, *one.aliases)}:
            return one
    return None
