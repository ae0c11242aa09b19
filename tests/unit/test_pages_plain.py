"""One plain line of Markdown and LaTeX: words stay, markup goes, and nothing hostile hangs it."""

from __future__ import annotations

import pytest

from qinglan.pages.plain import formula, plain


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (r"\frac{a_1}{2} \le x^2", "a₁/2 ≤ x²"),
        (r"\sum_{i=1}^{n} q_i^2", "∑ᵢ₌₁ⁿ qᵢ²"),
        (r"\frac{a + b}{c}", "(a + b)/c"),
        (r"\sqrt{b^2 - 4ac}", "√(b² - 4ac)"),
        (r"\int_0^\infty e^{-x}\,dx", "∫₀^∞ e⁻ˣ dx"),
        (r"\text{如果 } x \ne 0", "如果 x ≠ 0"),
        (r"\left( \alpha \right)", "( α )"),
        (r"\unknown{x}", "unknownx"),
        (r"2^{10}", "2¹⁰"),
        (r"\frac", "/"),
    ],
)
def test_a_formula_as_text(source: str, said: str) -> None:
    assert formula(source) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Is **this** `right`?\n\n- one\n- $x^2$", "Is this right? one x²"),
        ("# 题目\n某城市有 $n$ 个泵站。", "题目 某城市有 n 个泵站。"),
        ("[a link](https://example.org) ![a map](x.png)", "a link [a map]"),
        ("```python\ndef f(): pass\n```", "def f(): pass"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("A formula is cut: $$\\sum_{i=1}^{n", "A formula is cut: ∑ᵢ₌₁ⁿ"),
        ("It costs $5 and no more", "It costs $5 and no more"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
        ("\ud800 \u202eabc", "? abc"),
    ],
)
def test_a_text_as_one_line(text: str, said: str) -> None:
    assert plain(text) == said


def test_it_is_cut_to_columns() -> None:
    assert plain("蓝" * 50, 20) == "蓝" * 9 + "…"
    assert plain("*a* " * 100_000, 9) == "a a a a…"


def test_nesting_without_end_is_read_without_harm() -> None:
    assert formula("{" * 2000 + "x").endswith("x")
    assert formula("^" * 2000).startswith("^")
