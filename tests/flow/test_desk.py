"""The desk on both engines: who gets what, what is kept, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from desk_example import (
    LEAD,
    START,
    at,
    given,
    keyed,
    opened,
    person,
    say,
    slots,
    work_off,
)
from flow_example import OWN, TASK_FIELDS
from sqlalchemy import event, text

from qinglan import assignment
from qinglan.errors import PermissionDenied, QinglanError, RowError, StorageError, UsageError
from qinglan.flow import conduct, desk, hands, judge, load, release, verify, work
from qinglan.flow.context import Context
from qinglan.flow.load import Terms
from qinglan.flow.trace import trace
from qinglan.flow.work import InHand
from qinglan.provenance.identity import commitment
from qinglan.records import Actor, FreeAnswer, Kind, PreferenceAnswer, Purpose, Role
from qinglan.storage import annotations as answers
from qinglan.work import Rules, SkipReason

ANN, BOB, CYD = person("ann"), person("bob"), person("cyd")


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """Six tasks, two answers wanted of each, three people."""
    with opened(tmp_path / "ws", database, keyed(6)) as context:
        yield context


def take(context: Context, actor: Actor, seconds: float = 0) -> InHand:
    found = work.next_task(context, actor, "p", now=at(seconds))
    assert found is not None
    return found


def submit(context: Context, actor: Actor, task: InHand, seconds: float = 0, more: int = 0) -> None:
    work.submit(context, actor, "p", task.task, task.token, say(task, more), now=at(seconds))


def refused(kind: type[QinglanError], key: str) -> Any:
    return pytest.raises(kind, check=lambda error: error.key == f"error.assignment.{key}")


# Giving out and taking in


def test_each_task_gets_its_overlap_and_nobody_a_task_twice(p: Context) -> None:
    done = {name: work_off(p, name) for name in ("ann", "bob", "cyd")}
    assert len(done["ann"]) == len(done["bob"]) == 6
    assert done["cyd"] == []
    assert {len(names) for names in given(p).values()} == {2}
    assert all(len(set(names)) == 2 for names in given(p).values())
    assert {row[1:] for row in slots(p)} == {(2, 2, 0, "done")}


def test_asking_again_gives_the_task_in_hand(p: Context) -> None:
    first = take(p, ANN)
    again = take(p, ANN, 50)
    assert (again.task, again.token) == (first.task, first.token)
    assert again.until == at(110)  # they were heard of


def test_an_answer_is_kept_as_an_imported_one_is(p: Context) -> None:
    task = take(p, ANN)
    submit(p, ANN, task)
    with p.storage.read() as conn:
        (kept,) = answers.of_task(conn, task.task)
        row = conn.execute(text("SELECT value, commitment FROM annotations")).one()
        made = conn.execute(
            text("SELECT verb, actor FROM activities WHERE id IN "
                 "(SELECT activity FROM annotations)")
        ).one()  # fmt: skip
    assert kept.answer == FreeAnswer.model_validate(say(task))
    assert row.commitment == commitment(kept)
    assert row.value == re.sub(r"\D", "", say(task)["text"])
    assert tuple(made) == ("annotate", "ann")
    assert trace(p, LEAD, kept.id).type == "annotation"
    work_off(p, "ann")
    work_off(p, "bob")
    verify.verify(p, LEAD, "p")
    judge.judge(p, LEAD, "p")
    frozen, _ = release.build_release(p, LEAD, "p", name="r", purpose=Purpose.TRAINING)
    assert frozen.rows == 6


def test_the_same_answer_again_is_one_answer(p: Context) -> None:
    task = take(p, ANN)
    for seconds in (0, 1, 3600):
        submit(p, ANN, task, seconds)
    assert given(p) == {task.task: [hands.annotator_id(p, "p", "ann")]}
    with refused(UsageError, "already_answered"):
        submit(p, ANN, task, more=1)
    assert len(given(p)[task.task]) == 1


def test_a_lease_that_lapsed_goes_to_the_next_who_asks(p: Context) -> None:
    task = take(p, ANN)
    work_off(p, "bob", 1)
    assert take(p, CYD, 61).task != task.task  # only now the lapse is noticed
    work.skip(p, CYD, "p", (held := take(p, CYD, 61)).task, held.token, SkipReason.SKIP)
    assert take(p, CYD, 62).task == task.task


def test_leases_of_one_task_that_lapse_together_give_back_both_slots(p: Context) -> None:
    assert take(p, ANN).task == take(p, BOB).task
    take(p, CYD, 61)
    assert sum(row[3] for row in slots(p)) == 1
    assert len(work_off(p, "ann", now=at(200))) == len(work_off(p, "bob", now=at(200))) == 6


def test_an_answer_after_the_lapse_counts_while_there_is_room(p: Context) -> None:
    task = take(p, ANN)
    work_off(p, "bob", 1, at(61))
    submit(p, ANN, task, 62)
    assert len(given(p)[task.task]) == 2


def test_a_late_answer_is_kept_apart_and_the_annotator_is_not_told(p: Context) -> None:
    task = take(p, ANN)
    work_off(p, "bob", 6, at(61))
    work_off(p, "cyd", 6, at(61))
    submit(p, ANN, task, 62)
    submit(p, ANN, task, 63)  # again, with the same words
    assert len(given(p)[task.task]) == 2
    with p.storage.read() as conn:
        late = conn.execute(text("SELECT late FROM assignments WHERE late IS NOT NULL")).scalars()
        assert [json.loads(text_)["text"] for text_ in late] == [say(task)["text"]]
    (line,) = work.queue(p, ANN, "p", "submitted").lines
    assert (line.task, line.standing) == (task.task, "answered")
    assert work.undo(p, ANN, "p", now=at(64)).answer == {"kind": "free", **say(task)}
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "hm"}, now=at(64))
    submit(p, ANN, task, 65, more=1)
    assert len(given(p)[task.task]) == 2


@pytest.mark.parametrize("reason", list(SkipReason))
def test_what_is_given_back_goes_to_others_and_not_to_oneself(
    p: Context, reason: SkipReason
) -> None:
    task = take(p, ANN)
    for _ in range(2):  # a repeated click
        work.skip(p, ANN, "p", task.task, task.token, reason, note="no figure", now=START)
    assert task.task not in work_off(p, "ann")
    assert task.task in work_off(p, "bob")
    with p.storage.read() as conn:
        rows = conn.execute(
            text("SELECT task, reason, note FROM assignments WHERE reason IS NOT NULL")
        ).all()
    assert [tuple(row) for row in rows] == [(task.task, reason.value, "no figure")]


def test_a_problem_that_two_call_bad_is_given_to_nobody_else(p: Context) -> None:
    task = take(p, ANN)
    assert take(p, BOB).task == task.task
    for actor in (ANN, BOB):
        work.skip(p, actor, "p", task.task, take(p, actor).token, SkipReason.BAD_PROBLEM)
    assert task.task not in work_off(p, "cyd")
    assert [row for row in slots(p) if row[4] == "stopped"] == [(task.task, 2, 0, 0, "stopped")]


def test_a_draft_is_kept_renews_the_lease_and_goes_with_the_answer(p: Context) -> None:
    task = take(p, ANN)
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "So", "at": 2}, now=at(50))
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "So 你"}, now=at(51))
    assert take(p, BOB, 100).draft is None
    again = take(p, ANN, 100)
    assert (again.task, again.draft) == (task.task, {"text": "So 你"})
    assert [line.drafted for line in work.queue(p, ANN, "p", "drafts").lines] == [True]
    submit(p, ANN, task, 101)
    assert work.queue(p, ANN, "p", "drafts").lines == ()
    with refused(UsageError, "already_answered"):
        work.save_draft(p, ANN, "p", task.task, task.token, {"text": "So"})


def test_a_draft_survives_the_lapse_of_its_lease(p: Context) -> None:
    task = take(p, ANN)
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "half"}, now=START)
    take(p, BOB, 61)
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "more"}, now=at(62))
    assert take(p, ANN, 63).draft == {"text": "more"}


@pytest.mark.parametrize(
    "body",
    [{"text": "a\0b"}, {"text": "\ud800"}, {"n": float("nan")}, {"text": "x" * 2**21},
     {"a": json.loads("[" * 90 + "]" * 90)}],
    ids=["nul", "surrogate", "nan", "long", "deep"],
)  # fmt: skip
def test_text_that_cannot_be_kept_is_refused_and_nothing_lost(
    p: Context, body: dict[str, Any]
) -> None:
    task = take(p, ANN)
    work.save_draft(p, ANN, "p", task.task, task.token, {"text": "good"}, now=START)
    with refused(RowError, "bad_text") as caught:
        work.save_draft(p, ANN, "p", task.task, task.token, body, now=START)
    assert "\n" not in caught.value.say("zh")
    with pytest.raises(RowError):
        work.submit(p, ANN, "p", task.task, task.token, body, now=START)
    assert take(p, ANN).draft == {"text": "good"}
    submit(p, ANN, task)


def test_an_answer_that_does_not_fit_names_its_field(p: Context) -> None:
    task = take(p, ANN)
    with pytest.raises(RowError) as caught:
        work.submit(p, ANN, "p", task.task, task.token, {"text": "1", "role": "owner"}, now=START)
    assert caught.value.facts["field"] == "role"


# Undo, sending back, lists


def test_undo_goes_back_through_ten_answers(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path / "ws", database, keyed(12)) as p:
        done = []
        for second in range(12):
            done += work_off(p, "ann", 1, at(second))
        back = []
        for second in range(20, 30):
            back.append(work.undo(p, ANN, "p", now=at(second)))
        assert [task.task for task in back] == done[:1:-1]
        with refused(UsageError, "nothing_to_undo"):
            work.undo(p, ANN, "p", now=at(31))
        submit(p, ANN, back[0], 32, more=1)
        with refused(UsageError, "nothing_to_undo"):
            work.undo(p, ANN, "p", task=done[0], now=at(33))
        with p.storage.read() as conn:
            first, second_ = sorted(
                answers.of_task(conn, back[0].task), key=lambda a: a.supersedes is not None
            )
        assert second_.supersedes == first.id
        assert {len(names) for names in given(p).values()} == {1}
        assert {row[2:4] for row in slots(p)} == {(1, 0)}


def test_an_answer_left_reopened_stands(p: Context) -> None:
    (done,) = work_off(p, "ann", 1)
    reopened = work.undo(p, ANN, "p", now=START)
    assert reopened.answer == {"kind": "free", **say(reopened)}
    take(p, BOB, 61)
    assert [line.task for line in work.queue(p, ANN, "p", "submitted").lines] == [done]
    assert len(given(p)[done]) == 1


def test_a_reviewer_sends_back_with_words_and_never_their_own(p: Context) -> None:
    (done,) = work_off(p, "ann", 1)
    rev = Actor(name="rev", role=Role.REVIEWER)
    desk.send_back(p, rev, "p", "ann", done, "Show the carry.")
    (line,) = work.queue(p, ANN, "p", "sent_back").lines
    assert (line.task, line.note) == (done, "Show the carry.")
    back = take(p, ANN)  # before anything new
    assert (back.task, back.note) == (done, "Show the carry.")
    work.submit(p, ANN, "p", done, back.token, {"text": "So the answer is 7."}, now=at(5))
    assert take(p, ANN).task != done
    assert work.queue(p, ANN, "p", "sent_back").lines == ()
    with refused(PermissionDenied, "self_review"):
        desk.send_back(p, Actor(name="ann", role=Role.REVIEWER), "p", "ann", done, "fine")
    with pytest.raises(PermissionDenied):
        desk.send_back(p, BOB, "p", "ann", done, "no")
    with refused(PermissionDenied, "not_yours"):
        desk.send_back(p, rev, "p", "bob", done, "no")


def test_a_list_is_read_page_by_page(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path / "ws", database, keyed(9)) as p:
        done = [work_off(p, "ann", 1, at(n // 2))[0] for n in range(9)]  # pairs at one time
        seen: list[str] = []
        after = None
        while True:
            page = work.queue(p, ANN, "p", "submitted", after=after, limit=2)
            seen += [line.task for line in page.lines]
            after = page.after
            if after is None:
                break
        assert len(seen) == 9
        assert set(seen) == set(done)
        times = [done.index(task) // 2 for task in seen]
        assert times == sorted(times, reverse=True)
        for word in ("x", "1", "-1.tsk", "9" * 40 + ".x"):
            with refused(UsageError, "bad_list"):
                work.queue(p, ANN, "p", "submitted", after=word)
        with refused(UsageError, "bad_list"):
            work.queue(p, ANN, "p", "gold")  # type: ignore[arg-type]


# Skills, imports, pairs


def test_people_get_tasks_of_their_skills_and_those_that_need_none(
    tmp_path: Path, database: str | None
) -> None:
    tasks = keyed(12)
    for task in tasks[9:]:
        task["skill"] = ""
    with opened(tmp_path / "ws", database, tasks, people=("ann",)) as p:
        desk.seat(p, LEAD, "p", "bob", skills=["s1"])
        desk.seat(p, LEAD, "p", "cyd", skills=["s0", "s2", "unknown"])
        asked = {n: set(work_off(p, n)) for n in ("bob", "cyd")}
        with p.storage.read() as conn:
            rows = conn.execute(text("SELECT id, skill FROM tasks"))
            skill = {row.id: row.skill for row in rows}
        assert {skill[task] or None for task in asked["bob"]} == {"s1", None}
        assert {skill[task] or None for task in asked["cyd"]} == {"s0", "s2", None}
        assert len(asked["bob"]) == 6
        assert len(asked["cyd"]) == 9
        desk.seat(p, LEAD, "p", "bob", skills=["s0", "s1"])  # they learnt something
        assert {skill[task] for task in work_off(p, "bob")} == {"s0"}


def test_a_task_imported_later_joins_the_queue(p: Context, tmp_path: Path) -> None:
    work_off(p, "ann")
    file = tmp_path / "more.jsonl"
    file.write_text(json.dumps({"id": "z", "prompt": "Compute 9+9.", "skill": None}) + "\n")
    load.load_tasks(p, LEAD, "p", file, load.task_mapping(TASK_FIELDS[:2]), OWN)
    assert len(work_off(p, "ann")) == 1


def import_of_ann(p: Context, folder: Path, count: int) -> None:
    """Answers of Ann's to the first ``count`` tasks, from a file."""
    file = folder / "ann.jsonl"
    rows = [{"task": f"q{n}", "annotator": "ann", "answer": "It is 3."} for n in range(count)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    load.load_answers(
        p, LEAD, "p", file,
        load.answer_mapping(["task=task", "annotator=annotator", "answer=answer"]),
        Terms(channel="person", licence="CC-BY-4.0"), annotator_type="person",
        tasks_from="questions",
    )  # fmt: skip


def test_nobody_gets_what_they_answered_in_an_import(p: Context, tmp_path: Path) -> None:
    import_of_ann(p, tmp_path, 5)
    assert len(work_off(p, "ann")) == 1
    assert all(len(set(names)) == len(names) for names in given(p).values())


def test_an_answer_imported_meanwhile_is_superseded(p: Context, tmp_path: Path) -> None:
    task = take(p, ANN)
    import_of_ann(p, tmp_path, 6)
    submit(p, ANN, task)
    assert len(given(p)[task.task]) == 1
    with p.storage.read() as conn:
        assert len(answers.of_task(conn, task.task)) == 2


def test_a_pair_is_turned_for_some_and_kept_as_it_was(tmp_path: Path, database: str | None) -> None:
    pairs = [{"id": f"q{n}", "prompt": f"Q {n}?", "l": "good", "r": "bad"} for n in range(40)]
    mapping = ["id=id", "prompt=prompt", "left=l", "right=r"]
    with opened(tmp_path / "ws", database, pairs, kind=Kind.PREFERENCE, fields=mapping) as p:
        seen = set()
        for second in range(40):
            task = take(p, ANN, second)
            assert take(p, ANN, second).options == task.options
            seen.add(task.options)
            side = ("left", "right")[task.options.index("good")]
            work.submit(p, ANN, "p", task.task, task.token, {"winner": side}, now=at(second))
            again = work.undo(p, ANN, "p", task=task.task, now=at(second))
            assert again.answer == {"kind": "preference", "winner": side, "because": None}
            work.submit(p, ANN, "p", task.task, task.token, {"winner": side}, now=at(second))
        assert seen == {("good", "bad"), ("bad", "good")}
        with p.storage.read() as conn:
            kept = {
                a.answer for task, in conn.execute(text("SELECT id FROM tasks"))
                for a in answers.of_task(conn, task)
            }  # fmt: skip
        assert kept == {PreferenceAnswer(winner="left")}


# What is refused


def test_what_is_anothers_sounds_as_if_it_were_not_there(p: Context) -> None:
    mine = take(p, ANN)
    theirs = take(p, BOB)
    work.submit(p, CYD, "p", (done := take(p, CYD)).task, done.token, say(done), now=START)
    unseen = next(row[0] for row in slots(p) if row[0] not in (mine.task, theirs.task, done.task))
    messages = set()
    for task, token in [
        (theirs.task, theirs.token), (mine.task, theirs.token), (mine.task, ""),
        (mine.task, mine.token + "x"), (unseen, mine.token), ("tsk_guessed", mine.token),
        (done.task, done.token), ("", ""), (mine.task, "é"),
    ]:  # fmt: skip
        if task == theirs.task == mine.task and token == mine.token:
            continue
        for verb in (
            lambda task, token: work.submit(p, ANN, "p", task, token, {"text": "1"}),
            lambda task, token: work.save_draft(p, ANN, "p", task, token, {"text": "1"}),
            lambda task, token: work.skip(p, ANN, "p", task, token, SkipReason.SKIP),
        ):
            with refused(PermissionDenied, "not_yours") as caught:
                verb(task, token)
            messages.add(caught.value.say("en").replace(task, ""))
    assert len(messages - {""}) <= 2  # "" is in every text: one more wording at most
    with refused(UsageError, "nothing_to_undo"):
        work.undo(p, ANN, "p", task=done.task)
    assert work.queue(p, ANN, "p", "submitted").lines == ()
    assert work.next_task(p, BOB, "p", now=START) == theirs


def test_without_a_seat_nothing_is_given_and_no_project_is_named(p: Context) -> None:
    load.make_project(p, LEAD, "secret-project", Kind.FREE)
    said = set()
    for actor, project in [
        (person("eve"), "p"), (ANN, "secret-project"), (ANN, "no-such-project"),
        (Actor(name="eve", role=Role.OWNER), "p"),
    ]:  # fmt: skip
        for verb in (
            lambda a, q: work.next_task(p, a, q),
            lambda a, q: work.queue(p, a, q),
            lambda a, q: work.undo(p, a, q),
            lambda a, q: work.submit(p, a, q, "tsk", "t", {"text": "1"}),
        ):
            with refused(PermissionDenied, "no_seat") as caught:
                verb(actor, project)
            said.add(
                caught.value.say("en").replace(f"project {project};", "?").replace(actor.name, "?")
            )
    assert len(said) == 1
    with pytest.raises(PermissionDenied):
        work.next_task(p, Actor(name="ann", role=Role.AUDITOR), "p")


def test_an_annotator_opens_no_desk_and_seats_nobody(p: Context) -> None:
    task = slots(p)[0][0]
    for verb in (
        lambda: desk.open_desk(p, ANN, "p", Rules()),
        lambda: desk.seat(p, ANN, "p", "eve"),
        lambda: conduct.pause(p, ANN, "p", "bob", "why"),
        lambda: desk.set_gold(p, ANN, "p", [task]),
        lambda: desk.clear_gold(p, ANN, "p", [task]),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_one_who_is_paused_finishes_and_gets_nothing_new(p: Context) -> None:
    task = take(p, ANN)
    conduct.pause(p, LEAD, "p", "ann", "Rest.")
    submit(p, ANN, task)
    with refused(PermissionDenied, "paused"):
        work.next_task(p, ANN, "p")
    desk.seat(p, LEAD, "p", "ann")
    then = take(p, ANN)
    assert then.task != task.task
    conduct.pause(p, LEAD, "p", "ann", "Rest.")
    with refused(PermissionDenied, "paused"):
        work.submit_onward(p, ANN, "p", then.task, then.token, say(then), now=at(0))
    assert then.task in given(p)  # what was answered is kept, whatever comes next


@pytest.mark.parametrize("when", ["asked", "looked at"])
def test_a_next_task_that_cannot_be_shown_takes_no_answer_along(
    p: Context, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    task = take(p, ANN)

    def damaged(*_: object) -> InHand:
        raise StorageError("storage.damaged", table="tasks", id="tsk_x")

    ask_show = damaged if when == "asked" else lambda *_: damaged
    monkeypatch.setattr(hands, "ask_show", ask_show)
    with pytest.raises(StorageError, match="tsk_x"):
        work.submit_onward(p, ANN, "p", task.task, task.token, say(task), now=at(0))
    assert [len(said) for said in given(p).values()] == [1]


# Gold


@pytest.fixture
def gilt(tmp_path: Path, database: str | None) -> Iterator[tuple[Context, set[str]]]:
    """Forty tasks, of which ten are gold and come at every second turn."""
    rules = Rules(overlap=1, gold_per_mille=500, lease_seconds=60)
    with opened(tmp_path / "ws", database, keyed(40), rules=rules) as context:
        gold = [row[0] for row in slots(context)][::4]
        assert desk.set_gold(context, LEAD, "p", gold) == 10
        assert desk.set_gold(context, LEAD, "p", gold) == 0
        yield context, set(gold)


def test_everybody_meets_gold_among_ordinary_tasks(gilt: tuple[Context, set[str]]) -> None:
    context, gold = gilt
    done = {name: work_off(context, name, 12) for name in ("ann", "bob")}
    for name, tasks in done.items():
        assert len(set(tasks)) == 12
        me = hands.annotator_id(context, "p", name)
        drawn = [
            assignment.gold_turn(Rules(gold_per_mille=500), context.secret, me, turn)
            for turn in range(12)
        ]
        while sum(drawn) > len(gold):
            drawn[len(drawn) - 1 - drawn[::-1].index(True)] = False  # none is left by then
        assert [task in gold for task in tasks] == drawn
    rest = work_off(context, "cyd")
    everything = [task for tasks in (*done.values(), rest) for task in tasks]
    ordinary = [task for task in everything if task not in gold]
    assert len(ordinary) == len(set(ordinary)) == 30


def test_gold_alone_is_never_given(gilt: tuple[Context, set[str]]) -> None:
    """At the end of the queue, what still came would be gold for certain."""
    context, gold = gilt
    for name in ("ann", "bob"):
        work_off(context, name, 40)
    assert {row[4] for row in slots(context) if row[0] not in gold} == {"done"}
    assert work.next_task(context, CYD, "p", now=START) is None


def test_an_annotator_sees_no_field_and_no_query_that_tells_gold(
    gilt: tuple[Context, set[str]],
) -> None:
    """The same statements in the same order for gold and for others.

    What the annotator's requests run names no keys, and no gold but for the choice itself, which
    looks for both kinds each time.
    """
    context, gold = gilt
    said: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            said.append(statement)

    for engine in (context.storage._writer._engine, context.storage._reader):
        event.listen(engine, "before_cursor_execute", note)

    def during(call: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
        said.clear()
        return call(), tuple(said)

    def follow(task: InHand, turn: int) -> None:
        mine = (context, ANN, "p", task.task, task.token)
        work.save_draft(*mine, {"text": "x"}, now=at(turn))
        work.queue(context, ANN, "p", "drafts")
        if turn % 2:
            work.submit(*mine, say(task), now=at(turn))
            work.undo(context, ANN, "p", now=at(turn))
            work.submit(*mine, say(task, 1), now=at(turn))
            work.submit(*mine, say(task, 1), now=at(turn))
        else:
            work.skip(*mine, SkipReason.UNSURE, now=at(turn))
        work.queue(context, ANN, "p", "submitted")

    work_off(context, "ann", 1)  # the day's first answer begins a session
    shapes: dict[tuple[bool, int], set[tuple[str, ...]]] = {}
    for turn in range(1, 21):
        task, chosen = during(lambda turn=turn: work.next_task(context, ANN, "p", now=at(turn)))
        assert {field.name for field in fields(task)} == {
            "task", "kind", "prompt", "options", "token", "until", "draft", "answer", "note",
            "suggestion",
        }  # fmt: skip
        _, after = during(lambda turn=turn, task=task: follow(task, turn))
        assert not any("answer_keys" in statement for statement in chosen)
        assert not any(re.search(r"\b(answer_keys|gold)\b", statement) for statement in after)
        if turn > 1:  # before the first, nothing was given back
            shapes.setdefault((task.task in gold, turn % 2), set()).add(chosen + after)
    for way in (0, 1):
        assert len(shapes[True, way]) == 1
        assert shapes[True, way] == shapes[False, way]


def test_gold_needs_a_key_and_untouched_hands(p: Context) -> None:
    task = take(p, ANN)
    with refused(UsageError, "in_hand"):
        desk.set_gold(p, LEAD, "p", [task.task])
    with refused(UsageError, "no_such_task"):
        desk.set_gold(p, LEAD, "p", ["tsk_none"])
    free = next(row[0] for row in slots(p) if row[0] != task.task)
    with p.storage.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM gold")).scalar_one() == 0
    assert desk.set_gold(p, LEAD, "p", [free]) == 1
    assert free not in work_off(p, "bob")
    assert desk.clear_gold(p, LEAD, "p", [free, task.task]) == 1
    assert free in work_off(p, "bob")
