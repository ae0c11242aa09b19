"""Suggestions at the desk: who sees them, what comes of them, and what they must not give away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_example import LEAD, at, opened, person

from qinglan import assignment
from qinglan.errors import PermissionDenied, Refused, UsageError
from qinglan.flow import desk, load, opening, standing, suggesting, withdraw, work
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.flow.judge import judge
from qinglan.flow.labels import read_labels
from qinglan.flow.release import build_release
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Purpose, Role
from qinglan.storage import origins, suggestions
from qinglan.work import Rules

N = 8
OWNER = Actor(name="owner", role=Role.OWNER)
REVIEWER = Actor(name="rev", role=Role.REVIEWER)
WEIGHTS = Terms(channel="weights", licence="Apache-2.0", family="qwen3", name="replies")


def tasks(count: int = N) -> list[dict[str, Any]]:
    return [
        {"id": f"t{i}", "prompt": f"Is {i} even?", "options": ["yes", "no"], "key": "AB"[i % 2]}
        for i in range(count)
    ]


def answer_as(
    context: Context, model: str, letters: str, *, terms: Terms = WEIGHTS, type_: Any = "model"
) -> None:
    """Import one letter for each task, from the first on."""
    file = context.folder.parent / f"{model}.jsonl"
    rows = [
        {"task": f"t{i}", "annotator": model, "answer": letter} for i, letter in enumerate(letters)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    mapping = load.answer_mapping(["task=task", "annotator=annotator", "option=answer"])
    load.load_answers(
        context, LEAD, "p", file, mapping, replace(terms, name=model), annotator_type=type_,
        tasks_from="questions",
    )  # fmt: skip


@pytest.fixture
def context(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """Eight questions with two options; the model ``qwen3`` says yes to all."""
    fields = ["id=id", "prompt=prompt", "options=options", "key=key"]
    with opened(
        tmp_path / "ws", database, tasks(), kind=Kind.CHOICE, fields=fields, rules=Rules(overlap=2)
    ) as context:
        answer_as(context, "qwen3", "A" * N)
        yield context


def give(context: Context, name: str, letters: str) -> list[work.InHand]:
    """Let ``name`` answer task after task by the letters; what was in their hands."""
    met = []
    for letter in letters:
        task = work.next_task(context, person(name), "p", now=at(1))
        assert task is not None
        met.append(task)
        work.submit(
            context, person(name), "p", task.task, task.token, {"option": letter}, now=at(2)
        )
    return met


def test_it_is_shown_with_its_source_and_counts_for_nothing(context: Context) -> None:
    assert work.next_task(context, person("cyd"), "p") is not None
    suggesting.suggest(context, LEAD, "p", "qwen3", hidden=0)
    task = work.next_task(context, person("ann"), "p", now=at(1))
    assert task is not None
    assert task.suggestion is not None
    assert (task.suggestion.by, task.suggestion.fields["option"]) == ("qwen3", "A")
    assert (task.draft, task.answer) == (None, None)
    again = opening.open_task(context, person("ann"), "p", task.task).task
    assert again.suggestion == task.suggestion
    work.submit(context, person("ann"), "p", task.task, task.token, {"option": "B"}, now=at(2))
    back = work.undo(context, person("ann"), "p", now=at(3))
    assert back.suggestion == task.suggestion
    suggesting.suggest(context, LEAD, "p", None)
    later = work.next_task(context, person("bob"), "p", now=at(4))
    assert later is not None
    assert later.suggestion is None


def test_kept_back_from_the_tasks_drawn_for_each_person(context: Context) -> None:
    """The same for a person every time, another for others, and about the share that was asked."""
    suggesting.suggest(context, LEAD, "p", "qwen3", hidden=500)
    for name in ("ann", "bob"):
        who = annotator_id(context, "p", name)
        for task in give(context, name, "A" * 4):
            drawn = assignment.draw(context.secret, "suggestion", who, task.task) % 1000 < 500
            assert (task.suggestion is None) is drawn
    many = [assignment.draw(b"s", "suggestion", "x", i) % 1000 < 200 for i in range(5_000)]
    assert 0.18 < sum(many) / len(many) < 0.22


def test_a_model_seen_by_people_has_no_vote_of_its_own(context: Context) -> None:
    suggesting.suggest(context, LEAD, "p", "qwen3", hidden=0)
    give(context, "ann", "B" * N)
    project = context.project("p")
    found = read_labels(context, project)
    assert annotator_id(context, "p", "qwen3") not in found.reliability
    assert all(set(values) == {"B"} for values in found.posterior.values())
    assert all(len(votes) == 2 for votes in found.votes.values())  # its answers are still told


def test_its_terms_go_with_what_was_answered_in_its_sight(context: Context) -> None:
    closed = Terms(channel="api", licence=None, family="unheard-of", name="x")
    answer_as(context, "secret-model", "A" * N, terms=closed)
    with pytest.raises(Refused):
        suggesting.suggest(context, LEAD, "p", "secret-model")
    suggesting.suggest(context, LEAD, "p", "qwen3", hidden=0)
    give(context, "ann", "AB" * 4)
    give(context, "bob", "AB" * 4)
    judge(context, LEAD, "p")
    _, folder = build_release(context, LEAD, "p", name="r", purpose=Purpose.TRAINING)
    assert "qwen3" in (folder / "permit.json").read_text()
    # The model's own answers go; what its terms ask of the others stays.
    withdraw.withdraw(context, OWNER, "p", annotator="qwen3", really=True)
    with context.storage.read() as conn:
        kept = suggestions.behind(conn, context.project("p").id)
        sources = origins.find(conn, {origin for _, origin in kept.values()}).values()
    assert len(kept) == 2 * N
    assert {origin.family for origin in sources} == {"qwen3"}
    # And a person who goes takes what was kept of them along.
    withdraw.withdraw(context, OWNER, "p", annotator="ann", really=True)
    with context.storage.read() as conn:
        assert len(suggestions.behind(conn, context.project("p").id)) == N


def test_gold_always_has_one_like_all_other_tasks(context: Context) -> None:
    answer_as(context, "half", "A" * 4)
    votes = read_labels(context, context.project("p")).votes
    ids = sorted(votes)
    assert len(ids) == N
    half = annotator_id(context, "p", "half")
    lacks = [t for t, given in votes.items() if half not in {vote.annotator for vote in given}]
    assert len(lacks) == 4
    desk.set_gold(context, LEAD, "p", lacks[:1])
    with pytest.raises(UsageError) as refused:
        suggesting.suggest(context, LEAD, "p", "half")
    assert refused.value.key == "error.suggesting.gold"
    desk.clear_gold(context, LEAD, "p", lacks[:1])
    suggesting.suggest(context, LEAD, "p", "half", hidden=0)
    with pytest.raises(UsageError) as refused:
        desk.set_gold(context, LEAD, "p", lacks)
    assert refused.value.key == "error.suggesting.gold_without"
    desk.set_gold(context, LEAD, "p", [t for t in ids if t not in lacks][:2])
    found = suggesting.suggesting(context, LEAD, "p").covered
    assert found == (N, 4, 2, 2)


def test_how_far_people_are_led(context: Context) -> None:
    suggesting.suggest(context, LEAD, "p", "qwen3", hidden=500, now=at(0))
    seen: list[tuple[bool, bool]] = []
    for name, letters in (("ann", "A" * N), ("bob", "AB" * 4)):
        for task, letter in zip(give(context, name, letters), letters, strict=True):
            seen.append((task.suggestion is not None, letter == "A"))
    found = suggesting.suggesting(context, REVIEWER, "p")
    assert found.everybody is not None
    shown = [agrees for there, agrees in seen if there]
    assert (found.everybody.n_shown, found.everybody.n_hidden) == (len(shown), 16 - len(shown))
    if shown:
        assert found.everybody.shown.estimate == pytest.approx(sum(shown) / len(shown))
    assert [one.name for one in found.people] == ["ann", "bob"]
    # What the pages count of taking.
    task = work.undo(context, person("ann"), "p", now=at(5))
    standing.behave(
        context, person("ann"), "p", task.task, task.token, pasted=0, typed=0, away=0, taken=2,
        taken_ms=3_000,
    )  # fmt: skip
    work.submit(context, person("ann"), "p", task.task, task.token, {"option": "B"}, now=at(6))
    ann = suggesting.suggesting(context, LEAD, "p").people[0]
    assert (ann.taken, ann.seconds) == ((2, 1.5) if task.suggestion is not None else (0, None))


def test_who_may_not_and_what_cannot_be(context: Context) -> None:
    for actor in (person("ann"), REVIEWER):
        with pytest.raises(PermissionDenied):
            suggesting.suggest(context, actor, "p", "qwen3")
    with pytest.raises(PermissionDenied):
        suggesting.suggesting(context, person("ann"), "p")
    for model in ("ann", "nobody", ""):  # a person's answers are never shown
        with pytest.raises(UsageError) as refused:
            suggesting.suggest(context, LEAD, "p", model)
        assert refused.value.key == "error.suggesting.no_model"
    with pytest.raises(UsageError):
        suggesting.suggest(context, LEAD, "p", "qwen3", hidden=1000)
    load.make_project(context, LEAD, "texts", Kind.CHAT)
    with pytest.raises(UsageError) as refused:
        suggesting.suggest(context, LEAD, "texts", "qwen3")
    assert refused.value.key == "error.suggesting.kind"
