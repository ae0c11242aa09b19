"""Nobody's answers leave the house who did not agree; those left out are counted, and come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk_example import LEAD, START, keyed, opened, person, say
from flow_example import ANSWER_FIELDS

import qinglan
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import load, rights, withdraw, work
from qinglan.flow.context import Context
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
        with pytest.raises(UsageError, match="--declare"):
            release(context, "none")
        for name in ("ann", "bob"):
            with pytest.raises(PermissionDenied, match="agree"):
                rights.see_agreed(context, person(name), "p")
        rights.agree(context, person("ann"), "p", 1)
        rights.see_agreed(context, person("ann"), "p")
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
