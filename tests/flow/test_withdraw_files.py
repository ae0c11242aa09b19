"""A withdrawal reaches the free files of a workspace, and what was made of them is used no more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from withdraw_example import LENT, SECRET, fill, traces

import qinglan
from keeping_example import OWNER, lines
from qinglan.errors import IntegrityError, Refused, UsageError
from qinglan.evaluation.examination import make_manner
from qinglan.flow import evaluate, reports
from qinglan.flow.doctor import doctor
from qinglan.flow.export import export_answers
from qinglan.flow.subjects import Subject
from qinglan.records import Link, Split
from qinglan.storage import links

RUN = "run_" + "a" * 26
"""A model that learned from the release ``taught``."""


@dataclass
class Parrot:
    """A model that says what it is told to say, and may be interrupted by what that does."""

    say: Callable[[str], str]
    name: str = "parrot"

    def complete(self, prompts: Sequence[str], *, n: int = 1, **_: Any) -> list[list[str]]:
        return [[self.say(prompt)] * n for prompt in prompts]


def examine(
    ws: qinglan.Workspace, say: Callable[[str], str], *, on: str = "held", run: str | None = None,
    weights: str = "a",
) -> Any:  # fmt: skip
    subject = Subject(endpoint=Parrot(say), form=str, weights=weights * 64, run=run)
    manner = make_manner(samples=0)
    return evaluate.evaluate(ws._context, OWNER, subject, on=on, manner=manner, split=Split.TEST)


def quoting(prompt: str) -> str:
    return f"{prompt} {SECRET}"


@pytest.fixture(params=["sqlite", "postgresql"])
def ws(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[qinglan.Workspace]:
    """Two releases, and a model that learned from one of them."""
    url = None
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql_url"))
    with qinglan.init(tmp_path / "w", database=url, actor=OWNER) as workspace:
        fill(workspace, tmp_path)
        taught, _ = workspace.release("p", name="taught", purpose="training", dev=0, test=500)
        workspace.release("p", name="held", purpose="evaluation", dev=0, test=500)
        context = workspace._context
        activity = context.begin("train", OWNER)
        edge = Link(output=RUN, inputs=(taught.id,), activity=activity.id)
        context.storage.write(lambda conn: links.add(conn, [edge]))
        yield workspace


once = pytest.mark.parametrize("ws", ["sqlite"], indirect=True)


def answers(ws: qinglan.Workspace, report: str) -> tuple[str | None, ...]:
    return reports.load(ws._context, report).answers


def break_off(ws: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the worksheet of an examination of the model that was taught."""
    with monkeypatch.context() as patched:
        patched.setattr("qinglan.evaluation.examination.PORTION", 2)
        said: list[str] = []

        def stop(prompt: str) -> str:
            said.append(prompt)
            if len(said) > 2:
                raise KeyboardInterrupt
            return quoting(prompt)

        with pytest.raises(KeyboardInterrupt):
            examine(ws, stop, run=RUN, weights="d")


def test_an_annotators_words_are_gone_from_reports_worksheets_pages_and_exports(
    ws: qinglan.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = examine(ws, quoting, run=RUN)
    other = examine(ws, lambda prompt: f"mine: {prompt}", weights="b")
    break_off(ws, monkeypatch)
    ws.report("p")
    for place in (ws.folder / "out.jsonl", tmp_path / "outside.jsonl"):
        export_answers(ws._context, OWNER, "p", place)
    for part in ("out.jsonl.part", "reports/rpt_x.json.part"):  # what a kill leaves behind
        (ws.folder / part).write_text(SECRET, "utf-8")
    abandoned = ws.folder / "uploads" / ".scratch.0123456789ab.part" / "answers.jsonl"
    abandoned.parent.mkdir(parents=True)
    abandoned.write_text(SECRET, "utf-8")
    held = traces(ws.folder, SECRET)
    assert {name.split("/")[0].split(".")[0] for name in held} >= {"reports", "out"}
    assert any(".open/" in name for name in held)
    assert len([name for name in held if name.startswith("reports/rpt_")]) == 2
    made = ws.backup(tmp_path / "safe").folder

    done = ws.withdraw("p", annotator="mei", really=True)
    assert traces(ws.folder, SECRET) == []
    assert done.models == (RUN,)
    assert set(done.reports) == {learned.report.id, other.report.id}
    assert set(done.files) == {"out.jsonl", "report.html"}
    assert done.elsewhere == (str(tmp_path / "outside.jsonl"),)
    # The figures stay, and are known to be the ones that were filed; so do others' words.
    shown = reports.load(ws._context, learned.report.id)
    assert shown.scores == learned.report.scores
    assert set(shown.answers) == {None}
    assert answers(ws, other.report.id) == other.report.answers
    assert all(one.ok is not False for one in doctor(ws.folder, OWNER))
    ws.close()

    # Nor does a backup bring them back.
    before = json.loads((made / "inventory.json").read_text())
    assert any(file["name"].startswith("reports/") for file in before["files"])
    if (ws.folder / "qinglan.db").exists():
        shutil.rmtree(ws.folder)
        qinglan.restore(made, ws.folder, actor=OWNER)
        assert traces(ws.folder, SECRET) == []
        with qinglan.open(ws.folder, actor=OWNER) as again:
            assert set(answers(again, learned.report.id)) == {None}


@once
def test_a_sources_words_are_gone_from_the_answers_to_its_questions(ws: qinglan.Workspace) -> None:
    done = examine(ws, lambda prompt: f"you asked: {prompt}")
    assert traces(ws.folder / "reports", LENT)
    ws.withdraw("p", source="borrowed", really=True)
    assert traces(ws.folder, LENT) == []
    left = answers(ws, done.report.id)
    assert 0 < left.count(None) < len(left)
    assert {said for said in left if said} == {
        said for said in done.report.answers if said and LENT not in said
    }


@once
def test_what_holds_it_is_used_no_more(ws: qinglan.Workspace, tmp_path: Path) -> None:
    ws.withdraw("p", annotator="mei", really=True)
    with pytest.raises(Refused, match="taught holds content that was withdrawn"):
        ws.may_train("taught")
    with pytest.raises(Refused, match="held holds content that was withdrawn"):
        examine(ws, quoting)
    assert ws.trace(RUN).facts == {"trained_on_withdrawn": True}
    (release,) = ws.trace(RUN).made_of
    assert release.facts["holds_withdrawn"]
    # A release built since is as good as any; the old model may be held against a new one on it.
    ws.judge("p")
    ws.release("p", name="since", purpose="evaluation", dev=0, test=500)
    old = examine(ws, quoting, on="since", run=RUN)
    new = examine(ws, lambda prompt: "new", on="since", weights="b")
    assert set(old.report.answers) == {None}
    assert set(new.report.answers) == {"new"}
    assert traces(ws.folder, SECRET) == []
    assert ws.trace(new.report.id).facts["model"] == "b" * 64


@once
def test_where_the_folder_is_gone_the_verdicts_tell(ws: qinglan.Workspace) -> None:
    shutil.rmtree(ws.folder / "releases" / "taught")
    done = ws.withdraw("p", annotator="mei", really=True)
    assert done.unseen == ("taught",)
    assert done.models == (RUN,)
    with pytest.raises(Refused, match="was withdrawn"):
        ws.may_train("taught")


@once
def test_a_withdrawal_that_touches_nothing_of_it_leaves_them(
    ws: qinglan.Workspace, tmp_path: Path
) -> None:
    own = qinglan.Terms(channel="own", licence="Apache-2.0", name="more")
    ws.load("p", lines(tmp_path / "more.jsonl", [{"id": "1", "prompt": "Compute 1+1."}]),
            fields=["id=id", "prompt=prompt"], terms=own)  # fmt: skip
    learned = examine(ws, quoting, run=RUN)
    done = ws.withdraw("p", source="more", really=True)
    assert (done.models, done.reports) == ((), ())
    assert answers(ws, learned.report.id) == learned.report.answers
    assert ws.may_train("taught").release.name == "taught"


@once
def test_a_withdrawal_meanwhile_leaves_no_report_and_no_page(
    ws: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw() -> None:
        with qinglan.open(ws.folder, actor=OWNER) as other:
            other.withdraw("p", annotator="mei", really=True)

    asked: list[str] = []

    def slow(prompt: str) -> str:
        if not asked:
            with pytest.raises(UsageError, match="another process works on"):
                withdraw()  # what is being written it cannot reach, and says so
        asked.append(prompt)
        return quoting(prompt)

    with pytest.raises(UsageError, match="withdrawn meanwhile"):
        examine(ws, slow, run=RUN)
    withdraw()
    assert traces(ws.folder, SECRET) == []
    assert list((ws.folder / "reports" / ".open").iterdir()) == []
    assert all(one.ok is not False for one in doctor(ws.folder, OWNER))

    from qinglan.flow import report as verb

    real = verb.render

    def render(*args: Any, **more: Any) -> str:
        page = real(*args, **more)
        with qinglan.open(ws.folder, actor=OWNER) as other:
            other.withdraw("p", annotator="bob", really=True)
        return page

    monkeypatch.setattr(verb, "render", render)
    with pytest.raises(UsageError, match="withdrawn meanwhile"):
        ws.report("p")
    assert not (ws.folder / "report.html").exists()


@once
def test_killed_between_the_note_and_the_file_it_is_finished(
    ws: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = examine(ws, quoting, run=RUN)
    altered = examine(ws, quoting, run=RUN, weights="b")
    altered.file.write_text(altered.file.read_text("utf-8") + " ", "utf-8")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qinglan.flow.scrubbing.write_whole", die)
        with pytest.raises(KeyboardInterrupt):
            ws.withdraw("p", annotator="mei", really=True)
    assert any(one.ok is False for one in doctor(ws.folder, OWNER))
    assert len(ws.withdraw("p", annotator="mei", really=True).finished) == 1
    assert traces(ws.folder, SECRET) == []
    assert set(answers(ws, learned.report.id)) == {None}
    # What nobody could have read any more is not signed for, but taken away.
    with pytest.raises(IntegrityError, match="gone"):
        answers(ws, altered.report.id)
