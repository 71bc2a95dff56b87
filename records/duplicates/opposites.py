"""Words that look alike, or could be exchanged, and tell two papers apart: uni- and bilateral.

Each is a word of its own, never the other one typed wrong. Where the lists err, a person is asked
about a misprint; where they lack a pair, a paper may be lost behind another.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

# Nobody is asked about titles that only these part, where the place does not speak for one paper.
OPPOSITES = tuple(
    frozenset(pair.split())
    for pair in (
        "men women", "male female", "males females", "rats cats", "rat cat", "rats mice",
        "vivo vitro", "systolic diastolic", "increased decreased", "increase decrease",
        "increases decreases", "with without", "upper lower", "benign malignant", "boys girls",
        "mother father", "maternal paternal", "primary secondary", "inpatients outpatients",
        "agonist antagonist", "proximal distal", "medial lateral", "anterior posterior",
        "dominant nondominant", "smokers nonsmokers", "oral moral", "fathers mothers",
        "adult pediatric", "adult paediatric", "adult adolescent", "adults adolescents",
        "adults children", "children adolescents", "pediatric adolescent",
        "paediatric adolescent", "sensitive resistant", "sensitivity resistance",
    )
)  # fmt: skip
# Any two words of a line are opposed; about these a person is asked.
OPPOSED = tuple(
    frozenset(line.split())
    for line in (
        "man woman", "boy girl", "left right", "eastern western", "northern southern",
        "flexion extension", "flexor extensor", "flexors extensors", "acute chronic",
        "before after", "younger older", "young old", "early late", "high low", "higher lower",
        "greater lesser", "larger smaller", "large small", "long short", "longer shorter",
        "more less", "better worse", "good poor", "gain loss", "slow fast", "open closed",
        "slow low", "pronation supination", "eversion inversion", "varus valgus",
        "ventral dorsal central", "cranial caudal", "superior inferior", "superficial deep",
        "active passive",
        "positive negative", "major minor", "maximum minimum", "maximal minimal",
        "maximize minimize maximise minimise", "single double triple multiple", "partial total",
        "static dynamic", "arterial venous", "sensory motor", "stance swing", "uphill downhill",
        "warm cold hot", "wet dry", "hard soft", "inner outer", "present absent", "summer winter",
        "day night", "concave convex", "weight height", "inspiration expiration",
        "inspiratory expiratory", "inspired expired", "inhalation exhalation", "anabolic catabolic",
        "afferent efferent", "afferents efferents", "kinetic kinematic", "kinetics kinematics",
        "osteotomy ostectomy", "morbidity mortality", "peroperative preoperative",
        "efficacy efficiency", "psychological physiological", "ureteral urethral",
        "ureteric urethric", "ureter urethra", "ilium ileum", "iliac ileac", "ilial ileal",
        "peroneal perineal peritoneal", "facial fascial", "planar plantar palmar",
        "radial radical", "mucosal mucous", "causal casual", "dexamethasone betamethasone",
        "cervical vertical", "femoral temporal humeral", "from to",
    )
)  # fmt: skip
NUMBER_NAMES = frozenset(
    ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
     "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
     "hundred", "thousand", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
     "twelfth", "once", "twice", "thrice", "quadruple", "quintuple")
)  # fmt: skip
ROMAN = re.compile("[ivxl]+")
# Two of these before one stem make two words, and so does one of them before it or none.
STARTS = (
    "ab", "ac", "ad", "af", "allo", "ana", "ante", "anti", "auto", "bi", "brady", "cata", "circum",
    "cis", "co", "con", "contra", "counter", "de", "dextro", "di", "dis", "down", "dys", "ec",
    "ecto", "ef", "endo", "epi", "eu", "ex", "exo", "extra", "fore", "hemi", "hetero", "hind",
    "homo", "hyper", "hypo", "il", "im", "in", "infra", "inter", "intra", "intro", "ipsi", "ir",
    "iso", "juxta", "levo", "macro", "mal", "mega", "meso", "meta", "micro", "mid", "mis", "mono",
    "multi", "nano", "neo", "non", "nor", "normo", "oligo", "omni", "ortho", "out", "over", "pan",
    "para", "pauci", "peri", "poly", "post", "pre", "pro", "pseudo", "quadri", "re", "retro",
    "self", "semi", "sub", "super", "supra", "tachy", "tetra", "trans", "tri", "ultra", "un",
    "under", "uni", "up", "xeno", "",
)  # fmt: skip
# Few words begin with a denying "a"; before another stem it is a letter lost or added.
DENIED = (
    "bio", "cell", "chrom", "clin", "cyan", "dynam", "febr", "gno", "kine", "menor", "metr",
    "period", "phas", "plas", "pne", "polit", "reflex", "rhythm", "scen", "sept", "sex", "soci",
    "symm", "sympt", "synchr", "tax", "ton", "traum", "trop", "typ", "vascul",
)  # fmt: skip
SHORTEST_STEM = 4
# Two endings of one line make two words of one stem.
ENDS = (
    ("less", "ed"), ("less", "ful"), ("less", "y"), ("less", ""), ("blast", "clast"),
    ("blastic", "clastic"), ("blastoma", "clastoma"),
    ("osis", "itis", "olysis", "olisthesis", "opathy", "oma"), ("otic", "itic"),
    ("otomy", "ectomy", "ostomy", "oscopy", "oplasty", "odesis", "opexy", "orrhaphy"),
    ("emia", "uria"), ("philic", "phobic"), ("philia", "phobia", "penia"), ("genic", "lytic"),
    ("metric", "tonic", "kinetic"), ("carpal", "tarsal"), ("ase", "ose"), ("ate", "ite"),
    ("er", "ee"),
)  # fmt: skip
SHORTEST_ROOT = 3
# What may stand parted before its stem ("non operative"), and what joins two of them.
PARTED = frozenset(start for start in STARTS if len(start) > 2) | {"bi", "co", "ex", "re", "un"}
PARTED -= {"con", "dis", "down", "mal", "mid", "mis", "out", "over", "self", "under"}
JOINING = frozenset(("and", "or", "to", "versus", "vs"))
NEGATIONS = frozenset(("no", "not", "without", "never"))


def _exchanged() -> dict[str, set[str]]:
    """Return of each word of the lists those that it is opposed to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for words in (*OPPOSITES, *OPPOSED, NUMBER_NAMES):
        for word in words:
            found[word] |= words - {word}
    return dict(found)


EXCHANGED = _exchanged()


def opposite(word: str, other: str) -> bool:
    """Say whether two words that may look alike tell two papers apart: men and women."""
    word, other = _american(word), _american(other)
    if word == other:
        return False
    if other in EXCHANGED.get(word, ()):
        return True
    if len(word) == len(other) == 1 or {word, other} <= PARTED:
        return True
    if ROMAN.fullmatch(word) and ROMAN.fullmatch(other):
        return True
    return _starts_differ(word, other) or _ends_differ(word, other)


def words_opposed(words: str, other: str) -> bool:
    """Say whether one text has a word, the other its opposite, or only one denies something."""
    mine, theirs = Counter(_joined(words)), Counter(_joined(other))
    left, right = set(mine - theirs), set(theirs - mine)
    if (left & NEGATIONS) != (right & NEGATIONS):
        return True
    return any(opposite(a, b) for a in left for b in right)


def _american(word: str) -> str:
    return word.replace("ae", "e").replace("oe", "e")


def _joined(words: str) -> Iterator[str]:
    """Yield the words of a text, each with what stands parted before it: non operative."""
    before = ""
    for word in words.split():
        if before and (word in JOINING or len(word) < SHORTEST_STEM):
            yield before
            before = ""
        if word in PARTED:
            before += word
        else:
            yield before + word
            before = ""
    if before:
        yield before


def _single(word: str) -> str:
    return word if word.endswith(("ss", "is", "us")) else word.removesuffix("s")


def _starts_differ(word: str, other: str) -> bool:
    mine, theirs = _stems(word), _stems(other)
    return any(theirs.get(stem, start) != start for stem, start in mine.items())


@lru_cache(maxsize=4096)
def _stems(word: str) -> dict[str, str]:
    """Return what a word may be made of: each stem, and what stands before it."""
    starts = [start for start in STARTS if word.startswith(start)]
    if word.startswith("a") and word.startswith(DENIED, 1):
        starts.append("a")
    if word.startswith("an") and word[2:3] in tuple("aeiouhy"):
        starts.append("an")
    stems = {_single(word[len(start) :]): start for start in starts}
    return {stem: start for stem, start in stems.items() if len(stem) >= SHORTEST_STEM}


def _ends_differ(word: str, other: str) -> bool:
    word, other = _single(word), _single(other)
    return any(
        end != ending and other == word[: len(word) - len(end)] + ending
        for ends in ENDS
        for end in ends
        if word.endswith(end) and len(word) - len(end) >= SHORTEST_ROOT
        for ending in ends
    )
