"""LaTeX as it stands in bibliographies, to letters and back: accents, special letters, escapes, dashes. Pure.

One pass without recursion, as the text is a stranger's. Commands that are not known go, what they are about stays.
"""

import re
import unicodedata
from collections.abc import Mapping

# The mark that LaTeX puts over or under a letter, as the combining character behind it.
_ACCENTS: Mapping[str, str] = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_LETTERS: Mapping[str, str] = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "aa": "å",
    "AA": "Å",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "dj": "đ",
    "DJ": "Đ",
    "th": "þ",
    "TH": "Þ",
    "dh": "ð",
    "DH": "Ð",
    "i": "ı",
    "j": "ȷ",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textendash": "–",
    "textemdash": "—",
    "textquoteright": "’",
    "textquoteleft": "‘",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textregistered": "®",
    "texttrademark": "™",
    "copyright": "©",
    "degree": "°",
    "times": "×",
    "pm": "±",
    "infty": "∞",
    "rightarrow": "→",
    "leq": "≤",
    "geq": "≥",
    "ldots": "…",
    "dots": "…",
    "TeX": "TeX",
    "LaTeX": "LaTeX",
}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau upsilon phi chi"
    " psi omega"
)
_SIGNS: Mapping[str, str] = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " ", "{": "", "}": ""}
_BLANKS = frozenset({"\\", ",", ";", ":", " ", "\n", "!"})
_TOKEN = re.compile(
    r"""
    \\(?P<escaped>[{}&%$\#_])
    | \\(?P<sign>[`'^"~=.])\s*(?:\{\s*(?P<braced>\\?[^\W\d_])\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[^\W\d_]))
    | \\(?P<letter>[uvHcdbkr])(?:\s*\{\s*(?P<braced2>\\?[^\W\d_])\s*\}|[ ]+(?P<bare2>\\[ij](?![A-Za-z])|[^\W\d_]))
    | \\(?P<name>[A-Za-z]+)\*?(?:\{\}|[ \t]+)?
    | \\(?P<other>.)
    | (?P<plain>---?|``|''|[~{}$])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNESCAPED_DOLLAR = re.compile(r"(?<!\\)\$")
_WRITTEN = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}&%$#_"},
}
_DOUBLED = re.compile(r"([-`'])(?=\1)")


def from_latex(text: str) -> str:
    """Return the text as people read it; text without LaTeX comes back as it is."""
    if not _TOKEN.search(text):
        return text
    # Dollars come in pairs around mathematics; a single one is money.
    has_mathematics = len(_UNESCAPED_DOLLAR.findall(text)) % 2 == 0
    return _TOKEN.sub(lambda token: _read(token, has_mathematics), text)


def to_latex(text: str) -> str:
    """Return the text so that BibTeX keeps every character; letters with accents stay as they are, in UTF-8."""
    return _DOUBLED.sub(r"\1{}", "".join(_WRITTEN.get(char, char) for char in text))


def _read(token: re.Match[str], has_mathematics: bool) -> str:
    if token["escaped"]:
        return token["escaped"]
    if accent := token["sign"] or token["letter"]:
        letter = token["braced"] or token["bare"] or token["braced2"] or token["bare2"]
        return unicodedata.normalize("NFC", letter.removeprefix("\\") + _ACCENTS[accent])
    if token["name"]:
        return _named(token["name"])
    if token["other"]:
        return " " if token["other"] in _BLANKS else ""
    if token["plain"] == "$":
        return "" if has_mathematics else "$"
    return _SIGNS[token["plain"]]


def _named(name: str) -> str:
    if name in _LETTERS:
        return _LETTERS[name]
    small = name.lower().replace("lambda", "lamda").removeprefix("var")
    if small in _GREEK.split():
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        return unicodedata.lookup(f"GREEK {size} LETTER {small.upper()}")
    return ""
