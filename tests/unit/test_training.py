"""Training: batches laid down beforehand, checkpoints that can be trusted, records that add up."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from permit_example import OWN, SIMULATED, permit
from pydantic import ValidationError

from qinglan.errors import MissingPart, Refused, UsageError
from qinglan.policy import Permit
from qinglan.records import Purpose
from qinglan.training import parts
from qinglan.training.batches import IGNORED, Row, encode, plan, portion
from qinglan.training.card import escape, write_card
from qinglan.training.checkpoints import latest, seal
from qinglan.training.recipe import Example, Lineage, Point, Progress, Recipe, RunRecord
from qinglan.training.run import fingerprint, train

LINEAGE = Lineage(release="demo", root="a" * 64, permit="b" * 64, obligations=("attribution",))
GRANT: dict[str, Any] = {"release": "demo", "root": "a" * 64, "permit": permit(OWN, SIMULATED)}


def recipe(**changes: Any) -> Recipe:
    given: dict[str, Any] = {"steps": 40, "learning_rate": Decimal("0.004"), "seed": 1, "batch": 8}
    return Recipe(**(given | changes))


class Letters:
    """A tokenizer of one token a character."""

    eos_token_id: int | None = 0

    def __call__(self, texts: list[str], add_special_tokens: bool) -> SimpleNamespace:
        assert not add_special_tokens
        return SimpleNamespace(input_ids=[[ord(c) for c in text] for text in texts])


class TestBatches:
    def test_the_loss_is_on_the_completion_and_the_end_mark(self) -> None:
        (row,), too_long = encode([Example("ab", "cde")], Letters(), window=6)
        assert row.ids == (97, 98, 99, 100, 101, 0)
        assert row.labels() == [IGNORED, IGNORED, 99, 100, 101, 0]
        assert (row.completion, too_long) == (4, 0)

    def test_what_does_not_fit_is_counted(self) -> None:
        rows, too_long = encode([Example("ab", "cde"), Example("a", "b")], Letters(), window=5)
        assert (len(rows), too_long) == (1, 1)
        with pytest.raises(UsageError, match="window of 2 tokens"):
            encode([Example("a", "b")], Letters(), window=2)

    @pytest.mark.parametrize("example", [Example("", "b"), Example("a", "")])
    def test_empty_examples_are_named(self, example: Example) -> None:
        with pytest.raises(UsageError, match="example 2"):
            encode([Example("a", "b"), example], Letters(), window=9)

    def test_without_an_end_mark_nothing_could_stop(self) -> None:
        tokenizer = Letters()
        tokenizer.eos_token_id = None
        with pytest.raises(UsageError, match="eos_token"):
            encode([Example("a", "b")], tokenizer, window=9)

    def test_each_example_comes_once_before_any_comes_twice(self) -> None:
        rows = [Row((1, 2), 1)] * 20
        order = [index for batch in plan(rows, recipe(steps=5, batch=8)) for index in batch]
        assert sorted(order[:20]) == list(range(20))
        assert len(set(order[20:])) == 20

    def test_the_seed_decides_the_order(self) -> None:
        rows = [Row((1, 2), 1)] * 50
        assert plan(rows, recipe()) == plan(rows, recipe())
        assert plan(rows, recipe()) != plan(rows, recipe(seed=2))

    def test_runs_of_equal_steps_learn_from_equally_many_tokens(self) -> None:
        short = [Row((0,) * (4 + length), 1) for length in (3, 5, 9)] * 30
        long = [Row((0,) * (4 + length), 1) for length in (30, 41)] * 17
        asked = recipe(steps=100, batch_tokens=500)
        for rows in (short, long):
            batches = plan(rows, asked)
            assert len(batches) == 100
            seen = sum(rows[index].completion for batch in batches for index in batch)
            assert abs(seen - 50_000) <= 45
            sizes = [sum(rows[index].completion for index in batch) for batch in batches]
            assert max(abs(size - 500) for size in sizes) <= 45

    def test_an_example_larger_than_its_step_is_still_learnt(self) -> None:
        batches = plan([Row((0,) * 101, 1)] * 3, recipe(steps=30, batch_tokens=10))
        assert all(len(batch) == 1 for batch in batches)

    def test_a_step_is_worked_off_in_parts_that_hold_all_of_it(self) -> None:
        assert portion([[5, 6, 7], [8, 9]], 2) == [[5, 7], [6], [8], [9]]
        assert portion([[5, 6, 7]], 1) == [[5, 6, 7]]
        with pytest.raises(UsageError, match="3 parts, for one has 2 examples"):
            portion([[5, 6, 7], [8, 9]], 3)


class TestCheckpoints:
    def make(self, folder: Path, step: int) -> Path:
        made = folder / f"checkpoint-{step}"
        (made / "deep").mkdir(parents=True)
        (made / "deep" / "state.bin").write_bytes(b"state")
        return made

    def test_the_newest_whole_one_counts_and_torn_ones_go(self, tmp_path: Path) -> None:
        seal(self.make(tmp_path, 9), step=9, seconds=1.5)
        seal(self.make(tmp_path, 10), step=10, seconds=2.5)
        torn = self.make(tmp_path, 11)
        found = latest(tmp_path)
        assert found is not None
        assert (found.step, found.seconds, found.folder.name) == (10, 2.5, "checkpoint-10")
        assert not torn.exists()

    @pytest.mark.parametrize("mark", ["", "{", "[]", "{}", '{"step": "x", "seconds": 1}', "null"])
    def test_a_damaged_mark_is_no_mark(self, tmp_path: Path, mark: str) -> None:
        (self.make(tmp_path, 5) / "whole.json").write_text(mark)
        assert latest(tmp_path) is None

    def test_nothing_is_there(self, tmp_path: Path) -> None:
        assert latest(tmp_path / "absent") is None


class TestRecipe:
    @pytest.mark.parametrize(
        "wrong",
        [{"steps": 0}, {"learning_rate": Decimal(0)}, {"learning_rate": Decimal("NaN")},
         {"warmup": Decimal(1)}, {"batch_tokens": 0}, {"seed": -1}, {"typo": 1},
         {"accumulate": 9}, {"precision": "float16"}, {"lora_alpha": 8}, {"lora_rank": 0}],
    )  # fmt: skip
    def test_senseless_recipes_are_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            recipe(**wrong)

    def test_a_run_names_a_root_and_a_permit(self) -> None:
        with pytest.raises(ValidationError):
            Lineage(release="demo", root="latest", permit="b" * 64)
        with pytest.raises(ValidationError):
            Lineage(release="demo", root="a" * 64)  # type: ignore[call-arg]


def test_without_the_extra_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingPart, match=r"pip install 'qinglan\[train\]'") as caught:
        train([], start=tmp_path, out=tmp_path, recipe=recipe(), **GRANT)
    assert "安装" in caught.value.say("zh")
    assert caught.value.exit_code == 2


class TestCard:
    NASTY = '"\n---\nlicense: mit\n# <script>alert(1)</script> ![x](http://evil/i.png) `|'

    def record(self, release: str) -> RunRecord:
        return RunRecord(
            id="run_x", plan="c" * 64, recipe=recipe(),
            lineage=LINEAGE.model_copy(update={"release": release, "simulated": True}),
            examples=10, too_long=1, examples_seen=320, tokens=999, completion_tokens=500,
            parameters=1234, start="d" * 64, weights="e" * 64, curve=(Point(1, Decimal("0.5")),),
            versions=(("qinglan", "0"),), device="cpu", threads=1,
            begun="2026-01-01T00:00:00Z", seconds=Decimal("1.5"),
        )  # fmt: skip

    def test_it_names_the_release_by_root_and_says_simulated_in_both_languages(self) -> None:
        card = write_card(self.record("demo"))
        assert f'qinglan_release_root: "{"a" * 64}"' in card
        assert card.count(f"`{'a' * 64}`") == 2
        assert "simulated" in card
        assert "模拟" in card
        assert "`attribution`: Name the authors" in card
        assert "注明作者" in card

    def test_a_name_cannot_break_out_of_yaml_or_markdown(self) -> None:
        card = write_card(self.record(self.NASTY))
        front = card.split("\n---\n")[0]
        assert re.search(r"^license:", front, re.MULTILINE) is None
        body = card[len(front) :]
        assert "<script>" not in body
        assert "![x](" not in body
        assert card.count("\n---\n") == 1

    def test_escaped_text_is_one_line(self) -> None:
        assert escape("a\n\n# b\u2028c") == r"a \# b c"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch", reason="needs the training extra")
    pytest.importorskip("trl", reason="needs the training extra")
    torch.set_num_threads(1)  # where tests run side by side, threads wait for each other
    from qinglan.training import tiny

    folder = tmp_path_factory.mktemp("models") / "base"
    return tiny.make(folder, texts=["0123456789+= "], seed=1, width=32, layers=1, heads=2)


def sums(offset: int = 0) -> list[Example]:
    return [Example(f"{a}+{b}=", f"{a + b + offset}") for a in range(9) for b in range(9)]


class TestTrain:
    def test_a_model_learns_and_its_record_adds_up(self, base: Path, tmp_path: Path) -> None:
        before, told = fingerprint(base), []
        done = train(
            [*sums(), Example("1" * 200, "2")], start=base, out=tmp_path / "run",
            recipe=recipe(steps=120, batch=16), progress=told.append, **GRANT,
        )  # fmt: skip
        assert fingerprint(base) == before == done.start
        assert done.weights == fingerprint(tmp_path / "run") != before
        assert (done.examples, done.too_long, done.examples_seen) == (82, 1, 120 * 16)
        assert done.completion_tokens < done.tokens
        assert float(done.curve[-1].loss) < float(done.curve[0].loss) / 2
        assert [progress.step for progress in told] == list(range(1, 121))
        assert told[-1].left == 0
        assert told[-1].loss is not None
        written = json.loads((tmp_path / "run" / "run.json").read_text())
        assert written["lineage"] == {
            "release": "demo", "root": "a" * 64, "permit": GRANT["permit"].digest,
            "obligations": ["simulated"], "simulated": True,
        }  # fmt: skip
        assert (tmp_path / "run" / "permit.json").read_bytes() == GRANT["permit"].to_json()
        assert {"torch", "transformers", "trl"} <= {name for name, _ in written["versions"]}
        assert "a" * 64 in (tmp_path / "run" / "README.md").read_text()
        assert not (tmp_path / "run" / "checkpoints").exists()

    def test_models_do_not_share_weights(self, base: Path, tmp_path: Path) -> None:
        """TRL leaves a `forward` bound to the trained model; a copy would answer for another."""
        from qinglan.endpoints.local import LocalModel

        answers = {}
        for name, offset in (("right", 0), ("off by one", 1)):
            out = tmp_path / name
            train(
                sums(offset), start=base, out=out,
                recipe=recipe(steps=400, batch=32, learning_rate=Decimal("0.008")), **GRANT,
            )  # fmt: skip
            answers[name] = [t for (t,) in LocalModel(out).complete([e.prompt for e in sums()])]
        for name, offset in (("right", 0), ("off by one", 1)):
            wanted = [example.completion for example in sums(offset)]
            hit = sum(a == b for a, b in zip(answers[name], wanted, strict=True))
            assert hit > 40, f"{name}: {hit} of {len(wanted)}"

    def test_the_same_call_again_trains_nothing(self, base: Path, tmp_path: Path) -> None:
        told: list[Progress] = []
        asked: dict[str, Any] = {
            "start": base, "out": tmp_path, "recipe": recipe(steps=3), **GRANT,
        }  # fmt: skip
        first = train(sums(), **asked)
        assert train(sums(), **asked, progress=told.append) == first
        assert told == []

    def test_a_permit_of_another_day_goes_on_with_the_same_run(
        self, base: Path, tmp_path: Path
    ) -> None:
        asked: dict[str, Any] = {"start": base, "out": tmp_path, "recipe": recipe(steps=20)}
        later = permit(OWN, SIMULATED, today=date(2026, 12, 1))
        assert later.digest != GRANT["permit"].digest

        def stop(progress: Progress) -> None:
            if progress.step == 10:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(sums(), **asked, **GRANT, progress=stop)
        done = train(sums(), **asked, **(GRANT | {"permit": later}))
        assert (done.resumed, done.lineage.permit) == (1, later.digest)

    @pytest.mark.parametrize(
        "forged",
        ["b" * 64, SimpleNamespace(digest="b" * 64, purpose=Purpose.TRAINING), LINEAGE, None],
    )
    def test_nothing_but_a_permit_opens_the_gate(
        self, base: Path, tmp_path: Path, forged: Any
    ) -> None:
        asked: dict[str, Any] = {"start": base, "out": tmp_path / "run", "recipe": recipe(steps=3)}
        with pytest.raises(TypeError, match="Permit"):
            train(sums(), **asked, release="demo", root="a" * 64, permit=forged)
        with pytest.raises(TypeError, match="minted"):
            Permit(purpose=Purpose.TRAINING, decisions=(), registry="b" * 64, judged=date.today())
        with pytest.raises(Refused, match="for evaluation, not for training"):
            train(sums(), **asked, **(GRANT | {"permit": permit(purpose=Purpose.EVALUATION)}))
        assert not (tmp_path / "run").exists()

    @pytest.mark.parametrize("change", ["recipe", "root", "release", "examples"])
    def test_another_run_is_not_mixed_in(self, base: Path, tmp_path: Path, change: str) -> None:
        asked: dict[str, Any] = {
            "examples": sums(), "start": base, "out": tmp_path, "recipe": recipe(steps=3),
            **GRANT,
        }  # fmt: skip
        train(**asked)
        other = {
            "recipe": recipe(steps=4),
            "root": "c" * 64,
            "release": "other",
            "examples": sums(1),
        }
        with pytest.raises(UsageError, match="another recipe, data or start"):
            train(**(asked | {change: other[change]}))

    def test_a_folder_with_other_things_is_left_alone(self, base: Path, tmp_path: Path) -> None:
        (tmp_path / "thesis.tex").write_text("precious")
        with pytest.raises(UsageError, match="empty folder"):
            train(sums(), start=base, out=tmp_path, recipe=recipe(), **GRANT)
        assert (tmp_path / "thesis.tex").read_text() == "precious"

    def test_no_model_no_training(self, base: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="holds no model"):
            train(sums(), start=tmp_path, out=tmp_path / "x", recipe=recipe(), **GRANT)

    def test_two_processes_do_not_train_in_one_folder(self, base: Path, tmp_path: Path) -> None:
        import fcntl

        with (tmp_path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(UsageError, match="another process"):
                train(sums(), start=base, out=tmp_path, recipe=recipe(), **GRANT)

    def test_telemetry_is_off(self, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[object] = []
        monkeypatch.setattr("trl.trainer.base_trainer.send_telemetry", sent.append)
        monkeypatch.delenv("CI", raising=False)
        from qinglan.training import sft

        parts.require()
        assert sft._Planned._send_telemetry(object()) is None
        assert sent == []
