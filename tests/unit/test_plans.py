"""A project's settings as a file: whatever is in them, they read back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import UsageError
from qinglan.flow.plans import Pay, Plan, Words, read_asked, read_plan, write_asked, write_plan
from qinglan.records import Kind
from qinglan.work import Marks, Rules

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
PLANS = st.builds(
    Plan,
    name=st.just("p"), kind=st.sampled_from(Kind), en=TEXT, zh=TEXT,
    rules=st.none() | st.builds(
        Rules, overlap=st.integers(2, 4), most=st.none() | st.integers(4, 9),
        reserved=st.integers(0, 2), reserved_for=NAME, by_gain=st.booleans(),
    ),
    tiers=st.none() | st.lists(NAME, max_size=3).map(tuple),
    needs=st.none() | st.dictionaries(NAME, NAME, max_size=3),
    marks=st.none() | st.builds(Marks, least=st.integers(1, 800), passing=st.integers(1, 999)),
    rights=st.none() | st.builds(Words, en=TEXT, zh=TEXT),
    pay=st.none() | st.builds(
        Pay, amount=st.just("0.50"), currency=st.just("CNY"), budget=st.none() | st.just("10"),
    ),
)  # fmt: skip


@given(PLANS)
def test_a_plan_reads_back(plan: Plan) -> None:
    text = write_plan(plan)
    assert read_plan(text) == plan
    assert write_plan(read_plan(text)) == text
    bare = Plan(name=plan.name, kind=plan.kind, en=plan.en, zh=plan.zh, rules=plan.rules)
    assert read_asked(write_asked(plan), bare) == plan


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
        ("name = 'p'\nkind = 'marks'\ntiers = [1]", "tiers"),
        ("name = 'p'\nkind = 'marks'\n[needs]\nalgebra = 1", "needs.algebra"),
        ("name = 'p'\nkind = 'marks'\n[rights]\nen = 'x'", "rights.zh"),
        ("name = 'p'\nkind = 'marks'\n[marks]\nleast = 0", "least"),
        ("name = 'p'\nkind = 'marks'\n[pay]\namount = 1", "pay.amount"),
        ("name = 'p'\nkind = 'marks'\n[desk]\nreserved = 1", "reserved_for"),
        ("name = 'p'\nkind = 'marks'\n[desk]\nby_gain = 1", "desk.by_gain"),
        ("name = 'p'\nkind = 'marks'\n[people]\nann = 'expert'", "people"),
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
