"""A release is used for training as long as it is whole, meant for it, and still permitted."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flow_example import ANSWER_FIELDS, TASK_FIELDS, answers, questions

import qinglan

Write = Callable[[str, Iterable[dict[str, Any] | str]], Path]
MIT = qinglan.Terms(channel="published", licence="MIT", name="q")
PEOPLE = qinglan.Terms(channel="person", name="people")


@pytest.fixture
def released(ws: qinglan.Workspace, write: Write) -> qinglan.Workspace:
    """Project p with the releases ``train`` and ``held``, project other with ``train-2``."""
    for project, n in (("p", 6), ("other", 4)):
        ws.load(project, write("q.jsonl", questions(n)), fields=TASK_FIELDS, terms=MIT)
        ws.load_answers(
            project, write("a.jsonl", answers(n, {"a": lambda _: False})), fields=ANSWER_FIELDS,
            terms=PEOPLE, annotator_type="person", tasks_from="q",
        )  # fmt: skip
        ws.verify(project)
        ws.judge(project)
    ws.release("p", name="train", purpose="training", dev=0, test=0)
    ws.release("p", name="held", purpose="evaluation")
    ws.release("other", name="train-2", purpose="training", dev=0, test=0)
    return ws


def test_the_gate_is_asked_for_training_today(released: qinglan.Workspace) -> None:
    for name in ("p/train", "train"):
        may = released.may_train(name)
        assert may.permit.purpose is qinglan.Purpose.TRAINING
        assert may.permit.judged == datetime.now(UTC).date()
        assert may.permit.obligations == ("keep_notice",)
        assert may.release.root == may.manifest.root
        assert len(list(may.rows(qinglan.records.Split.TRAIN))) == 6


def test_what_is_held_out_trains_nobody(released: qinglan.Workspace) -> None:
    with pytest.raises(qinglan.Refused, match="made for evaluation") as caught:
        released.may_train("p/held")
    assert "评测" in caught.value.say("zh")


@pytest.mark.parametrize("name", ["nothing", "p/nothing", "other/train", "", "/train/", "../train"])
def test_only_releases_made_here_are_found(released: qinglan.Workspace, name: str) -> None:
    with pytest.raises(qinglan.UsageError, match="other/train-2"):
        released.may_train(name)


def test_terms_that_were_closed_since_refuse(released: qinglan.Workspace) -> None:
    (released.folder / "policy.toml").write_text(
        '[[rule]]\nid = "ours"\nchannel = "published"\nlicences = ["MIT"]\nversion = "2"\n'
        'terms = "https://example.org/t"\nexpires = 2099-01-01\n'
        'uses = { training = "forbidden", evaluation = "allowed" }\n'
    )
    with pytest.raises(qinglan.Refused, match="forbid"):
        released.may_train("p/train")


def test_terms_that_lapsed_since_refuse(
    released: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Later":
            return cls(2029, 1, 1, tzinfo=tz)

    monkeypatch.setattr("qinglan.flow.gate.datetime", Later)
    with pytest.raises(qinglan.Refused, match="licence-mit"):
        released.may_train("p/train")


def test_rows_changed_or_swapped_are_found_before_anyone_learns_them(
    released: qinglan.Workspace,
) -> None:
    folder = released.folder / "releases" / "train"
    file = folder / "data" / "train.jsonl"
    good = file.read_bytes()
    file.write_bytes(good.replace(b"answer is", b"answer was"))
    with pytest.raises(qinglan.IntegrityError, match="not what this workspace signed"):
        released.may_train("p/train")
    shutil.rmtree(folder)
    # Signed here, and whole: only not the release of this name.
    shutil.copytree(released.folder / "releases" / "train-2", folder)
    with pytest.raises(qinglan.IntegrityError, match="another release"):
        released.may_train("p/train")
    shutil.rmtree(folder)
    with pytest.raises(qinglan.UsageError, match="is gone"):
        released.may_train("p/train")


def test_an_annotator_may_not(released: qinglan.Workspace) -> None:
    mallory = qinglan.Actor(name="mallory", role=qinglan.Role.ANNOTATOR)
    with (
        qinglan.open(released.folder, actor=mallory) as theirs,
        pytest.raises(qinglan.PermissionDenied),
    ):
        theirs.may_train("p/train")
