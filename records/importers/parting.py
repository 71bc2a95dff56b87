"""Parting a field in which services write several names or keywords one after another."""

import re

SEMICOLONS = re.compile("[;\uff1b]")
# Chinese and Japanese characters: a name in these has no comma within.
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
COMMAS = re.compile("[,\uff0c\u3001]")
LATIN = re.compile("[A-Za-z]")


def parted(text: str) -> list[str]:
    """Return what stands between semicolons, half-width or full-width."""
    return SEMICOLONS.split(text)


def names_in(text: str) -> list[str]:
    """Return the names of a field: parted at semicolons, Chinese ones at commas too."""
    if IDEOGRAPHS.search(text) and not LATIN.search(text):
        text = COMMAS.sub(";", text)
    return parted(text)
