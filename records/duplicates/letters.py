"""The plain form of a text: what is left when case, accents, markup and punctuation are gone."""

import html
import re
import unicodedata

from records.duplicates.misread import ASKED, LOST, MARK

# Letters that decomposition leaves whole, and look-alikes of Latin letters in other scripts.
ALIKE = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i",
        "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "i", "ј": "j", "һ": "h",
        "ο": "o", "ι": "i", "ν": "v", "υ": "u",
    }
)  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega",
}  # fmt: skip
LOOKS = {"α": "a", "ε": "e", "κ": "k", "ρ": "p", "τ": "t", "χ": "x"}
GREEK_LETTER = re.compile("[α-ω]")
MARKUP = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|inf|sc|tt|p|br|span|font|small|italic|bold|underline|div|a"
    r"|mml:[a-z]{1,12}|jats:[a-z]{1,12})(?:[\s/][^<>]{0,200})?>",
    re.IGNORECASE,
)
WORDS = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")


def plain(text: str) -> str:
    """Return a text in small plain letters and figures, its words parted by single spaces."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = MARKUP.sub(" ", text)
    if "?" in text:
        text = ASKED.sub("", text)
    if text.isascii():
        return " ".join(WORDS.findall(text.lower().replace("'", "").replace("`", "")))
    text = unicodedata.normalize("NFKD", text.replace(LOST, "")).casefold()
    text = "".join(c for c in text if c.isascii() or unicodedata.category(c) not in {"Mn", "Cf"})
    if GREEK_LETTER.search(text):
        text = _spell_greek(text)
    return " ".join(WORDS.findall(APOSTROPHES.sub("", text.translate(ALIKE))))


def marked(text: str) -> str:
    """Return the plain form of a mended text, with ``MARK`` for each letter that was lost."""
    return plain(text.replace(LOST, MARK))


def _spell_greek(text: str) -> str:
    """Write Greek letters that stand as symbols with their names, others as what they look like."""
    return GREEK_LETTER.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    letter, text, at = found.group(), found.string, found.start()
    if at and text[at - 1].isalpha() and text[at + 1 : at + 2].isalpha():
        return LOOKS.get(letter, letter)
    return GREEK.get(letter, letter)
