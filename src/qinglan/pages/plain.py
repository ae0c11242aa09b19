r"""Markdown and LaTeX as one plain line: for a list, a title, a tooltip, where nothing is set.

A formula becomes what a person would write without a formula editor: ``\frac{a_1}{2} \le x^2`` is
``a₁/2 ≤ x²``. What has no such form keeps its name, without the backslash. Markup goes, words stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qinglan.pages import labels, markdown

if TYPE_CHECKING:
    from markdown_it.token import Token

COLUMNS = 140
"""Columns of a line in a list; CJK characters take two."""

_UP = str.maketrans("0123456789+-=()niabcdekmotxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᵏᵐᵒᵗˣʸᶻ")
_DOWN = str.maketrans("0123456789+-=()aeijkmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₒₚᵣₛₜᵤᵥₓ")
_NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho "
    "sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega times "
    "div cdot pm mp le leq ge geq ne neq approx equiv sim infty in notin subset cup cap to "
    "rightarrow Rightarrow implies iff forall exists partial nabla sum prod int ldots dots cdots "
    "circ angle degree perp parallel mid emptyset land lor neg"
)
_MARKS = "αβγδεεζηθικλμνξπρστφφχψωΓΔΘΛΞΠΣΦΨΩ×÷·±∓≤≤≥≥≠≠≈≡∼∞∈∉⊂∪∩→→⇒⇒⇔∀∃∂∇∑∏∫………∘∠°⊥∥∣∅∧∨¬"
_SILENT = (
    "left right big Big displaystyle limits mathrm mathbf mathbb mathcal text textbf operatorname "
    "quad qquad"
)
_SIGNS = {
    **dict(zip(_NAMES.split(), _MARKS, strict=True)),
    **dict.fromkeys(_SILENT.split(), ""),
}
_CUT = re.compile(r"\$[^$]*[\\^_][^$]*$")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|[^\\{}^_]", re.DOTALL)
DEPTH = 30


def plain(text: str, columns: int = COLUMNS) -> str:
    """The words of ``text``, on one line, cut to ``columns``; never fails."""
    if "\n" not in text and markdown.PROSE.fullmatch(text):
        return labels.shorten(labels.clean(text), columns)
    text = text.encode("utf-8", "replace").decode("utf-8")[: 40 * columns]
    # A formula that the end of an excerpt cuts is read as far as it goes.
    if text.count("$$") % 2:
        text += "$$"
    elif text.count("$") % 2 and _CUT.search(text):
        text += "$"
    words = " ".join(_words(markdown.parse(text)))
    return labels.shorten(labels.clean(words), columns)


def formula(source: str) -> str:
    """LaTeX as a line of text."""
    tokens = _TOKEN.findall(source)
    out, at = [], 0
    while at < len(tokens):
        piece, at = _piece(tokens, at, 0)
        out.append(piece)
    return " ".join("".join(out).split())


def _words(tokens: list[Token]) -> list[str]:
    found = []
    for token in tokens:
        if token.type == "inline":
            found.append("".join(_inline(child) for child in token.children or ()))
        elif token.type in ("fence", "code_block"):
            found.append(token.content)
    return found


def _inline(token: Token) -> str:
    if token.type == "formula":
        return formula(token.content)
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return f"[{token.content or '…'}]"
    return token.content


def _piece(tokens: list[str], at: int, depth: int) -> tuple[str, int]:
    """What begins at ``at``, and where it ends."""
    word = tokens[at]
    at += 1
    if depth > DEPTH:
        return word, at
    if word == "{":
        return _group(tokens, at, depth)
    if word in "^_":
        inner, at = _argument(tokens, at, depth)
        letters = _UP if word == "^" else _DOWN
        if inner and all(ord(mark) in letters for mark in inner):
            return inner.translate(letters), at
        return f"{word}{_bound(inner)}", at
    if word in ("\\frac", "\\dfrac", "\\tfrac"):
        above, at = _argument(tokens, at, depth)
        below, at = _argument(tokens, at, depth)
        return f"{_bound(above)}/{_bound(below)}", at
    if word == "\\sqrt":
        inner, at = _argument(tokens, at, depth)
        return f"√{_bound(inner)}", at
    if word in ("\\begin", "\\end"):
        return " ", _argument(tokens, at, depth)[1]
    if len(word) > 1:
        name = word[1:]
        if name.isalpha():
            return _SIGNS.get(name, name), at
        return " " if name in ",;: !\\" else name, at
    return "" if word == "}" else word, at


def _group(tokens: list[str], at: int, depth: int) -> tuple[str, int]:
    out = []
    while at < len(tokens) and tokens[at] != "}":
        piece, at = _piece(tokens, at, depth + 1)
        out.append(piece)
    return "".join(out).strip(), at + 1


def _argument(tokens: list[str], at: int, depth: int) -> tuple[str, int]:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    return ("", at) if at >= len(tokens) else _piece(tokens, at, depth + 1)


def _bound(text: str) -> str:
    """``text`` in brackets, unless it is one term."""
    return text if len(text) == 1 or re.fullmatch(r"[\w₀-₉⁰-⁹√ᵢⱼₖₙ.]*", text) else f"({text})"
