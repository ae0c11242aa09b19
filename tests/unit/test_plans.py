"""A project's settings as a file: whatever is in them, they read back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import UsageError
from qinglan.flow.plans import Plan, read_plan, write_plan
from qinglan.records import Kind
from qinglan.work import Rules

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@given(TEXT, TEXT)
def test_a_plan_reads_back(en: str, zh: str) -> None:
    plan = Plan(
        name="p", kind=Kind.MARKS, en=en, zh=zh, rules=Rules(overlap=2, most=5, stop_after=3)
    )
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize("text", ['a\n"""\n', "\\\n'\"", 'x\n"', "\r\n\x7f", "一\n二", "\n\n"])
def test_awkward_texts_read_back(text: str) -> None:
    plan = Plan(name="p", kind=Kind.FREE, en=text, zh="", rules=None)
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name = 'p'\nkind = 'marks'\n[desk]\noverlapp = 2", "desk.overlapp"),
        ("name = 'p'\nkind = 'marks'\n[desk]\noverlap = 0", "overlap"),
        ("name = 'p'\nkind = 'marks'\n[desk]\noverlap = true", "desk.overlap"),
        ("name = 'p'\nkind = 'marks'\n[desk]\noverlap = 3\nmost = 2", "most"),
        ("name = 'p'\nkind = 'dance'", "kind"),
        ("kind = 'marks'", "name"),
        ("name = 'p'\nkind = 'marks'\n[guideline]\nen = 1", "guideline.en"),
        ("name = 'p'\nkind = = 1", "line 2"),
    ],
)
def test_a_bad_file_names_what_is_wrong(text: str, names: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_plan(text)
    assert names in caught.value.say("en")


@pytest.mark.parametrize(
    "text",
    [".".join("a" * 80) + " = 1", "[" + " . ".join(["'a'", '"b"'] * 40) + "]\nc = 1"],
)
def test_a_key_of_many_parts_is_refused_unread(text: str) -> None:
    """Its reader takes the square of their number: a megabyte would keep a server for hours."""
    with pytest.raises(UsageError, match="too many parts"):
        read_plan(text)


def test_prose_full_of_stops_is_no_such_key() -> None:
    words = "Yes. No. " * 25 + "..." * 100 + " 1.2.3 " * 40 + '"a." ' * 40
    plan = Plan(name="p", kind=Kind.FREE, en=words)
    assert read_plan(write_plan(plan)).en == words
