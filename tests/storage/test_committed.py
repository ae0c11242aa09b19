"""A row that was changed by hand is found, whichever table of records it is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, select, text

from kept_schemas import REVISIONS, fill_postgresql, fill_sqlite
from qinglan.errors import IntegrityError, StorageError
from qinglan.records import Picture, Ruling
from qinglan.storage import Storage, committed, pictures, rulings, tables
from qinglan.storage.tables import metadata

EDITS = {
    "activities": "actor = 'somebody'",
    "guidelines": "en = 'be kind'",
    "projects": "name = 'another'",
    "origins": "licence = 'MIT'",
    "samples": "text = 'other words'",
    "tasks": "prompt = 'other words'",
    "answer_keys": "value = '7'",
    "annotators": "name = 'somebody'",
    "annotations": "salt = 'abababababababababababababababab'",
    "checks": "outcome = 'refuted'",
    "verdicts": "votes = 99",
    "rulings": "note = 'because'",
    "releases": "purpose = 'evaluation'",
    "looks": "why = 'for fun'",
    "reports": "model = 'another'",
    "links": "output = 'run_b'",
    "pictures": "width = 9",
}
"""One change by hand for each table of records, of the first row that it changes at all."""


@pytest.fixture
def storage(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Storage:
    """A database with a little of everything, brought to this schema."""
    if engine == "sqlite":
        fill_sqlite(REVISIONS[-1], tmp_path / "line.db")
        url = f"sqlite:///{tmp_path / 'line.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
        fill_postgresql(REVISIONS[-1], url)
    opened = Storage.open(url, upgrade=True)
    opened.write(_rule)
    return opened


def _rule(conn: Connection) -> None:
    """A ruling and a picture, which the kept schemas have none of yet."""
    given = tables.annotations.c
    id_, task, project, activity = conn.execute(
        select(given.id, given.task, given.project, given.activity).order_by(given.id).limit(1)
    ).one()
    ruling = Ruling(
        id="rul_1", task=task, reviewer="rae", value="7", annotation=id_, note="", considered=(),
        salt="00" * 16,
    )  # fmt: skip
    rulings.add(conn, project, ruling, activity)
    picture = Picture(
        id="pic_1", media="image/png", width=1, height=1, sha256="0" * 64, salt="00" * 16
    )
    pictures.add(conn, picture, b"", 1, activity)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_edit_is_found_in_every_table(
    engine: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with storage:
        with storage.read() as conn:
            whole = committed.examine(conn)
            stored = sum(
                conn.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
                for table in EDITS
            )
            assert whole == stored > 200
        monkeypatch.setattr(committed, "PAGE", 3)  # every table has several pages
        for table, edit in EDITS.items():
            changed = _edited(storage, table, edit)
            assert changed.facts["table"] == table
            # A sample and an annotator commit to where they are from, too.
            assert changed.facts["count"] == 1 or table == "origins"
        with storage.read() as conn:
            assert committed.examine(conn) == whole


def _edited(storage: Storage, table: str, edit: str) -> IntegrityError:
    """What is said of a database in which one row of ``table`` was changed; then it is undone."""
    column = edit.partition(" ")[0]
    key = {"answer_keys": "task", "looks": "report", "links": "commitment", "verdicts": "seq",
           "rulings": "seq", "checks": "annotation"}.get(table, "id")  # fmt: skip
    found: list[IntegrityError] = []

    def change(conn: object) -> None:
        row = conn.execute(  # type: ignore[attr-defined]
            text(f'SELECT max({key}) FROM "{table}" WHERE NOT coalesce({edit}, 1 = 0)')
        ).scalar_one()
        words = text(f'UPDATE "{table}" SET {edit} WHERE {key} = :row')
        assert conn.execute(words, {"row": row}).rowcount == 1, column  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError) as caught:
            committed.examine(conn)  # type: ignore[arg-type]
        found.append(caught.value)
        raise _UndoneError

    with pytest.raises(_UndoneError):
        storage.write(change)
    return found[0]


class _UndoneError(Exception):
    """Nothing of it is kept."""


def test_every_table_with_a_commitment_is_examined() -> None:
    held = {name for name, table in metadata.tables.items() if "commitment" in table.c}
    assert held - {"tombstones"} | {"origins"} == committed.TABLES == set(EDITS)


def test_a_row_that_is_no_record_any_more_is_named(tmp_path: Path) -> None:
    fill_sqlite(REVISIONS[-1], tmp_path / "line.db")
    with Storage.open(f"sqlite:///{tmp_path / 'line.db'}", upgrade=True) as storage:
        look = create_engine(f"sqlite:///{tmp_path / 'line.db'}")
        with look.begin() as conn:
            conn.execute(text("UPDATE verdicts SET reason = 'because' WHERE seq = 1"))
        look.dispose()
        with storage.read() as conn, pytest.raises(StorageError, match="table verdicts"):
            committed.examine(conn)
