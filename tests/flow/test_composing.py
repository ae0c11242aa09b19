"""A lead's whole setup is one file: composed, read back as it was, and changed part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import qinglan
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import desk
from qinglan.flow.plans import Pay, Plan, Words, read_plan, write_plan
from qinglan.records import Actor, Kind, Role
from qinglan.work import Marks, Rules

PLAN = Plan(
    name="p", kind=Kind.FREE, en="Add.", zh="相加。",
    rules=Rules(
        overlap=3, most=5, gold_per_mille=100, reserved=1, reserved_for="expert", by_gain=True
    ),
    tiers=("crowd", "expert"), needs={"algebra": "expert"}, marks=Marks(least=600),
    rights=Words(en="We may publish.", zh="我们可以公开。"),
    pay=Pay(amount="0.5", currency="CNY", budget="100"),
)  # fmt: skip


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[qinglan.Workspace]:
    with qinglan.init(tmp_path / "ws") as made:
        yield made


def test_a_setup_reads_back_as_it_was_and_again_changes_nothing(ws: qinglan.Workspace) -> None:
    done = ws.compose(read_plan(write_plan(PLAN)))
    assert (done.made, done.ruled) == (True, True)
    assert done.changed == ("tiers", "needs", "marks", "rights", "pay")
    assert ws.plan("p") == PLAN
    assert write_plan(ws.plan("p")) == write_plan(PLAN)
    again = ws.compose(ws.plan("p"))
    assert (again.made, again.ruled, again.revised, again.changed) == (False, False, None, ())
    blank = ws.compose(replace(PLAN, rights=Words(en=" We may publish.", zh="我们可以公开。\n")))
    assert blank.changed == ()


def test_what_a_plan_says_nothing_of_stays_and_what_it_empties_goes(ws: qinglan.Workspace) -> None:
    ws.compose(PLAN)
    bare = Plan(name="p", kind=Kind.FREE, en="Add.", zh="相加。", rules=None)
    assert ws.compose(bare).changed == ()
    assert ws.plan("p") == PLAN
    with pytest.raises(UsageError, match="in use"):
        ws.compose(replace(bare, tiers=("crowd",)))
    free = Rules(overlap=3)
    assert ws.compose(replace(bare, needs={}, rules=free)).changed == ("needs",)
    assert ws.compose(replace(bare, tiers=("crowd",))).changed == ("tiers",)
    left = ws.plan("p")
    assert (left.tiers, left.needs, left.rules) == (("crowd",), None, free)


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        (replace(PLAN, tiers=("crowd",)), "no tier expert"),
        (replace(PLAN, needs={"algebra": "nobody"}), "no tier nobody"),
        (replace(PLAN, rights=Words(en="", zh="归你。")), "both languages"),
        (replace(PLAN, pay=Pay(amount="much", currency="CNY")), "much"),
        (replace(PLAN, tiers=("a,b",), rules=None, needs=None), "a,b"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_and_can_be_mended(
    ws: qinglan.Workspace, wrong: Plan, names: str
) -> None:
    with pytest.raises(UsageError, match=names):
        ws.compose(wrong)
    ws.compose(PLAN)
    assert ws.plan("p") == PLAN


def test_people_are_looked_after_in_python(ws: qinglan.Workspace) -> None:
    """What no file holds: who has which tier and showed what, and who has yet to agree."""
    ws.compose(PLAN)
    desk.seat(ws._context, ws._actor, "p", "ann", licence="CC-BY-4.0")
    ws.give_tier("p", "ann", "expert", "degree checked")
    number = ws.add_credential("p", "ann", "PhD", "https://example.org/phd.pdf")
    (ann,) = ws.people("p").people
    assert (ann.tier, ann.credentials[0].words, ann.agreed) == ("expert", "PhD", None)
    ws.end_credential("p", "ann", number)
    assert ws.people("p").people[0].credentials[0].ended is not None
    assert ws.missing_rights("p") == []
    assert ws.whom_to_ask("p") is None
    with pytest.raises(UsageError, match="ann"):
        ws.try_again("p", "ann", "she asked")


def test_who_runs_nothing_composes_nothing(ws: qinglan.Workspace) -> None:
    ws.compose(PLAN)
    for role in (Role.REVIEWER, Role.AUDITOR):
        there = qinglan.open(ws.folder, actor=Actor(name="x", role=role))
        with there, pytest.raises(PermissionDenied):
            there.compose(replace(PLAN, needs={}))
    with (
        qinglan.open(ws.folder, actor=Actor(name="ann", role=Role.ANNOTATOR)) as hers,
        pytest.raises(PermissionDenied),
    ):
        hers.plan("p")
