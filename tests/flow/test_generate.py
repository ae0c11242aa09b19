"""A permitted teacher answers the tasks: the gate first, nothing paid twice, all of it counted."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flow_example import ANSWER_FIELDS, OWN, TASK_FIELDS, questions

import qinglan
from chat_server import Answer, Body, ChatServer, prompt_of, reply, sums
from qinglan import policy
from qinglan.endpoints.journal import Journal, erase
from qinglan.endpoints.weights import digest_of
from qinglan.records import Origin
from qinglan.training.recipe import RunRecord

Write = Callable[[str, Iterable[dict[str, Any] | str]], Path]

QWEN = qinglan.Terms(channel="weights", licence="Apache-2.0", family="qwen3-8b")
KEY = "sk-very-secret-4711"


@pytest.fixture
def asked(ws: qinglan.Workspace, write: Write) -> qinglan.Workspace:
    """Twelve tasks in steps that nobody has answered."""
    ws.load(
        "p", write("questions.jsonl", questions(12)), kind="steps", fields=TASK_FIELDS, terms=OWN
    )
    return ws


def generate(ws: qinglan.Workspace, server: ChatServer, **more: Any) -> Any:
    how: dict[str, Any] = {"model": "tiny", "endpoint": server.url, "terms": QWEN}
    return ws.generate("p", **how | more)


def given(ws: qinglan.Workspace) -> dict[tuple[str, str], str | None]:
    return {(line.task, line.annotator): line.value for line in ws.answers("p")}


def journals(ws: qinglan.Workspace) -> list[Path]:
    return sorted((ws.folder / "journal").glob("*"))


def test_every_task_is_answered_once_and_the_line_goes_on(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    done = generate(asked, server)
    assert (done.wanted, done.new, done.replies, done.left, done.cut_off) == (12, 12, 12, 0, 0)
    assert (done.prompt_tokens, done.completion_tokens) == (12 * 11, 12 * 5)
    assert done.obligations == ("keep_notice",)
    assert done.name == "tiny"
    assert len(server.asked) == 12
    assert asked.verify("p").outcomes == {"verified": 12, "refuted": 0, "undecided": 0}
    assert asked.judge("p").accepted == 12
    release, folder = asked.release("p", name="first", purpose="training")
    assert release.rows == 12
    assert qinglan.check_release(folder, key=asked.folder / "keys" / "signing.pub").ok
    assert "qwen3-8b" in (folder / "manifest.json").read_text()
    again = generate(asked, server)
    assert (again.new, again.replies, again.left) == (0, 0, 0)
    assert len(server.asked) == 12


def test_a_trace_leads_from_an_answer_to_the_reply_that_was_paid_for(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    generate(asked, server)
    asked.judge("p")
    _, folder = asked.release("p", name="first", purpose="training")
    first = json.loads((folder / "provenance.jsonl").read_text().splitlines()[0])
    lines = [text for _, text in asked.trace(first["annotation"]["id"]).walk()]
    (found,) = (text for text in lines if text.startswith("reply rpl_"))
    with Journal.open(journals(asked)[0]) as journal:
        ids = {one.id for _, one in journal.replies()}
    assert found.split()[1] in ids
    assert journals(asked)[0].name in found


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(qinglan.Terms(channel="api", family="gpt-5"), id="forbidden"),
        pytest.param(qinglan.Terms(channel="api", family="claude-x"), id="forbidden too"),
        pytest.param(qinglan.Terms(channel="api", family="qwen-max"), id="unread"),
        pytest.param(qinglan.Terms(channel="api", family="nobody/heard-of-it"), id="unknown"),
        pytest.param(qinglan.Terms(channel="api"), id="unnamed: the model's name is the family"),
        pytest.param(qinglan.Terms(channel="weights", family="qwen3-8b"), id="no licence"),
        pytest.param(
            qinglan.Terms(channel="weights", family="mistral-x", licence="MRL-0.1"),
            id="a research licence",
        ),
    ],
)
def test_the_gate_is_asked_before_a_single_call(
    asked: qinglan.Workspace, server: ChatServer, terms: qinglan.Terms
) -> None:
    before = asked.history("p") if hasattr(asked, "history") else None
    with pytest.raises(qinglan.Refused):
        generate(asked, server, terms=terms)
    assert server.asked == []
    assert journals(asked) == []
    assert asked.status()[0].annotators == 0
    assert before is None or asked.history("p") == before


def test_terms_that_have_expired_refuse(asked: qinglan.Workspace, server: ChatServer) -> None:
    rule = """
    [[rule]]
    id = "ours"
    channel = "weights"
    families = ["lab-7b"]
    licences = ["Lab-1"]
    version = "1"
    uses = {{ training = "allowed", evaluation = "allowed" }}
    terms = "https://example.org/terms"
    expires = {day}
    """
    terms = qinglan.Terms(channel="weights", licence="Lab-1", family="lab-7b")
    (asked.folder / "policy.toml").write_text(rule.format(day="2020-01-01"))
    with pytest.raises(qinglan.Refused, match="2020-01-01"):
        generate(asked, server, terms=terms)
    assert server.asked == []
    (asked.folder / "policy.toml").write_text(rule.format(day="2099-01-01"))
    assert generate(asked, server, terms=terms).new == 12


def test_what_no_release_could_hold_is_not_paid_for(
    ws: qinglan.Workspace, write: Write, server: ChatServer
) -> None:
    held_out = qinglan.Terms(channel="published", licence="MIT", part="test", name="questions")
    ws.load("p", write("questions.jsonl", questions(3)), kind="steps", fields=TASK_FIELDS,
            terms=held_out)  # fmt: skip
    with pytest.raises(qinglan.Refused):
        generate(ws, server)
    assert server.asked == []
    assert generate(ws, server, purpose="evaluation").new == 3


@pytest.mark.parametrize("role", ["reviewer", "annotator", "auditor"])
def test_roles_bind(asked: qinglan.Workspace, server: ChatServer, role: str) -> None:
    actor = qinglan.Actor(name="x", role=qinglan.Role(role))
    with qinglan.open(asked.folder, actor=actor) as other, pytest.raises(qinglan.PermissionDenied):
        generate(other, server)
    assert server.asked == []


def test_what_is_no_answer_is_set_aside_and_not_paid_again(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    odd: dict[str, Callable[[Body], Answer]] = {
        "Compute 0+0.": lambda body: reply("I add.\nI stop."),
        "Compute 1+1.": lambda body: reply("", message={"refusal": "No."}),
        "Compute 2+2.": lambda body: (200, {}, b"<html>"),
        "Compute 3+3.": lambda body: reply("I add and", finish="length"),
        "Compute 4+4.": lambda body: (400, {}, b"{}"),
    }
    server.script = lambda body, turn: odd.get(prompt_of(body).split("\n")[0], sums)(body)
    done = generate(asked, server)
    assert done.set_aside == {
        "no_final_answer": 1, "model_declined": 1, "reply_unreadable": 1, "reply_cut_short": 1,
        "request_refused": 1,
    }  # fmt: skip
    assert (done.new, done.replies, done.refused, done.left) == (7, 11, 1, 1)
    assert done.new + sum(done.set_aside.values()) == done.wanted
    line = asked.status()[0]
    aside = {reason: n for stage, reason, n in line.set_aside if stage == "generate"}
    assert aside == done.set_aside
    page = asked.report("p").read_text(encoding="utf-8")
    row = re.search(r'<th scope="row">(?:(?!</tr>).)*Generate.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert re.findall(r">(\d+)<", row[0])[:3] == ["12", "7", "5"]
    assert "the model declined to answer" in page
    again = generate(asked, server)
    # Only the refused request, which cost nothing, is tried again, and it is not counted twice.
    assert (again.replies, again.refused, again.new) == (0, 1, 0)
    assert asked.status()[0].set_aside == line.set_aside


def test_what_was_set_aside_is_asked_anew_in_another_way_and_goes_on(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    def runs_out_of_room(body: Body, turn: int) -> Answer:
        if body["max_tokens"] < 500 and "5+5" in prompt_of(body):
            return reply("I add and", finish="length")
        return sums(body)

    server.script = runs_out_of_room
    assert generate(asked, server, max_tokens=100).set_aside == {"reply_cut_short": 1}
    more = generate(asked, server, max_tokens=500)
    assert (more.replies, more.new, more.left) == (1, 1, 0)
    assert len(server.asked) == 13
    # The short reply was paid for, and is still counted as what it is.
    assert asked.status()[0].set_aside == (("generate", "reply_cut_short", 1),)


def test_a_reply_that_a_later_version_can_read_costs_nothing_more(
    asked: qinglan.Workspace, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qinglan.records import Reason
    from qinglan.teachers import replies

    with monkeypatch.context() as patch:
        patch.setattr(replies, "read_solution", lambda text: Reason.NO_FINAL_ANSWER)
        assert generate(asked, server).set_aside == {"no_final_answer": 12}
    done = generate(asked, server)
    assert (done.new, done.caught_up, done.replies) == (12, 12, 0)
    assert asked.status()[0].set_aside == ()
    assert len(server.asked) == 12


def test_samples_are_several_answers_of_one_annotator(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    with pytest.raises(qinglan.UsageError, match="temperature"):
        generate(asked, server, samples=2)
    assert generate(asked, server, samples=2, temperature=0.7, seed=5).new == 24
    assert {body["seed"] for _, _, body in server.asked} == {5, 6}
    more = generate(asked, server, samples=3, temperature=0.7, seed=5)
    assert (more.new, more.wanted, len(server.asked)) == (12, 36, 36)
    line = asked.status()[0]
    assert (line.annotators, line.annotations) == (1, 36)


def test_a_model_asked_often_does_not_outvote_people(
    asked: qinglan.Workspace, write: Write, server: ChatServer
) -> None:
    """Three people agree on each task; nine samples of one model agree on something else."""
    people = [
        {"task": f"q{i}", "annotator": name, "answer": f"{i} twice\nAnswer: {2 * i}"}
        for i in range(12)
        for name in ("ann", "bob", "eve")
    ]
    asked.load_answers(
        "p", write("people.jsonl", people), fields=ANSWER_FIELDS, annotator_type="person",
        terms=qinglan.Terms(channel="simulated"), tasks_from="questions",
    )  # fmt: skip
    server.script = lambda body, turn: reply("I guess.\nAnswer: 5000")
    assert generate(asked, server, samples=9, temperature=1.0).new == 12 * 9
    asked.judge("p", use_keys=False)
    values = {line.value for line in asked.tasks("p")}
    assert values == {str(2 * i) for i in range(12)}


def test_another_model_or_revision_is_another_annotator(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    generate(asked, server)
    assert generate(asked, server, revision="2507").new == 12
    assert generate(asked, server, model="other").new == 12
    assert asked.status()[0].annotators == 3
    assert {name for _, name in given(asked)} == {"tiny", "tiny@2507", "other"}
    assert len(journals(asked)) == 3


def test_a_server_that_serves_another_model_is_told_on(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    assert generate(asked, server).served == {}
    assert generate(asked, server, model="huge").served == {"tiny": 12}


class TestBudget:
    def test_it_stops_exactly_and_counts_all_runs(
        self, asked: qinglan.Workspace, server: ChatServer
    ) -> None:
        done = generate(asked, server, max_calls=5)
        assert (done.new, done.left, done.exhausted) == (5, 7, True)
        assert generate(asked, server, max_calls=5).replies == 0
        done = generate(asked, server, max_calls=20)
        assert (done.new, done.left, done.exhausted) == (7, 0, False)
        assert len(server.asked) == 12

    def test_money_is_counted_over_all_runs(
        self, asked: qinglan.Workspace, server: ChatServer
    ) -> None:
        prices = (Decimal("1"), Decimal("2"))
        one = Decimal(11 + 2 * 5) / 1_000_000
        first = generate(asked, server, max_calls=5, prices=prices)
        assert (first.cost, first.cost_in_all) == (5 * one, 5 * one)
        second = generate(asked, server, prices=prices, max_cost="1")
        assert (second.cost, second.cost_in_all) == (7 * one, 12 * one)
        with pytest.raises(qinglan.UsageError, match="prices"):
            generate(asked, server, max_cost="1")


class TestInterrupted:
    def test_replies_that_never_reached_the_database_become_answers(
        self, asked: qinglan.Workspace, server: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from qinglan.flow.inbox import Inbox

        with monkeypatch.context() as patch:

            def fail(self: Inbox, outcomes: object) -> None:
                raise qinglan.StorageError("storage.closed")

            patch.setattr(Inbox, "keep", fail)
            with pytest.raises(qinglan.StorageError):
                generate(asked, server)
        assert asked.status()[0].annotations == 0
        paid = len(server.asked)
        assert paid > 0
        done = generate(asked, server)
        assert (done.caught_up, done.new, done.replies) == (paid, 12, 12 - paid)
        assert server.paid_twice == []

    def test_a_failing_server_loses_nothing_that_came(
        self, asked: qinglan.Workspace, server: ChatServer
    ) -> None:
        server.script = lambda body, turn: sums(body) if turn <= 4 else (401, {}, b"")
        with pytest.raises(qinglan.EndpointError, match="API key"):
            generate(asked, server, parallel=2)
        assert asked.status()[0].annotations == 4
        server.script = lambda body, turn: sums(body)
        done = generate(asked, server)
        assert (done.new, done.caught_up) == (8, 0)
        assert server.paid_twice == []

    def test_a_withdrawn_text_is_not_asked_for_again(
        self, asked: qinglan.Workspace, server: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.script = lambda body, turn: reply("I add.\nI stop.")
        generate(asked, server)
        with Journal.open(journals(asked)[0]) as journal:
            ids = {one.id for _, one in journal.replies()}
        assert erase(journals(asked)[0], ids) == 12
        assert generate(asked, server).replies == 0

    def test_progress_reaches_all_there_is(
        self, asked: qinglan.Workspace, server: ChatServer
    ) -> None:
        seen: list[tuple[int, int | None]] = []
        generate(asked, server, max_calls=5)
        generate(asked, server, progress=lambda done, total: seen.append((done, total)))
        assert seen[-1] == (12, 12)
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)


class TestKeys:
    def test_a_key_is_sent_and_kept_nowhere(
        self,
        asked: qinglan.Workspace,
        server: ChatServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        server.script = lambda body, turn: reply(f"Your key is {KEY}.\nAnswer: 7")
        monkeypatch.setenv("LAB_KEY", KEY)
        generate(asked, server, key_env="LAB_KEY")
        assert all(headers["Authorization"] == f"Bearer {KEY}" for _, headers, _ in server.asked)
        server.script = lambda body, turn: (401, {}, KEY.encode())
        with pytest.raises(qinglan.EndpointError) as caught:
            generate(asked, server, key_env="LAB_KEY", model="other")
        assert KEY not in caught.value.say("en") + caught.value.say("zh") + repr(caught.value)
        asked.close()
        for path in asked.folder.rglob("*"):
            assert not path.is_file() or KEY.encode() not in path.read_bytes(), path

    def test_a_key_file_is_its_owners_alone(
        self, asked: qinglan.Workspace, server: ChatServer, tmp_path: Path
    ) -> None:
        file = tmp_path / "key"
        file.write_text(KEY + "\n")
        for mode in (0o644, 0o640, 0o604):
            file.chmod(mode)
            with pytest.raises(qinglan.WorkspaceError, match="chmod 600"):
                generate(asked, server, key_file=file)
        assert server.asked == []
        file.chmod(0o600)
        assert generate(asked, server, key_file=file).new == 12
        assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"

    @pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", "密钥".encode()])
    def test_a_file_without_a_key_is_an_error(
        self, asked: qinglan.Workspace, server: ChatServer, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "key"
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(qinglan.WorkspaceError):
            generate(asked, server, key_file=file)
        with pytest.raises(qinglan.WorkspaceError, match="No such file"):
            generate(asked, server, key_file=tmp_path / "missing")
        with pytest.raises(qinglan.WorkspaceError, match="NO_SUCH_KEY"):
            generate(asked, server, key_env="NO_SUCH_KEY")
        with pytest.raises(qinglan.UsageError, match="one of them"):
            generate(asked, server, key_env="HOME", key_file=file)
        assert server.asked == []

    def test_without_being_told_no_key_is_sent(
        self,
        asked: qinglan.Workspace,
        server: ChatServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        generate(asked, server)
        assert not any("Authorization" in headers for _, headers, _ in server.asked)


@pytest.mark.parametrize(
    "more",
    [
        {"endpoint": "file:///etc/passwd"}, {"endpoint": "http://169.254.169.254/v1"},
        {"endpoint": None}, {"folder": "."}, {"model": ""}, {"samples": 0}, {"max_tokens": 0},
        {"temperature": 3.0}, {"parallel": 0}, {"timeout": 0.0}, {"max_calls": -1},
        {"terms": qinglan.Terms(channel="published", licence="MIT")},
        {"terms": qinglan.Terms(channel="person")},
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_before_anything_is_done(
    asked: qinglan.Workspace, server: ChatServer, more: dict[str, Any]
) -> None:
    with pytest.raises(qinglan.InputError):
        generate(asked, server, **more)
    assert server.asked == []
    assert journals(asked) == []


class TestOtherKinds:
    def test_free_answers_choices_and_preferences(
        self, ws: qinglan.Workspace, write: Write, server: ChatServer
    ) -> None:
        rows = [{"id": "a", "prompt": "Which is larger?", "options": ["1", "2"],
                 "left": "one", "right": "two"}]  # fmt: skip
        file = write("rows.jsonl", rows)
        kinds: dict[str, tuple[list[str], Callable[[Body], str]]] = {
            "free": ([], lambda body: "It is 2."),
            "choice": (["options=options"], lambda body: "2 is.\nAnswer: B"),
            "preference": (["left=left", "right=right"], second_is_two),
        }
        for kind, (fields, says) in kinds.items():
            ws.load(kind, file, kind=kind, fields=["id=id", "prompt=prompt", *fields], terms=OWN)
            server.script = lambda body, turn, says=says: reply(says(body))  # type: ignore[misc]
            done = ws.generate(kind, model="tiny", endpoint=server.url, terms=QWEN)
            assert (done.new, done.set_aside) == (1, {}), kind
        values = {kind: next(iter(ws.answers(kind))).value for kind in kinds}
        assert values == {"free": "2", "choice": "B", "preference": "right"}


def second_is_two(body: Body) -> str:
    """A judge that prefers the response "two", wherever it stands."""
    lines = prompt_of(body).splitlines()
    mark = lines[-1].partition(":")[0]
    return f"{mark}: {1 if lines.index('two') < lines.index('one') else 2}"


def test_a_model_in_a_folder_answers_and_is_pinned_by_its_weights(
    ws: qinglan.Workspace, write: Write, tmp_path: Path
) -> None:
    pytest.importorskip("trl", reason="needs the training extra")
    from model_example import tiny_model

    folder = tiny_model(tmp_path / "tiny")
    ws.load("p", write("questions.jsonl", questions(70)), fields=TASK_FIELDS, terms=OWN)
    own = qinglan.Terms(channel="own")
    how: dict[str, Any] = {"model": "tiny", "folder": folder, "terms": own, "max_tokens": 6}
    done = ws.generate("p", **how, max_calls=3)
    assert (done.replies, done.exhausted, done.left) == (3, True, 67)
    done = ws.generate("p", **how)
    assert done.replies == 67
    # An untrained model never stops by itself, so what it says is cut short.
    assert done.new + sum(done.set_aside.values()) == 67
    assert ws.generate("p", **how).replies == 0
    assert ws.status()[0].annotators == 1
    other = tiny_model(tmp_path / "other", seed=2)
    assert ws.generate("p", **how | {"folder": other}).replies == 70
    assert ws.status()[0].annotators == 2


class TestLineage:
    """A model of ours owes what it learned from, and so do its answers."""

    CC_BY = Origin(source="their sums", channel="published", licence="CC-BY-4.0")

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A model that a run of ours made from other people's sums; it answers well."""
        pytest.importorskip("trl", reason="needs the training extra")
        from model_example import tiny_model

        def complete(self: object, prompts: list[str], **_: object) -> list[list[str]]:
            return [[f"It is {2 * int(p.split()[1].split('+')[0])}."] for p in prompts]

        monkeypatch.setattr("qinglan.endpoints.local.LocalModel.complete", complete)
        folder = tiny_model(tmp_path / "student")
        self.make_run(folder, self.CC_BY)
        return folder

    def make_run(self, folder: Path, *learned: Origin) -> None:
        grant = policy.judge(
            learned, qinglan.Purpose.TRAINING, today=date(2026, 11, 25), registry=policy.load()
        )
        record = RunRecord.model_validate(
            {
                "id": "run_x", "plan": "c" * 64, "examples": 1,
                "recipe": {"steps": 1, "learning_rate": "0.001", "seed": 1},
                "lineage": {"release": "theirs", "root": "a" * 64, "permit": grant.digest},
                "too_long": 0, "examples_seen": 1, "tokens": 1, "completion_tokens": 1,
                "parameters": 1, "start": "d" * 64, "weights": digest_of(folder), "curve": (),
                "versions": (), "device": "cpu", "threads": 1, "begun": "2026-01-01T00:00:00Z",
                "seconds": "1",
            }
        )  # fmt: skip
        (folder / "permit.json").write_bytes(grant.to_json())
        (folder / "run.json").write_text(record.model_dump_json())

    @pytest.fixture
    def free(self, ws: qinglan.Workspace, write: Write) -> qinglan.Workspace:
        ws.load("p", write("questions.jsonl", questions(6)), fields=TASK_FIELDS, terms=OWN)
        return ws

    def ask(self, ws: qinglan.Workspace, folder: Path) -> Any:
        terms = qinglan.Terms(channel="own")
        return ws.generate("p", model="student", folder=folder, terms=terms)

    def test_obligations_travel_to_the_release_and_to_who_trains_on_it(
        self, free: qinglan.Workspace, folder: Path
    ) -> None:
        done = self.ask(free, folder)
        assert (done.new, done.obligations) == (6, ("attribution",))
        free.judge("p")
        _, made = free.release("p", name="second", purpose="training", dev=0, test=0)
        assert "their sums" in (made / "permit.json").read_text()
        assert "Name the authors" in (made / "README.md").read_text()
        assert qinglan.check_release(made, key=free.folder / "keys" / "signing.pub").ok
        assert "attribution" in free.may_train("second").permit.obligations

    def test_what_pretended_people_taught_stays_pretended(
        self, free: qinglan.Workspace, folder: Path
    ) -> None:
        self.make_run(folder, Origin(source="actors", channel="simulated"))
        assert self.ask(free, folder).obligations == ("simulated",)
        assert all(line.simulated for line in free.answers("p"))

    def test_terms_that_were_closed_since_refuse_its_answers_too(
        self, free: qinglan.Workspace, folder: Path
    ) -> None:
        self.ask(free, folder)
        free.judge("p")
        (free.folder / "policy.toml").write_text(
            '[[rule]]\nid = "ours"\nchannel = "published"\nlicences = ["CC-BY-4.0"]\n'
            'version = "2"\nuses = { training = "forbidden", evaluation = "allowed" }\n'
            'terms = "https://example.org/terms"\nexpires = 2099-01-01\n'
        )
        with pytest.raises(qinglan.Refused, match="their sums"):
            self.ask(free, folder)
        with pytest.raises(qinglan.Refused, match="their sums"):
            free.release("p", name="second", purpose="training")

    def test_other_weights_or_a_lost_permit_are_no_model_of_that_run(
        self, free: qinglan.Workspace, folder: Path, tmp_path: Path
    ) -> None:
        from model_example import tiny_model

        (folder / "permit.json").unlink()
        with pytest.raises(qinglan.IntegrityError):
            self.ask(free, folder)
        self.make_run(folder, self.CC_BY)
        other = tiny_model(tmp_path / "other", seed=2)
        (other / "run.json").write_bytes((folder / "run.json").read_bytes())
        with pytest.raises(qinglan.IntegrityError):
            self.ask(free, other)
        assert journals(free) == []
