"""The gate stands before every release: closed by default, and it leaves nothing behind."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flow_example import ANSWER_FIELDS, SIMULATED, TASK_FIELDS, answers, questions

import qinglan

Write = Callable[[str, Iterable[dict[str, Any] | str]], Path]


def fill(ws: qinglan.Workspace, write: Write, terms: qinglan.Terms, given: qinglan.Terms) -> None:
    ws.load("p", write("questions.jsonl", questions(6)), fields=TASK_FIELDS, terms=terms)
    ws.load_answers(
        "p", write("answers.jsonl", answers(6, {"a": lambda _: False})), fields=ANSWER_FIELDS,
        terms=given, annotator_type="model", tasks_from=terms.name,
    )  # fmt: skip
    ws.verify("p")
    ws.judge("p")


@pytest.mark.parametrize(
    ("terms", "given"),
    [
        pytest.param(
            qinglan.Terms(channel="published", licence=None, name="q"), SIMULATED,
            id="a published set without a licence",
        ),
        pytest.param(
            qinglan.Terms(channel="published", licence="Proprietary-1", name="q"), SIMULATED,
            id="an unknown licence",
        ),
        pytest.param(
            qinglan.Terms(channel="published", licence="MIT", part="test", name="q"), SIMULATED,
            id="a test split",
        ),
        pytest.param(
            qinglan.Terms(channel="own", licence="Apache-2.0", name="q"),
            qinglan.Terms(channel="api", family="nobody/unheard-of", name="a"),
            id="an unknown model",
        ),
        pytest.param(
            qinglan.Terms(channel="own", licence="Apache-2.0", name="q"),
            qinglan.Terms(channel="api", name="a"),
            id="a model that is not named",
        ),
    ],
)  # fmt: skip
def test_what_is_not_permitted_trains_nobody(
    ws: qinglan.Workspace, write: Write, terms: qinglan.Terms, given: qinglan.Terms
) -> None:
    fill(ws, write, terms, given)
    with pytest.raises(qinglan.Refused):
        ws.release("p", name="r", purpose="training")
    assert not (ws.folder / "releases" / "r").exists()
    assert ws.status()[0].releases == 0


def test_a_test_split_may_be_evaluated_on(ws: qinglan.Workspace, write: Write) -> None:
    fill(
        ws,
        write,
        qinglan.Terms(channel="published", licence="MIT", part="test", name="q"),
        SIMULATED,
    )
    release, folder = ws.release("p", name="r", purpose="evaluation")
    assert release.rows == 6
    assert qinglan.check_release(folder, key=ws.folder / "keys" / "signing.pub").ok


def test_a_name_is_used_once_and_stays_inside(ws: qinglan.Workspace, write: Write) -> None:
    fill(ws, write, qinglan.Terms(channel="own", licence="Apache-2.0", name="q"), SIMULATED)
    ws.release("p", name="r", purpose="training")
    with pytest.raises(qinglan.QinglanError):
        ws.release("p", name="r", purpose="training")
    for name in ("../r", "a/b", "", "R", "/tmp/r", ".."):
        with pytest.raises(qinglan.QinglanError):
            ws.release("p", name=name, purpose="training")
    assert ws.status()[0].releases == 1


def test_the_same_verdicts_and_time_give_the_same_root(ws: qinglan.Workspace, write: Write) -> None:
    from datetime import UTC, datetime

    fill(ws, write, qinglan.Terms(channel="own", licence="Apache-2.0", name="q"), SIMULATED)
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    first, _ = ws.release("p", name="r", purpose="training", built=moment)
    second, _ = ws.release("p", name="s", purpose="training", built=moment)
    assert first.root == second.root


def test_nothing_accepted_is_no_release(ws: qinglan.Workspace, write: Write) -> None:
    ws.load(
        "p", write("q.jsonl", questions(2)), fields=TASK_FIELDS,
        terms=qinglan.Terms(channel="own", licence="Apache-2.0"),
    )  # fmt: skip
    with pytest.raises(qinglan.UsageError, match="no accepted verdict"):
        ws.release("p", name="r", purpose="training")


def test_a_build_cut_off_before_the_database_is_taken_up_for_the_same_use_only(
    ws: qinglan.Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ws, write, qinglan.Terms(channel="own", licence="Apache-2.0", name="q"), SIMULATED)
    with monkeypatch.context() as patch:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("qinglan.flow.release._record", stop)
        with pytest.raises(KeyboardInterrupt):
            ws.release("p", name="r", purpose="evaluation")
    assert ws.status()[0].releases == 0
    with pytest.raises(qinglan.UsageError, match="taken"):
        ws.release("p", name="r", purpose="training")
    release, _ = ws.release("p", name="r", purpose="evaluation")
    assert release.purpose == "evaluation"
    assert ws.status()[0].releases == 1
    assert ws.trace(release.id).facts["verdicts"] == release.rows == 6


def test_answers_do_not_pass_under_another_sources_terms(
    ws: qinglan.Workspace, write: Write
) -> None:
    own = qinglan.Terms(channel="own", licence="Apache-2.0", name="questions")
    ws.load("p", write("questions.jsonl", questions(6)), fields=TASK_FIELDS, terms=own)

    def give(file: str, of: range, terms: qinglan.Terms) -> Any:
        rows = [row for row in answers(6, {"a": lambda _: False}) if int(row["task"][1:]) in of]
        return ws.load_answers(
            "p", write(file, rows), fields=ANSWER_FIELDS, terms=terms, annotator_type="person",
            tasks_from="questions",
        )  # fmt: skip

    person = qinglan.Terms(channel="person", licence="Apache-2.0", name="lot-1")
    assert give("lot-1.jsonl", range(2), person).new == 2
    # A second delivery of the same people is no other people.
    second = qinglan.Terms(channel="person", licence="Apache-2.0", name="lot-2")
    assert give("lot-2.jsonl", range(2, 4), second).new == 2
    # What a vendor's model answered, under a person's name, is not that person's.
    vendor = qinglan.Terms(channel="api", family="nobody/unheard-of", name="lot-3")
    with pytest.raises(qinglan.errors.InputError, match=r"annotator a .* under other terms"):
        give("lot-3.jsonl", range(4, 6), vendor)
    assert len(list(ws.answers("p"))) == 4


def test_an_address_with_a_password_is_its_owners_alone(ws: qinglan.Workspace) -> None:
    assert (ws.folder / "qinglan.toml").stat().st_mode & 0o077 == 0
