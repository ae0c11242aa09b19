"""The history of a project, held against its releases: every way to falsify it is found and named.

The attacks are on the exported file (an auditor has nothing else) and on the database.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import qinglan
from qinglan.flow.doctor import Examination, doctor
from qinglan.provenance import chain_file
from qinglan.provenance.chain import GENESIS, Entry, digest_of
from qinglan.wording import LANGUAGES

OWNER = qinglan.Actor(name="me", role=qinglan.Role.OWNER)
Lines = list[dict[str, Any]]


@pytest.fixture
def released(filled: qinglan.Workspace) -> Path:
    filled.verify("p")
    filled.judge("p")
    return filled.release("p", name="first", purpose="training")[1]


@pytest.fixture
def exported(filled: qinglan.Workspace, released: Path, tmp_path: Path) -> Path:
    file = tmp_path / "p.history.jsonl"
    assert filled.export_history("p", file) >= 5
    return file


def read(file: Path) -> Lines:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def write(file: Path, entries: Lines) -> None:
    file.write_bytes(b"".join(chain_file.line(Entry(**entry)) for entry in entries))


def rehash(entries: Lines, start: int = 0) -> Lines:
    """What a forger does: from ``start`` on, every entry follows from the one before again."""
    made = [dict(entry) for entry in entries]
    prev = GENESIS if start == 0 else made[start - 1]["digest"]
    for seq, entry in enumerate(made[start:], start + 1):
        digest = digest_of(prev, entry["project"], seq, entry["event"])
        entry.update(seq=seq, prev=prev, digest=digest)
        prev = digest
    return made


def edited(entries: Lines) -> Lines:
    entries[1]["event"]["new"] = 31
    return entries


def edited_and_hashed(entries: Lines) -> Lines:
    return rehash(edited(entries), 1)


def one_hashed(entries: Lines) -> Lines:
    made = edited(entries)
    made[1]["digest"] = digest_of(made[1]["prev"], made[1]["project"], 2, made[1]["event"])
    return made


def reordered(entries: Lines) -> Lines:
    entries[1], entries[2] = entries[2], entries[1]
    return entries


def reordered_and_hashed(entries: Lines) -> Lines:
    return rehash(reordered(entries), 1)


def renumbered(entries: Lines) -> Lines:
    made = reordered(entries)
    made[1]["seq"], made[2]["seq"] = 2, 3
    return made


def without_one(entries: Lines) -> Lines:
    return entries[:1] + entries[2:]


def without_one_and_hashed(entries: Lines) -> Lines:
    # The tail grows back to its length, so that only the anchor's digest can tell.
    return rehash([*without_one(entries), entries[-1]], 1)


def twice(entries: Lines) -> Lines:
    return [*entries[:2], entries[1], *entries[2:]]


def short(entries: Lines) -> Lines:
    return entries[:2]


def empty(entries: Lines) -> Lines:
    return []


def swapped(entries: Lines) -> Lines:
    """The history of another project, whole in itself."""
    return rehash([entry | {"project": "prj_other"} for entry in entries])


def swapped_and_renamed(entries: Lines) -> Lines:
    """The same, passed off under the right id."""
    other = [entry | {"event": {"verb": "import", "n": n}} for n, entry in enumerate(entries)]
    return rehash(other)


def relabelled(entries: Lines) -> Lines:
    """Another project's entries with only the label changed."""
    return [e | {"project": entries[0]["project"]} for e in swapped(entries)]


@pytest.mark.parametrize(
    ("attack", "what", "place"),
    [
        (edited, "changed", "entry 2 "),
        (one_hashed, "changed", "entry 3 "),
        (edited_and_hashed, "rewritten", "written anew"),
        (reordered, "missing", "entry 2 "),
        (renumbered, "changed", "entry 2 "),
        (reordered_and_hashed, "rewritten", "written anew"),
        (without_one, "missing", "entry 2 "),
        (without_one_and_hashed, "rewritten", "written anew"),
        (twice, "unordered", "entry 3 "),
        (short, "cut", "entry 2,"),
        (empty, "cut", "entry 0,"),
        (swapped, "other_project", "than p,"),
        (swapped_and_renamed, "rewritten", "written anew"),
        (relabelled, "changed", "entry 1 "),
    ],
)
def test_each_falsification_is_found_and_named(
    released: Path, exported: Path, attack: Callable[[Lines], Lines], what: str, place: str
) -> None:
    write(exported, attack(read(exported)))
    found = qinglan.check_release(released, history=exported)
    assert not found.ok
    assert found.history is None
    (failure,) = found.failures
    assert failure.what == f"history_{what}"
    assert place in failure.say("en")
    assert str(exported) in failure.say("zh")


def test_a_true_history_holds_without_the_workspace(
    filled: qinglan.Workspace, released: Path, exported: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(released, tmp_path / "elsewhere")
    filled.close()
    shutil.rmtree(filled.folder)
    found = qinglan.check_release(copy, history=exported)
    assert found.ok
    assert found.history == len(read(exported))
    assert found.manifest is not None
    covered = found.manifest.history_entries
    assert covered is not None
    assert covered < found.history
    said = " ".join(found.sentences("en"))
    assert f"{covered} entries lead to this release" in said


@pytest.mark.parametrize("cut", [b"", b'{"digest":1}\n', b"[]\n", b"\xff\n", b"{" * 5000 + b"\n"])
def test_a_line_that_is_no_entry_is_named(released: Path, exported: Path, cut: bytes) -> None:
    whole = exported.read_bytes()
    first, rest = whole.split(b"\n", 1)
    exported.write_bytes(first + b"\n" + cut + rest[:-20] if not cut else first + b"\n" + cut)
    found = qinglan.check_release(released, history=exported)
    (failure,) = found.failures
    assert failure.what == "history_unreadable"
    assert f"line {2 if cut else len(whole.splitlines())}" in failure.say("en")


def test_spelling_an_entry_otherwise_is_no_way_round(released: Path, exported: Path) -> None:
    first, rest = exported.read_text().split("\n", 1)
    spaced = json.dumps(json.loads(first))
    exported.write_text(spaced + "\n" + rest)
    (failure,) = qinglan.check_release(released, history=exported).failures
    assert failure.what == "history_unreadable"


def test_the_length_is_under_the_signature(released: Path, exported: Path) -> None:
    """Stating a shorter history, so that a cut one passes, breaks the seal."""
    write(exported, short(read(exported)))
    manifest = released / "manifest.json"
    facts = json.loads(manifest.read_text())
    facts["history_entries"] = 2
    facts["history"] = read(exported)[-1]["digest"]
    text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    manifest.write_text(text, encoding="utf-8")
    found = qinglan.check_release(released, history=exported)
    assert {failure.file for failure in found.failures} >= {"manifest.json"}


def test_a_file_that_is_not_there_and_one_that_is(
    filled: qinglan.Workspace, released: Path, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(qinglan.InputError, match="cannot be read"):
        qinglan.check_release(released, history=tmp_path / "none.jsonl")
    before = exported.read_bytes()
    with pytest.raises(qinglan.UsageError, match="not overwritten"):
        filled.export_history("p", exported)
    assert exported.read_bytes() == before
    with pytest.raises(qinglan.UsageError, match="cannot write"):
        filled.export_history("p", tmp_path / "no folder" / "x.jsonl")


def test_an_annotator_does_not_export(filled: qinglan.Workspace, tmp_path: Path) -> None:
    actor = qinglan.Actor(name="x", role=qinglan.Role.ANNOTATOR)
    with qinglan.open(filled.folder, actor=actor) as other, pytest.raises(qinglan.PermissionDenied):
        other.export_history("p", tmp_path / "x.jsonl")
    assert not (tmp_path / "x.jsonl").exists()


# The database


def histories(folder: Path) -> list[Examination]:
    return [found for found in doctor(folder, OWNER) if found.name == "history"]


def alter(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "qinglan.db") as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            raw.execute(statement)
    raw.close()


def test_doctor_recomputes_every_chain(filled: qinglan.Workspace, released: Path) -> None:
    (found,) = histories(filled.folder)
    assert found.ok
    assert "1 releases" in found.detail


CUT = "DELETE FROM history WHERE seq > 3"
NO_RELEASES = "DELETE FROM releases"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE history SET event = '{\"n\":1}' WHERE seq = 2"], "entry 2"),
        ([CUT], "release first commits to"),
        ([CUT, NO_RELEASES], "release first commits to"),  # the folder still vouches
        (["DELETE FROM history", NO_RELEASES], "ends at entry 0"),
    ],
)
def test_doctor_finds_what_was_done_to_the_database(
    filled: qinglan.Workspace, released: Path, statements: list[str], said: str
) -> None:
    filled.close()
    alter(filled.folder, *statements)
    (found,) = histories(filled.folder)
    assert found.ok is False
    assert said in found.detail


def test_doctor_finds_a_cut_by_the_database_alone(
    filled: qinglan.Workspace, released: Path
) -> None:
    filled.close()
    shutil.rmtree(released)
    alter(filled.folder, CUT)
    (found,) = histories(filled.folder)
    assert found.ok is False
    assert "release first commits to" in found.detail


def test_doctor_finds_a_chain_written_anew(filled: qinglan.Workspace, released: Path) -> None:
    filled.close()
    database = filled.folder / "qinglan.db"
    with sqlite3.connect(database) as raw:
        rows = raw.execute("SELECT project, seq, event FROM history ORDER BY seq").fetchall()
        prev = GENESIS
        for project, seq, event in rows:
            value = json.loads(event) | {"actor": "somebody else"}
            digest = digest_of(prev, project, seq, value)
            text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            raw.execute(
                "UPDATE history SET event = ?, prev = ?, digest = ? WHERE seq = ?",
                (text, prev, digest, seq),
            )
            prev = digest
        # The thief is thorough: the release's row is made to agree.
        raw.execute(
            "UPDATE releases SET history = (SELECT digest FROM history ORDER BY seq DESC LIMIT 1)"
        )
    raw.close()
    (found,) = histories(filled.folder)
    assert found.ok is False
    assert "written anew" in found.detail


def test_doctor_names_a_release_whose_seal_is_broken(
    filled: qinglan.Workspace, released: Path
) -> None:
    seal = released / "attestation.intoto.jsonl"
    seal.write_bytes(seal.read_bytes().replace(b'"sig":"', b'"sig":"A', 1))
    found = histories(filled.folder)
    assert [one.ok for one in found] == [False, True]
    assert "releases/first" in found[0].detail


def test_doctor_misses_a_project_that_a_release_is_of(
    filled: qinglan.Workspace, released: Path
) -> None:
    filled.close()
    alter(filled.folder, "UPDATE projects SET name = 'q'")
    found = histories(filled.folder)
    assert found[-1].ok is False
    assert "gone from the database" in found[-1].detail


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_has_its_words(language: str) -> None:
    from qinglan.releases import Failure

    kinds = ["changed", "missing", "unordered", "other_project", "cut", "rewritten"]
    facts = (("seq", 2), ("held", 1), ("covered", 3), ("project", "p"))
    said = [Failure("h.jsonl", f"history_{kind}", facts).say(language) for kind in kinds]  # type: ignore[arg-type]
    assert len(set(said)) == len(kinds)
