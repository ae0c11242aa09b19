"""LaTeX → MathML, which browsers draw by themselves: no script and no font from elsewhere.

Formulas are others' text like all else: what comes out is markup of these elements and
attributes alone, with no link and no style, and passes the same cleaning as the rest. A formula
that cannot be read is shown as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

TAGS = frozenset({
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub",
    "msup", "msubsup", "mover", "munder", "munderover", "mmultiscripts", "mprescripts", "mtable",
    "mtr", "mtd", "mpadded", "mphantom", "mstyle", "menclose",
})  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "largeop", "movablelimits", "lspace",
           "rspace", "minsize", "maxsize", "accent"},
    "mfrac": {"linethickness"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mtd": {"columnalign"},
    "mover": {"accent"},
    "munder": {"accentunder"},
}  # fmt: skip
VALUE = re.compile(r"[A-Za-z0-9 .%+-]{1,40}")
"""What any of these attributes may say."""

LIMIT = 2_000
"""Characters of one formula."""

_DELIMITED = (
    # No space inside the dollars and no digit after them: "$5 and $6" is money.
    (re.compile(r"\$\$(.+?)\$\$", re.DOTALL), True),
    (re.compile(r"\\\[(.+?)\\\]", re.DOTALL), True),
    (re.compile(r"\\\((.+?)\\\)", re.DOTALL), False),
    (re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)", re.DOTALL), False),
)


def teach(parser: MarkdownIt) -> None:
    """Let ``parser`` read formulas between dollars, and between LaTeX's own brackets."""
    parser.inline.ruler.before("escape", "formula", _read)
    parser.add_render_rule("formula", _write)


def _read(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    for pattern, display in _DELIMITED:
        found = pattern.match(state.src, state.pos, min(state.posMax, state.pos + LIMIT))
        if found:
            if not silent:
                token = state.push("formula", "math", 0)
                token.content, token.markup = found[1], found[0]
                token.meta = {"display": display}
            state.pos = found.end()
            return True
    return False


def _write(
    renderer: RendererHTML, tokens: list[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[place]
    from latex2mathml import converter

    try:
        display = "block" if token.meta["display"] else "inline"
        return str(converter.convert(token.content, display=display))
    except Exception:
        # A stranger's formula may break a reader in any way; its source says what was meant.
        return f"<code>{escape(token.markup)}</code>"
