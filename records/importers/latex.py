"""LaTeX as it stands in reference files, to characters; nothing is ever carried out.

Accents, letters, symbols and marks of type become plain text in one pass with
no recursion. A command that is not known stays as it is written.
"""

import re
import unicodedata

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
MARKED = re.compile(r"[\\{}$~]|--|``|''")
LINK_ESCAPE = re.compile(r"\\([_%&#~{}$])")


def plain_text(text: str) -> str:
    """Return LaTeX as characters, without braces and marks of type."""
    if not MARKED.search(text):
        return text
    if "$" in text:
        text = MATHEMATICS.sub(lambda found: f"{{{RAISED.sub('', found.group(1))}}}", text)
    return _Writer().write(text)


def link_text(text: str) -> str:
    """Return a link or an identifier, in which a tilde is a tilde and dashes are dashes."""
    if "\\" in text or "{" in text:
        text = LINK_ESCAPE.sub(r"\1", text.replace("\\url", ""))
        text = text.replace("{", "").replace("}", "")
    return text


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
