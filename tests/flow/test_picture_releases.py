"""Pictures in a release, in a backup, and after a withdrawal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_example import LEAD, RULES, START, person
from PIL import Image
from sqlalchemy import text

import qinglan
from keeping_example import everything
from picture_example import opened as picture
from picture_example import packed, photo
from qinglan.errors import Refused, UsageError
from qinglan.flow import desk, guiding, judge, load, pictures, release, verify, withdraw, work
from qinglan.flow.admission import admit
from qinglan.flow.backup import backup
from qinglan.flow.context import Context
from qinglan.flow.generate import Choice, generate
from qinglan.flow.init import init
from qinglan.flow.restore import restore
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Purpose, Role
from qinglan.releases import check
from qinglan.storage import pictures as stored

OWNER = Actor(name="owner", role=Role.OWNER)
BUILT = datetime(2026, 3, 2, tzinfo=UTC)
FIELDS = ["id=id", "prompt=prompt", "key=key", "image=image"]


def noise(seed: int) -> bytes:
    """A PNG unlike any other, that stays as it is."""
    image = Image.new("L", (24, 16))
    image.putdata([(seed * n * n + 31 * n) % 251 for n in range(24 * 16)])
    return packed(image, "PNG")


def answer(context: Context, name: str, seed: int) -> str:
    """Let ``name`` answer everything, each with the same picture of their own; its id."""
    shown = ""
    while (task := work.next_task(context, person(name), "p", now=START)) is not None:
        made = pictures.attach(
            context, person(name), "p", task.task, task.token, noise(seed), "a.png"
        )
        said = {"text": f"{made.reference}\n\nSo the answer is 4."}
        work.submit(context, person(name), "p", task.task, task.token, said, now=START)
        shown = made.picture.id
    return shown


def build(context: Context, name: str) -> tuple[str, Path]:
    verify.verify(context, OWNER, "p")
    judge.judge(context, OWNER, "p")
    made, folder = release.build_release(
        context, OWNER, "p", name=name, purpose=Purpose.TRAINING, built=BUILT, dev=0, test=0
    )
    return made.root, folder


def bodies(context: Context) -> dict[str, bytes]:
    with context.storage.read() as conn:
        rows = conn.execute(text("SELECT picture, body FROM picture_bodies")).all()
    return {row[0]: bytes(row[1]) for row in rows}


@pytest.fixture
def full(tmp_path: Path, database: str | None) -> Iterator[tuple[Context, dict[str, str]]]:
    """Three tasks, two of them on one picture, answered by ann and bob with pictures of theirs;
    the ids of all pictures.
    """
    (tmp_path / "chart.jpg").write_bytes(photo())
    rows = [
        {"id": f"q{n}", "prompt": "What is on it?", "key": "4", "image": "chart.jpg" if n else None}
        for n in range(3)
    ]
    file = tmp_path / "set.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with init(tmp_path / "ws", database=database) as context:
        load.make_project(context, LEAD, "p", Kind.FREE)
        mapping, own = load.task_mapping(FIELDS), Terms(channel="own", licence="Apache-2.0")
        assert load.load_tasks(context, LEAD, "p", file, mapping, own, images=tmp_path).new == 3
        desk.open_desk(context, LEAD, "p", RULES)
        (chart,) = bodies(context)
        people = {}
        for seed, name in ((3, "ann"), (5, "bob")):
            desk.seat(context, LEAD, "p", name, licence="CC-BY-4.0")
            people[name] = answer(context, name, seed)
        yield context, {"chart": chart, **people}


def test_a_release_carries_what_its_rows_show_and_nothing_can_be_changed(
    full: tuple[Context, dict[str, str]], tmp_path: Path
) -> None:
    context, ids = full
    root, folder = build(context, "one")
    manifest = json.loads((folder / "manifest.json").read_text())
    rows = [json.loads(line) for line in (folder / "data/train.jsonl").read_text().splitlines()]
    assert len(rows) == 3
    for row in rows:
        said = (row["prompt"], row["answer"])
        wanted = [
            id_ for id_ in (ids["chart"], ids["ann"], ids["bob"]) if any(id_ in s for s in said)
        ]
        assert [path[7:37] for path in row["images"]] == wanted
        assert "pic_" not in row["value"]
    shown = {path for row in rows for path in row["images"]}
    files = {f"images/{path.name}" for path in (folder / "images").iterdir()}
    assert shown == files == {one["name"] for one in manifest["files"] if "pic_" in one["name"]}
    assert manifest["images"] == len(files)
    assert picture((folder / f"images/{ids['chart']}.jpg").read_bytes()).size == (40, 64)
    assert check(folder).ok
    # The same verdicts and time, the same root; another picture, another root.
    assert build(context, "two")[0] == root

    name = f"images/{ids['chart']}.jpg"
    changed = tmp_path / "changed"
    for what, change in (
        ("changed", lambda at: at.write_bytes(at.read_bytes() + b"x")),
        ("missing", lambda at: at.unlink()),
        ("unlisted", lambda at: shutil.copy(at, at.with_name(f"pic_{'a' * 26}.jpg"))),
        ("symlink", lambda at: (at.rename(at.with_name("x")), at.symlink_to("x"))),
    ):
        shutil.copytree(folder, changed)
        change(changed / name)
        assert what in {one.what for one in check(changed).failures}, what
        shutil.rmtree(changed)


def test_who_cannot_see_pictures_is_not_asked_about_them(
    full: tuple[Context, dict[str, str]],
) -> None:
    context, _ = full
    build(context, "one")
    for purpose in Purpose:
        with pytest.raises(Refused) as caught:
            admit(context, "one", purpose)
        assert caught.value.key == "error.flow.release_pictures"
    choice = Choice(model="m", endpoint="http://127.0.0.1:1", terms=Terms(channel="own"))
    with pytest.raises(UsageError) as refused:
        generate(context, OWNER, "p", choice)
    assert refused.value.key == "error.flow.teacher_pictures"


def test_a_withdrawal_takes_their_pictures_and_leaves_the_tasks(
    full: tuple[Context, dict[str, str]], database: str | None, tmp_path: Path
) -> None:
    context, ids = full
    theirs = bodies(context)[ids["ann"]][40:100]
    made = backup(context, OWNER, tmp_path / "safe").folder if database is None else None
    looked = withdraw.withdraw(context, OWNER, "p", annotator="ann")
    assert looked.counts["pictures"] == 1
    withdraw.withdraw(context, OWNER, "p", annotator="ann", really=True)
    assert bodies(context).keys() == {ids["chart"], ids["bob"]}
    with context.storage.read() as conn:
        assert stored.get(conn, ids["ann"]) is None
    if made is not None:
        context.storage.close()
        held = [name for name, data in everything(context.folder).items() if theirs in data]
        assert held == []
        back = restore(made, tmp_path / "again", OWNER)
        assert back.replayed == 1
        with qinglan.open(back.folder, actor=OWNER) as again:
            assert bodies(again._context).keys() == {ids["chart"], ids["bob"]}


def test_a_source_takes_its_pictures_but_those_that_something_else_shows(
    full: tuple[Context, dict[str, str]],
) -> None:
    context, ids = full
    words = f"As in ![]({ids['bob']})."
    guiding.revise(context, LEAD, "p", en=words, zh=words, why="an example")
    withdraw.withdraw(context, OWNER, "p", source="set", really=True)
    assert bodies(context).keys() == {ids["bob"]}
    with context.storage.read() as conn:
        uses = conn.execute(text("SELECT record FROM picture_uses")).scalars().all()
    assert [one[:4] for one in uses] == ["gdl_"]
