"""Nobody's answers leave the house who did not agree; those left out are counted, and come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk_example import LEAD, START, at, given, keyed, opened, person, say, work_off
from flow_example import ANSWER_FIELDS
from sqlalchemy import text

import qinglan
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import load, rights, seating, withdraw, work
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.flow.judge import judge
from qinglan.flow.release import build_release
from qinglan.records import Actor, Purpose, Role
from qinglan.releases import check
from qinglan.storage import history
from qinglan.work import Rules

THEIRS = qinglan.Terms(channel="person", licence="CC-BY-4.0", name="vendor")


def release(context: Context, name: str) -> tuple[int, dict[str, int]]:
    """Rows of a release, and what was left out for which reason; the folder must check."""
    judge(context, LEAD, "p")
    _, folder = build_release(context, LEAD, "p", name=name, purpose=Purpose.EVALUATION)
    found = check(folder)
    assert found.ok, found.failures
    counts = found.manifest.counts  # type: ignore[union-attr]
    assert counts.tasks == counts.rows + counts.aside
    return counts.rows, {c.reason.value: c.count for c in counts.set_aside if c.stage == "release"}


def test_a_release_leaves_out_who_did_not_agree_and_says_so(tmp_path: Path) -> None:
    """Twelve tasks; Ann and Bob answer four each, a vendor's people the rest."""
    rules = Rules(overlap=1)
    with opened(tmp_path / "ws", None, keyed(12), rules=rules, people=("ann", "bob")) as context:
        for name in ("ann", "bob"):
            for _ in range(4):
                task = work.next_task(context, person(name), "p", now=START)
                assert task is not None
                mine = (context, person(name), "p", task.task, task.token)
                work.submit(*mine, say(task), now=START)
        done, left = release(context, "before")
        assert (done, left) == (8, {})  # a project that asks nothing
        asked = rights.set_statement(context, LEAD, "p", en="All **yours**.", zh="归你。")
        assert asked.version == 1
        with pytest.raises(UsageError, match=r"ann \(4; v1\), bob \(4; v1\).*--declare"):
            release(context, "none")
        for name in ("ann", "bob"):
            with pytest.raises(PermissionDenied, match="agree"):
                work.next_task(context, person(name), "p", now=START)
        rights.agree(context, person("ann"), "p", 1)
        assert rights.missing(context, LEAD, "p") == [
            rights.Missing(name="bob", answers=4, asked=1, agreed=None)
        ]
        assert release(context, "one") == (4, {"no_agreement": 4})
        rights.agree(context, person("bob"), "p", 1)
        assert release(context, "two") == (8, {})
        newer = rights.set_statement(context, LEAD, "p", en="All ours.", zh="归我们。")
        again = rights.set_statement(context, LEAD, "p", en=" All ours. ", zh="归我们。")
        assert (newer.version, again) == (2, newer)
        assert rights.agreement(context, person("ann"), "p") == (newer, False)
        with pytest.raises(UsageError, match="read it again"):
            rights.agree(context, person("ann"), "p", 1)
        assert release(context, "three") == (8, {})  # given under an earlier version
        with context.storage.read() as conn:
            told = [one.event for one in history.entries(conn, context.project("p").id)]
        said = [one["agreed"] for one in told if isinstance(one, dict) and "agreed" in one]
        assert said == [1, 1]
        assert "yours" not in json.dumps(told)
        withdraw.withdraw(context, LEAD, "p", annotator="bob", really=True)
        assert release(context, "four") == (4, {})


def test_a_new_version_is_agreed_anew_before_the_next_task(tmp_path: Path) -> None:
    """What is in hand is still answered, under the version it was taken under; nothing goes round
    the question; and what somebody gave without agreeing to the words in force is in no release.
    """
    with opened(tmp_path / "ws", None, keyed(6), rules=Rules(overlap=1), people=("ann", "bob")) as (
        context
    ):
        rights.set_statement(context, LEAD, "p", en="One.", zh="一。", now=at(0))
        for name in ("ann", "bob"):
            rights.agree(context, person(name), "p", 1)
        held = work.next_task(context, person("ann"), "p", now=at(10))
        assert held is not None
        rights.set_statement(context, LEAD, "p", en="Two.", zh="二。", now=at(20))
        mine = (context, person("ann"), "p", held.task, held.token, say(held))
        with pytest.raises(PermissionDenied, match="agree"):
            work.submit_onward(*mine, now=at(30))
        assert given(context)[held.task]  # the answer is kept
        with pytest.raises(PermissionDenied, match="agree"):
            work.next_task(context, person("ann"), "p", now=at(40))
        rights.agree(context, person("bob"), "p", 2, now=at(50))
        assert work_off(context, "bob", 2, now=at(60))
        assert release(context, "r") == (3, {})  # Ann's was taken under what she agreed to
        # As if somebody had come by a task past the question: the release does not rest on it.
        took = text("UPDATE assignments SET taken = :late WHERE task = :task")
        late_by = {"late": milliseconds(at(25)), "task": held.task}
        context.storage.write(lambda conn: conn.execute(took, late_by).close())
        assert release(context, "s") == (2, {"no_agreement": 1})
        (late,) = rights.missing(context, LEAD, "p")
        assert (late.name, late.answers, late.asked, late.agreed) == ("ann", 1, 2, 1)
        rights.agree(context, person("ann"), "p", 2, now=at(70))
        assert release(context, "t") == (3, {})
        assert work.next_task(context, person("ann"), "p", now=at(80)) is not None


def test_a_program_is_asked_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, keyed(1), people=()) as context:
        terms = qinglan.Terms(channel="own", licence=None, name="m")
        seating.seat_program(context, LEAD, "p", "bot", type="model", terms=terms)
        rights.set_statement(context, LEAD, "p", en="Yours.", zh="归你。")
        assert rights.agreement(context, person("bot"), "p") == (None, True)
        assert work.next_task(context, person("bot"), "p", now=START) is not None


def test_whoever_imports_declares_it_for_the_people(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, keyed(6), people=()) as context:
        rights.set_statement(context, LEAD, "p", en="Yours.", zh="归你。")

        def bring(name: str, first: int, declared: str | None) -> None:
            rows = [
                {"task": f"q{n}", "annotator": name, "answer": f"So the answer is {2 * n}."}
                for n in range(first, first + 3)
            ]
            file = tmp_path / f"{name}.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            done = load.load_answers(
                context, LEAD, "p", file, load.answer_mapping(ANSWER_FIELDS), THEIRS,
                annotator_type="person", tasks_from="questions", declared=declared,
            )  # fmt: skip
            assert done.new == 3

        with pytest.raises(UsageError, match="few words"):
            bring("nobody", 0, " ")
        bring("vera", 0, None)
        bring("vito", 3, "Contract 17, kept with the lawyer.")
        assert release(context, "r") == (3, {"no_agreement": 3})


def test_only_a_lead_writes_the_statement_and_each_agrees_for_themselves(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, keyed(1), people=("ann",)) as context:
        for actor in (person("ann"), Actor(name="rev", role=Role.REVIEWER)):
            with pytest.raises(PermissionDenied):
                rights.set_statement(context, actor, "p", en="Mine.", zh="我的。")
        for en, zh in (("", "归你。"), ("Yours.", " "), ("x" * 20_001, "归你。")):
            with pytest.raises(UsageError, match="both languages"):
                rights.set_statement(context, LEAD, "p", en=en, zh=zh)
        rights.set_statement(context, LEAD, "p", en="Yours.", zh="归你。")
        with pytest.raises(PermissionDenied):
            rights.agree(context, person("eve"), "p", 1)
        assert rights.agreement(context, person("ann"), "p")[1] is False
