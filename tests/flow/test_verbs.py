"""The line from import to verdict: everything in is counted out, and a rerun repeats nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flow_example import ANSWER_FIELDS, OWN, SIMULATED, TASK_FIELDS, answers, questions
from sqlalchemy import text

import qinglan
from qinglan.errors import PermissionDenied
from qinglan.flow.doctor import doctor
from qinglan.flow.labels import fitting, one_vote_each, read_labels
from qinglan.flow.status import status
from qinglan.records import Role

Write = Callable[[str, Iterable[dict[str, Any] | str]], Path]


def test_what_comes_in_is_new_or_set_aside_with_its_place(
    ws: qinglan.Workspace, write: Write
) -> None:
    rows: list[dict[str, Any] | str] = [*questions(3), '{"id": "x", "prompt": "cut', {"id": "y"}]
    rows += [{"id": "q1", "prompt": "again", "key": "1", "skill": "s"}, "[1, 2]"]
    done = ws.load("p", write("questions.jsonl", rows), fields=TASK_FIELDS, terms=OWN)
    assert (done.read, done.new, done.set_aside) == (7, 3, 4)
    assert done.reasons["duplicate_row"] == 1
    assert done.reasons["bad_json"] >= 1
    assert done.reasons["missing_field"] == 1
    assert sum(done.reasons.values()) == done.set_aside
    line = ws.status()[0]
    assert line.tasks == 3
    assert sum(n for stage, _, n in line.set_aside if stage == "import") == 4


def test_a_second_import_of_the_same_file_does_nothing(
    filled: qinglan.Workspace, write: Write
) -> None:
    before = filled.status()
    again = filled.load("p", write("questions.jsonl", questions(30)), fields=TASK_FIELDS, terms=OWN)
    assert again.again
    assert filled.status() == before


def test_an_import_cut_off_goes_on_where_it_stopped(
    ws: qinglan.Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.flow.load.BATCH", 4)
    monkeypatch.setattr("qinglan.flow.task_file.PART", 4)
    file = write("questions.jsonl", questions(10))

    def stop(done: int, total: int | None) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ws.load("p", file, fields=TASK_FIELDS, terms=OWN, progress=stop)
    assert ws.status()[0].tasks == 4
    done = ws.load("p", file, fields=TASK_FIELDS, terms=OWN)
    assert (done.read, done.new, done.set_aside) == (6, 6, 0)
    assert ws.status()[0].tasks == 10


def test_answers_to_unknown_tasks_and_second_answers_are_set_aside(
    ws: qinglan.Workspace, write: Write
) -> None:
    ws.load("p", write("questions.jsonl", questions(2)), fields=TASK_FIELDS, terms=OWN)
    given = [*answers(3, {"a": lambda _: False}), {"task": "q0", "annotator": "a", "answer": "9"}]
    done = ws.load_answers(
        "p", write("answers.jsonl", given), fields=ANSWER_FIELDS, terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    assert (done.read, done.new) == (4, 2)
    assert done.reasons == {"unknown_task": 1, "duplicate_row": 1}


def test_verification_is_three_valued_and_not_repeated(filled: qinglan.Workspace) -> None:
    done = filled.verify("p")
    assert done.checked == 90
    assert done.outcomes == {"verified": 74, "refuted": 16, "undecided": 0}
    assert filled.verify("p").checked == 0


def test_an_unreadable_answer_is_undecided_with_its_reason(
    ws: qinglan.Workspace, write: Write
) -> None:
    ws.load("p", write("questions.jsonl", questions(1)), fields=TASK_FIELDS, terms=OWN)
    given = [
        {
            "task": "q0",
            "annotator": "a",
            "answer": "First I added 3 and 4.\nThen I took 2 away.\nThen I stopped.",
        }
    ]
    ws.load_answers(
        "p", write("answers.jsonl", given), fields=ANSWER_FIELDS, terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    done = ws.verify("p")
    assert done.outcomes["undecided"] == 1
    assert sum(done.undecided.values()) == 1
    line = next(ws.answers("p"))
    assert line.value is None
    assert line.reason is not None


def test_judging_without_keys_rests_on_votes(filled: qinglan.Workspace) -> None:
    filled.verify("p")
    judged = filled.judge("p", use_keys=False)
    assert judged.tasks == judged.accepted + sum(judged.set_aside.values()) == 30
    lines = list(filled.tasks("p"))
    right = Counter(str(line.right) for line in lines)
    # At tasks 0 and 15 two annotators of three make the same mistake.
    assert right["verified"] >= 28
    assert {line.method for line in lines} == {judged.method}


def test_judging_with_keys_lets_the_key_decide(filled: qinglan.Workspace) -> None:
    filled.verify("p")
    judged = filled.judge("p")
    assert judged.accepted == 30
    assert all(line.right == "verified" for line in filled.tasks("p"))


def test_judging_twice_changes_nothing(filled: qinglan.Workspace) -> None:
    filled.verify("p")
    assert filled.judge("p").changed == 30
    before = list(filled.tasks("p"))
    assert filled.judge("p").changed == 0
    assert list(filled.tasks("p")) == before


def test_a_judging_cut_off_is_no_basis_for_a_release(
    filled: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.flow.judge.BATCH", 10)
    filled.verify("p")
    filled.judge("p")

    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.judge("p", use_keys=False, progress=stop)
    with pytest.raises(qinglan.UsageError, match="judged in part"):
        filled.release("p", name="r", purpose="training")
    filled.judge("p", use_keys=False)
    assert filled.release("p", name="r", purpose="training")[0].rows > 0


def test_two_judgings_at_once_are_one_judging(
    filled: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.flow.judge.BATCH", 10)
    filled.verify("p")
    with qinglan.open(filled.folder) as other:

        def interfere(done: int, total: int | None) -> None:
            other.judge("p", use_keys=False)

        with pytest.raises(qinglan.StorageError, match="another process began to judge"):
            filled.judge("p", progress=interfere)
    assert len({line.method for line in filled.tasks("p")}) == 1
    assert filled.release("p", name="r", purpose="training")[0].rows > 0


def test_reliability_orders_annotators_as_their_errors_do(filled: qinglan.Workspace) -> None:
    quality = {q.annotator: q for q in filled.annotators("p")}
    assert quality["good"].value > quality["fair"].value > quality["poor"].value
    for found, truth in (("good", 1.0), ("fair", 0.8), ("poor", 2 / 3)):
        assert quality[found].low <= truth <= quality[found].high + 0.05
    assert all(q.simulated for q in quality.values())


def test_a_trace_leads_from_verdict_to_source_without_the_key(filled: qinglan.Workspace) -> None:
    filled.verify("p")
    filled.judge("p")
    release, folder = filled.release("p", name="first", purpose="training")
    import json

    first = json.loads((folder / "provenance.jsonl").read_text(encoding="utf-8").splitlines()[0])
    node = filled.trace(first["verdict"]["id"])
    lines = [text for _, text in node.walk()]
    assert any("source=questions" in text and "licence=Apache-2.0" in text for text in lines)
    assert sum(text.startswith("annotation ") for text in lines) == 3
    assert not any("key" in text.split("  ")[0] for text in lines)
    assert filled.trace(release.id).facts["rows"] == 30


def test_a_record_that_is_not_here_says_so(filled: qinglan.Workspace) -> None:
    for wrong in ("vdt_nothing", "nonsense", "", "../x"):
        with pytest.raises(qinglan.UsageError, match="no such record"):
            filled.trace(wrong)


@pytest.mark.parametrize("role", ["annotator", "auditor", "reviewer"])
def test_roles_bind(filled: qinglan.Workspace, write: Write, role: str) -> None:
    actor = qinglan.Actor(name="x", role=qinglan.Role(role))
    with qinglan.open(filled.folder, actor=actor) as other:
        with pytest.raises(qinglan.PermissionDenied):
            other.judge("p")
        with pytest.raises(qinglan.PermissionDenied):
            other.release("p", name="r", purpose="training")
        if role == "annotator":
            with pytest.raises(qinglan.PermissionDenied):
                other.trace("vdt_x")
            with pytest.raises(qinglan.PermissionDenied):
                list(other.tasks("p"))


def test_a_project_keeps_its_kind_and_names_are_checked(
    filled: qinglan.Workspace, write: Write
) -> None:
    file = write("more.jsonl", questions(1))
    with pytest.raises(qinglan.UsageError, match="kind"):
        filled.load("p", file, kind="steps", fields=TASK_FIELDS, terms=OWN)
    with pytest.raises(qinglan.UsageError, match="name"):
        filled.load("../p", file, fields=TASK_FIELDS, terms=OWN)
    with pytest.raises(qinglan.UsageError, match="no project"):
        filled.verify("q")


def test_an_alarm_of_the_consensus_reaches_whoever_judges(
    filled: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from qinglan.quality import open_answers
    from qinglan.wording import say

    real = open_answers.fit
    monkeypatch.setattr(
        open_answers, "fit", lambda *a, **more: replace(real(*a, **more), alarms=("collapsed",))
    )
    alarms = filled.judge("p").alarms
    assert alarms == ("alarm.quality.collapsed",)
    assert say(alarms[0], "en") != say(alarms[0], "zh")


def test_keys_inform_the_consensus_unless_they_are_to_judge_it(
    filled: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qinglan.quality import open_answers

    real, seen = open_answers.fit, []

    def watch(
        votes: list[tuple[str, str, str]], verified: list[bool | None] | None, **more: object
    ) -> object:
        seen.append((votes, verified))
        return real(votes, verified, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(open_answers, "fit", watch)
    filled.verify("p")
    filled.judge("p")
    votes, verified = seen.pop()
    assert verified is not None
    assert len(votes) == len(verified)
    assert {True, False} <= set(verified)
    filled.judge("p", use_keys=False)
    filled.report("p")
    assert [given for _, given in seen] == [None] * len(seen)
    assert len(seen) >= 2


def test_the_report_holds_what_was_stated_without_keys_against_the_keys(
    ws: qinglan.Workspace, write: Callable[[str, Iterable[dict[str, Any] | str]], Path],
    tmp_path: Path,
) -> None:  # fmt: skip
    ws.load("p", write("questions.jsonl", questions(60)), fields=TASK_FIELDS, terms=OWN)
    given = answers(60, {"a": lambda i: i % 5 == 0, "b": lambda i: i % 3 == 0})
    ws.load_answers(
        "p", write("answers.jsonl", given), fields=ANSWER_FIELDS, terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    ws.verify("p")
    ws.judge("p")
    page = ws.report("p", tmp_path / "report.html").read_text("utf-8")
    assert 'id="calibration"' in page


def test_the_report_tells_weeks_confusion_and_what_labels_buy(
    ws: qinglan.Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann and Bo agree in the first week; in the second Bo calls every A a B."""
    options = {"options": ["yes", "no"]}
    rows = [{"id": f"q{i}", "prompt": f"{i}?", **options} for i in range(40)]
    ws.load("c", write("q.jsonl", rows), kind="choice", terms=OWN,
            fields=["id=id", "prompt=prompt", "options=options"])  # fmt: skip

    def give(week: int, tasks: range, bo: str) -> None:
        moment = datetime(2026, 1, 5 + 7 * week, tzinfo=UTC)
        monkeypatch.setattr("qinglan.flow.context.datetime", Mock(now=Mock(return_value=moment)))
        said = {"ann": "AB", "bo": bo, "cy": "AB"}
        rows = [
            {"task": f"q{i}", "annotator": who, "answer": pair[i % 2]}
            for who, pair in said.items() for i in tasks
        ]  # fmt: skip
        ws.load_answers(
            "c", write(f"a{week}.jsonl", rows), terms=SIMULATED, annotator_type="person",
            fields=["task=task", "annotator=annotator", "option=answer"], tasks_from="questions",
        )  # fmt: skip

    give(0, range(20), "AB")
    give(1, range(20, 40), "BB")
    ws.judge("c")
    page = ws.report("c").read_text("utf-8")
    for section in ("weeks", "confusion", "cost"):
        assert f'id="{section}"' in page
    found = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        if "week of" in row
    ]
    # Ten of twenty tasks disagree, 20 labels A and 40 B: 1 − (10 · 4/2) / (2 · 20 · 40 / 59).
    assert [row[0] for row in found] == ["0.26", "1.00"]
    assert "week of 2026-01-12" in page
    bo_matrix = page.split("<bdi>bo</bdi>")[1].split("</details>")[0]
    shares = [float(cell) for cell in re.findall(r"shade\d[^>]*>([\d.]+)%", bo_matrix)[:2]]
    assert shares == pytest.approx([50, 50], abs=0.5)


def test_models_of_one_family_do_not_outvote_people(ws: qinglan.Workspace, write: Write) -> None:
    rows = [{"id": "q0", "prompt": "?", "options": ["yes", "no"]}]
    ws.load("f", write("q.jsonl", rows), kind="choice", terms=OWN,
            fields=["id=id", "prompt=prompt", "options=options"])  # fmt: skip
    kin = qinglan.Terms(channel="weights", licence="Apache-2.0", family="qwen3-8b", name="m")
    for kind, terms, said in (
        ("model", kin, {"m1": "A", "m2": "A", "m3": "A"}),
        ("person", SIMULATED, {"ann": "B", "bo": "B"}),
    ):
        given = [{"task": "q0", "annotator": who, "answer": a} for who, a in said.items()]
        ws.load_answers(
            "f", write(f"{kind}.jsonl", given), terms=terms, annotator_type=kind,
            fields=["task=task", "annotator=annotator", "option=answer"], tasks_from="questions",
        )  # fmt: skip
    context = ws._context
    labels = read_labels(context, context.project("f"))
    fit = fitting(context, context.project("f"), labels.annotators, "majority")
    votes = [(task, *one) for task, given in labels.votes.items() for one in one_vote_each(given)]
    ((_, posterior),) = fit(votes, None).posterior.items()
    assert posterior["B"] > posterior["A"]
    # Majority beside it counts heads.
    assert list(labels.majority.values()) == [{"A": 1.0}]


def test_marks_are_judged_by_the_ordered_model(ws: qinglan.Workspace, write: Write) -> None:
    steps = ["2 + 2 = 4", "4 · 3 = 11", "11 − 1 = 10"]
    rows = [{"id": f"q{i}", "prompt": f"{i}?", "steps": steps} for i in range(4)]
    ws.load("m", write("q.jsonl", rows), kind="marks", terms=OWN,
            fields=["id=id", "prompt=prompt", "steps=steps"])  # fmt: skip
    said = {"ann": "right wrong", "bo": "right wrong", "cy": "right right right"}
    given = [
        {"task": f"q{i}", "annotator": a, "marks": m} for a, m in said.items() for i in range(4)
    ]
    ws.load_answers(
        "m", write("a.jsonl", given), terms=SIMULATED, annotator_type="person",
        fields=["task=task", "annotator=annotator", "marks=marks"], tasks_from="questions",
    )  # fmt: skip
    judged = ws.judge("m")
    assert (judged.method, judged.accepted) == ("first-wrong-step", 4)
    assert {line.value for line in ws.tasks("m")} == {"2"}
    assert 'id="cost"' in ws.report("m").read_text("utf-8")


def test_a_report_before_any_release_states_no_purpose(filled: qinglan.Workspace) -> None:
    import re

    page = filled.report("p").read_text(encoding="utf-8")
    assert re.search(r"Purpose</.*?<dd>—</dd>", page, re.DOTALL)


def test_a_trace_says_that_a_release_folder_is_gone(filled: qinglan.Workspace) -> None:
    import shutil

    filled.judge("p")
    release, folder = filled.release("p", name="first", purpose="training")
    shutil.rmtree(folder)
    (source,) = filled.trace(release.id).made_of
    assert "no release here" in source.facts["missing"]


def test_counts_that_drifted_are_found_and_made_anew(filled: qinglan.Workspace) -> None:
    context = filled._context
    owner, auditor = (qinglan.Actor(name="x", role=r) for r in (Role.OWNER, Role.AUDITOR))
    before = status(context, owner)
    context.storage.write(lambda c: c.execute(text("UPDATE tallies SET n = n + 7")))
    (found,) = (e for e in doctor(filled.folder, owner) if e.name == "counts")
    assert found.ok is False
    assert "--recount" in found.detail
    assert status(context, owner) != before
    with pytest.raises(PermissionDenied):
        status(context, auditor, recount=True)
    assert status(context, owner, recount=True) == status(context, auditor) == before
    assert all(e.ok for e in doctor(filled.folder, owner) if e.name == "counts")
