"""Markdown → HTML that is safe to show to anybody.

Tasks, answers, guidelines and model output are written by others. Two walls stand between them
and the page: the parser knows no raw HTML (it shows it as text), and nh3 then lets through only
a short list of tags. Nothing loads by itself but pictures of the workspace, from the workbench
itself: a remote image would tell its host the address of each annotator who opens the task, so it
becomes its description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from qinglan import pictures
from qinglan.pages import mathematics

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

TAGS = frozenset({
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre",
    "blockquote", "ul", "ol", "li", "a", "span", "img", "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
SCHEMES = frozenset({"http", "https", "mailto"})
RELATION = "noopener noreferrer nofollow"
LIMIT = 50_000
"""Characters; longer text is shown as it is, for hostile text keeps a parser busy for seconds."""
NESTING = 40
"""Blocks in blocks; the parser would leave out what is deeper, so that text is shown as it is."""
PROSE = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:?!'\"()/%=+—–…‘’“”，。；：？！、（）《》「」-])*")
"""One line that begins with a letter and holds nothing that could be markup, or be taken for it."""
PICTURES = "/pictures/"
"""Where the workbench serves pictures."""
_PICTURE = re.compile(rf"{PICTURES}pic_[a-z2-7]{{26}}")
LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,32}")


def render(text: str, *, unnamed: str | None = None) -> Markup:
    """``text`` (CommonMark, tables, strikethrough, LaTeX) as HTML without script or style.

    Never fails and never drops text: what is longer than ``LIMIT`` or nested deeper than
    ``NESTING`` is shown unformatted.
    With ``unnamed``, pictures of the workspace are shown, each a link to itself alone; it is what
    stands for the description of one that has none. Without, and for all other images, the
    description stands for the image.
    Links open with ``rel="noopener noreferrer nofollow"``, and only http, https and mailto ones.
    """
    if PROSE.fullmatch(text):
        return Markup(f"<p>{text.rstrip()}</p>\n")  # noqa: S704 - nothing in it needs escaping
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates have no bytes
    if len(text) > LIMIT:
        return _plain(text)
    import nh3

    parser, env = _parser(), {"unnamed": unnamed}  # type: tuple[MarkdownIt, EnvType]
    tokens = parser.parse(text, env)
    if any(token.level >= NESTING - 1 for token in tokens):
        return _plain(text)
    return Markup(  # noqa: S704 - nh3 has cleaned it
        nh3.clean(
            parser.renderer.render(tokens, parser.options, env),
            tags=set(TAGS | mathematics.TAGS),
            attributes={
                "a": {"href", "title", "class", "target"}, "code": {"class"}, "ol": {"start"},
                "span": {"class"}, "img": {"src", "alt", "width", "height", "loading"},
                **mathematics.ATTRIBUTES,
            },
            attribute_filter=_keep,
            url_schemes=set(SCHEMES),
            link_rel=RELATION,
        )
    )  # fmt: skip


def parse(text: str) -> list[Token]:
    """The tokens of ``text``: Markdown, with formulas as tokens of their own."""
    return _parser().parse(text, {})


def images(text: str) -> list[tuple[str, str]]:
    """The images that ``text`` shows: description and address as they are written, in order.

    None of a text that ``render`` would show unformatted.
    """
    if "![" not in text or len(text) > LIMIT:
        return []
    parser, env = _finder(), {}  # type: tuple[MarkdownIt, EnvType]
    tokens = parser.parse(text, env)
    if any(token.level >= NESTING - 1 for token in tokens):
        return []
    renderer: RendererHTML = parser.renderer  # type: ignore[assignment]
    return [
        (renderer.renderInlineAsText(one.children or [], parser.options, env),
         str(one.attrs.get("src", "")))
        for token in tokens for one in token.children or () if one.type == "image"
    ]  # fmt: skip


def _plain(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(text)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Classes are ours alone; a link goes to another site in full, or nowhere."""
    if attribute == "class":
        ours = {"span": "image", "a": "picture"}.get(tag)
        known = LANGUAGE.fullmatch(value) if ours is None else value == ours
        return value if known else None
    if tag == "img":
        return value if attribute != "src" or _PICTURE.fullmatch(value) else None
    if tag in mathematics.TAGS:
        return value if mathematics.VALUE.fullmatch(value) else None
    if attribute == "href":
        # another relative link would act inside the workbench under the reader's own session
        if _PICTURE.fullmatch(value):
            return value
        return value if re.match(r"(?:https?://|mailto:)", value, re.IGNORECASE) else None
    return value


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": NESTING})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _describe)
    mathematics.teach(parser)
    return parser


@cache
def _finder() -> MarkdownIt:
    """A parser that leaves addresses as they are written."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": NESTING})
    parser.enable(["table", "strikethrough"])
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def _describe(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """A picture of the workspace; another image as its description, its address in the source."""
    words = renderer.renderInlineAsText(tokens[place].children or [], options, env).strip()
    unnamed = env.get("unnamed")
    shown = None if unnamed is None else pictures.read(str(tokens[place].attrs.get("src", "")))
    if shown is None:
        return f'<span class="image">[{escape(words or "…")}]</span>'
    size = "" if shown.size is None else f' width="{shown.size[0]}" height="{shown.size[1]}"'
    at = f"{PICTURES}{shown.id}"
    image = f'<img src="{at}" alt="{escape(words or unnamed)}"{size} loading="lazy">'
    nesting = sum(token.nesting for token in tokens[:place] if token.type.startswith("link_"))
    return image if nesting else f'<a class="picture" href="{at}" target="_blank">{image}</a>'
