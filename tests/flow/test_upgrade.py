"""A workspace of an earlier release: refused until upgraded, backed up first, then as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import qinglan
from keeping_example import OWNER
from kept_schemas import REVISIONS, fill_postgresql, fill_sqlite, said, unpack_workspace
from qinglan.errors import StorageError
from qinglan.flow.doctor import doctor
from qinglan.storage import schema

OLD = [revision for revision in REVISIONS if revision != schema.HEAD]
KEPT = [(OLD[0], "sqlite"), (OLD[0], "postgresql"), (OLD[-1], "sqlite")]
"""The oldest and the newest: what lies between is tested where migrations are."""


@pytest.fixture(params=KEPT, ids="-".join)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, Path]:
    """Schema, engine and folder of a workspace that an earlier release made."""
    revision, engine = request.param
    folder = tmp_path / "w"
    unpack_workspace(revision, engine, folder)
    if engine == "sqlite":
        fill_sqlite(revision, folder / "qinglan.db")
    else:
        url: str = request.getfixturevalue("postgresql_url")
        fill_postgresql(revision, url)
        settings = folder / "qinglan.toml"
        settings.write_text(settings.read_text("utf-8").replace("postgresql://kept", url), "utf-8")
    return revision, engine, folder


def test_an_old_workspace_is_upgraded_after_a_backup(
    kept: tuple[str, str, Path], tmp_path: Path
) -> None:
    revision, _, folder = kept
    with pytest.raises(StorageError, match="qinglan upgrade"):
        qinglan.open(folder, actor=OWNER)
    assert any("qinglan upgrade" in found.detail for found in doctor(folder, OWNER))
    done = qinglan.upgrade(folder, actor=OWNER)
    assert (done.old, done.new) == (revision, schema.HEAD)
    assert done.backup is not None
    assert done.backup.parent == folder / "backups"
    found = json.loads((done.backup / "inventory.json").read_text())
    assert found["revision"] == revision  # it holds what was, not what came of it
    assert all(one.ok is not False for one in doctor(folder, OWNER))
    again = qinglan.upgrade(folder, actor=OWNER)
    assert again.backup is None
    with qinglan.open(folder, actor=OWNER) as ws:
        names = {line.project for line in ws.status()}
        assert names == {"free", "steps", "choice", "preference"}
        ws.judge("free")
        ws.release("free", name="new", purpose="training")


def test_releases_of_an_earlier_version_still_verify(kept: tuple[str, str, Path]) -> None:
    _, _, folder = kept
    key = folder / "keys" / "signing.pub"
    for release in (folder / "releases").iterdir():
        found = qinglan.check_release(release, key=key)
        assert found.ok, found.sentences("en")
        assert found.signer_known


def test_an_old_history_is_held_against_an_old_release(
    kept: tuple[str, str, Path], tmp_path: Path
) -> None:
    """Releases of the first version state the head of the history and not its length."""
    _, _, folder = kept
    qinglan.upgrade(folder, actor=OWNER)
    file = tmp_path / "free.jsonl"
    with qinglan.open(folder, actor=OWNER) as ws:
        entries = ws.export_history("free", file)
    release = folder / "releases" / "first"
    assert qinglan.check_release(release, history=file).history == entries
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    (failure,) = qinglan.check_release(release, history=file).failures
    assert failure.what == "history_cut"


def test_the_backup_of_an_upgrade_brings_the_old_workspace_back(
    kept: tuple[str, str, Path], tmp_path: Path
) -> None:
    revision, engine, folder = kept
    if engine == "postgresql":
        pytest.skip("its database is the one that was upgraded, and is not empty")
    made = qinglan.upgrade(folder, actor=OWNER).backup
    assert made is not None
    done = qinglan.restore(made, tmp_path / "again", actor=OWNER)
    assert done.old == revision
    before = said(revision, engine)["readings"]
    wanted = sum(line.startswith('["annotations"') for line in before)
    with qinglan.open(done.folder, actor=OWNER) as ws:
        assert sum(line.annotations for line in ws.status()) == wanted


def test_a_backup_that_fails_leaves_the_old_schema(
    kept: tuple[str, str, Path], tmp_path: Path
) -> None:
    _, _, folder = kept
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(qinglan.WorkspaceError):
        qinglan.upgrade(folder, backups=tmp_path / "file", actor=OWNER)
    with pytest.raises(StorageError, match="qinglan upgrade"):
        qinglan.open(folder, actor=OWNER)
