"""The kinds in which experts write, along the whole line: import, judge, release, export."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_example import OWN, SIMULATED

import qinglan

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
Write = Callable[..., Path]


def test_prm800k_along_the_line_and_out_again(
    ws: qinglan.Workspace, write: Write, tmp_path: Path
) -> None:
    from qinglan.flow.export import export_answers

    file = DATA / "math500" / "samples_prm800k.jsonl"
    if not file.exists():
        pytest.skip(f"no {file}")
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    rows = write("prm.jsonl", records)
    ws.load("m", rows, kind="alternatives", terms=OWN,
            fields=["prompt=question.problem", "steps=label.steps"])  # fmt: skip
    read = ws.load_answers(
        "m", rows, terms=SIMULATED, annotator_type="model", tasks_from="questions",
        fields=["annotator=labeler", "steps=label.steps", "finish=label.finish_reason"],
    )  # fmt: skip
    assert (read.new, read.set_aside) == (6, 0)
    other = [{"task": "1", "annotator": "bob", "steps": [["right"]]}]
    other[0]["steps"] = [{"ratings": ["right", "right"], "chosen": 0}]
    again = ws.load_answers(
        "m", write("bob.jsonl", other), terms=SIMULATED, annotator_type="model",
        fields=["task=task", "annotator=annotator", "steps=steps"], tasks_from="questions",
    )  # fmt: skip
    assert (again.new, again.reasons) == (0, {"bad_value": 1})
    judged = ws.judge("m", threshold="0.1")
    assert (judged.method, judged.accepted) == ("first-wrong-step", 6)
    out = tmp_path / "out.jsonl"
    export_answers(ws._context, ws._actor, "m", out, shape="prm800k")
    told = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    key = lambda one: one["question"]["problem"]  # noqa: E731
    for mine, theirs in zip(sorted(told, key=key), sorted(records, key=key), strict=True):
        assert mine["labeler"] == theirs["labeler"]
        for step in theirs["label"]["steps"]:
            for one in step["completions"] or ():
                one["flagged"] = bool(one["flagged"])
        assert mine["label"]["steps"] == theirs["label"]["steps"]
    back = ws.load("n", out, kind="alternatives", terms=OWN,
                   fields=["prompt=question.problem", "steps=label.steps"])  # fmt: skip
    assert back.new == 6
    _, folder = ws.release("m", name="m-1", purpose="training")
    lines = "".join(
        (folder / f"data/{part}.jsonl").read_text("utf-8") for part in ("train", "dev", "test")
    )
    released = [json.loads(line) for line in lines.splitlines()]
    assert {row["value"] for row in released} == {"none", "2", "7", "8"}
    assert all(row["messages"] == [] and json.loads(row["answer"])["steps"] for row in released)
    assert qinglan.check_release(folder).ok


def conversation(n: int) -> dict[str, object]:
    said = ["You are terse.", f"Compute {n}+{n}.", "Which base?", "Ten.", f"It is {2 * n}."]
    roles = ["system", "user", "assistant", "user", "assistant"]
    return {
        "id": f"c{n}", "who": "ann", "key": str(2 * n),
        "messages": [{"role": r, "content": c} for r, c in zip(roles, said, strict=True)],
    }  # fmt: skip


def test_conversations_along_the_line(ws: qinglan.Workspace, write: Write) -> None:
    rows = [conversation(n) for n in range(1, 6)]
    bad = {**conversation(9), "messages": [{"role": "assistant", "content": "I begin."}]}
    file = write("c.jsonl", [*rows, bad])
    read = ws.load("c", file, kind="chat", terms=OWN,
                   fields=["id=id", "messages=messages", "key=key"])  # fmt: skip
    assert (read.new, read.reasons) == (5, {"bad_value": 1})
    given = ws.load_answers(
        "c", file, terms=SIMULATED, annotator_type="person", tasks_from="questions",
        fields=["task=id", "annotator=who", "messages=messages"],
    )  # fmt: skip
    assert given.reasons == {"unknown_task": 1}
    ws.verify("c")
    judged = ws.judge("c")
    assert (judged.accepted, judged.tasks) == (5, 5)
    _, folder = ws.release("c", name="c-1", purpose="training", dev=0, test=0)
    text = (folder / "data/train.jsonl").read_text("utf-8")
    released = [json.loads(line) for line in text.splitlines()]
    by_prompt = {row["messages"][1]["content"]: row for row in released}
    for row in rows:
        told = by_prompt[row["messages"][1]["content"]]  # type: ignore[index]
        assert told["messages"] == row["messages"]
        assert (len(told["options"]), told["value"]) == (4, row["key"])
    assert qinglan.check_release(folder).ok


def test_loss_is_on_the_turns_that_were_written() -> None:
    from qinglan.records import Kind
    from qinglan.training.examples import make_examples

    messages = conversation(3)["messages"]
    form = lambda asked: "|".join(turn["content"] for turn in asked)  # noqa: E731
    last = make_examples([{"options": ["", "", "", ""], "messages": messages}], Kind.CHAT, form)
    assert last == [("You are terse.|Compute 3+3.|Which base?|Ten.", "It is 6.")]
    both = make_examples([{"options": ["", ""], "messages": messages}], Kind.CHAT, form)
    assert both == [("You are terse.|Compute 3+3.", "Which base?"), *last]


def test_rows_are_conversations_to_trl(tmp_path: Path) -> None:
    pytest.importorskip("trl", reason="the training stack is not installed: make train")
    from trl import is_conversational

    assert is_conversational({"messages": conversation(1)["messages"]})


def test_a_text_that_states_no_answer_is_a_reviewers_to_take(tmp_path: Path) -> None:
    from desk_example import LEAD, opened, person

    from qinglan.flow import judge, review, work
    from qinglan.records import Actor, Kind, Role
    from qinglan.storage import verdicts
    from qinglan.work import Rules

    rae = Actor(name="rae", role=Role.REVIEWER)
    tasks = [{"id": "t", "q": "Tell me of tides."}]
    with opened(tmp_path / "ws", None, tasks, kind=Kind.CHAT, fields=["id=id", "prompt=q"],
                rules=Rules(overlap=2)) as context:  # fmt: skip
        for name in ("ann", "bob"):
            task = work.next_task(context, person(name), "p")
            assert task is not None
            text = f"{name} says: " + "the moon pulls, the sea follows. " * 20
            turn = {"role": "assistant", "content": text}
            work.submit(context, person(name), "p", task.task, task.token, {"turns": [turn]})
        assert judge.judge(context, LEAD, "p").set_aside == {"no_support": 1}
        (line,) = review.review_queue(context, rae, "p").lines
        assert line.why == "unread"
        seen = review.open_review(context, rae, "p", line.task)
        chosen, other = seen.sides
        review.rule(context, rae, "p", line.task, annotation=chosen.annotation,
                    considered=[side.annotation for side in seen.sides])  # fmt: skip
        for _ in range(2):  # the ruling's own verdict, and what is concluded from it
            with context.storage.read() as conn:
                (verdict,) = verdicts.stream(conn, context.project("p").id)
            assert (verdict.value, verdict.annotation) == ("(written)", chosen.annotation)
            assert judge.judge(context, LEAD, "p").accepted == 1
        assert review.review_queue(context, rae, "p").lines == ()
        assert other.annotation != chosen.annotation


WEIGHTS = qinglan.Terms(channel="weights", family="qwen3", licence="Apache-2.0", name="qwen3-8b")
API = qinglan.Terms(channel="api", family="gpt", licence="OpenAI", name="gpt")
ASKED = [{"id": f"e{n}", "q": f"Compute {n}+{n}.", "reply": f"It is {2 * n + 1}."} for n in (1, 2)]
EDITED = [
    {"id": "e1", "who": "ann", "new": "It is 2.", "why": "One and one are two."},
    {"id": "e2", "who": "ann", "new": "It is 5.", "why": "Nothing is wrong."},
]


def edits(ws: qinglan.Workspace, write: Write, original: qinglan.Terms) -> None:
    ws.load("e", write("e.jsonl", ASKED), kind="edit", terms=OWN, original=original,
            fields=["id=id", "prompt=q", "original=reply"])  # fmt: skip
    given = ws.load_answers(
        "e", write("a.jsonl", EDITED), terms=SIMULATED, annotator_type="person",
        fields=["task=id", "annotator=who", "edited=new", "critique=why"], tasks_from="questions",
    )  # fmt: skip
    assert (given.new, given.set_aside) == (2, 0)
    assert ws.judge("e").accepted == 2


def test_an_edited_answer_owes_what_its_model_owes(ws: qinglan.Workspace, write: Write) -> None:
    edits(ws, write, WEIGHTS)
    _, folder = ws.release("e", name="e-1", purpose="training", dev=0, test=0)
    text = (folder / "data/train.jsonl").read_text("utf-8")
    rows = {row["prompt"]: row for row in map(json.loads, text.splitlines())}
    first, second = rows["Compute 1+1."], rows["Compute 2+2."]
    assert (first["chosen"], first["rejected"]) == ("It is 2.", "It is 3.")
    assert (first["answer"], first["because"]) == ("It is 2.", "One and one are two.")
    assert (second["chosen"], second["rejected"]) == (None, None)
    assert [turn["content"] for turn in first["messages"]] == ["Compute 1+1.", "It is 2."]
    assert ("qwen3-8b", "qwen3") in {(o["source"], o["family"]) for o in first["origins"]}
    assert qinglan.check_release(folder).ok
    (verdict, *_) = ws.tasks("e")
    sources = {node for _, node in ws.trace(verdict.task).walk()}
    assert any("qwen3-8b" in line for line in sources)


def test_a_release_of_edited_answers_is_refused_where_their_model_forbids_it(
    ws: qinglan.Workspace, write: Write
) -> None:
    edits(ws, write, API)
    with pytest.raises(qinglan.Refused, match="gpt"):
        ws.release("e", name="e-1", purpose="training")


def test_whose_answers_are_edited_has_to_be_said(ws: qinglan.Workspace, write: Write) -> None:
    file = write("e.jsonl", ASKED)
    with pytest.raises(qinglan.UsageError, match="original-channel"):
        ws.load("e", file, kind="edit", terms=OWN, fields=["prompt=q", "original=reply"])
    with pytest.raises(qinglan.UsageError, match="original-channel"):
        ws.load("f", file, kind="free", terms=OWN, original=WEIGHTS, fields=["prompt=q"])
