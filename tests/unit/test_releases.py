"""Releases: what goes in comes out, and nothing that was touched passes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglan import policy
from qinglan.errors import InputError, IntegrityError, Refused, UsageError, WorkspaceError
from qinglan.policy import Permit
from qinglan.provenance import attestation, keys
from qinglan.provenance.identity import canonical, sha256
from qinglan.provenance.keys import PrivateKey
from qinglan.records import (
    AlternativesAnswer,
    Annotation,
    Annotator,
    ChatAnswer,
    Check,
    ChoiceAnswer,
    EditAnswer,
    FreeAnswer,
    Guideline,
    ItemAnswer,
    Kind,
    MarksAnswer,
    Origin,
    Outcome,
    PreferenceAnswer,
    Project,
    Purpose,
    RatedStep,
    Reason,
    Release,
    Sample,
    Split,
    StepsAnswer,
    Task,
    Turn,
    Verdict,
)
from qinglan.releases import Failure, ReleaseRow, build, check, show, split
from qinglan.releases.card import fenced, plain, quoted
from qinglan.releases.manifest import ATTESTATION, CARD, FILES, MANIFEST, PERMIT, PROVENANCE, SIGNER
from qinglan.releases.rows import broken, flatten, prove, restore
from qinglan.releases.staging import staged
from qinglan.wording import catalogue

BUILT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HISTORY = "ab" * 32
GSM = Origin(source="gsm8k", channel="published", licence="MIT", part="train", sha256="cd" * 32)
SIMULATED = Origin(source="drill", channel="simulated")
PROJECT = Project(id="prj_a", name="sums", kind=Kind.STEPS, guideline="gdl_a")
GUIDELINE = Guideline(
    id="gdl_a", kind=Kind.STEPS, version=1, en="Show your steps.", zh="写出步骤。"
)


def row(
    number: int,
    *,
    answer: Any = None,
    options: tuple[str, ...] = (),
    origin: Origin = GSM,
    annotator_origin: Origin = SIMULATED,
    group: str | None = None,
    prompt: str | None = None,
    text: str | None = None,
) -> ReleaseRow:
    answer = answer or StepsAnswer(steps=(f"{number} + 1 = {number + 1}",), final=str(number + 1))
    kind = Kind(answer.kind)
    task_id = f"tsk_{number:05}"
    prompt = f"What is {number} + 1? 求和" if prompt is None else prompt
    sample = Sample(
        id=f"smp_{number}", origin=origin, row=number + 1, salt="s" * 32,
        text=prompt if text is None else text,
    )  # fmt: skip
    task = Task(
        id=task_id, project=PROJECT.id, guideline=GUIDELINE.id, kind=kind, samples=(sample.id,),
        prompt=prompt, options=options, skill="sums", group=group or f"g{number}", salt="t" * 32,
    )  # fmt: skip
    annotator = Annotator(
        id="ant_a", project=PROJECT.id, type="model", name="simulated-a",
        origin=annotator_origin, simulated=annotator_origin.channel == "simulated",
    )  # fmt: skip
    annotation = Annotation(
        id=f"ann_{number}", task=task_id, annotator=annotator.id, answer=answer, salt="u" * 32
    )
    verdict = Verdict(
        id=f"vdt_{number}", task=task_id, value=str(number + 1), probability=Decimal("0.95"),
        annotation=annotation.id, votes=3, method="majority/1",
    )  # fmt: skip
    found = Check(
        annotation=annotation.id, verifier="numeric/1", outcome=Outcome.VERIFIED,
        answer=str(number + 1),
    )  # fmt: skip
    return ReleaseRow(
        verdict=verdict, task=task, annotation=annotation, annotator=annotator,
        samples=(sample,), checks=(found,),
    )  # fmt: skip


ROWS = [row(number, group=f"g{number // 2}") for number in range(40)]


def permit(purpose: Purpose = Purpose.TRAINING, *origins: Origin) -> Permit:
    return policy.judge(
        origins or (GSM, SIMULATED), purpose, today=date(2026, 11, 24), registry=policy.load()
    )


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    folder = tmp_path_factory.mktemp("keys")
    keys.create(folder)
    return keys.load_private(folder)


@pytest.fixture(scope="module")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    folder = tmp_path_factory.mktemp("other")
    keys.create(folder)
    return keys.load_private(folder)


Make = Callable[..., Release]


@pytest.fixture(scope="module")
def make(key: PrivateKey) -> Make:
    def made(folder: Path, rows: Any = None, **changes: Any) -> Release:
        rows = ROWS if rows is None else rows
        given_: dict[str, Any] = {
            "folder": folder, "name": "first", "project": PROJECT, "purpose": Purpose.TRAINING,
            "permit": permit(), "guideline": GUIDELINE, "built": BUILT, "history": HISTORY,
            "tasks": 45, "set_aside": {("judge", Reason.NO_SUPPORT): 5,
                                       ("import", Reason.BAD_JSON): 2},
            "code": "qinglan 0.1.0", "key": key, "dev": 200, "test": 200,
        } | changes  # fmt: skip
        return build(iter(rows), **given_)

    return made


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, make: Make) -> Path:
    folder = tmp_path_factory.mktemp("releases") / "first"
    make(folder)
    return folder


@pytest.fixture
def released(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "copy")


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_bytes().splitlines()]


def data(folder: Path) -> list[dict[str, Any]]:
    every = [found for part in Split for found in lines(folder, f"data/{part.value}.jsonl")]
    return sorted(every, key=lambda found: found["id"])


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sign_again(folder: Path, key: PrivateKey) -> None:
    """What a forger does after changing files: new digests, new root, new key, new signature."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    for entry in manifest["files"]:
        found = (folder / entry["name"]).read_bytes()
        entry["sha256"], entry["bytes"] = sha256(found), len(found)
    body = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(body, encoding="utf-8")
    digests = {name: sha256((folder / name).read_bytes()) for name in (*FILES, MANIFEST)}
    said = attestation.ReleasePredicate(
        project=manifest["project"]["name"], name=manifest["name"],
        purpose=manifest["purpose"], root=manifest["root"], permit=manifest["permit"],
        history=manifest["history"], rows=manifest["counts"]["rows"],
        tasks=manifest["counts"]["tasks"],
        set_aside=manifest["counts"]["tasks"] - manifest["counts"]["rows"],
        built=manifest["built"].replace("Z", "+00:00"), code=manifest["code"],
    )  # fmt: skip
    statement = attestation.Statement(subject=attestation.subjects(digests), predicate=said)
    (folder / ATTESTATION).write_bytes(attestation.sign(statement, key))


def forge(folder: Path, key: PrivateKey) -> None:
    (folder / SIGNER).write_bytes(key.public.to_pem())
    sign_again(folder, key)


# --- What is built -------------------------------------------------------------------------


def test_a_release_checks_with_the_key_and_without(finished: Path, key: PrivateKey) -> None:
    known = check(finished, key=key.public)
    assert known.failures == ()
    assert (known.ok, known.signer_known, known.signer) == (True, True, key.public.id)
    unknown = check(finished)
    assert (unknown.ok, unknown.signer_known) == (True, False)
    assert any("integrity only, signer unknown" in s for s in unknown.sentences("en"))
    assert not any("signer unknown" in s for s in known.sentences("en"))
    assert any("签名者未知" in s for s in unknown.sentences("zh"))


def test_all_rows_are_there_with_their_columns(finished: Path) -> None:
    rows = data(finished)
    assert [found["id"] for found in rows] == [given_.task.id for given_ in ROWS]
    first = rows[0]
    assert first["messages"] == [
        {"role": "user", "content": "What is 0 + 1? 求和"},
        {"role": "assistant", "content": "0 + 1 = 1\n1"},
    ]
    assert (first["steps"], first["final"], first["value"]) == (["0 + 1 = 1"], "1", "1")
    assert (first["annotator_type"], first["simulated"]) == ("model", True)
    assert [origin["licence"] for origin in first["origins"]] == ["MIT", None]
    assert first["checks"][0]["outcome"] == "verified"


def test_parquet_has_types_and_the_same_rows(finished: Path) -> None:
    import pyarrow.parquet as pq

    for part in Split:
        table = pq.read_table(finished / f"data/{part.value}.parquet")
        plain_rows = lines(finished, f"data/{part.value}.jsonl")
        assert table.column("prompt").to_pylist() == [found["prompt"] for found in plain_rows]
        assert set(table.column("probability").to_pylist()) <= {Decimal("0.950000")}


def test_the_record_matches_the_folder(tmp_path: Path, make: Make) -> None:
    release = make(tmp_path / "r")
    manifest = json.loads((tmp_path / "r" / MANIFEST).read_bytes())
    assert (release.root, release.rows) == (manifest["root"], 40)
    assert release.id.startswith("rel_")
    assert release.history == HISTORY
    assert release.permit == sha256((tmp_path / "r" / PERMIT).read_bytes())


def test_the_same_again_gives_the_same_bytes(finished: Path, tmp_path: Path, make: Make) -> None:
    make(tmp_path / "again")
    assert files(tmp_path / "again") == files(finished)


def test_the_root_depends_on_rows_alone(
    finished: Path, tmp_path: Path, make: Make, other_key: PrivateKey
) -> None:
    root = json.loads((finished / MANIFEST).read_bytes())["root"]
    later = make(tmp_path / "a", built=BUILT.replace(year=2027), key=other_key, name="second")
    assert later.root == root
    changed = [*ROWS[:-1], row(39, answer=StepsAnswer(steps=("x",), final="40"), group="g19")]
    assert make(tmp_path / "b", changed).root != root


def test_in_is_out_plus_set_aside(finished: Path) -> None:
    counts = json.loads((finished / MANIFEST).read_bytes())["counts"]
    judged = sum(c["count"] for c in counts["set_aside"] if c["stage"] == "judge")
    assert counts["tasks"] == counts["rows"] + judged == 45


def test_show_tells_what_is_in_it(finished: Path) -> None:
    summary = show(finished)
    assert summary.to_json()["counts"]["rows"] == 40
    assert summary.obligations == ("keep_notice", "simulated")
    for language in ("en", "zh"):
        said = "\n".join(summary.sentences(language))  # type: ignore[arg-type]
        assert "40" in said
        assert "first" in said
    assert "simulated" in "\n".join(summary.sentences("en"))


ANSWERS = st.one_of(
    st.builds(FreeAnswer, text=st.text(min_size=1)),
    st.builds(
        StepsAnswer,
        steps=st.lists(st.text(), min_size=1).map(tuple),
        final=st.text(min_size=1),
    ),
    st.builds(ChoiceAnswer, option=st.text(min_size=1)),
    st.builds(
        PreferenceAnswer,
        winner=st.sampled_from(["left", "right", "tie"]),
        because=st.none() | st.text(),
    ),
    st.builds(
        AlternativesAnswer,
        steps=st.tuples(
            st.builds(
                RatedStep,
                ratings=st.just(("right", "wrong")),
                chosen=st.none() | st.just(0),
                written=st.none() | st.text(),
            )
        ),
        finish=st.sampled_from(["solution", "found_error", "give_up"]),
    ),
    st.builds(
        ChatAnswer,
        turns=st.lists(
            st.builds(
                Turn, role=st.sampled_from(["user", "assistant"]), content=st.text(min_size=1)
            ),
            min_size=1,
        ).map(tuple),
    ),
    st.builds(
        ItemAnswer,
        question=st.text(min_size=1),
        key=st.text(min_size=1),
        rubric=st.none() | st.text(),
        difficulty=st.integers(1, 5),
        sources=st.lists(st.text()).map(tuple),
    ),
    st.builds(EditAnswer, edited=st.text(min_size=1), critique=st.text(min_size=1)),
    st.builds(
        MarksAnswer,
        marks=st.lists(st.sampled_from(["right", "neutral", "wrong"]), min_size=1).map(tuple),
        because=st.none() | st.text(),
        continuation=st.none() | st.text(),
    ),
)


@settings(max_examples=150, deadline=None)
@given(ANSWERS, st.text(), st.none() | st.text(), st.sampled_from(list(Split)))
def test_row_and_proof_rebuild_the_records(
    answer: Any, prompt: str, text: str | None, part: Split
) -> None:
    options = ("yes", "no") if answer.kind in ("choice", "preference") else ()
    options = ('["a","b"]',) if answer.kind == "alternatives" else options
    options = ('{"role":"system","content":"s"}',) if answer.kind == "chat" else options
    options = ("b",) if answer.kind == "edit" else options
    before = row(7, answer=answer, options=options, prompt=prompt, text=text)
    told = json.loads(canonical(flatten(before, part)))
    proof = json.loads(canonical(prove(before, before.task.guideline)))
    after = restore(told, proof, project=PROJECT.id, guideline=GUIDELINE.id)
    assert after == before
    assert broken(after, proof) is None
    assert flatten(after, part) == told


def test_preferences_give_pairs_and_ties_none() -> None:
    def pair(winner: str) -> tuple[Any, Any, Any]:
        given_ = row(1, answer=PreferenceAnswer(winner=winner), options=("A!", "B!"))  # type: ignore[arg-type]
        told = flatten(given_, Split.TRAIN)
        return told["chosen"], told["rejected"], [m["content"] for m in told["messages"][1:]]

    assert pair("left") == ("A!", "B!", ["A!"])
    assert pair("right") == ("B!", "A!", ["B!"])
    assert pair("tie") == (None, None, [])


def test_a_persons_name_stays_at_home() -> None:
    person = row(1, annotator_origin=Origin(source="desk", channel="person"))
    named = person.annotator.model_copy(update={"type": "person", "name": "Zhang San"})
    given_ = ReleaseRow(
        verdict=person.verdict, task=person.task, annotation=person.annotation, annotator=named,
        samples=person.samples, checks=person.checks,
    )  # fmt: skip
    assert "Zhang" not in json.dumps([flatten(given_, Split.TRAIN), prove(given_, "gdl_1")])


# --- Splits --------------------------------------------------------------------------------


def test_groups_never_straddle_splits(finished: Path) -> None:
    parts: dict[str, set[str]] = {}
    for found in data(finished):
        parts.setdefault(found["group"], set()).add(found["split"])
    assert len(parts) == 20
    assert all(len(found) == 1 for found in parts.values())


def test_shares_are_about_as_asked_and_test_stays_put() -> None:
    groups = [f"group {number}" for number in range(20_000)]
    small = [split(group, salt="s", dev=50, test=100) for group in groups]
    large = [split(group, salt="s", dev=200, test=100) for group in groups]
    # 5 standard deviations of a binomial with p = 0.1, n = 20,000.
    assert abs(small.count(Split.TEST) - 2000) < 5 * (20_000 * 0.1 * 0.9) ** 0.5
    assert abs(small.count(Split.DEV) - 1000) < 5 * (20_000 * 0.05 * 0.95) ** 0.5
    assert [s is Split.TEST for s in small] == [s is Split.TEST for s in large]
    assert small != [split(group, salt="t", dev=50, test=100) for group in groups]


@pytest.mark.parametrize(("dev", "test"), [(-1, 0), (0, -1), (600, 600)])
def test_impossible_shares_are_refused(dev: int, test: int) -> None:
    with pytest.raises(UsageError, match="1000"):
        split("g", salt="s", dev=dev, test=test)


def test_empty_splits_are_no_trouble(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "one", [ROWS[0]], tasks=6, dev=0, test=0)
    assert (tmp_path / "one" / "data" / "test.jsonl").read_bytes() == b""
    assert check(tmp_path / "one").ok


def test_evaluation_releases_hold_everything_out(tmp_path: Path, make: Make) -> None:
    make(
        tmp_path / "e",
        purpose=Purpose.EVALUATION,
        permit=permit(Purpose.EVALUATION),
        dev=None,
        test=None,
    )
    assert {found["split"] for found in data(tmp_path / "e")} == {"test"}
    assert check(tmp_path / "e").ok


# --- What is refused -----------------------------------------------------------------------


def test_a_permit_for_another_purpose_is_refused(tmp_path: Path, make: Make) -> None:
    with pytest.raises(Refused, match="evaluation"):
        make(tmp_path / "r", permit=permit(Purpose.EVALUATION))
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_the_permit_does_not_cover_is_refused(tmp_path: Path, make: Make) -> None:
    hidden = row(40, origin=Origin(source="leaked", channel="api", family="gpt-9"))
    with pytest.raises(Refused, match="leaked"):
        make(tmp_path / "r", [*ROWS, hidden], tasks=46)
    assert list(tmp_path.iterdir()) == []


def test_something_that_only_looks_like_a_permit_is_refused(tmp_path: Path, make: Make) -> None:
    class Lookalike:
        purpose = Purpose.TRAINING
        origins = frozenset({GSM, SIMULATED})

    with pytest.raises(TypeError, match="Permit"):
        make(tmp_path / "r", permit=Lookalike())


def test_an_existing_name_is_refused(tmp_path: Path, make: Make) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("empty", "file", "link"):
        with pytest.raises(UsageError, match="taken"):
            make(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "link"]


def test_a_name_taken_meanwhile_is_not_overwritten(tmp_path: Path, make: Make) -> None:
    def slow() -> Iterator[ReleaseRow]:
        yield from ROWS
        (tmp_path / "r").mkdir()

    with pytest.raises(UsageError, match="taken"):
        make(tmp_path / "r", slow())
    assert list((tmp_path / "r").iterdir()) == []


@pytest.mark.parametrize("stop", [RuntimeError("database went away"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_release_that_failed(
    tmp_path: Path, make: Make, stop: BaseException
) -> None:
    def torn() -> Iterator[ReleaseRow]:
        yield from ROWS[:10]
        assert not (tmp_path / "r").exists()
        raise stop

    with pytest.raises(type(stop)):
        make(tmp_path / "r", torn())
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_was_killed_leaves_nothing_to_mistake_for_a_release(
    tmp_path: Path, make: Make
) -> None:
    script = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_releases as t
from qinglan.provenance import keys
from qinglan.releases import build

def rows():
    yield from t.ROWS[:30]
    os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[2])
keys.create(folder / "keys")
build(
    rows(), folder=folder / "r", name="r", project=t.PROJECT, purpose=t.Purpose.TRAINING,
    permit=t.permit(), guideline=t.GUIDELINE, built=t.BUILT, history=t.HISTORY, tasks=30,
    set_aside={}, code="q", key=keys.load_private(folder / "keys"),
)
"""
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", script, here, str(tmp_path)], check=False)
    assert done.returncode == -9
    left = [path.name for path in tmp_path.iterdir() if path.name != "keys"]
    assert len(left) == 1
    assert left[0].startswith(".r.")
    assert left[0].endswith(".part")
    make(tmp_path / "r")
    assert check(tmp_path / "r").ok
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys", "r"]


def test_what_another_build_still_fills_is_left_alone(tmp_path: Path, make: Make) -> None:
    with staged(tmp_path / "other") as part:
        (part / "file").write_text("half")
        (tmp_path / ".mine.part").mkdir()  # not named as ours are
        make(tmp_path / "r")
        assert (part / "file").read_text() == "half"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.part", "other", "r"]


@pytest.mark.parametrize(
    ("rows", "changes", "error", "names"),
    [
        ([], {}, UsageError, "no accepted verdict"),
        ([ROWS[1], ROWS[0]], {"tasks": 7}, IntegrityError, "tsk_00000"),
        ([ROWS[0], ROWS[0]], {"tasks": 7}, IntegrityError, "tsk_00000"),
        (ROWS, {"tasks": 46}, IntegrityError, "46"),
        (ROWS, {"built": datetime(2026, 1, 1)}, UsageError, "zone"),
        (ROWS, {"name": "../up"}, UsageError, "name"),
        (ROWS, {"dev": 900, "test": 200}, UsageError, "1000"),
        (ROWS, {"project": PROJECT.model_copy(update={"id": "prj_b"})}, IntegrityError, "project"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Make, rows: Any, changes: Any, error: type[Exception], names: str
) -> None:
    with pytest.raises(error, match=names):
        make(tmp_path / "r", rows, **changes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("verdict", {"task": "tsk_x"}),
        ("verdict", {"annotation": "ann_x"}),
        ("verdict", {"reason": Reason.NO_SUPPORT}),
        ("annotation", {"annotator": "ant_x"}),
        ("annotation", {"answer": FreeAnswer(text="x")}),
        ("annotator", {"project": "prj_x"}),
        ("task", {"samples": ()}),
    ],
)
def test_records_that_do_not_belong_together_are_refused(
    tmp_path: Path, make: Make, part: str, change: dict[str, Any]
) -> None:
    whole = {name: getattr(ROWS[0], name) for name in ReleaseRow.__dataclass_fields__}
    torn = ReleaseRow(**whole | {part: whole[part].model_copy(update=change)})
    with pytest.raises(IntegrityError, match="vdt_0"):
        make(tmp_path / "r", [torn], tasks=6)


def test_a_lone_surrogate_is_refused_by_name(tmp_path: Path, make: Make) -> None:
    with pytest.raises(IntegrityError, match="tsk_00001"):
        make(tmp_path / "r", [row(1, prompt="\ud800")], tasks=6)


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, make: Make) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        make(tmp_path / "file" / "r")


# --- The check finds what was touched ------------------------------------------------------


@pytest.mark.parametrize("name", [*FILES, MANIFEST, ATTESTATION])
@pytest.mark.parametrize("with_key", [True, False])
def test_any_flipped_byte_in_any_file_is_found(
    released: Path, key: PrivateKey, name: str, with_key: bool
) -> None:
    path = released / name
    whole = path.read_bytes()
    places = {0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 2, len(whole) - 1}
    for place in sorted(place for place in places if place >= 0):
        for flip in (0x01, 0x20, 0x80):
            touched = bytearray(whole)
            touched[place] ^= flip
            path.write_bytes(touched)
            found = check(released, key=key.public if with_key else None)
            assert not found.ok
            assert name in {failure.file for failure in found.failures}, (place, flip)
    path.write_bytes(whole)
    assert check(released, key=key.public).ok


def test_every_bit_of_the_attestation_counts(released: Path) -> None:
    path = released / ATTESTATION
    whole = path.read_bytes()
    digests = {name: sha256((released / name).read_bytes()) for name in (*FILES, MANIFEST)}
    trusted = [keys.load_public(released / SIGNER)]
    attestation.verify(whole, trusted=trusted, about=digests)
    for place in range(len(whole)):
        touched = bytearray(whole)
        touched[place] ^= 1 << (place % 8)
        with pytest.raises(IntegrityError):
            attestation.verify(bytes(touched), trusted=trusted, about=digests)


@pytest.mark.parametrize("name", [*FILES, MANIFEST, ATTESTATION])
def test_a_missing_grown_or_shortened_file_is_found(released: Path, name: str) -> None:
    path = released / name
    whole = path.read_bytes()
    for changed in (whole + b"\n", whole[:-1], b""):
        if changed != whole:
            path.write_bytes(changed)
            assert name in {failure.file for failure in check(released).failures}
    path.unlink()
    assert name in {failure.file for failure in check(released).failures}


def test_what_does_not_belong_is_found(released: Path, tmp_path: Path) -> None:
    (released / "extra.txt").write_text("hello")
    (released / "data" / "more.jsonl").write_text("{}")
    (released / "sub").mkdir()
    os.mkfifo(released / "pipe")
    secret = tmp_path / "secret"
    secret.write_bytes((released / CARD).read_bytes())
    (released / CARD).unlink()
    (released / CARD).symlink_to(secret)
    found = {(failure.file, failure.what) for failure in check(released).failures}
    assert found == {
        ("extra.txt", "unlisted"), ("data/more.jsonl", "unlisted"), ("sub", "unlisted"),
        ("pipe", "special"), (CARD, "symlink"), (CARD, "missing"),
    }  # fmt: skip


def test_a_data_folder_that_is_a_link_is_found(released: Path, tmp_path: Path) -> None:
    (released / "data").rename(tmp_path / "elsewhere")
    (released / "data").symlink_to(tmp_path / "elsewhere")
    assert ("data", "symlink") in {(f.file, f.what) for f in check(released).failures}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "data/../README.md"])
def test_names_that_lead_out_of_the_folder_are_refused(
    released: Path, other_key: PrivateKey, name: str
) -> None:
    manifest = json.loads((released / MANIFEST).read_bytes())
    manifest["files"][0]["name"] = name
    body = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (released / MANIFEST).write_text(body, encoding="utf-8")
    failures = check(released).failures
    assert (MANIFEST, "malformed") in {(f.file, f.what) for f in failures}


def test_the_attestation_of_another_release_is_found(
    released: Path, tmp_path: Path, make: Make, key: PrivateKey
) -> None:
    make(tmp_path / "other", name="other")
    shutil.copy(tmp_path / "other" / ATTESTATION, released / ATTESTATION)
    found = check(released, key=key.public)
    assert {failure.file for failure in found.failures} >= {MANIFEST, CARD, ATTESTATION}


def test_a_forger_with_another_key_is_found(
    released: Path, key: PrivateKey, other_key: PrivateKey
) -> None:
    (released / CARD).write_text("# Trust me\n")
    forge(released, other_key)
    unknown = check(released)
    assert unknown.ok  # integrity is all that a key inside the folder can show, and so it says
    assert not unknown.signer_known
    known = check(released, key=key.public)
    assert [failure.file for failure in known.failures] == [ATTESTATION]


def test_a_strangers_key_file_beside_a_good_signature_is_found(
    released: Path, key: PrivateKey, other_key: PrivateKey
) -> None:
    (released / SIGNER).write_bytes(other_key.public.to_pem())
    sign_again(released, key)
    assert (SIGNER, "other_signer") in {
        (f.file, f.what) for f in check(released, key=key.public).failures
    }


def rewrite(folder: Path, name: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    rows = lines(folder, name)
    change(rows)
    (folder / name).write_bytes(b"".join(canonical(found) + b"\n" for found in rows))


def _edit(field: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0][field] = value

    return change


TRAIN = "data/train.jsonl"


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        (TRAIN, _edit("prompt", "What is 2 + 2?"), "uncommitted"),
        (TRAIN, _edit("value", "77"), "uncommitted"),
        (TRAIN, _edit("final", "77"), "uncommitted"),
        (TRAIN, _edit("answer", "77"), "bad_row"),
        (TRAIN, _edit("messages", []), "bad_row"),
        (TRAIN, _edit("simulated", False), "miscounted"),
        (TRAIN, _edit("split", "dev"), "other_split"),
        (TRAIN, _edit("extra", 1), "bad_row"),
        (TRAIN, lambda rows: rows.pop(), "other_length"),
        (TRAIN, lambda rows: rows.reverse(), "other_row"),
        (TRAIN, lambda rows: rows.insert(0, rows[0]), "unordered"),
        (PROVENANCE, lambda rows: rows.pop(), "other_length"),
        (PROVENANCE, lambda rows: rows.reverse(), "other_row"),
        (PROVENANCE, lambda rows: rows[0]["task"].update(salt="0" * 32), "uncommitted"),
        (PROVENANCE, lambda rows: rows[0]["samples"][0].update(row=99), "uncommitted"),
        (PROVENANCE, lambda rows: rows[0].pop("verdict"), "bad_row"),
    ],
)
def test_content_changed_and_signed_anew_is_still_found(
    released: Path, other_key: PrivateKey, name: str, change: Any, what: str
) -> None:
    """A forger who re-signs everything passes the first layer; the second looks at the rows."""
    rewrite(released, name, change)
    forge(released, other_key)
    assert what in {failure.what for failure in check(released).failures}


def test_parquet_that_says_something_else_is_found(
    released: Path, tmp_path: Path, make: Make, other_key: PrivateKey
) -> None:
    changed = [row(n, group=f"g{n // 2}", prompt=f"Other {n}") for n in range(40)]
    make(tmp_path / "other", changed)
    name = "data/train.parquet"
    shutil.copy(tmp_path / "other" / name, released / name)
    forge(released, other_key)
    assert [(f.file, f.what) for f in check(released).failures] == [(name, "other_rows")]


def test_a_parquet_bomb_and_a_broken_one_are_refused(released: Path, other_key: PrivateKey) -> None:
    import pyarrow.parquet as pq

    name = "data/train.parquet"
    table = pq.read_table(released / name)
    column = table.column_names.index("prompt")
    bomb = table.set_column(column, "prompt", [["x" * 2**21] * table.num_rows])
    pq.write_table(bomb, released / name, compression="zstd", use_dictionary=False)
    forge(released, other_key)
    assert [(f.file, f.what) for f in check(released).failures] == [(name, "malformed")]
    (released / name).write_bytes(b"PAR1 nothing PAR1")
    forge(released, other_key)
    assert [(f.file, f.what) for f in check(released).failures] == [(name, "malformed")]


def test_a_permit_that_misses_a_source_is_found(released: Path, other_key: PrivateKey) -> None:
    body = permit(Purpose.TRAINING, SIMULATED).to_json()
    (released / PERMIT).write_bytes(body)
    manifest = json.loads((released / MANIFEST).read_bytes())
    manifest["permit"] = sha256(body)
    (released / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    forge(released, other_key)
    assert "not_covered" in {failure.what for failure in check(released).failures}


def test_a_folder_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.json"):
        check(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"manifest\.json"):
        show(tmp_path)
    assert {failure.what for failure in check(tmp_path).failures} == {"missing"}


@settings(max_examples=40, deadline=None)
@given(draw=st.data())
def test_no_damage_that_a_forger_signs_breaks_the_check(
    draw: st.DataObject,
    finished: Path,
    tmp_path_factory: pytest.TempPathFactory,
    other_key: PrivateKey,
) -> None:
    folder = shutil.copytree(finished, tmp_path_factory.mktemp("fuzz") / "copy")
    name = draw.draw(st.sampled_from([n for n in FILES if n != SIGNER]))
    touched = bytearray((folder / name).read_bytes())
    place = draw.draw(st.integers(0, len(touched) - 1))
    touched[place] ^= draw.draw(st.integers(1, 255))
    (folder / name).write_bytes(touched)
    forge(folder, other_key)
    found = check(folder)
    # Padding and statistics of Parquet, and the words of the card, mean nothing to the rows; what
    # a model or program is called stands in no commitment, only under the signature.
    called = re.search(rb'"name":"[^"]*$', touched[:place])
    assert not found.ok or called or name.endswith((".parquet", CARD))


def test_a_release_shows_that_its_terms_have_lapsed(finished: Path, key: PrivateKey) -> None:
    assert check(finished, key=key.public, today=date(2026, 11, 24)).lapses == ()
    later = check(finished, key=key.public, today=date(2040, 1, 1))
    assert later.ok
    assert [lapse.origin for lapse in later.lapses] == [GSM]
    for language in ("en", "zh"):
        assert any("licence-mit" in said for said in later.sentences(language))  # type: ignore[arg-type]


def test_every_failure_is_one_line_that_names_the_file() -> None:
    facts = {"why": "w", "name": "n", "line": 1, "field": "f", "part": "p"}
    facts |= {"seq": 2, "held": 1, "covered": 3, "project": "p"}  # of a history
    facts |= {"release": "r", "run": "u"}  # of a model
    keys_ = [key for key in catalogue() if key.startswith("releases.failure.")]
    assert len(keys_) > 15
    for key in keys_:
        failure = Failure("a\nb", key.removeprefix("releases.failure."), tuple(facts.items()))
        for said in (failure.say("en"), failure.say("zh")):
            assert said.startswith("a?b")
            assert "\n" not in said


def test_a_release_of_zero_bytes_is_named_file_by_file(released: Path) -> None:
    kept = (MANIFEST, ATTESTATION, SIGNER)
    for name in set(FILES) - set(kept):
        (released / name).write_bytes(b"\0")
    assert {failure.file for failure in check(released).failures} == set(FILES) - set(kept)


# --- The card ------------------------------------------------------------------------------


def test_the_card_is_honest_in_both_languages(finished: Path) -> None:
    card = (finished / CARD).read_text(encoding="utf-8")
    assert "40 of 40 rows were answered by simulated annotators" in card
    assert "40 行中有 40 行由模拟标注者作答" in card
    assert "no recorded path from an unlicensed teacher" in card
    assert "未获许可的教师模型" in card
    assert "unreviewed" in card
    assert "未经审阅" in card


def test_an_evaluation_card_claims_no_clean_path(tmp_path: Path, make: Make) -> None:
    banned = Origin(source="solutions", channel="published", licence="MIT", family="gpt-3")
    make(
        tmp_path / "e", [row(1, origin=banned)], tasks=6, purpose=Purpose.EVALUATION,
        permit=permit(Purpose.EVALUATION, banned, SIMULATED),
    )  # fmt: skip
    card = (tmp_path / "e" / CARD).read_text(encoding="utf-8")
    assert "no recorded path" not in card
    assert "none of this trains a model" in card
    assert "不得用于训练" in card
    assert "it never trains a model" in card  # the obligation


def test_the_front_matter_is_what_the_hub_reads(finished: Path) -> None:
    yaml = pytest.importorskip("yaml")
    head = (finished / CARD).read_text(encoding="utf-8").split("---\n")[1]
    front = yaml.safe_load(head)
    assert front["license"] == "other"
    assert front["size_categories"] == ["n<1K"]
    splits = {entry["split"] for entry in front["configs"][0]["data_files"]}
    assert splits <= {"train", "validation", "test"}
    for entry in front["configs"][0]["data_files"]:
        assert (finished / entry["path"]).is_file()


HOSTILE = "---\n# owned\n<script>alert(1)</script> [x](javascript:1) | ` \"'\u202e http://evil.test"


def test_no_source_or_guideline_can_write_the_card(tmp_path: Path, make: Make) -> None:
    markdown = pytest.importorskip("markdown_it")
    yaml = pytest.importorskip("yaml")
    origin = Origin(source=HOSTILE, channel="own", licence=HOSTILE)
    asked = GUIDELINE.model_copy(update={"en": HOSTILE + "\n```\n</div>", "zh": "````\n" + HOSTILE})
    make(
        tmp_path / "r", [row(1, origin=origin)], tasks=6, guideline=asked, code=HOSTILE,
        permit=permit(Purpose.TRAINING, origin, SIMULATED),
    )  # fmt: skip
    card = (tmp_path / "r" / CARD).read_text(encoding="utf-8")
    assert yaml.safe_load(card.split("---\n")[1])["pretty_name"] == "first"
    body = card.split("---\n", 2)[2]
    html = markdown.MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body)
    assert "<script" not in html
    assert "<a " not in html
    assert "</div>" not in html
    assert html.count("<h1>") == 1
    assert "\u202e" not in card
    assert check(tmp_path / "r").ok


@given(st.text())
def test_escapes_stay_on_their_line(text: str) -> None:
    yaml = pytest.importorskip("yaml")
    assert len(plain(text).splitlines()) <= 1
    assert len(quoted(text).splitlines()) == 1
    value = yaml.safe_load(f"a: {quoted(text)}\nb: 1")
    assert value["b"] == 1
    assert isinstance(value["a"], str)
    inner = fenced(text).splitlines()
    assert inner[0].startswith("```")
    assert not any(line.strip() == inner[-1] for line in inner[1:-1])
