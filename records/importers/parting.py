"""Parting a field in which services write several names one after another."""

import re

from records.importers import markup

SEMICOLONS = re.compile("[;\uff1b]")
# Chinese and Japanese characters: a name in these has no comma within.
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
COMMAS = re.compile("[,\uff0c\u3001]")
LATIN = re.compile("[A-Za-z]")


def names_in(text: str) -> list[str]:
    """Return the names of a field: parted at semicolons, Chinese ones at commas too."""
    text = markup.decoded(text)
    if IDEOGRAPHS.search(text) and not LATIN.search(text):
        text = COMMAS.sub(";", text)
    return SEMICOLONS.split(text)
