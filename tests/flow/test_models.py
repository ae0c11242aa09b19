"""A model and its release name each other by hash, signed; what was altered is found and named."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from model_example import fill, tiny_model

import qinglan
from qinglan.cli import app
from qinglan.errors import InputError, IntegrityError, Refused
from qinglan.flow.models import check_model
from qinglan.provenance import keys

torch = pytest.importorskip("torch", reason="the training stack is not installed: make train")
pytest.importorskip("trl", reason="the training stack is not installed: make train")

STATEMENT = "provenance.intoto.jsonl"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two releases and a model of each."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("made")
    base = tiny_model(folder / "base")
    with qinglan.init(folder / "ws") as ws:
        fill(ws, "p")
        for name in ("first", "second"):
            ws.release("p", name=name, purpose="training")
            ws.train(name, base=base, steps=4, batch=4, learning_rate=Decimal("0.004"))
    return folder / "ws"


@pytest.fixture
def ws(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "ws")


def key(ws: Path) -> Path:
    return ws / "keys" / "signing.pub"


def statement(ws: Path, release: str) -> Path:
    (found,) = (ws / "releases" / release / "models").iterdir()
    return found


def test_each_leads_to_the_other(ws: Path) -> None:
    model = check_model(ws / "models" / "first", key=key(ws))
    release = qinglan.check_release(ws / "releases" / "first", key=key(ws))
    assert release.ok
    assert release.manifest is not None
    assert model.statement.release.digest.root == release.manifest.root
    assert [m.run for m in release.models] == [model.statement.run]
    said = {s.name: s.digest.sha256 for s in model.statement.subject}
    assert dict(release.models[0].files) == said
    assert "model.safetensors" in said
    assert any(model.statement.run in line for line in release.sentences("en"))
    assert model.signer_known
    assert not check_model(ws / "models" / "first").signer_known


@pytest.mark.parametrize(
    "file", ["model.safetensors", "config.json", "run.json", "README.md", "permit.json"]
)
def test_one_flipped_byte_is_named(ws: Path, file: str) -> None:
    path = ws / "models" / "first" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match=file.replace(".", r"\.")):
        check_model(ws / "models" / "first", key=key(ws))


def test_code_that_was_slipped_in_is_found(ws: Path) -> None:
    (ws / "models" / "first" / "modeling_llama.py").write_text("import os")
    with pytest.raises(IntegrityError, match="modeling_llama"):
        check_model(ws / "models" / "first", key=key(ws))
    (ws / "models" / "first" / "modeling_llama.py").unlink()
    (ws / "models" / "first" / "extra").symlink_to("/etc/passwd")
    with pytest.raises(IntegrityError, match="symbolic link"):
        check_model(ws / "models" / "first", key=key(ws))


def test_a_statement_of_another_model_or_signer_counts_for_nothing(
    ws: Path, tmp_path: Path
) -> None:
    first, second = (ws / "models" / name for name in ("first", "second"))
    shutil.copyfile(second / STATEMENT, first / STATEMENT)
    with pytest.raises(IntegrityError):
        check_model(first, key=key(ws))
    keys.create(tmp_path / "other")
    with pytest.raises(IntegrityError, match="none of the keys given"):
        check_model(second, key=tmp_path / "other" / "signing.pub")
    with pytest.raises(InputError, match="signed statement"):
        check_model(tmp_path / "other")


def test_a_release_takes_no_statement_about_another(ws: Path) -> None:
    folder = ws / "releases" / "first"
    foreign = statement(ws, "second")
    (folder / "models" / foreign.name).write_bytes(foreign.read_bytes())
    found = qinglan.check_release(folder, key=key(ws))
    assert [f.what for f in found.failures] == ["other_model"]
    (folder / "models" / foreign.name).unlink()

    own = statement(ws, "first")
    own.rename(own.with_name(foreign.name))
    found = qinglan.check_release(folder, key=key(ws))
    assert [f.what for f in found.failures] == ["other_run"]


def test_a_release_statement_stands_for_no_model(ws: Path) -> None:
    own = statement(ws, "first")
    shutil.copyfile(ws / "releases" / "first" / "attestation.intoto.jsonl", own)
    found = qinglan.check_release(ws / "releases" / "first", key=key(ws))
    assert [(f.file, f.what) for f in found.failures] == [(f"models/{own.name}", "not_signed")]


def test_a_forged_statement_is_named(ws: Path) -> None:
    own = statement(ws, "first")
    data = json.loads(own.read_bytes())
    data["signatures"][0]["sig"] = data["signatures"][0]["sig"][:-8] + "AAAAAA=="
    own.write_text(json.dumps(data, separators=(",", ":")) + "\n")
    found = qinglan.check_release(ws / "releases" / "first", key=key(ws))
    assert [f.file for f in found.failures] == [f"models/{own.name}"]


def test_a_statement_is_not_made_again_for_a_changed_model(ws: Path, tmp_path: Path) -> None:
    model = ws / "models" / "first"
    before = (model / STATEMENT).read_bytes()
    (model / "README.md").write_text("the best model there is")
    with qinglan.open(ws) as opened:
        opened.record_run(model)
    assert (model / STATEMENT).read_bytes() == before
    with pytest.raises(IntegrityError, match="README"):
        check_model(model, key=key(ws))


def test_the_command(ws: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = ws / "models" / "first"
    assert app.run(["model", "verify", str(model), "--key", str(key(ws))]) == 0
    assert "as signed" in capsys.readouterr().out
    assert app.run(["model", "verify", str(model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signer_known"] is False


def test_a_model_of_what_was_withdrawn_is_used_and_vouched_for_no_more(ws: Path) -> None:
    first = ws / "models" / "first"
    run = json.loads((first / "run.json").read_text())["id"]
    # Another model of the same release, whose training ended after the withdrawal.
    late = shutil.copytree(first, ws / "models" / "late")
    for name in (STATEMENT, "signing.pub"):
        (late / name).unlink(missing_ok=True)
    late_run = "run_" + "b" * 26
    said = (late / "run.json").read_text().replace(run, late_run)
    (late / "run.json").write_text(said)
    with qinglan.open(ws) as lab:
        done = lab.withdraw("p", annotator="anna", really=True)
        assert run in done.models
        assert len(done.models) == 2
        with pytest.raises(Refused, match="holds content that was withdrawn"):
            lab.train("first", base=first, steps=4, batch=4, learning_rate=Decimal("0.004"))
        with pytest.raises(Refused, match=f"run {run} trained this model on content"):
            lab.generate("p", model="first", folder=first,
                         terms=qinglan.Terms(channel="own", name="first"))  # fmt: skip
        with pytest.raises(Refused, match=f"run {late_run} trained this model"):
            lab.record_run(late)
        assert lab.trace(late_run).facts == {"trained_on_withdrawn": True}
    assert not (late / STATEMENT).exists()
    check_model(first, key=key(ws))  # what was signed before stands
