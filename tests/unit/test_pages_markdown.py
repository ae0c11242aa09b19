"""Markdown written by others: it is shown, and it does nothing."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest

from qinglan.pages import markdown
from qinglan.pages.markdown import LIMIT, NESTING, RELATION, TAGS, render

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<base href='https://evil.example/'><form action=/logout><input name=x></form>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](data:image/png;base64,AAAA)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/beacon.png)",
    "![x](//evil.example/beacon.png)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](data:image/png;base64,AAAA)",
    '![" onerror="alert(1)](https://evil.example/x.png "t\\" onload=\\"alert(1)")',
    '[x](https://ok.example "a\\" onmouseover=\\"alert(1)")',
    '```x" onmouseover="alert(1)\ncode\n```',
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x](/logout)",
    "[x](//evil.example/)",
    "[x](/\\evil.example/)",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "| a |\n|-|\n| <img src=x onerror=alert(1)> |",
]


class Reader(HTMLParser):
    """Collects the tags, attributes and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_shown_and_does_nothing(attack: str) -> None:
    page = Reader(render(attack))
    for tag, attributes in page.tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "title", "rel", "class", "start"}
        assert attributes.get("href", "https://") in {"https://", "https://ok.example"}
    assert page.text.strip()


def test_raw_html_stays_readable() -> None:
    assert Reader(render("2 <b>3</b>")).text.strip() == "2 <b>3</b>"


def test_links_to_other_sites_tell_them_nothing() -> None:
    links = [a for tag, a in Reader(render("[x](https://a.example) [m](mailto:a@b.c)")).tags if a]
    assert [link["href"] for link in links] == ["https://a.example", "mailto:a@b.c"]
    assert all(link["rel"] == RELATION for link in links)


def test_an_image_becomes_its_description() -> None:
    page = Reader(render("![a <b> plot](https://host.example/x.png)"))
    assert page.text.strip() == "[a <b> plot]"
    assert "host.example" not in render("![a](https://host.example/x.png)")


def test_what_people_write_is_formatted() -> None:
    html = render(
        "# 标题\n\n**粗** `x<1` ~~s~~\n\n```python\nx\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n3. x"
    )
    seen = [tag for tag, _ in Reader(html).tags]
    for tag in ("h1", "strong", "code", "s", "pre", "table", "td", "ol", "li"):
        assert tag in seen
    assert 'class="language-python"' in html
    assert 'start="3"' in html
    assert "x&lt;1" in html


@pytest.mark.parametrize(
    "text",
    [
        "Which is better (3)?", "A. b", "A) b", 'i.e. 5% of its "x" - y + z = 3 -- or 4/5',
        "a...b  ", "中文，哪个更好？", "www.example.org", "http: //x.org", "Tell (c) and x (tm) +-",
    ],
)  # fmt: skip
def test_plain_prose_is_shown_as_the_parser_shows_it(text: str) -> None:
    assert markdown.PROSE.fullmatch(text)
    assert render(text) == markdown._parser().render(text).replace("&quot;", '"')


@pytest.mark.parametrize(
    "text",
    [
        "*a*", "a*b*", "1. a", "- a", "a\nb", "# a", "a <b>", "a & b", "$x$", "a|b", "a~~b~~",
        "a`b`", "a\\b", "[a](b)", "a\tb", "a_b_", "a\x00", "a\ud800", " a", "http://x.org/&amp;",
    ],
)  # fmt: skip
def test_what_may_be_markup_goes_to_the_parser(text: str) -> None:
    assert not markdown.PROSE.fullmatch(text)


@pytest.mark.parametrize("depth", [NESTING // 2 - 2, NESTING - 2, NESTING, NESTING * 50])
def test_deep_nesting_hides_no_text(depth: int) -> None:
    assert "the end" in Reader(render(">" * depth + " the end")).text


def test_text_beyond_the_limit_is_shown_unformatted() -> None:
    text = "<b>" + "*a* " * (LIMIT // 4) + "the end"
    page = Reader(render(text))
    assert [tag for tag, _ in page.tags] == ["pre"]
    assert page.text == text


def test_surrogates_and_nul_do_not_break_the_page() -> None:
    render("a\ud800b\x00c").encode("utf-8")
    assert "\x00" not in render("a\x00b")


@pytest.mark.parametrize("unit", ["[", "*a_", "``a", "![[", "[a](", "- ", "<", "&", "|a"])
def test_hostile_repetition_ends(unit: str) -> None:
    text = unit * (LIMIT // len(unit))
    started = time.process_time()
    assert render(text)
    assert time.process_time() - started < 20  # quadratic growth would take minutes


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("$x^2$", "<msup><mi>x</mi><mn>2</mn></msup>"), (r"\(\frac{1}{2}\)", "<mfrac>"),
        ("$$\n\\sqrt{2}\n$$", 'display="block"'), (r"so \[a_1\] it is", "<msub>"),
        ("**$x$**", "<strong><math"), ("| a |\n|--|\n| $x$ |", "<td><math"),
    ],
)  # fmt: skip
def test_formulas_become_mathml(text: str, part: str) -> None:
    assert part in render(text)


@pytest.mark.parametrize(
    "text", ["$5 and $6", "a $ b $ c", "`$x$`", r"\$x$", "$", "$$", "$x", "```\n$x$\n```"]
)
def test_what_is_no_formula_stays_text(text: str) -> None:
    assert "<math" not in render(text)


@pytest.mark.parametrize(
    "text",
    [
        r"$\href{javascript:alert(1)}{x}$", r"$\text{<script>alert(1)</script>}$",
        r"$\style{color:red}{x}$", r"$\class{a}{x}$", r"$\color{red\" onmouseover=\"x}{y}$",
        r"$\mathbf{</math><img src=x onerror=alert(1)>}$", r"$\hspace{1px;background:url(//e)}$",
        "$" + "{" * 500 + "}" * 500 + "$", r"$\frac$", r"$\begin{matrix}$", r"$\left($", "$^$",
    ],
)  # fmt: skip
def test_a_hostile_formula_is_only_a_formula(text: str) -> None:
    made = render(text)
    assert not re.search(r"<(?!/?(?:p|code|m[a-z]+)\b)", made), made
    assert not re.search(r"<[^>]*(?:href|style|on\w+|src|class)\s*=", made), made
