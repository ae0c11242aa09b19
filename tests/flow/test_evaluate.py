"""``evaluate``: figures by hand, looks that are counted, questions that are asked once."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from model_example import fill, tiny_model, write

import qinglan
from qinglan.errors import EndpointError
from qinglan.evaluation.examination import make_manner
from qinglan.evaluation.scores import ALL
from qinglan.flow import evaluate as verb
from qinglan.flow.subjects import Subject
from qinglan.records import Split


@dataclass
class Puppet:
    """A model that answers as it is told, and can fail after some prompts."""

    answer: Callable[[str, int], str]
    """(question, number of the try; 0 is the greedy one) → text."""
    name: str = "puppet"
    breaks_after: int | None = None
    asked: list[str] = field(default_factory=list)

    def complete(
        self, prompts: Sequence[str], *, n: int = 1, temperature: float = 0.0,
        max_tokens: int = 256, seed: int = 0,
    ) -> list[list[str]]:  # fmt: skip
        if temperature == 0:
            if self.breaks_after is not None and len(self.asked) >= self.breaks_after:
                raise EndpointError("endpoints.gave_up", url="x", attempts=1, why="down")
            self.asked += prompts
        return [
            [self.answer(prompt, 0 if temperature == 0 else i + 1) for i in range(n)]
            for prompt in prompts
        ]


def right(question: str) -> str:
    a, b = question.rstrip("=\n").split("+")
    return str(int(a) + int(b))


def examine(
    ws: qinglan.Workspace, model: Puppet, on: str = "p/held", weights: str = "a", **asked: Any
) -> Any:
    manner = {"samples": asked.pop("samples", 0), "k": asked.pop("k", None)}
    subject = Subject(endpoint=model, form=str, weights=weights * 64)
    return verb.evaluate(
        ws._context, ws._actor, subject, on=on, manner=make_manner(**manner), **asked
    )


def good(wrong: Callable[[int], bool] = lambda i: False) -> Puppet:
    """Right but where ``wrong`` says so of the first summand."""
    return Puppet(lambda q, _: "0" if wrong(int(q.split("+")[0])) else f"so\n{right(q)}")


@pytest.fixture
def held(ws: qinglan.Workspace) -> qinglan.Workspace:
    """Forty held-out sums, their keys by a simulated annotator."""
    fill(ws, "p")
    ws.release("p", name="held", purpose="evaluation")
    return ws


def test_figures_by_hand(held: qinglan.Workspace) -> None:
    """A quarter wrong at once; of four tries on those, one is right."""

    def answer(question: str, number: int) -> str:
        knows = int(question.split("+")[0]) % 4 > 0
        return right(question) if knows or number == 2 else "no idea"

    done = examine(held, Puppet(answer), samples=4, k=2)
    line = done.report.line(ALL)
    assert (line.pass_1.n, line.pass_1.undecided, line.pass_1.value) == (40, 0, 0.75)
    # Wilson's interval of 30 in 40.
    assert (line.pass_1.low, line.pass_1.high) == pytest.approx((0.5981, 0.8581), abs=1e-4)
    # pass@2 of one in four is 1 − C(3,2)/C(4,2) = 1/2.
    assert line.pass_k.value == pytest.approx(0.75 + 0.25 / 2)
    assert done.report.evasive == 10
    assert done.report.simulated == 40
    assert [line.skill for line in done.report.lines] == [ALL, "sum"]


def test_a_report_is_filed_by_hash_and_traced_to_the_sources(held: qinglan.Workspace) -> None:
    done = examine(held, good())
    data = done.file.read_bytes()
    assert done.file == held.folder / "reports" / f"{done.report.id}.json"
    node = held.trace(done.report.id)
    assert node.facts["sha256"] == sha256(data).hexdigest()
    lines = [text for _, text in node.walk()]
    assert lines[0].startswith(f"report {done.report.id}")
    assert any(line.startswith("release rel_") and "name=held" in line for line in lines)
    assert any("licence=MIT" in line for line in lines)
    said = json.loads(data)
    assert said["root"] == qinglan.check_release(held.folder / "releases" / "held").manifest.root
    assert len(said["answers"]) == len(said["scores"]["items"]) == 40
    assert not list((held.folder / "reports" / ".open").iterdir())


class TestLooks:
    def looks(self, done: Any) -> tuple[int, int]:
        return done.report.looks, done.report.models

    def test_each_model_is_a_look_and_the_same_again_is_none(self, held: qinglan.Workspace) -> None:
        first = examine(held, good())
        assert self.looks(first) == (1, 1)
        assert self.looks(examine(held, good(), weights="b")) == (2, 2)
        assert self.looks(examine(held, good(), weights="b", samples=2)) == (3, 2)
        again = good()
        shown = examine(held, again)
        assert shown.again
        assert shown.report == first.report
        assert again.asked == []
        assert self.looks(examine(held, good(), weights="c")) == (4, 3)

    def test_a_new_name_makes_no_fresh_set(self, held: qinglan.Workspace) -> None:
        examine(held, good())
        held.release("p", name="again", purpose="evaluation")
        held.release("p", name="part", purpose="evaluation", test=500)
        assert self.looks(examine(held, good(), on="again", weights="b")) == (2, 2)
        part = examine(held, good(), on="part", weights="c")
        assert 0 < len(part.report.answers) < 40
        assert self.looks(part) == (3, 3)

    def test_the_same_questions_imported_again_make_no_fresh_set(
        self, held: qinglan.Workspace
    ) -> None:
        examine(held, good())
        fill(held, "copy", 20)
        held.release("copy", name="copied", purpose="evaluation")
        assert self.looks(examine(held, good(), on="copied", weights="b")) == (2, 2)

    def test_other_questions_are_another_set(self, held: qinglan.Workspace) -> None:
        examine(held, good())
        rows = [{"id": "1", "prompt": "900+1=", "key": "901"}]
        fields = ["id=id", "prompt=prompt", "key=key"]
        own = qinglan.Terms(channel="own", name="own")
        held.load("other", write(held.folder, "own", rows), fields=fields, terms=own)
        given = [{"task": "1", "annotator": "a", "answer": "901"}]
        held.load_answers(
            "other", write(held.folder, "given", given), terms=own, annotator_type="person",
            fields=["task=task", "annotator=annotator", "answer=answer"], tasks_from="own",
        )  # fmt: skip
        held.judge("other")
        held.release("other", name="fresh", purpose="evaluation")
        assert self.looks(examine(held, good(), on="fresh", weights="b")) == (1, 1)

    def test_a_look_that_was_given_up_counts(
        self, held: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qinglan.evaluation.examination.PORTION", 16)
        broken = good()
        broken.breaks_after = 16
        with pytest.raises(EndpointError):
            examine(held, broken)
        assert self.looks(examine(held, good(), weights="b")) == (2, 2)


def test_what_was_answered_is_not_asked_again(
    held: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.evaluation.examination.PORTION", 16)
    whole = examine(held, good(lambda i: i % 3 == 0), weights="b", samples=2)
    broken = good(lambda i: i % 3 == 0)
    broken.breaks_after = 32
    with pytest.raises(EndpointError):
        examine(held, broken, samples=2)
    (sheet,) = (held.folder / "reports" / ".open").iterdir()
    with sheet.open("ab") as torn:  # what a power cut leaves behind
        torn.write(b'[[{"id": "tsk')
    rest = good(lambda i: i % 3 == 0)
    done = examine(held, rest, samples=2)
    assert (len(broken.asked), len(rest.asked)) == (32, 8)
    assert not set(broken.asked) & set(rest.asked)
    assert done.report.scores.items == whole.report.scores.items
    assert (whole.report.looks, done.report.looks) == (1, 2)


def test_a_worksheet_that_was_edited_is_no_worksheet(
    held: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.evaluation.examination.PORTION", 16)
    broken = good()
    broken.breaks_after = 16
    with pytest.raises(EndpointError):
        examine(held, broken)
    (sheet,) = (held.folder / "reports" / ".open").iterdir()
    whole = sheet.read_text()
    begun = json.loads(whole.splitlines()[0])["report"]
    for altered in (
        whole.replace("verified", "perfect"),
        whole.replace(begun, "../../policy"),
        whole.replace(begun, "rpt_"),
        "[]\n" + whole,
    ):
        sheet.write_text(altered)
        with pytest.raises(qinglan.IntegrityError, match=r"altered"):
            examine(held, good())


class TestAgainst:
    def test_paired_by_hand(self, held: qinglan.Workspace) -> None:
        worse = examine(held, good(lambda i: i < 12))
        better = examine(held, good(lambda i: i < 2), weights="b", against=worse.report.id)
        total, skill = better.differences
        assert (total.skill, skill.skill) == (ALL, "sum")
        assert (total.n, total.value) == (40, 0.25)
        assert (total.only_model, total.only_other) == (10, 0)
        assert total.low > 0
        assert total.p_value == pytest.approx(2 / 2**10)

    def test_another_set_is_no_rival(self, held: qinglan.Workspace) -> None:
        first = examine(held, good())
        held.release("p", name="part", purpose="evaluation", test=500)
        with pytest.raises(qinglan.UsageError, match="another set"):
            examine(held, good(), on="part", weights="b", against=first.report.id)
        with pytest.raises(qinglan.UsageError, match=first.report.id):
            examine(held, good(), weights="b", against="rpt_nothing")

    def test_a_report_that_was_changed_is_not_believed(self, held: qinglan.Workspace) -> None:
        first = examine(held, good(lambda i: i < 30))
        first.file.write_text(first.file.read_text().replace('"refuted"', '"verified"'))
        for asked in ({"weights": "b", "against": first.report.id}, {}):
            with pytest.raises(qinglan.IntegrityError, match="not the report that was filed"):
                examine(held, good(), **asked)
        first.file.unlink()
        with pytest.raises(qinglan.IntegrityError, match="gone"):
            examine(held, good(), weights="b", against=first.report.id)


def test_silence_is_wrong_and_a_key_nobody_can_read_decides_nothing(
    ws: qinglan.Workspace,
) -> None:
    rows = [
        {"id": "1", "prompt": "Which colour?", "skill": "all"},
        *({"id": str(i), "prompt": f"{i}+1=", "skill": "sum"} for i in range(2, 6)),
    ]
    own = qinglan.Terms(channel="own", name="own")
    ws.load(
        "p", write(ws.folder, "q", rows), fields=["id=id", "prompt=prompt", "skill=skill"],
        terms=own,
    )  # fmt: skip
    given = [{"task": "1", "annotator": "a", "answer": "blue"}] + [
        {"task": str(i), "annotator": "a", "answer": str(i + 1)} for i in range(2, 6)
    ]
    ws.load_answers(
        "p", write(ws.folder, "a", given), terms=own, annotator_type="person", tasks_from="own",
        fields=["task=task", "annotator=annotator", "answer=answer"],
    )  # fmt: skip
    ws.judge("p")
    ws.release("p", name="held", purpose="evaluation")
    texts = {"Which colour?": "blue", "2+1=": "3", "3+1=": "", "4+1=": " \n ", "5+1=": "hm."}
    done = examine(ws, Puppet(lambda question, _: texts[question]))
    total = done.report.line(ALL)
    assert (total.pass_1.n, total.pass_1.undecided, total.pass_1.value) == (4, 1, 0.25)
    assert done.report.evasive == 3
    # A skill of the name under which the sum stands is kept apart from it.
    assert {line.skill: line.pass_1.n for line in done.report.lines} == {
        ALL: 4, "“all”": 0, "sum": 4,
    }  # fmt: skip


class TestRefusals:
    def test_terms_that_were_closed_since(self, held: qinglan.Workspace) -> None:
        (held.folder / "policy.toml").write_text(
            '[[rule]]\nid = "ours"\nchannel = "published"\nlicences = ["MIT"]\nversion = "2"\n'
            'terms = "https://example.org/t"\nexpires = 2099-01-01\n'
            'uses = { training = "forbidden", evaluation = "forbidden" }\n'
        )
        model = good()
        with pytest.raises(qinglan.Refused, match="forbid"):
            examine(held, model)
        assert model.asked == []

    def test_preferences_have_nothing_to_check(self, ws: qinglan.Workspace) -> None:
        fill(ws, "p", kind="preference")
        ws.release("p", name="held", purpose="evaluation")
        with pytest.raises(qinglan.UsageError, match="preference"):
            examine(ws, good())

    def test_an_empty_split_is_named(self, held: qinglan.Workspace) -> None:
        with pytest.raises(qinglan.UsageError, match="dev split"):
            examine(held, good(), split=Split.DEV)

    @pytest.mark.parametrize(
        "wrong",
        [{"samples": -1}, {"samples": 2, "k": 3}, {"temperature": "0"}, {"max_tokens": 0},
         {"temperature": "hot"}, {"typo": 1}],
    )  # fmt: skip
    def test_a_senseless_manner(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(qinglan.UsageError, match="give another value"):
            make_manner(**wrong)

    def test_an_auditor_reads_and_does_not_examine(self, held: qinglan.Workspace) -> None:
        eve = qinglan.Actor(name="eve", role=qinglan.Role.AUDITOR)
        with (
            qinglan.open(held.folder, actor=eve) as theirs,
            pytest.raises(qinglan.PermissionDenied),
        ):
            examine(theirs, good())


class TestLocal:
    """A model of our own, from its training to its report."""

    @pytest.fixture
    def trained(self, ws: qinglan.Workspace, tmp_path: Path) -> Any:
        torch = pytest.importorskip("torch", reason="the training stack is not installed")
        pytest.importorskip("trl", reason="the training stack is not installed")
        torch.set_num_threads(1)
        fill(ws, "p")
        ws.release("p", name="first", purpose="training", dev=200, test=200)
        ws.release("p", name="all", purpose="evaluation")
        base = tiny_model(tmp_path / "base")
        return ws.train("first", base=base, steps=2, batch=2)

    def test_from_report_to_run_to_release(
        self, ws: qinglan.Workspace, trained: Any, tmp_path: Path
    ) -> None:
        done = ws.evaluate(trained.folder, on="p/first", samples=2, max_tokens=4)
        assert done.report.weights == trained.run.weights
        assert done.report.run == trained.run.id
        lines = [text for _, text in ws.trace(done.report.id).walk()]
        assert any(line.startswith(f"run {trained.run.id}") for line in lines)
        assert ws.evaluate(trained.folder, on="p/first", samples=2, max_tokens=4).again
        base = ws.evaluate(
            tmp_path / "base", on="first", samples=2, max_tokens=4, against=done.report.id
        )
        assert base.report.run is None
        assert [line.skill for line in base.differences] == [ALL, "sum"]

    def test_what_it_learned_from_is_no_held_out_set(
        self, ws: qinglan.Workspace, trained: Any, tmp_path: Path
    ) -> None:
        with pytest.raises(qinglan.CheckFailed, match="learned"):
            ws.evaluate(trained.folder, on="p/all", samples=0)
        fill(ws, "other", 3)
        ws.release("other", name="more", purpose="training", dev=0, test=0)
        child = ws.train("more", base=trained.folder, out=tmp_path / "child", steps=2, batch=2)
        with pytest.raises(qinglan.CheckFailed, match="first"):
            ws.evaluate(child.folder, on="p/all", samples=0)
