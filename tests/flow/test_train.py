"""``train``: from a checked release to a model that can be traced to the sources of its data."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from model_example import fill, tiny_model

import qinglan

torch = pytest.importorskip("torch", reason="the training stack is not installed: make train")
pytest.importorskip("trl", reason="the training stack is not installed: make train")

QUICK: dict[str, Any] = {"steps": 6, "batch": 4, "learning_rate": Decimal("0.004")}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)  # where tests run side by side, threads wait for each other
    return tiny_model(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def released(ws: qinglan.Workspace) -> qinglan.Workspace:
    fill(ws, "p")
    ws.release("p", name="first", purpose="training")
    ws.release("p", name="held", purpose="evaluation")
    return ws


def test_a_model_and_its_release_lead_to_each_other(
    released: qinglan.Workspace, base: Path
) -> None:
    told: list[int] = []
    done = released.train("p/first", base=base, progress=lambda p: told.append(p.step), **QUICK)
    assert done.folder == released.folder / "models" / "first"
    assert told == [1, 2, 3, 4, 5, 6]
    found = qinglan.check_release(released.folder / "releases" / "first")
    assert found.manifest is not None
    assert done.run.lineage.root == found.manifest.root
    splits = dict(found.manifest.splits.rows)
    assert done.run.examples == splits[qinglan.records.Split.TRAIN] < 40
    assert done.run.lineage.simulated
    assert done.run.lineage.obligations == ("keep_notice", "simulated")
    card = (done.folder / "README.md").read_text(encoding="utf-8")
    assert found.manifest.root in card
    assert "Keep the copyright" in card

    lines = [text for _, text in released.trace(done.run.id).walk()]
    assert lines[0].startswith(f"run {done.run.id}")
    assert any(line.startswith("release rel_") and "name=first" in line for line in lines)
    assert any("licence=MIT" in line for line in lines)

    again = released.train("first", base=base, progress=lambda p: told.append(p.step), **QUICK)
    assert again.again
    assert again.run == done.run
    assert len(told) == 6


def test_the_prompt_bears_no_loss_and_the_answer_is_what_the_release_says(
    released: qinglan.Workspace, base: Path
) -> None:
    from qinglan.endpoints.form import form_of
    from qinglan.records import Kind, Split
    from qinglan.training.examples import make_examples

    rows = list(released.may_train("p/first").rows(Split.TRAIN))
    examples = make_examples(rows, Kind.STEPS, form_of(base))
    for row, example in zip(rows, examples, strict=True):
        assert example.prompt == row["prompt"] + "\n"
        assert example.completion == "\n".join([*row["steps"], row["final"]])


@pytest.mark.parametrize("kind", ["free", "choice"])
def test_other_kinds_that_can_be_imitated(ws: qinglan.Workspace, base: Path, kind: str) -> None:
    fill(ws, "p", kind=kind)
    ws.release("p", name="r", purpose="training", dev=0, test=0)
    assert ws.train("r", base=base, **QUICK).run.examples == 40


def test_preferences_are_declined_with_what_could_be_learnt(
    ws: qinglan.Workspace, base: Path
) -> None:
    fill(ws, "p", kind="preference")
    ws.release("p", name="r", purpose="training")
    with pytest.raises(qinglan.UsageError, match="free, steps, choice") as caught:
        ws.train("r", base=base, **QUICK)
    assert "preference" in str(caught.value)
    assert not (ws.folder / "models").exists()


def test_what_is_held_out_is_not_trained_on(released: qinglan.Workspace, base: Path) -> None:
    with pytest.raises(qinglan.Refused, match="made for evaluation"):
        released.train("held", base=base, **QUICK)
    assert not (released.folder / "models").exists()


def test_what_a_parent_owes_its_child_owes(
    released: qinglan.Workspace, base: Path, tmp_path: Path
) -> None:
    first = released.train("first", base=base, out=tmp_path / "parent", **QUICK)
    with qinglan.open(released.folder) as ws:
        rows = [{"id": "1", "prompt": "1+1=", "key": "2"}]
        file = tmp_path / "own.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        ours = qinglan.Terms(channel="own", name="own")
        ws.load("own", file, fields=["id=id", "prompt=prompt", "key=key"], terms=ours)
        file = tmp_path / "answers.jsonl"
        file.write_text(json.dumps({"task": "1", "annotator": "a", "answer": "2"}))
        ws.load_answers(
            "own", file, fields=["task=task", "annotator=annotator", "answer=answer"],
            terms=qinglan.Terms(channel="person", name="us"), annotator_type="person",
            tasks_from="own",
        )  # fmt: skip
        ws.judge("own")
        ws.release("own", name="ours", purpose="training", dev=0, test=0)
        child = ws.train("ours", base=tmp_path / "parent", out=tmp_path / "child", **QUICK)
        assert child.run.parent == first.run.id
        assert child.run.lineage.obligations == ("keep_notice", "simulated")
        assert child.run.lineage.simulated
        lines = [text for _, text in ws.trace(child.run.id).walk()]
    assert sum(line.startswith("run run_") for line in lines) == 2
    assert sum(line.startswith("release rel_") for line in lines) == 2


def test_weights_that_no_run_made_are_not_recorded_as_its(
    released: qinglan.Workspace, base: Path, tmp_path: Path
) -> None:
    done = released.train("first", base=base, **QUICK)
    (done.folder / "model.safetensors").write_bytes((base / "model.safetensors").read_bytes())
    for act in (
        lambda: released.record_run(done.folder),
        lambda: released.train("first", base=base, **QUICK),
        lambda: released.train("first", base=done.folder, out=tmp_path / "child", **QUICK),
    ):
        with pytest.raises(qinglan.IntegrityError, match="not those that run"):
            act()


@pytest.mark.parametrize("forgery", ["none", "made up", "for evaluation", "of other material"])
def test_no_run_is_recorded_without_the_gates_leave(
    released: qinglan.Workspace, base: Path, forgery: str
) -> None:
    from hashlib import sha256

    done = released.train("first", base=base, **QUICK)
    folder = done.folder
    permit = (folder / "permit.json").read_bytes()
    with qinglan.open(released.folder) as ws:
        (folder / "permit.json").unlink()
        if forgery == "for evaluation":
            permit = permit.replace(b'"purpose":"training"', b'"purpose":"evaluation"')
        elif forgery == "of other material":
            permit = permit.replace(b'"source":"simulated"', b'"source":"somewhere"')
        if forgery != "none":
            (folder / "permit.json").write_bytes(permit)
        run = (folder / "run.json").read_text()
        digest = "f" * 64 if forgery == "made up" else sha256(permit).hexdigest()
        (folder / "run.json").write_text(run.replace(done.run.lineage.permit, digest))
        with pytest.raises(qinglan.IntegrityError, match="not the gate's leave"):
            ws.record_run(folder)


def test_a_training_stopped_by_its_person_goes_on(
    released: qinglan.Workspace, base: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text("steps = 12\nbatch = 4\nlearning_rate = 0.004\ncheckpoint_every = 5\n")

    def stop(progress: Any) -> None:
        if progress.step == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        released.train("first", base=base, recipe=recipe, progress=stop)
    steps: list[int] = []
    done = released.train(
        "first", base=base, recipe=recipe, progress=lambda p: steps.append(p.step)
    )
    assert steps == list(range(6, 13))
    assert done.run.resumed == 1
    assert done.run.recipe.learning_rate == Decimal("0.004")
    with pytest.raises(qinglan.UsageError, match="another recipe"):
        released.train("first", base=base, recipe=recipe, seed=5)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("steps = 12\nstepps = 3\n", "stepps"),
        ("learning_rate = 0.0\n", "learning_rate"),
        ("seed = -1\n", "seed"),
        ("steps = 1.5\n", "steps"),
        ("learning_rate = nan\n", "learning_rate"),
        ("steps = \n", "line 1"),
        ("\ufeffsteps", "recipe.toml"),
        ("a = " + "[" * 5000, "recipe.toml"),
        ("#" * 70_000, "larger"),
    ],
)  # fmt: skip
def test_a_bad_recipe_is_named_by_file_and_field(
    released: qinglan.Workspace, base: Path, tmp_path: Path, text: str, named: str
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(text)
    with pytest.raises(qinglan.InputError, match=named) as caught:
        released.train("first", base=base, recipe=recipe)
    assert "recipe.toml" in str(caught.value)
    assert not (released.folder / "models").exists()


def test_options_count_before_the_file_and_defaults_after(
    released: qinglan.Workspace, base: Path, tmp_path: Path
) -> None:
    from qinglan.training.recipes import make_recipe, read_recipe

    recipe = tmp_path / "recipe.toml"
    recipe.write_text("batch = 8\nwarmup = 0.1\n")
    made = make_recipe({**read_recipe(recipe), "seed": 3}, examples=20)
    assert (made.steps, made.batch, made.seed) == (8, 8, 3)
    assert (made.warmup, made.learning_rate) == (Decimal("0.1"), Decimal("0.00002"))
    with pytest.raises(qinglan.UsageError, match="--steps"):
        make_recipe({"batch_tokens": 100}, examples=20)
    with pytest.raises(qinglan.UsageError, match="learning_rate"):
        released.train("first", base=base, learning_rate=Decimal(2))
    with pytest.raises(qinglan.UsageError, match="holds no model"):
        released.train("first", base=tmp_path)
