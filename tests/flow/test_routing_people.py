"""Tasks that ask for a skill, a language or a tier go to those who have it, and to nobody else: in
turn, at once on both engines, as gold, and when the rules or the people change.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_example import LEAD, OWN, RULES, at, given, person, say, slots, work_off

from qinglan.errors import UsageError
from qinglan.flow import desk, load, routes, tiers, work
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.flow.init import init
from qinglan.records import Kind, Task
from qinglan.storage import seats
from qinglan.storage import tasks as stored
from qinglan.work import Rules

PEOPLE = ("ann", "bob", "cyd", "dan")
FIELDS = ["id=id", "prompt=prompt", "key=key", "skill=skill", "language=lang", "tier=tier"]
TASKS = 24


def rows(count: int = TASKS) -> list[dict[str, object]]:
    """Every second asks for Chinese, every third for an expert; skills are s0 and s1."""
    return [
        {
            "id": f"q{i}", "prompt": f"{i}+{i}.", "key": str(2 * i), "skill": f"s{i % 4 // 2}",
            "lang": "ZH" if i % 2 == 0 else None, "tier": "expert" if i % 3 == 0 else None,
        }
        for i in range(count)
    ]  # fmt: skip


def load_rows(context: Context, name: str, made: list[dict[str, object]]) -> load.Imported:
    file = context.folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return load.load_tasks(context, LEAD, "p", file, load.task_mapping(FIELDS), OWN)


@contextmanager
def routed(folder: Path, database: str | None) -> Iterator[Context]:
    """Ann is an expert with Chinese, Bob an expert without, Cyd of the crowd with Chinese; Dan has
    neither a tier nor a language.
    """
    with init(folder, database=database) as context:
        load.make_project(context, LEAD, "p", Kind.FREE)
        tiers.name_tiers(context, LEAD, "p", ["crowd", "expert"])
        assert load_rows(context, "tasks", rows()).new == TASKS
        desk.open_desk(context, LEAD, "p", RULES)
        for name in PEOPLE:
            desk.seat(context, LEAD, "p", name, licence="CC-BY-4.0")
        for name, tier in (("ann", "expert"), ("bob", "expert"), ("cyd", "crowd")):
            tiers.give_tier(context, LEAD, "p", name, tier, "known")
        for name in ("ann", "cyd"):
            routes.state_languages(context, person(name), ["zh"])
        yield context


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """On SQLite alone, where the engine makes no difference."""
    with routed(tmp_path / "ws", None) as opened:
        yield opened


@pytest.fixture
def either(tmp_path: Path, database: str | None) -> Iterator[Context]:
    with routed(tmp_path / "ws", database) as opened:
        yield opened


def numbers(context: Context, name: str) -> set[int]:
    """Which tasks of ``rows`` ``name`` answered."""
    who = annotator_id(context, "p", name)
    prompts = {task.id: task.prompt for task in _tasks(context)}
    return {int(prompts[t].split("+")[0]) for t, people in given(context).items() if who in people}


def _tasks(context: Context) -> list[Task]:
    with context.storage.read() as conn:
        return list(stored.stream(conn, context.project("p").id))


def allowed(name: str) -> set[int]:
    zh, expert = name in ("ann", "cyd"), name in ("ann", "bob")
    return {i for i in range(TASKS) if (i % 2 or zh) and (i % 3 or expert)}


def test_everybody_gets_what_they_may_and_nothing_else(context: Context) -> None:
    desk.open_desk(context, LEAD, "p", Rules(overlap=4, lease_seconds=60))  # for later tasks
    for name in reversed(PEOPLE):
        work_off(context, name)
    for name in PEOPLE:
        assert numbers(context, name) <= allowed(name), name
    # Two answers a task were wanted; where two people may answer, two did.
    for task in range(TASKS):
        may = sum(task in allowed(name) for name in PEOPLE)
        assert sum(task in numbers(context, name) for name in PEOPLE) == min(2, may)


def test_many_at_once_obey_on_both_engines(either: Context) -> None:
    """Two threads for each person; the queue never gives what they may not have, or too much."""
    wrong: list[object] = []

    def run(name: str) -> None:
        try:
            work_off(either, name, now=at(0))
        except UsageError:
            pass  # the other thread of the same person was quicker
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in PEOPLE * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in PEOPLE:
        work_off(either, name, now=at(1))
    assert wrong == []
    for name in PEOPLE:
        assert numbers(either, name) <= allowed(name), name
    assert all(row[2] <= 2 for row in slots(either))
    assert {len(people) for people in given(either).values()} <= {1, 2}


def test_a_skill_can_be_for_a_tier_alone(context: Context) -> None:
    routes.need_tier(context, LEAD, "p", "s1", "expert")
    work_off(context, "cyd")
    assert numbers(context, "cyd") == {i for i in allowed("cyd") if i % 4 < 2}
    routes.need_tier(context, LEAD, "p", "s1", None)
    work_off(context, "cyd")
    assert numbers(context, "cyd") == allowed("cyd")


def test_who_rises_or_learns_gets_what_they_passed(either: Context) -> None:
    assert work_off(either, "dan")
    assert numbers(either, "dan") == allowed("dan")
    tiers.give_tier(either, LEAD, "p", "dan", "expert", "took the test")
    work_off(either, "dan")
    assert numbers(either, "dan") == allowed("bob")
    routes.state_languages(either, person("dan"), ["zh", "en"])
    work_off(either, "dan")
    assert numbers(either, "dan") == set(range(TASKS))
    tiers.give_tier(either, LEAD, "p", "dan", None, "left")
    load_rows(either, "more", [{**row, "id": f"r{n}"} for n, row in enumerate(rows(6))])
    before = len(given(either))
    done = work_off(either, "dan")
    assert len(done) == len([i for i in range(6) if i % 3])
    assert len(given(either)) == before + len(done)


def test_a_skip_and_a_lapse_come_back_to_those_who_may(context: Context) -> None:
    held = work.next_task(context, person("bob"), "p", now=at(0))
    assert held is not None
    number = int(held.prompt.split("+")[0])
    for name in ("cyd", "dan"):
        work_off(context, name, now=at(10))
    for name in ("ann", "cyd", "dan"):
        work_off(context, name, now=at(100))  # Bob's lease is over
    assert held.task in given(context)
    assert number in allowed("bob")
    for name in PEOPLE:
        assert numbers(context, name) <= allowed(name)
    work.submit(context, person("bob"), "p", held.task, held.token, say(held), now=at(101))


def test_gold_asks_for_the_same(context: Context) -> None:
    """All tasks that only an expert with Chinese may have are gold: nobody else meets them."""
    prompts = {task.id: int(task.prompt.split("+")[0]) for task in _tasks(context)}
    golden = [id_ for id_, number in prompts.items() if number % 6 == 0]
    desk.open_desk(context, LEAD, "p", Rules(overlap=2, gold_per_mille=500, lease_seconds=60))
    desk.set_gold(context, LEAD, "p", golden)
    for name in ("bob", "cyd", "dan", "ann"):
        work_off(context, name)
    for name in PEOPLE:
        assert numbers(context, name) <= allowed(name)


def test_what_cannot_be_asked_for_is_set_aside(context: Context) -> None:
    made = [
        {**rows(1)[0], "id": "a", "tier": "wizard"},
        {**rows(1)[0], "id": "b", "lang": "not a language"},
        {**rows(1)[0], "id": "c"},
    ]
    done = load_rows(context, "odd", made)
    assert (done.new, done.reasons) == (1, {"unknown_tier": 1, "bad_value": 1})
    with pytest.raises(UsageError, match="in use"):
        tiers.name_tiers(context, LEAD, "p", ["crowd"])
    with pytest.raises(UsageError, match="crowd, expert"):
        routes.need_tier(context, LEAD, "p", "s1", "wizard")
    with pytest.raises(UsageError, match="pt-br"):
        routes.state_languages(context, person("ann"), ["zh", "<b>"])


def test_languages_are_ones_own(context: Context) -> None:
    assert routes.state_languages(context, person("bob"), ["EN", "zh_Hant", "en"]) == [
        "en", "zh-hant",
    ]  # fmt: skip
    with context.storage.read() as conn:
        of = {n: seats.get(conn, annotator_id(context, "p", n)) for n in PEOPLE}
    assert {n: seat.languages for n, seat in of.items() if seat} == {
        "ann": ("zh",), "bob": ("en", "zh-hant"), "cyd": ("zh",), "dan": (),
    }  # fmt: skip
