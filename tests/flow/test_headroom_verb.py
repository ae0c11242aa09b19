"""``headroom``: gaps by hand, from reports and from experts' checked answers."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from model_example import sums, write
from starlette.testclient import TestClient
from test_evaluate import Puppet, examine, right

import qinglan
from qinglan.flow import reports, tokens
from qinglan.flow.context import open_context
from qinglan.records import Actor, Role, Split
from qinglan.web.api.app import make_api

FIELDS = ["id=id", "prompt=prompt", "key=key", "skill=skill"]
PEOPLE = qinglan.Terms(channel="person", name="people")
N = 60


def answer(ws: qinglan.Workspace, who: str, tasks: Any, wrong: Callable[[int], bool]) -> None:
    rows = [{"task": f"q{i}", "annotator": who, "answer": str(i + i % 7 + wrong(i))} for i in tasks]
    ws.load_answers(
        "p", write(ws.folder, who, rows), terms=PEOPLE, annotator_type="person",
        fields=["task=task", "annotator=annotator", "answer=answer"], tasks_from="tasks",
    )  # fmt: skip


@pytest.fixture
def ws(ws: qinglan.Workspace) -> qinglan.Workspace:
    """Two skills of thirty; anna answers all of "even" and twenty of "odd", never wrongly."""
    rows = [row | {"skill": "odd" if i % 2 else "even"} for i, row in enumerate(sums(N))]
    ws.load(
        "p", write(ws.folder, "tasks", rows), fields=FIELDS,
        terms=qinglan.Terms(channel="own", name="tasks"),
    )  # fmt: skip
    answer(ws, "anna", [i for i in range(N) if i % 2 == 0 or i < 40], lambda i: False)
    ws.verify("p")
    ws.judge("p")
    ws.release("p", name="dev", purpose="evaluation", test=0, dev=1000)
    return ws


def model(can: Callable[[int, int], bool]) -> Puppet:
    def say(question: str, number: int) -> str:
        return right(question) if can(int(question.split("+")[0]), number) else "-1"

    return Puppet(say)


def scored(ws: qinglan.Workspace, can: Callable[[int, int], bool], weights: str) -> str:
    """Even sums of the teacher: found in the second try of two. Its report's id."""
    done = examine(ws, model(can), on="dev", weights=weights, samples=2, split=Split.DEV)
    report: str = done.report.id
    return report


@pytest.fixture
def teacher(ws: qinglan.Workspace) -> str:
    """Even sums are found in the second of two tries, odd ones never."""
    return scored(ws, lambda i, number: i % 2 == 0 and number == 2, "a")


def test_both_gaps_by_hand(ws: qinglan.Workspace, teacher: str) -> None:
    student = scored(ws, lambda i, number: False, "b")
    found = ws.headroom(teacher=teacher, student=student, budget=6)
    assert found.experts == ("anna",)
    # Only what was released is examined: anna's fifty.
    assert found.pilot == 50
    odd, even = found.headroom.skills
    assert (odd.skill, even.skill) == ("odd", "even")
    assert (even.teacher.value, even.best_of_k.value, even.expert.value) == (0, 1, 1)
    assert (odd.teacher.value, odd.best_of_k.value, odd.expert.value) == (0, 0, 1)
    assert (even.teachable.value, even.experts_only.value) == (1, 0)
    assert (odd.teachable.value, odd.experts_only.value) == (0, 1)
    assert odd.experts_only.n == 20
    # Twenty of twenty are no certainty: Bonett and Price give 20/22 ± 1.96 · 0.0866.
    assert odd.experts_only.low == pytest.approx(0.7358, abs=1e-3)
    assert odd.experts_only.high == 1
    # Ten odd tasks wait for an expert, and the even ones have no gap.
    assert found.sent == {"odd": 6, "even": 0}
    assert ws.headroom(teacher=teacher, budget=50).sent == {"odd": 10, "even": 0}
    assert not found.simulated


def test_a_gap_that_was_not_measured_comes_last(ws: qinglan.Workspace, teacher: str) -> None:
    """Even the worst measured gap is known; no answer is no gap of nought."""
    answer(ws, "bo", range(0, 20, 2), lambda i: True)
    ws.verify("p")
    even, odd = ws.headroom(teacher=teacher, experts=["bo"]).headroom.skills
    assert (even.skill, even.experts_only.value) == ("even", -1)
    assert (odd.skill, odd.experts_only.value) == ("odd", None)


def test_several_experts_count_by_their_majority(ws: qinglan.Workspace, teacher: str) -> None:
    answer(ws, "bo", range(1, 40, 2), lambda i: i < 20)
    answer(ws, "cy", range(1, 40, 2), lambda i: i < 10)
    ws.verify("p")
    found = ws.headroom(teacher=teacher)
    assert found.experts == ("anna", "bo", "cy")
    odd = next(line for line in found.headroom.skills if line.skill == "odd")
    # Below 10 two of three are wrong: five of the twenty.
    assert odd.expert.value == 0.75
    alone = ws.headroom(teacher=teacher, experts=["bo"])
    odd = next(line for line in alone.headroom.skills if line.skill == "odd")
    assert (odd.expert.n, odd.expert.value) == (20, 0.5)


def test_what_a_release_could_not_hold_is_counted_against_the_experts(
    ws: qinglan.Workspace,
) -> None:
    """Where nobody was right no verdict was accepted: the set has only what experts could do."""
    answer(ws, "bo", range(41, N, 2), lambda i: i < 55)  # right in three of ten
    ws.verify("p")
    ws.judge("p")
    ws.release("p", name="dev-2", purpose="evaluation", test=0, dev=1000)
    report = examine(
        ws, model(lambda i, n: False), on="dev-2", samples=2, split=Split.DEV
    ).report.id
    found = ws.headroom(teacher=report, experts=["bo"])
    (line,) = (line for line in found.headroom.skills if line.skill == "odd")
    assert (line.expert.n, line.expert.value) == (3, 1)
    assert (found.left_out, found.left_out_right) == (7, 0)


def test_what_cannot_be_measured_is_said(ws: qinglan.Workspace, teacher: str) -> None:
    with pytest.raises(qinglan.UsageError, match="anna"):
        ws.headroom(teacher=teacher, experts=["nobody"])
    with pytest.raises(qinglan.UsageError, match="no such report"):
        ws.headroom(teacher="rpt_x")
    unsampled = examine(
        ws, model(lambda i, n: True), on="dev", weights="c", split=Split.DEV
    ).report.id
    with pytest.raises(qinglan.UsageError, match="k of at least 1"):
        ws.headroom(teacher=unsampled)
    ws.release("p", name="part", purpose="evaluation", test=0, dev=500)
    other = examine(ws, model(lambda i, n: True), on="part", weights="c", split=Split.DEV)
    with pytest.raises(qinglan.UsageError, match="another set"):
        ws.headroom(teacher=teacher, student=other.report.id)
    with pytest.raises(qinglan.UsageError, match="-1"):
        ws.headroom(teacher=teacher, budget=-1)


def test_no_expert_answer_that_was_checked(ws: qinglan.Workspace, teacher: str) -> None:
    answer(ws, "late", range(10), lambda i: False)
    with pytest.raises(qinglan.UsageError, match="qinglan verify p"):
        ws.headroom(teacher=teacher, experts=["late"])


def test_the_page_is_whole_and_a_place_it_cannot_go_is_named(
    ws: qinglan.Workspace, teacher: str, tmp_path: Path
) -> None:
    file = tmp_path / "headroom.html"
    ws.headroom(teacher=teacher, page=file)
    text = unescape(file.read_text(encoding="utf-8"))
    for shown in ("Only experts can", "唯专家可教", "odd", "even", f"qinglan trace {teacher}"):
        assert shown in text
    with pytest.raises(qinglan.UsageError, match="cannot write"):
        ws.headroom(teacher=teacher, page=tmp_path / "no" / "such" / "page.html")


def test_an_annotator_does_not_see_it(ws: qinglan.Workspace, teacher: str) -> None:
    """Which questions experts get right says what the key is."""
    anna = qinglan.Actor(name="anna", role=qinglan.Role.ANNOTATOR)
    with (
        qinglan.open(ws.folder, actor=anna) as theirs,
        pytest.raises(qinglan.PermissionDenied),
    ):
        theirs.headroom(teacher=teacher)


def test_a_program_reads_reports_and_the_headroom(ws: qinglan.Workspace, teacher: str) -> None:
    """As the verbs have them, and without one held-out question, answer or id of a task."""
    auditor = Actor(name="aud", role=Role.AUDITOR)
    owner = Actor(name="boss", role=Role.OWNER)
    with open_context(ws.folder) as context:
        words = tokens.create(context, owner, "aud", role=auditor.role).token
        program = TestClient(make_api(context), headers={"Authorization": f"Bearer {words}"})
        (filed,) = program.get("/reports").json()["items"]
        assert (filed["id"], filed["split"]) == (teacher, "dev")
        told = program.get(f"/reports/{teacher}")
        whole = reports.opened(context, auditor, teacher)
        skills = {one["skill"]: one["pass_k"]["value"] for one in told.json()["skills"]}
        assert skills == {line.skill: line.pass_k.value for line in whole.lines if line.pass_k}
        found = ws.headroom(teacher=teacher, budget=6)
        gaps = program.get("/headroom", params={"teacher": teacher, "budget": 6})
        assert [(one["skill"], one["experts_only"]["value"]) for one in gaps.json()["skills"]] == [
            (line.skill, line.experts_only.value) for line in found.headroom.skills
        ]
        assert {one["skill"]: one["sent"] for one in gaps.json()["skills"]} == found.sent
        assert not any(item.id in told.text + gaps.text for item in whole.scores.items)
        assert "answers" not in told.json()
        assert program.get("/reports/rep_x").status_code == 422
        assert program.get("/headroom", params={"teacher": "a\0"}).status_code == 422
