"""Backup and restore: what came in comes back, on both engines, or an error says what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

import qinglan
from keeping_example import OWNER, everything, line_of_work, with_password
from qinglan.backups import inventory as inventories
from qinglan.errors import StorageError
from qinglan.flow.doctor import doctor
from qinglan.provenance import keys
from qinglan.storage import history, pg_programs, snapshots
from qinglan.storage.dialects import parse_url

PASSWORD = "p@ss/w:ord-geheim-密"
ENGINES = ("sqlite", "postgresql")
once = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For what does not depend on the engine."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(engine: str, request: pytest.FixtureRequest) -> str | None:
    """The address for ``init``; ``None`` for the database inside the folder."""
    if engine == "sqlite":
        return None
    url: str = request.getfixturevalue("postgresql_url")
    return with_password(url, PASSWORD)


@pytest.fixture
def ws(tmp_path: Path, database: str | None) -> Iterator[qinglan.Workspace]:
    with qinglan.init(tmp_path / "工作 区", database=database) as workspace:
        line_of_work(workspace, tmp_path)
        yield workspace


@pytest.fixture
def empty(engine: str, request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Where to restore to: the server's database, once emptied."""

    def make() -> str | None:
        return None if engine == "sqlite" else str(request.getfixturevalue("emptied")())

    return make


@pytest.fixture
def emptied(postgresql: str) -> Callable[[], str]:
    def drop() -> str:
        admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        admin.dispose()
        return with_password(postgresql, PASSWORD)

    return drop


def facts(ws: qinglan.Workspace, file: Path) -> dict[str, object]:
    """What a workspace says of its project."""
    file.unlink(missing_ok=True)
    ws.export_history("p", file)
    return {
        "status": ws.status(),
        "answers": list(ws.answers("p")),
        "tasks": list(ws.tasks("p")),
        "history": file.read_bytes(),
    }


def test_a_backup_comes_back_whole(
    ws: qinglan.Workspace, empty: Callable[[], str | None], tmp_path: Path
) -> None:
    before = facts(ws, tmp_path / "before.jsonl")
    release = everything(ws.folder / "releases")
    made = ws.backup(tmp_path / "safe")
    ws.close()
    shutil.rmtree(ws.folder)
    target = empty()
    done = qinglan.restore(made.folder, tmp_path / "again", database=target, actor=OWNER)
    assert done.files == made.files
    with qinglan.open(done.folder, actor=OWNER) as again:
        assert facts(again, tmp_path / "after.jsonl") == before
        assert everything(again.folder / "releases") == release
        assert again.verify("p").checked == 0
        # The id secret came along, so that nothing gets a second id.
        assert again.load(
            "p", tmp_path / "questions.jsonl", fields=["id=id", "prompt=prompt", "key=key"],
            terms=qinglan.Terms(channel="own", licence="Apache-2.0", name="questions"),
        ).again  # fmt: skip
        again.release("p", name="second", purpose="training")
    assert all(found.ok is not False for found in doctor(done.folder, OWNER))


def test_only_its_owner_looks_into_a_backup(ws: qinglan.Workspace, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = ws.backup(tmp_path / "safe").folder
    finally:
        os.umask(old)
    for path in [made, *made.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_database_password_is_nowhere_in_a_backup(
    ws: qinglan.Workspace, engine: str, tmp_path: Path
) -> None:
    settings = ws.folder / "qinglan.toml"
    if engine == "postgresql":
        assert "geheim" in settings.read_text("utf-8")  # the test must be able to fail
        settings.write_text(
            settings.read_text("utf-8") + f"\n# formerly {PASSWORD}\nmax_depth = 9\n", "utf-8"
        )
    made = ws.backup(tmp_path / "safe").folder
    for name, data in everything(made).items():
        for secret in (b"geheim", PASSWORD.encode(), b"p%40ss"):
            assert secret not in data, name
    if engine == "postgresql":
        kept = (made / "qinglan.toml").read_text("utf-8")
        assert "postgresql" in kept
        assert "max_depth = 9" in kept


def test_a_password_is_in_no_argument_of_the_program(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real program is watched through one that writes down how it was called."""
    real = pg_programs.find("pg_dump", snapshots._server(parse_url(postgresql_url)))
    places = tmp_path / "bin"
    places.mkdir()
    spy = places / "pg_dump"
    spy.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || {{ printf \'%s\\n\' "$@" > {tmp_path}/arguments; '
        f'echo "$PGPASSWORD" > {tmp_path}/variable; }}\nexec {real} "$@"\n'
    )
    spy.chmod(0o755)
    monkeypatch.setattr(pg_programs, "_places", lambda: iter([places]))
    url = with_password(postgresql_url, PASSWORD)
    with qinglan.init(tmp_path / "w", database=url) as workspace:
        workspace.backup(tmp_path / "safe")
    called = (tmp_path / "arguments").read_text("utf-8")
    assert "--format=custom" in called
    assert "geheim" not in called
    assert (tmp_path / "variable").read_text("utf-8").strip() == PASSWORD


def test_a_failing_program_says_why_and_no_password(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = tmp_path / "bin"
    places.mkdir()
    spy = places / "pg_dump"
    spy.write_text(
        "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'pg_dump (PostgreSQL) 99.1'; exit; }\n"
        'echo "no entry for $PGPASSWORD" >&2; exit 1\n'
    )
    spy.chmod(0o755)
    monkeypatch.setattr(pg_programs, "_places", lambda: iter([places]))
    database = with_password(postgresql_url, PASSWORD)
    with (
        qinglan.init(tmp_path / "w", database=database) as ws,
        pytest.raises(StorageError, match="pg_dump failed: no entry for") as caught,
    ):
        ws.backup(tmp_path / "safe")
    assert "geheim" not in caught.value.say("en") + caught.value.say("zh")
    assert not (tmp_path / "safe").exists()


@pytest.mark.parametrize(
    ("versions", "server", "key", "chosen"),
    [
        ([15, 18], 18, None, 18),
        ([18, 15], 14, None, 15),
        ([15, 13], 18, "old_program", None),
        ([], 14, "no_program", None),
    ],
)
def test_the_program_fits_the_server(
    tmp_path: Path, versions: list[int], server: int, key: str | None, chosen: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    places = []
    for version in versions:
        place = tmp_path / str(version)
        place.mkdir()
        program = place / "pg_dump"
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.4 (Debian)'\n")
        program.chmod(0o755)
        places.append(place)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pg_dump").write_text("not a program")
    (tmp_path / "broken" / "pg_dump").chmod(0o755)
    monkeypatch.setattr(pg_programs, "_places", lambda: iter([tmp_path / "broken", *places]))
    if key is None:
        assert pg_programs.find("pg_dump", server).parent.name == str(chosen)
    else:
        with pytest.raises(StorageError, match="install the client") as caught:
            pg_programs.find("pg_dump", server)
        assert caught.value.key == f"error.storage.{key}"


def test_a_backup_is_consistent_while_others_write(ws: qinglan.Workspace, tmp_path: Path) -> None:
    """Each write adds a pair; a backup that tore one apart would hold an odd number."""
    storage = ws._context.storage
    project = ws._context.project("p")
    done = threading.Event()
    written = 0

    def pair(conn: Connection) -> None:
        for half in "ab":
            history.append(conn, project.id, {"pair": written, "half": half})

    def write() -> None:
        nonlocal written
        while not done.is_set():
            storage.write(pair)
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while written < 20:
            done.wait(0.001)
        made = [ws.backup(tmp_path / "safe").folder for _ in range(3)]
        seen = written
    finally:
        done.set()
        thread.join()
    assert seen > 20, "nothing was written meanwhile"
    for folder in made:
        number = sum('"pair"' in event for event in events_in(folder / "database", tmp_path))
        assert number % 2 == 0
        assert 40 <= number <= 2 * written


def events_in(database: Path, place: Path) -> list[str]:
    """The events of every history in a backed up database."""
    (file,) = database.iterdir()  # and no log beside it
    if file.suffix == ".db":
        with closing(sqlite3.connect(file)) as raw:
            return [row[0] for row in raw.execute("SELECT event FROM history")]
    out = place / "history.sql"
    newest = max(
        (place / "pg_restore" for place in pg_programs._places()),
        key=lambda path: pg_programs._major(str(path)) or 0,
    )
    subprocess.run([newest, "--data-only", "--table=history", f"--file={out}", file], check=True)
    return out.read_text("utf-8").splitlines()


@once
def test_half_a_backup_is_never_seen(ws: qinglan.Workspace, tmp_path: Path) -> None:
    """A process that is killed while it copies leaves only what the next one removes."""
    place = tmp_path / "safe"
    code = (
        "import os, signal, sys\n"
        "import qinglan\n"
        "from qinglan.backups import packing\n"
        "real = packing.copy\n"
        "def copy(source, target, **more):\n"
        "    if 'releases' in str(source): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(source, target, **more)\n"
        "packing.copy = copy\n"
        "qinglan.open(sys.argv[1]).backup(sys.argv[2])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ws.folder), str(place)], check=False)
    assert done.returncode == -9
    (left,) = place.iterdir()
    assert left.name.startswith(".")
    made = ws.backup(place).folder
    assert list(place.iterdir()) == [made]


@once
def test_what_is_not_a_file_is_not_followed(ws: qinglan.Workspace, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.write_text("not of this workspace")
    (ws.folder / "releases" / "link").symlink_to(secret)
    with pytest.raises(qinglan.WorkspaceError, match="follows no links"):
        ws.backup(tmp_path / "safe")
    assert not (tmp_path / "safe").exists()


@once
@pytest.mark.parametrize("place", ["releases", "keys/x", "journal"])
def test_a_backup_does_not_hold_itself(ws: qinglan.Workspace, place: str) -> None:
    with pytest.raises(qinglan.UsageError, match="itself part of every backup"):
        ws.backup(ws.folder / place)


@once
@pytest.mark.parametrize("role", ["lead", "reviewer", "annotator", "auditor"])
def test_only_the_owner_takes_the_keys_away(
    ws: qinglan.Workspace, role: str, tmp_path: Path
) -> None:
    actor = qinglan.Actor(name="x", role=qinglan.Role(role))
    made = ws.backup(tmp_path / "safe").folder
    with qinglan.open(ws.folder, actor=actor) as other, pytest.raises(qinglan.PermissionDenied):
        other.backup(tmp_path / "mine")
    with pytest.raises(qinglan.PermissionDenied):
        qinglan.restore(made, tmp_path / "again", actor=actor)
    with pytest.raises(qinglan.PermissionDenied):
        qinglan.upgrade(ws.folder, actor=actor)
    assert not (tmp_path / "mine").exists()
    assert not (tmp_path / "again").exists()


# Restoring


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup on SQLite, with a file beside it that no restore may touch or show."""
    place = tmp_path_factory.mktemp("finished")
    with qinglan.init(place / "w") as workspace:
        line_of_work(workspace, place, tasks=4)
        (workspace.folder / "policy.toml").write_text("", "utf-8")
        made = workspace.backup(place / "safe").folder
    return made.rename(place / "made")


@pytest.fixture
def made(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "made")


def resign(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    """What a forger who has the workspace's key does to the inventory."""
    file = folder / inventories.INVENTORY
    facts = json.loads(file.read_bytes())
    change(facts)
    from qinglan.provenance.identity import canonical

    data = canonical(facts) + b"\n"
    file.write_bytes(data)
    key = keys.load_private(folder / "keys")
    (folder / inventories.SIGNATURE).write_bytes(inventories.sign(data, key))


@pytest.mark.parametrize(
    "name",
    [
        "../escaped", "releases/../../escaped", "/tmp/escaped", "releases//x", "releases/./x",
        "releases/.. /x", "releases\\..\\x", "keys/a\u0000b", "C:/x", "", "releases/x ", "keys",
        "releases", "elsewhere/x", ".bashrc", "qinglan.toml/x",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(made: Path, tmp_path: Path, name: str) -> None:
    (made / "extra").write_bytes(b"x")
    (tmp_path / "escaped").unlink(missing_ok=True)

    def add(facts: dict[str, object]) -> None:
        listed = facts["files"]
        assert isinstance(listed, list)
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        listed.append({"name": name, "sha256": digest, "bytes": 1})
        listed.sort(key=lambda file: file["name"])

    resign(made, add)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(qinglan.IntegrityError):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_file_listed_twice_is_refused(made: Path, tmp_path: Path) -> None:
    def twice(facts: dict[str, object]) -> None:
        listed = facts["files"]
        assert isinstance(listed, list)
        listed.insert(0, listed[0])

    resign(made, twice)
    with pytest.raises(qinglan.IntegrityError, match="listed twice"):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_link_in_a_backup_is_not_followed(made: Path, tmp_path: Path, where: str) -> None:
    """The target is even what the inventory says: it is the link that is refused."""
    place = made / ("keys/secret" if where == "file" else "releases/first")
    elsewhere = tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(qinglan.IntegrityError, match="through a link"):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)
    assert not (tmp_path / "again").exists()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_every_damaged_file_is_found_and_nothing_is_left(made: Path, tmp_path: Path) -> None:
    listed = inventories.parse((made / inventories.INVENTORY).read_bytes()).files
    assert len(listed) > 12
    for number, file in enumerate(listed):
        path = made / file.name
        whole = path.read_bytes()
        damages: list[Callable[[Path], object]] = [flip if whole else Path.unlink]
        if number % 4 == 0:
            damages += [Path.unlink, lambda p, w=whole: p.write_bytes(w + b"\n")]
            damages += [lambda p: os.truncate(p, p.stat().st_size - 1)] if whole else []
        for damage in damages:
            damage(path)
            with pytest.raises((qinglan.IntegrityError, qinglan.InputError)) as caught:
                qinglan.restore(made, tmp_path / "again", actor=OWNER)
            assert "\n" not in caught.value.say("zh")
            path.write_bytes(whole)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made"]
    assert qinglan.restore(made, tmp_path / "again", actor=OWNER).files == len(listed)


def test_an_inventory_of_another_hand_is_refused(made: Path, tmp_path: Path) -> None:
    keys.create(tmp_path / "forger")
    forger = keys.load_private(tmp_path / "forger")
    data = (made / inventories.INVENTORY).read_bytes()
    (made / inventories.SIGNATURE).write_bytes(inventories.sign(data, forger))
    with pytest.raises(qinglan.IntegrityError, match="not signed"):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)
    with pytest.raises(qinglan.IntegrityError, match="not signed"):
        qinglan.restore(
            made, tmp_path / "again", key=tmp_path / "forger" / "signing.pub", actor=OWNER
        )


def test_whose_backup_it_is_shows_only_with_a_key(made: Path, tmp_path: Path) -> None:
    assert not qinglan.restore(made, tmp_path / "one", actor=OWNER).signer_known
    key = shutil.copy(made / "keys" / "signing.pub", tmp_path / "trusted.pub")
    assert qinglan.restore(made, tmp_path / "two", key=key, actor=OWNER).signer_known


def test_nothing_is_overwritten(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "mine").write_text("precious")
    with pytest.raises(qinglan.UsageError, match="nothing is overwritten"):
        qinglan.restore(made, folder, actor=OWNER)
    assert (folder / "mine").read_text() == "precious"
    (folder / "mine").unlink()
    assert qinglan.restore(made, folder, actor=OWNER).folder == folder
    (tmp_path / "file").write_text("x")
    with pytest.raises(qinglan.WorkspaceError):
        qinglan.restore(made, tmp_path / "file" / "x", actor=OWNER)


def test_a_database_that_is_not_empty_is_refused(postgresql_url: str, tmp_path: Path) -> None:
    with qinglan.init(tmp_path / "w", database=postgresql_url) as workspace:
        line_of_work(workspace, tmp_path, tasks=3)
        made = workspace.backup(tmp_path / "safe").folder
        before = workspace.status()
        with pytest.raises(StorageError, match="not empty"):
            qinglan.restore(made, tmp_path / "again", actor=OWNER)
        assert workspace.status() == before
    assert not (tmp_path / "again").exists()


def test_a_backup_is_restored_to_its_own_kind_of_database(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(qinglan.UsageError, match="into its folder"):
        qinglan.restore(made, tmp_path / "again", database="postgresql://x/y", actor=OWNER)
    monkeypatch.setenv("QINGLAN_DATABASE", "sqlite:////tmp/other.db")
    with pytest.raises(qinglan.UsageError, match="into its folder"):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)


def test_a_database_that_lay_outside_comes_back_inside(tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere" / "line.db"
    outside.parent.mkdir()
    with qinglan.init(tmp_path / "w", database=f"sqlite:///{outside}") as workspace:
        line_of_work(workspace, tmp_path, tasks=3)
        made = workspace.backup(tmp_path / "safe").folder
    done = qinglan.restore(made, tmp_path / "again", actor=OWNER)
    before = outside.read_bytes()
    with qinglan.open(done.folder, actor=OWNER) as again:
        again.judge("p", use_keys=False)
    assert outside.read_bytes() == before
    assert (done.folder / "qinglan.db").exists()


def test_a_backup_of_a_newer_version_is_refused_first(made: Path, tmp_path: Path) -> None:
    def newer(facts: dict[str, object]) -> None:
        facts["revision"] = "9999"

    resign(made, newer)
    with pytest.raises(StorageError, match="install a newer qinglan"):
        qinglan.restore(made, tmp_path / "again", actor=OWNER)


def test_no_backup_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(qinglan.InputError, match="no backup here"):
        qinglan.restore(tmp_path, tmp_path / "again", actor=OWNER)
