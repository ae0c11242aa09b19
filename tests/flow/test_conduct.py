"""Gold that teaches who can be trusted; pauses with their reason, appeals, decisions; lessons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_example import LEAD, START, at, given, keyed, opened, person, say, slots
from sqlalchemy import event, text

from qinglan import assignment
from qinglan.errors import PermissionDenied, QinglanError, UsageError
from qinglan.flow import conduct, desk, hands, lessons, load, signs, standing, withdraw, work
from qinglan.flow.context import Context, open_context
from qinglan.flow.judge import judge
from qinglan.records import Actor, Kind, Role
from qinglan.storage import history, outcomes, seats, tables
from qinglan.wording import say as say_
from qinglan.work import Marks, Rules

ANN, BOB = person("ann"), person("bob")
MARKS = Marks(least=700, aim=800, calibration=4, floor=20)
REV = Actor(name="rev", role=Role.REVIEWER)


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[tuple[Context, set[str]]]:
    """Sixty tasks, of which thirty are gold; two answers wanted of each other one."""
    rules = Rules(overlap=2, gold_per_mille=400, lease_seconds=60)
    with opened(tmp_path / "ws", database, keyed(60), rules=rules) as context:
        gold = {row[0] for row in slots(context)[::2]}
        desk.set_gold(context, LEAD, "p", sorted(gold))
        conduct.set_marks(context, LEAD, "p", MARKS)
        yield context, gold


def refused(kind: type[QinglanError], key: str) -> Any:
    return pytest.raises(kind, check=lambda error: error.key == f"error.{key}")


def answer(
    context: Context, actor: Actor, most: int, more: Callable[[int], int] = lambda _: 0,
    first: float = 0,
) -> list[str]:  # fmt: skip
    """Answer up to ``most`` tasks, a second apart; the n-th wrong by ``more(n)``."""
    done: list[str] = []
    for n in range(most):
        task = work.next_task(context, actor, "p", now=at(first + n))
        if task is None:
            break
        mine = (context, actor, "p", task.task, task.token)
        work.submit(*mine, say(task, more(n)), now=at(first + n))
        done.append(task.task)
    return done


def fared(context: Context, name: str) -> list[bool | None]:
    with context.storage.read() as conn:
        return outcomes.all(conn, hands.annotator_id(context, "p", name), 0)


def test_gold_is_scored_at_the_next_choice_and_overlap_stays_exact(
    p: tuple[Context, set[str]],
) -> None:
    context, gold = p
    done = answer(context, ANN, 20, lambda n: n % 5 == 4)
    scored = [task for task in done[:-1] if task in gold]
    assert len(fared(context, "ann")) == len(scored) >= 1
    wrong = [n for n, task in enumerate(done[:-1]) if task in gold and n % 5 == 4]
    assert fared(context, "ann").count(False) == len(wrong)
    answer(context, BOB, 80)
    answer(context, person("cyd"), 80)
    votes = given(context)
    ordinary = {row[0]: row for row in slots(context) if row[0] not in gold}
    assert all(len(votes[task]) == 2 and row[2:4] == (2, 0) for task, row in ordinary.items())


def test_turns_follow_from_secret_annotator_and_answers_alone(
    p: tuple[Context, set[str]],
) -> None:
    """Each turn is foretold by who knows the secret; a reopened workspace goes on the same."""
    context, gold = p
    # Gold stays frequent, so that there is enough of it to move the rate more than once.
    marks = replace(MARKS, floor=200)
    conduct.set_marks(context, LEAD, "p", marks)
    rules = Rules(overlap=2, gold_per_mille=400, lease_seconds=60)
    me, seen = hands.annotator_id(context, "p", "ann"), []
    history_: list[bool | None] = []
    turn = 0
    # Which turns are gold is the secret's choice, and it takes some of them to earn trust.
    while turn < 24 or (len(set(seen)) < 3 and turn < 50):
        if turn == 12:
            context.close()
            context = open_context(context.folder)
        (task,) = answer(context, ANN, 1, lambda _, turn=turn: turn % 6 == 5, first=turn)
        rate = assignment.review(history_, marks, 400).gold_per_mille
        foretold = replace(rules, gold_per_mille=rate)
        assert (task in gold) == assignment.gold_turn(foretold, context.secret, me, turn)
        seen.append(rate)
        if task in gold:
            history_.append(turn % 6 != 5)
        turn += 1
    context.close()
    assert len(set(seen)) > 2


def test_marks_set_later_judge_what_is_there_and_look_at_nothing_twice(
    p: tuple[Context, set[str]],
) -> None:
    context, gold = p
    conduct.set_marks(context, LEAD, "p", None)
    done = answer(context, ANN, 12)
    assert fared(context, "ann") == []
    conduct.set_marks(context, LEAD, "p", MARKS)
    assert fared(context, "ann") == [True] * len(gold & set(done))
    with context.storage.read() as conn:
        seat = seats.get(conn, hands.annotator_id(context, "p", "ann"))
        assert seat is not None
        assert [one.task for one in outcomes.fresh(conn, seat.annotator, seat.seen)] == done[-1:]


def test_a_revised_answer_is_scored_again_and_counts_once(p: tuple[Context, set[str]]) -> None:
    context, gold = p
    done = answer(context, ANN, 1, lambda _: 1)
    while done[-1] not in gold:
        done += answer(context, ANN, 1, lambda _: 1, first=len(done))
    golden = done[-1]
    done += answer(context, ANN, 1, lambda _: 1, first=len(done))
    before = fared(context, "ann")
    again = work.undo(context, ANN, "p", task=golden, now=at(50))
    work.submit(context, ANN, "p", again.task, again.token, say(again), now=at(50))
    task = work.next_task(context, ANN, "p", now=at(51))
    assert task is not None
    after = fared(context, "ann")
    assert (before.count(True), after.count(True)) == (0, 1)
    assert len(after) <= len(before) + (done[-1] in gold)


def too_poor(context: Context) -> str:
    """Let Ann guess until she is paused; the id of the flag."""
    with refused(PermissionDenied, "assignment.paused"):
        answer(context, ANN, 60, lambda _: 1)
    (flag,) = standing.own(context, ANN, "p").flags
    assert flag.kind == "too_poor"
    return flag.id


def test_who_is_surely_too_poor_is_paused_told_why_and_may_appeal(
    p: tuple[Context, set[str]],
) -> None:
    context, _ = p
    flag = too_poor(context)
    own = standing.own(context, ANN, "p")
    assert not own.active
    assert own.flags[0].facts["right"] == 0
    assert own.flags[0].facts["tasks"] >= 5
    with refused(UsageError, "conduct.no_words"):
        conduct.appeal(context, ANN, "p", flag, "  ")
    conduct.appeal(context, ANN, "p", flag, "The keys were off by one.")
    with refused(UsageError, "conduct.appeal_waits"):
        conduct.appeal(context, ANN, "p", flag, "Again.")
    first = conduct.board(context, LEAD, "p").flags[0]
    assert (first.name, first.flag.waits) == ("ann", True)
    conduct.decide(context, LEAD, "p", flag, lift=False, words="They were not.", now=at(100))
    with refused(PermissionDenied, "assignment.paused"):
        work.next_task(context, ANN, "p", now=at(101))
    conduct.appeal(context, ANN, "p", flag, "Look at task 3.")
    conduct.decide(context, LEAD, "p", flag, lift=True, words="True.", now=at(110))
    (told,) = standing.own(context, ANN, "p").flags
    assert [word.what for word in told.said] == ["appeal", "uphold", "appeal", "lift"]
    assert told.said[-1].words == "True."
    assert len(answer(context, ANN, 8, first=120)) == 8  # judged by what comes from now on
    with context.storage.read() as conn:
        events = [entry.event for entry in history.entries(conn, context.project("p").id)]
    said = [e for e in events if isinstance(e, dict) and e.get("flag") == flag]
    assert [e.get("kind") or e.get("said") for e in said] == [
        "too_poor", "appeal", "uphold", "appeal", "lift",
    ]  # fmt: skip
    assert "off by one" not in json.dumps(events)


def test_flags_are_the_persons_and_the_leads_alone(p: tuple[Context, set[str]]) -> None:
    context, _ = p
    flag = too_poor(context)
    for actor in (BOB, person("eve")):
        with pytest.raises(PermissionDenied):
            conduct.appeal(context, actor, "p", flag, "mine")
        with pytest.raises(PermissionDenied):
            conduct.decide(context, actor, "p", flag, lift=True, words="please")
        with pytest.raises(PermissionDenied):
            conduct.board(context, actor, "p")
    assert standing.own(context, BOB, "p").flags == ()
    with pytest.raises(PermissionDenied):
        conduct.decide(context, REV, "p", flag, lift=True, words="please")
    assert conduct.board(context, REV, "p").flags != ()
    with refused(PermissionDenied, "conduct.own_flag"):
        own = Actor(name="ann", role=Role.LEAD)
        conduct.decide(context, own, "p", flag, lift=True, words="please")
    with refused(UsageError, "conduct.no_flag"):
        conduct.decide(context, LEAD, "p", "flg_none", lift=True, words="please")
    for verb in (
        lambda: conduct.set_marks(context, ANN, "p", None),
        lambda: conduct.pause(context, ANN, "p", "bob", "dislike"),
        lambda: lessons.set_lessons(context, ANN, "p", "practice", {}),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_a_lead_pauses_with_a_reason(p: tuple[Context, set[str]]) -> None:
    context, _ = p
    with refused(UsageError, "conduct.no_words"):
        conduct.pause(context, LEAD, "p", "ann", " ")
    conduct.pause(context, LEAD, "p", "ann", "Please read guideline 2 first.")
    (flag,) = standing.own(context, ANN, "p").flags
    assert (flag.kind, flag.said[0].words) == ("paused", "Please read guideline 2 first.")
    assert not flag.waits
    conduct.decide(context, LEAD, "p", flag.id, lift=True, words="Read.")
    assert answer(context, ANN, 1) != []


def test_gold_cannot_be_told_by_the_statements_that_run(p: tuple[Context, set[str]]) -> None:
    """Choice and answer run the same statements whether this task or the last was gold."""
    context, gold = p
    said: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            said.append(statement)

    for engine in (context.storage._writer._engine, context.storage._reader):
        event.listen(engine, "before_cursor_execute", note)
    # Half of the turns are gold, whatever is answered.
    conduct.set_marks(context, LEAD, "p", Marks(least=1, aim=2, calibration=200))
    answer(context, ANN, 2)
    last, shapes, kinds = None, set(), set()
    for n in range(2, 50):
        if n > 20 and len(kinds) == 4:
            break
        said.clear()
        (task,) = answer(context, ANN, 1, first=n)
        shapes.add(tuple(said))
        kinds.add((last in gold, task in gold))
        assert not any("answer_keys" in statement for statement in said)
        last = task
    assert len(kinds) == 4
    assert len(shapes) == 1


def test_ones_own_figures_do_not_tell_what_was_gold(p: tuple[Context, set[str]]) -> None:
    """They change with whole batches of settled answers, whatever is revised meanwhile."""
    context, gold = p
    seen = []
    for n in range(36):
        done = answer(context, ANN, 1, first=n)
        if not done:
            break
        seen.append(standing.own(context, ANN, "p").trust)
        if n > 20 and done[0] in gold:
            again = work.undo(context, ANN, "p", now=at(n + 0.4))
            mine = (context, ANN, "p", again.task, again.token)
            work.submit(*mine, say(again, 1), now=at(n + 0.5))
            assert standing.own(context, ANN, "p").trust == seen[-1]
    changes = [n + 1 for n in range(1, len(seen)) if seen[n] != seen[n - 1]]
    assert changes == [standing.BATCH + standing.OPEN]
    assert seen[-1].decided > 0


# Lessons


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Context]:
    """Two tasks of practice and three of qualification, of twenty; nobody seated yet."""
    with opened(tmp_path / "ws", None, keyed(20), people=()) as context:
        ids = [row[0] for row in slots(context)]
        words = {ids[0]: "Add *twice*.", ids[1]: None}
        assert lessons.set_lessons(context, LEAD, "p", "practice", words) == 2
        exam = dict.fromkeys(ids[2:5])
        assert lessons.set_lessons(context, LEAD, "p", "qualification", exam) == 3
        assert lessons.set_lessons(context, LEAD, "p", "qualification", exam) == 0
        conduct.set_marks(context, LEAD, "p", Marks(least=300, aim=300, passing=300))
        desk.seat(context, LEAD, "p", "ann", licence="CC-BY-4.0")
        yield context


def learn(context: Context, actor: Actor, more: int) -> list[lessons.Feedback | None]:
    told = []
    while (here := lessons.lesson(context, actor, "p")).question is not None:
        number = 2 * int(here.question.prompt.split("+")[1].rstrip(".")) + more
        payload = {"text": f"It is {number}."}
        told.append(lessons.answer(context, actor, "p", here.question.id, payload))
    return told


def test_practice_explains_and_the_qualification_admits(school: Context) -> None:
    with refused(PermissionDenied, "assignment.not_admitted"):
        work.next_task(school, ANN, "p")
    told = learn(school, ANN, 0)
    assert [None if one is None else (one.right, one.words) for one in told] == [
        (True, "Add *twice*."), (True, None), None, None, None,
    ]  # fmt: skip
    assert told[0] is not None
    assert told[0].key
    assert lessons.lesson(school, ANN, "p").admitted  # 0.3 ** 3 < 0.05
    done = answer(school, ANN, 30)
    assert len(done) == 15  # lessons are no work
    assert set(given(school)) == set(done)


def test_who_does_not_pass_is_told_and_a_lead_decides(school: Context) -> None:
    learn(school, ANN, 1)
    own = standing.own(school, ANN, "p")
    assert not own.admitted
    (flag,) = own.flags
    assert (flag.kind, flag.facts["right"], flag.facts["undecided"]) == ("unqualified", 0, True)
    lessons.settle_due(school, ANN, "p")
    assert len(standing.own(school, ANN, "p").flags) == 1
    conduct.decide(school, LEAD, "p", flag.id, lift=True, words="Try real work.")
    assert answer(school, ANN, 2) != []


def test_a_lead_allows_a_second_try_of_a_failed_qualification(school: Context) -> None:
    """What the first try was stays; the second is decided by its own answers."""
    with refused(UsageError, "conduct.not_failed"):
        lessons.try_again(school, LEAD, "p", "ann", "Before the first.")
    learn(school, ANN, 1)
    (first,) = standing.own(school, ANN, "p").flags
    assert not standing.own(school, ANN, "p").admitted
    for name, words, error, key in (
        ("ann", " ", UsageError, "conduct.no_words"),
        ("nobody", "Who?", PermissionDenied, "assignment.no_seat"),
    ):
        with refused(error, key):
            lessons.try_again(school, LEAD, "p", name, words)
    for actor in (ANN, BOB):
        with refused(PermissionDenied, "flow.not_allowed"):
            lessons.try_again(school, actor, "p", "ann", "I want to.")
    lessons.try_again(school, LEAD, "p", "ann", "Was ill that day.")
    with refused(UsageError, "conduct.not_failed"):
        lessons.try_again(school, LEAD, "p", "ann", "Twice at once.")
    learn(school, ANN, 1)  # failing again is told again
    flags = {one.id: one for one in standing.own(school, ANN, "p").flags}
    kept = flags.pop(first.id)
    (second,) = flags.values()
    assert (kept.id, kept.decided, kept.facts) == (first.id, "again", first.facts)
    assert [word.words for word in kept.said] == ["Was ill that day."]
    assert second.decided is None
    lessons.try_again(school, LEAD, "p", "ann", "Last chance.")
    learn(school, ANN, 0)
    assert standing.own(school, ANN, "p").admitted
    assert answer(school, ANN, 2) != []
    with school.storage.read() as conn:
        told = [one.event for one in history.entries(conn, school.project("p").id)]
    again = [one for one in told if isinstance(one, dict) and one.get("said") == "again"]
    assert [one["actor"] for one in again] == [LEAD.name] * 2
    assert "ill" not in json.dumps(again)


def test_lessons_come_in_their_order_and_their_first_answer_stands(school: Context) -> None:
    here = lessons.lesson(school, ANN, "p").question
    assert here is not None
    ids = [row[0] for row in slots(school)]
    with refused(PermissionDenied, "assignment.not_yours"):
        lessons.answer(school, ANN, "p", ids[1], {"text": "1"})
    lessons.answer(school, ANN, "p", here.id, {"text": "It is 1."})
    with refused(PermissionDenied, "assignment.not_yours"):
        lessons.answer(school, ANN, "p", here.id, {"text": "It is 2."})
    with refused(PermissionDenied, "assignment.no_seat"):
        lessons.lesson(school, BOB, "p")
    with refused(UsageError, "assignment.in_hand"):
        desk.set_gold(school, LEAD, "p", [ids[0]])


def test_the_notice_is_kept_by_person_and_version(school: Context) -> None:
    assert not standing.told(school, ANN, "p")
    for _ in range(2):
        standing.tell(school, ANN, "p")
    assert standing.told(school, ANN, "p")
    with school.storage.read() as conn:
        assert conn.execute(text("SELECT version FROM notices")).scalars().all() == [
            standing.NOTICE
        ]


# Signs


PAIRS = [{"id": f"q{n}", "prompt": f"Q {n}?", "l": f"good {n}", "r": f"bad {n}"} for n in range(40)]


def test_signs_become_flags_once_and_pause_nobody(tmp_path: Path) -> None:
    """Bob hands his words on to Cyd; Dee is in a hurry."""
    names = ("ann", "bob", "cyd", "dee", "eve")
    mapping = ["id=id", "prompt=prompt", "left=l", "right=r"]
    with opened(
        tmp_path / "ws", None, PAIRS, kind=Kind.PREFERENCE, fields=mapping,
        rules=Rules(overlap=5, lease_seconds=60), people=names,
    ) as context:  # fmt: skip
        for place, name in enumerate(names):
            for n in range(14):
                now = at(100 * n)
                task = work.next_task(context, person(name), "p", now=now)
                assert task is not None
                because = f"The {task.prompt} asks {name * 9} for {n * 7919} reasons more {n}."
                if name == "eve":
                    n_ = task.prompt[2:-1]
                    because = (
                        f"The Q {n_}? asks {name * 9} for {n_} reasons more than {n_} could say."
                    )
                if name in ("bob", "cyd"):
                    because = (
                        f"As I see it, {task.prompt} is answered rather well by the good one here."
                    )
                said = {"winner": ("left", "right")[(n + place) % 2], "because": because}
                took = 1.5 if name == "dee" else 30 + place
                mine = (context, person(name), "p", task.task, task.token)
                work.submit(*mine, said, now=now + timedelta(seconds=took))
        file = tmp_path / "model.jsonl"
        wrote = [
            {"t": f"q{n}", "m": "parrot", "w": "left",
             "b": f"The Q {n}? asks {'eve' * 9} for {n} reasons more than {n} could say here."}
            for n in range(40)
        ]  # fmt: skip
        file.write_text("".join(json.dumps(row) + "\n" for row in wrote))
        fields = ["task=t", "annotator=m", "winner=w", "because=b"]
        load.load_answers(
            context, LEAD, "p", file, load.answer_mapping(fields),
            load.Terms(channel="weights", family="parrot", licence="MIT"),
            annotator_type="model", tasks_from="questions",
        )  # fmt: skip
        found = signs.look(context, LEAD, "p")
        assert (found.answers, found.raised["near_texts"], found.raised["hurried"]) == (70, 3, 1)
        assert set(found.raised) <= {"near_texts", "hurried", "no_information"}
        assert "near_texts" not in signs.look(context, LEAD, "p").raised  # once
        board = conduct.board(context, LEAD, "p")
        pairs = {(one.name, one.other) for one in board.flags if one.flag.kind == "near_texts"}
        assert pairs == {("bob", "cyd"), ("cyd", "bob"), ("eve", "parrot")}
        assert all(one.active for one in board.people)
        for one in board.flags:
            facts, (key, more) = conduct.explain(one.flag)
            assert say_(f"flag.seen.{one.flag.kind}", "en", **facts)
            assert "simulated" in say_(key, "en", **more)
        with pytest.raises(PermissionDenied):
            signs.look(context, BOB, "p")
        mine = [one.flag for one in board.flags if one.name == "bob"]
        conduct.appeal(context, BOB, "p", mine[0].id, "We learnt from one book.")
        withdraw.withdraw(context, LEAD, "p", annotator="bob", really=True)
        with context.storage.read() as conn:
            for table in ("flags", "flag_words"):
                rows = [str(tuple(row)) for row in conn.execute(text(f"SELECT * FROM {table}"))]
                assert not any("book" in row or mine[0].annotator in row for row in rows)
        left = {one.other for one in conduct.board(context, LEAD, "p").flags}
        assert left == {None, "parrot"}


def test_what_a_page_counts_is_kept_for_ones_own_task_alone(p: tuple[Context, set[str]]) -> None:
    context, _ = p
    task = work.next_task(context, ANN, "p", now=START)
    assert task is not None
    counts = {"pasted": 10, "typed": 3, "away": 1}
    for _ in range(2):
        standing.behave(context, ANN, "p", task.task, task.token, **counts)
    with context.storage.read() as conn:
        row = conn.execute(text("SELECT pasted, typed, away FROM behaviour")).one()
    assert tuple(row) == (20, 6, 2)
    for actor, token in ((ANN, "x"), (BOB, task.token)):
        with refused(PermissionDenied, "assignment.not_yours"):
            standing.behave(context, actor, "p", task.task, token, **counts)
    for wrong in (-1, 2**40):
        with refused(UsageError, "conduct.bad_count"):
            standing.behave(context, ANN, "p", task.task, task.token, **{**counts, "away": wrong})


def test_drift_becomes_a_flag_and_brings_gold_back(p: tuple[Context, set[str]]) -> None:
    """Sixty good answers to gold, then thirty poor ones, written straight into the table.

    Nobody asks for it: it is seen when the project is judged, and said once.
    """
    context, _ = p
    annotator = hands.annotator_id(context, "p", "ann")
    fared = [True] * 60 + [False, True] * 15
    rows = [
        {"annotator": annotator, "task": f"tsk_{n:03d}", "project": context.project("p").id,
         "at": n, "right": right}
        for n, right in enumerate(fared)
    ]  # fmt: skip
    context.storage.write(lambda conn: conn.execute(tables.gold_answers.insert(), rows))
    assert [judge(context, LEAD, "p").flagged for _ in range(2)] == [1, 0]
    assert signs.look(context, LEAD, "p").raised == {}
    (flag,) = standing.own(context, ANN, "p").flags
    assert (flag.kind, flag.facts["right"], flag.facts["late"]) == ("drift", 25, 40)
    (ann,) = (one for one in conduct.board(context, LEAD, "p").people if one.name == "ann")
    assert (ann.review.gold_per_mille, ann.active) == (400, True)
