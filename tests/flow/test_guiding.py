"""Later versions of a guideline, and overlap that follows agreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_example import LEAD, at, keyed, opened, person, say

from qinglan import assignment
from qinglan.assignment import Step
from qinglan.errors import UsageError
from qinglan.flow import guiding, judge, load, release, work
from qinglan.flow.context import Context
from qinglan.flow.terms import Terms
from qinglan.records import Purpose
from qinglan.storage import annotations as answers
from qinglan.work import Place, Rules, Slots, Standing, TaskState


def answer(context: Context, name: str, *, more: int = 0, seconds: float = 0) -> str | None:
    """The task that ``name`` was given and answered."""
    held = work.next_task(context, person(name), "p", now=at(seconds))
    if held is None:
        return None
    work.submit(context, person(name), "p", held.task, held.token, say(held, more), now=at(seconds))
    return held.task


def test_a_release_holds_tasks_of_two_versions(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path / "ws", database, keyed(2), rules=Rules(overlap=1)) as context:
        assert answer(context, "ann")
        made = guiding.revise(context, LEAD, "p", en="Newer.", zh="新", why="clearer", touches=None)
        assert (made.text.version, made.answers) == (2, 1)
        assert len(list(guiding.touched(context, LEAD, "p", 2))) == 1
        file = tmp_path / "more.jsonl"
        file.write_text('{"id": "new", "question": "What is 8+8."}\n')
        mapping = load.task_mapping(["prompt=question", "id=id"])
        load.load_tasks(context, LEAD, "p", file, mapping, Terms(channel="own", licence="MIT"))
        while answer(context, "bob"):
            pass
        with context.storage.read() as conn:
            target = context.project("p")
            found = {row.annotation: row.version for row in answers.made(conn, target.id)}
        assert sorted(found.values()) == [1, 2, 2]
        assert list(guiding.touched(context, LEAD, "p", 2)) == [
            (task, one) for task, one in guiding.touched(context, LEAD, "p", 2)
            if found[one] == 1
        ]  # fmt: skip
        judge.judge(context, LEAD, "p", use_keys=False)
        built, folder = release.build_release(
            context, LEAD, "p", name="r", purpose=Purpose.TRAINING
        )
        checked = release.check_release(folder, key=context.key_folder)
        assert checked.ok, [failure.say() for failure in checked.failures]
        assert checked.manifest is not None
        assert checked.manifest.guideline.version == 2
        assert [one.version for one in checked.manifest.earlier or ()] == [1]
        assert built.rows == 3
        with pytest.raises(UsageError, match="already"):
            guiding.revise(context, LEAD, "p", en="Newer.", zh="新", why="no change")


def test_a_task_goes_out_until_answers_agree(tmp_path: Path, database: str | None) -> None:
    people = ("ann", "bob", "cyd", "dee", "eve")
    rules = Rules(overlap=2, most=4, lease_seconds=60)
    with opened(tmp_path / "ws", database, keyed(1), rules=rules, people=people) as context:
        assert answer(context, "ann")
        assert answer(context, "bob", more=1)
        assert answer(context, "cyd", more=2), "two differed, so a third is asked"
        assert answer(context, "dee", more=1), "and a fourth"
        assert answer(context, "eve") is None, "two agree"
    with opened(tmp_path / "two", database and None, keyed(1), rules=rules, people=people) as again:
        assert answer(again, "ann")
        assert answer(again, "bob")
        assert answer(again, "cyd") is None


@pytest.mark.parametrize(
    ("agreed", "most", "wider"),
    [(2, 5, False), (1, 5, True), (0, 5, True), (1, None, False), (1, 2, False)],
)
def test_when_a_task_is_widened(agreed: int, most: int | None, wider: bool) -> None:
    rules = Rules(overlap=2, most=most)
    place = Place(standing=Standing.ANSWERED, until=0, answered=True)
    step = Step(place=place, slots=Slots(wanted=2, given=2), state=TaskState.DONE, answer=True)
    after = assignment.widened(step, rules, agreed)
    assert (after.slots.wanted == 3) is wider
    assert (after.state is TaskState.OPEN) is wider
    assert after.requeue is wider
