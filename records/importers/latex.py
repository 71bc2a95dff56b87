"""LaTeX as it stands in reference files, to characters; nothing is ever carried out.

Accents, letters, symbols and marks of type become plain text in one pass with
no recursion. A command that is not known stays as it is written.
"""

import html
import re
import unicodedata
from functools import lru_cache

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
BARE_ACCENTS = {"\u0302": "^", "\u0303": "~", "\u0300": "`", "\u0301": "'", "\u0308": '"'}
LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "pm": "±",
    "times": "×", "div": "÷", "cdot": "·", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "infty": "∞",
    "propto": "∝", "rightarrow": "→", "to": "→", "leftarrow": "←", "uparrow": "↑",
    "downarrow": "↓", "leftrightarrow": "↔", "circ": "°", "degree": "°", "textdegree": "°",
    "prime": "′", "sum": "∑", "surd": "√", "partial": "∂", "in": "∈", "ldots": "…", "dots": "…",
    "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "quotedblbase": "„",
    "quotesinglbase": "‚", "guillemotleft": "«", "guillemotright": "»", "textquotesingle": "'",
    "textquotedbl": '"', "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`",
    "backslash": "\\",
    "textbackslash": "\\", "textbar": "|", "textless": "<", "textgreater": ">", "lt": "<",
    "gt": ">", "textunderscore": "_", "textbraceleft": "{", "textbraceright": "}",
    "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©",
    "textpm": "±", "texttimes": "×", "textmu": "µ", "micro": "µ", "textdollar": "$",
    "textperiodcentered": "·", "textbullet": "•", "textsection": "§", "textparagraph": "¶",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "textdagger": "†", "pounds": "£", "euro": "€",
    "texteuro": "€", "textexclamdown": "¡", "textquestiondown": "¿", "textonehalf": "½",
    "textonequarter": "¼", "textthreequarters": "¾", "textonesuperior": "¹",
    "texttwosuperior": "²", "textthreesuperior": "³", "textordfeminine": "ª",
    "textordmasculine": "º", "slash": "/", "quad": " ", "qquad": " ", "space": " ",
    "newline": " ", "LaTeX": "LaTeX", "TeX": "TeX",
}  # fmt: skip
# Marks of type: the command goes, its argument stays.
MARKS = frozenset({
    "emph", "textit", "textbf", "textsl", "textsc", "texttt", "textrm", "textsf", "textup",
    "textmd", "textnormal", "text", "mbox", "hbox", "it", "em", "bf", "rm", "sc", "sl", "tt", "sf",
    "textsuperscript", "textsubscript", "mathrm", "mathbf", "mathit", "mathsf", "mathcal", "mathbb",
    "ensuremath", "mkbibquote", "mkbibemph", "mkbibbold", "enquote", "url", "href", "nolinkurl",
    "uppercase", "lowercase", "MakeUppercase", "MakeLowercase", "noopsort", "protect", "relax",
    "selectlanguage", "foreignlanguage", "left", "right", "displaystyle", "textstyle", "underline",
    "nohyphens", "path",
})  # fmt: skip
ESCAPED = {" ": " ", "\n": " ", "\\": " ", ",": " ", ";": " ", ":": " ", "-": "", "/": "", "!": "",
           "@": "", "(": "", ")": "", "[": "", "]": ""}  # fmt: skip
TYPED = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " "}
TOKEN = re.compile(r"\\(?:([A-Za-z]+)|(.?))|([{}])|(-{2,3}|``|''|~)", re.DOTALL)
# Mathematics is set tight between its dollars; sums of money are not.
MATHEMATICS = re.compile(r"(?<!\\)\$(?=\S)([^$]{1,2000}?)(?<=[^\s\\])\$")
RAISED = re.compile(r"(?<!\\)[\^_]")
ONE_LETTER = r"\s*(?:\{\s*(?:\\[ij]|[^\W\d_])\s*\}|\\[ij](?![A-Za-z])\s*|[^\W\d_])"
ONE_LETTER_APART = r"(?:\s*\{\s*(?:\\[ij]|[^\W\d_])\s*\}|\s+[^\W\d_]|\s*\\[ij](?![A-Za-z])\s*)"
ACCENTED = (
    rf"\\[`'^~=.\"]{ONE_LETTER}|\\[uvHcdbrk]{ONE_LETTER_APART}"
    r"|\\(?:ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|dj|DJ|ng|NG)(?![A-Za-z])(?:\s+|\{\})?"
)
# A letter with its accent, in braces or without, as one thing: `{\"u}`, `\"{u}`, `\H o`, `{\ss}`.
LETTER = re.compile(rf"(?<!\\)(?:\{{(?:{ACCENTED})\s*\}}|(?:{ACCENTED}))")
UNUSUAL = re.compile(r"\\(?![%&_#$])")
SIMPLE_ESCAPE = re.compile(r"\\([%&_#$])")
HREF = re.compile(r"\\href\s{0,5}\{([^{}]{0,2000})\}\s{0,5}\{[^{}]{0,2000}\}")
LINK_TOKEN = re.compile(
    r"\$\\([A-Za-z]+)\$|\$([<>~^_])\$|\\([A-Za-z]+)(?:\{\}|\s+)?|\\([^A-Za-z])(?:\{\})?|[{}]"
)
LINK_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#[0-9]{1,5}|#[xX][0-9A-Fa-f]{1,5});", re.IGNORECASE)


def plain_text(text: str) -> str:
    """Return LaTeX as characters, without braces and marks of type."""
    if not is_marked(text):
        return text
    if "$" in text:
        text = MATHEMATICS.sub(lambda found: f"{{{RAISED.sub('', found.group(1))}}}", text)
    if "\\" not in text:
        return _typed(text)
    composed = text
    if UNUSUAL.search(text):
        composed = letters_composed(text)
        if UNUSUAL.search(composed):
            return _Writer().write(composed)
    return SIMPLE_ESCAPE.sub(r"\1", _typed(composed))


def is_marked(text: str) -> bool:
    """Say whether a text holds anything that is LaTeX and no character of its own."""
    # Looking for each alone is several times faster than one pattern for all.
    return (
        "{" in text
        or "\\" in text
        or "}" in text
        or "--" in text
        or "$" in text
        or "~" in text
        or "''" in text
        or "``" in text
    )


def letters_composed(text: str) -> str:
    """Return LaTeX in which letters with accents are characters; all else is as it was."""
    return LETTER.sub(_letter, text) if "\\" in text else text


def link_text(text: str) -> str:
    """Return a link or an identifier, in which a tilde is a tilde and dashes are dashes."""
    if "\\" in text or "{" in text or "$" in text:
        text = LINK_TOKEN.sub(_link_character, HREF.sub(r"\1", text))
    if "&" in text:
        text = LINK_ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return text


def _link_character(found: re.Match[str]) -> str:
    mathematics, symbol, command, escaped = found.groups()
    word = mathematics or command
    if word in {"sim", "texttildelow"}:
        return "~"
    if word:
        return LETTERS.get(word, "" if word in MARKS else found.group())
    return symbol or escaped or ""


def _typed(text: str) -> str:
    """Return a text without commands: braces gone, dashes, quotes and fixed spaces set."""
    text = text.replace("{", "").replace("}", "").replace("~", " ")
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "``" in text or "''" in text:
        text = text.replace("``", "“").replace("''", "”")
    return text


def _letter(found: re.Match[str]) -> str:
    return _written(found.group())


@lru_cache(maxsize=4_096)
def _written(text: str) -> str:
    return _Writer().write(text)


class _Writer:
    """Writes out the tokens of one text: what is open, and what waits for the next letter."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.accent = ""
        self.swallow = False
        self.keep = False
        self.kept: list[bool] = []

    def write(self, text: str) -> str:
        """Return the text without its marks."""
        at = 0
        for found in TOKEN.finditer(text):
            if found.start() > at:
                self._letters(text[at : found.start()])
            at = found.end()
            word, escaped, brace, typed = found.groups()
            if word is not None:
                self._command(word)
            elif escaped is not None:
                self._escape(escaped)
            elif brace:
                self._brace(brace)
            else:
                self._letters(TYPED[typed])
        self._letters(text[at:])
        self._bare()
        return "".join(self.out)

    def _letters(self, text: str) -> None:
        if self.accent or self.swallow:
            text = text.lstrip()
        if not text:
            return
        self.out.append(_accented(text, self.accent))
        # The number of a command, as in `\\write18`, belongs to its name.
        self.accent, self.swallow, self.keep = "", False, self.keep and text.isdigit()

    def _command(self, word: str) -> None:
        if word in ACCENTS:
            self.accent, self.keep = ACCENTS[word], False
        elif word in LETTERS:
            letter = LETTERS[word]
            # The dot goes where an accent comes.
            letter = {"ı": "i", "ȷ": "j"}.get(letter, letter) if self.accent else letter
            self.swallow = False
            self._letters(letter)
            self.swallow = True
        elif word in MARKS:
            self.swallow, self.keep = True, False
        else:
            self._bare()
            self.out.append(f"\\{word}")
            self.swallow, self.keep = False, True

    def _escape(self, escaped: str) -> None:
        if escaped in ACCENTS:
            self.accent, self.keep = ACCENTS[escaped], False
        else:
            self._bare()
            self.out.append(ESCAPED.get(escaped, escaped or "\\"))
            self.swallow, self.keep = False, False

    def _brace(self, brace: str) -> None:
        if brace == "{":
            self.kept.append(self.keep)
            if self.keep:
                self.out.append("{")
        else:
            self._bare()
            if self.kept and self.kept.pop():
                self.out.append("}")
        self.swallow, self.keep = False, False

    def _bare(self) -> None:
        """Write an accent that stands over nothing."""
        self.out.append(BARE_ACCENTS.get(self.accent, ""))
        self.accent = ""


def _accented(text: str, accent: str) -> str:
    return unicodedata.normalize("NFC", text[0] + accent) + text[1:] if accent else text
