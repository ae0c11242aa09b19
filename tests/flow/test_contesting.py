"""Written texts that others compare: blind, never their own, and what they say is the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from desk_example import LEAD, opened, person

from qinglan.cli import main
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import contesting, desk, judge, load, release, review, work
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.flow.scheme import set_scheme
from qinglan.kinds import WRITTEN
from qinglan.kinds.scheme import parse
from qinglan.records import Actor, Kind, Purpose, Reason, Role, Verdict
from qinglan.storage import annotations as answers
from qinglan.storage import samples, sightings, tasks, verdicts
from qinglan.work import Rules

RAE = Actor(name="rae", role=Role.REVIEWER)
JUDGES = ("dan", "eve", "fay")
TEXTS = {
    "ann": "Clouds are full of tiny drops.\nThey meet and grow, until they fall.",
    "bob": "Precipitation is condensed vapour.\nConsult any textbook on the matter.",
}
"""They state no final answer."""


@pytest.fixture
def talks(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """``p`` holds a conversation to which two people wrote; ``best`` is where three may compare."""
    asked = [{"id": "a", "q": "What is rain?"}, {"id": "b", "q": "What is snow?"}]
    with opened(tmp_path / "ws", database, asked, kind=Kind.CHAT, fields=["id=id", "prompt=q"],
                people=("ann", "bob")) as context:  # fmt: skip
        for name, text in TEXTS.items():
            write(context, name, text)
        load.make_project(context, LEAD, "best", Kind.PREFERENCE)
        desk.open_desk(context, LEAD, "best", Rules(overlap=3))
        for name in ("ann", "bob", *JUDGES):
            desk.seat(context, LEAD, "best", name, licence="CC-BY-4.0")
        yield context


def write(context: Context, name: str, text: str) -> None:
    task = work.next_task(context, person(name), "p")
    assert task is not None
    turns = {"turns": [{"role": "assistant", "content": text}]}
    work.submit(context, person(name), "p", task.task, task.token, turns)


def prefer(context: Context, name: str, text: str) -> None:
    """Answer the comparison at ``name``'s desk for the side that shows ``text``, wherever it is."""
    task = work.next_task(context, person(name), "best")
    assert task is not None
    winner = "left" if task.options[0] == text else "right"
    work.submit(context, person(name), "best", task.task, task.token, {"winner": winner})


def verdict_of(context: Context, written: bool = True) -> Verdict:
    """Of the task with two texts, or of the one with none."""
    with context.storage.read() as conn:
        found = {one.task: one for one in verdicts.stream(conn, context.project("p").id)}
        (task,) = {vote.task for vote in answers.votes(conn, context.project("p").id)}
    return found[task] if written else next(one for id_, one in found.items() if id_ != task)


def author(context: Context, verdict: Verdict) -> str:
    with context.storage.read() as conn:
        chosen = answers.find(conn, [verdict.annotation or ""])[verdict.annotation or ""]
    return chosen.annotator


def test_what_others_prefer_is_the_verdict(talks: Context) -> None:
    made = contesting.contest(talks, LEAD, "p", "best")
    assert (made.new, made.there, made.alone, made.open) == (1, 0, 0, 0)
    again = contesting.contest(talks, LEAD, "p", "best")
    assert (again.new, again.there) == (0, 1)
    judge.judge(talks, LEAD, "p")
    assert verdict_of(talks).reason is Reason.NO_SUPPORT, "two texts and nobody's opinion"
    for name in JUDGES:
        prefer(talks, name, TEXTS["ann"])
    judge.judge(talks, LEAD, "p")
    found = verdict_of(talks)
    assert (found.value, found.method, found.votes) == (WRITTEN, "contest", 2)
    assert found.probability is not None
    assert Decimal("0.96") < found.probability < Decimal("0.99"), "three of three, under the prior"
    assert author(talks, found) == annotator_id(talks, "p", "ann")
    assert judge.judge(talks, LEAD, "p").changed == 0, "the same evidence, the same verdict"
    assert contesting.contest(talks, LEAD, "p", "best").settled == 1
    judge.judge(talks, LEAD, "p", threshold=Decimal("0.995"))
    assert verdict_of(talks).reason is Reason.BELOW_THRESHOLD


def test_a_split_leaves_it_to_a_reviewer_whose_word_outranks(talks: Context) -> None:
    contesting.contest(talks, LEAD, "p", "best")
    prefer(talks, "dan", TEXTS["ann"])
    prefer(talks, "eve", TEXTS["bob"])
    judge.judge(talks, LEAD, "p", threshold=Decimal("0.6"))
    assert verdict_of(talks).reason is Reason.BELOW_THRESHOLD
    prefer(talks, "fay", TEXTS["ann"])
    judge.judge(talks, LEAD, "p", threshold=Decimal("0.6"))
    ann, bob = (annotator_id(talks, "p", name) for name in TEXTS)
    assert author(talks, verdict_of(talks)) == ann
    task = verdict_of(talks).task
    seen = review.open_review(talks, RAE, "p", task)
    sides = [side.annotation for side in seen.sides]
    with talks.storage.read() as conn:
        (of_bob,) = [one for one in answers.find(conn, sides).values() if one.annotator == bob]
    review.rule(talks, RAE, "p", task, considered=sides, annotation=of_bob.id)
    judge.judge(talks, LEAD, "p")
    assert author(talks, verdict_of(talks)) == bob
    assert verdict_of(talks).method == "review"


def test_nobody_compares_their_own_or_what_they_have_seen(talks: Context) -> None:
    judge.judge(talks, LEAD, "p")
    desk.seat(talks, LEAD, "best", "rae", licence="CC-BY-4.0")
    with talks.storage.read() as conn:
        (task,) = {vote.task for vote in answers.votes(conn, talks.project("p").id)}
    review.open_review(talks, RAE, "p", task)
    contesting.contest(talks, LEAD, "p", "best")
    for name in ("ann", "bob", "rae"):
        assert work.next_task(talks, person(name), "best") is None
    shown = work.next_task(talks, person("dan"), "best")
    assert shown is not None
    assert shown.prompt in ("What is rain?", "What is snow?")
    assert sorted(shown.options) == sorted(TEXTS.values())
    for name in TEXTS:
        assert name not in repr(shown), "blind"
    with talks.storage.read() as conn:
        pair = tasks.find(conn, [shown.task])[shown.task]
        assert {annotator_id(talks, "best", name) for name in (*TEXTS, "rae")} <= {
            *sightings.of(conn, shown.task)
        }
        texts = samples.get(conn, pair.samples[:2])
    assert {one.origin.licence for one in texts} == {"CC-BY-4.0"}
    assert len({one.origin.source for one in texts}) == 2, "each can be withdrawn alone"


def test_a_text_that_is_taken_back_is_no_candidate_any_more(talks: Context) -> None:
    contesting.contest(talks, LEAD, "p", "best")
    for name in JUDGES:
        prefer(talks, name, TEXTS["bob"])
    again = work.undo(talks, person("bob"), "p")
    turns = {"turns": [{"role": "assistant", "content": "Water falls.\nThat is all."}]}
    work.submit(talks, person("bob"), "p", again.task, again.token, turns)
    judge.judge(talks, LEAD, "p")
    assert verdict_of(talks).reason is Reason.NO_SUPPORT, "what was preferred is gone"
    assert contesting.contest(talks, LEAD, "p", "best").new == 1, "the new text against the other"


def test_a_release_of_it_holds_the_text_under_its_authors_terms(talks: Context) -> None:
    contesting.contest(talks, LEAD, "p", "best")
    for name in JUDGES:
        prefer(talks, name, TEXTS["ann"])
    judge.judge(talks, LEAD, "p")
    made, folder = release.build_release(talks, LEAD, "p", name="r", purpose=Purpose.TRAINING)
    assert made.rows == 1
    written = "".join(one.read_text() for one in (folder / "data").glob("*.jsonl"))
    assert TEXTS["ann"].partition("\n")[0] in written
    assert TEXTS["bob"].partition("\n")[0] not in written


def test_only_texts_and_only_by_those_who_may(talks: Context) -> None:
    for wrong in (("best", "p"), ("p", "p"), ("p", "nowhere")):
        with pytest.raises(UsageError):
            contesting.contest(talks, LEAD, *wrong)
    for role in (Role.ANNOTATOR, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            contesting.contest(talks, Actor(name="x", role=role), "p", "best")
    assert contesting.contest(talks, RAE, "p", "best").new == 1


def test_with_scores_it_needs_criteria(talks: Context) -> None:
    load.make_project(talks, LEAD, "scored", Kind.COMPARISON)
    with pytest.raises(UsageError):
        contesting.contest(talks, LEAD, "p", "scored")
    set_scheme(
        talks, LEAD, "scored", parse('[[criteria]]\nkey="clarity"\nlow=1\nhigh=5\nen="c"\nzh="清"')
    )
    assert contesting.contest(talks, LEAD, "p", "scored").new == 1
    with talks.storage.read() as conn:
        (one,) = tasks.stream(conn, talks.project("scored").id)
    assert one.options[2:] == ("clarity:1-5",)


@pytest.mark.parametrize("database", [None], indirect=True)
def test_it_is_a_command_that_makes_the_place_where_it_is_new(
    talks: Context, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGLAN_LANG", "en")
    at = ["-w", str(talks.folder)]
    assert main(["contest", "p", "--into", "fresh", "--json", *at]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 1
    assert main(["contest", "p", "--into", "fresh", *at]) == 0
    assert "0 pairs became tasks of fresh; 1 were there" in capsys.readouterr().out
    assert main(["contest", "best", "--into", "fresh", *at]) == 2
