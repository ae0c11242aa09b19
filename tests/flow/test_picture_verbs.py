"""Pictures in tasks and answers: kept once, seen by those who may, used by those who own them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk_example import LEAD, RULES, START, at, opened, person
from flow_example import OWN
from sqlalchemy import text

import qinglan
from picture_example import hostile, photo, png
from qinglan import pictures as references
from qinglan.errors import IntegrityError, LimitError, PermissionDenied, QinglanError, RowError
from qinglan.flow import guiding, illustrating, lessons, load, pictures, work
from qinglan.flow.context import Context
from qinglan.records import Actor, Picture, Role
from qinglan.storage import history
from qinglan.storage import pictures as stored

TASK = [{"id": "q", "prompt": "What is on it?", "key": "4"}]
FIELDS = ["id=id", "prompt=prompt", "key=key"]


@pytest.fixture
def desk(tmp_path: Path, database: str | None) -> Iterator[Context]:
    with opened(tmp_path / "ws", database, TASK, fields=FIELDS, rules=RULES) as context:
        yield context


def count(context: Context, table: str) -> int:
    with context.storage.read() as conn:
        return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def bring(context: Context, name: str, data: bytes, **more: Any) -> pictures.Brought:
    """What ``name`` attaches to the task that they have in hand."""
    task = work.next_task(context, person(name), "p", now=START)
    assert task is not None
    return pictures.attach(
        context, person(name), "p", task.task, task.token, data, "a.png", alt="a chart", **more
    )


def sees(context: Context, actor: Actor, picture: Picture) -> bool:
    try:
        found, body = pictures.show(context, actor, picture.id)
    except PermissionDenied:
        return False
    assert found == picture
    assert body.startswith((b"\x89PNG", b"\xff\xd8"))
    return True


def test_who_sees_what_and_who_may_show_it(desk: Context) -> None:
    lead, office = LEAD, Actor(name="rae", role=Role.REVIEWER)
    guide = pictures.bring(desk, lead, "p", png("red"), "guide.png").picture
    assert sees(desk, office, guide)
    assert not sees(desk, person("ann"), guide)  # nothing shows it yet
    words = f"Like ![this]({guide.id}#48x32)."
    guiding.revise(desk, lead, "p", en=words, zh=words, why="a figure")
    assert sees(desk, person("ann"), guide)
    assert not sees(desk, person("zed"), guide)  # no seat

    mine = bring(desk, "ann", photo())
    theirs = bring(desk, "bob", photo())
    assert mine.picture.id != theirs.picture.id, "who brings a file learns of no other's"
    assert sees(desk, person("ann"), mine.picture)
    assert not sees(desk, person("bob"), mine.picture)
    assert sees(desk, Actor(name="ada", role=Role.AUDITOR), mine.picture)

    task = work.next_task(desk, person("bob"), "p", now=START)
    assert task is not None
    unknown = f"pic_{'z' * 26}"
    for other in (mine.picture.id, guide.id, unknown):
        said = {"text": f"4 ![x]({other})"}
        with pytest.raises(RowError) as caught:
            work.submit(desk, person("bob"), "p", task.task, task.token, said, now=START)
        assert caught.value.key == "error.assignment.foreign_picture"
    good = {"text": f"So the answer is 4.\n\n{theirs.reference}"}
    work.submit(desk, person("bob"), "p", task.task, task.token, good, now=START)
    with desk.storage.read() as conn:
        value, annotation = conn.execute(text("SELECT value, id FROM annotations")).one()
        assert stored.used_by(conn, [annotation]) == {annotation: [theirs.picture.id]}
    assert value == "4", "a picture is no vote"


def test_one_file_is_one_picture_and_limits_hold(desk: Context) -> None:
    first = bring(desk, "ann", png())
    assert bring(desk, "ann", png()) == first
    assert count(desk, "pictures") == count(desk, "picture_bodies") == 1
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"pictures_an_hour": 1}))
    with pytest.raises(LimitError) as caught:
        bring(desk, "ann", png("red"))
    assert caught.value.key == "error.flow.too_many_pictures"
    bring(desk, "bob", png("red"))  # each their own hour
    task = work.next_task(desk, person("cyd"), "p", now=START)
    held = work.next_task(desk, person("bob"), "p", now=START)
    assert task is None, "two answers are asked for"
    assert held is not None
    for name, token in (("cyd", held.token), ("bob", "x" * 20)):
        with pytest.raises(PermissionDenied):
            pictures.attach(desk, person(name), "p", held.task, token, png(), "a.png")
    with pytest.raises(QinglanError):
        pictures.bring(desk, person("bob"), "p", png(), "a.png")


def test_what_nothing_shows_is_swept_after_a_day_and_a_draft_shows_it(desk: Context) -> None:
    kept, lost = bring(desk, "ann", png("red")), bring(desk, "ann", png("blue"))
    office = pictures.bring(desk, LEAD, "p", png("green"), "a.png")
    task = work.next_task(desk, person("ann"), "p", now=START)
    assert task is not None
    body = {"text": kept.reference}
    work.save_draft(desk, person("ann"), "p", task.task, task.token, body, now=START)
    assert illustrating.sweep(desk) == 0
    desk.storage.write(lambda conn: conn.execute(text("UPDATE pictures SET waiting = 1")))
    assert illustrating.sweep(desk) == 2
    assert sees(desk, person("ann"), kept.picture)
    for gone in (lost, office):
        assert not sees(desk, LEAD, gone.picture)
    work.submit(desk, person("ann"), "p", task.task, task.token, body, now=at(1))
    assert illustrating.sweep(desk) == 0, "it waits no more"
    assert count(desk, "picture_bodies") == 1


def test_bytes_changed_by_hand_are_not_shown(desk: Context) -> None:
    made = pictures.bring(desk, LEAD, "p", png(), "a.png").picture
    other = {"body": png("red")}
    desk.storage.write(lambda c: c.execute(text("UPDATE picture_bodies SET body = :body"), other))
    with pytest.raises(IntegrityError) as caught:
        pictures.show(desk, LEAD, made.id)
    assert made.id in caught.value.say("en")


def test_a_reference_names_the_size_and_no_digest(desk: Context) -> None:
    made = pictures.bring(desk, LEAD, "p", png(), "a.png", alt="[x](y)")
    shown = references.read(f"{made.picture.id}#48x32")
    assert shown is not None
    assert made.reference == f"![\\[x\\](y)]({made.picture.id}#48x32)"
    assert made.picture.sha256[:8] not in made.reference


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set with its pictures, and what an attacker lays beside it."""
    made = tmp_path / "set"
    (made / "图 集").mkdir(parents=True)
    (made / "图 集" / "甲.png").write_bytes(png())
    (made / "b.jpg").write_bytes(photo())
    (made / "evil.png").write_bytes(hostile()["svg"][0])
    (tmp_path / "secret.png").write_bytes(png("red"))
    (made / "link.png").symlink_to(tmp_path / "secret.png")
    (made / "loop.png").symlink_to(made / "loop.png")
    (made / "folder.png").mkdir()
    return made


def test_rows_bring_the_pictures_that_they_name_and_no_others(
    ws: qinglan.Workspace, folder: Path
) -> None:
    inside = base64.b64encode(png("green")).decode()
    good = [
        "see ![x](<图 集/甲.png>) and ![y](b.jpg)",
        "again ![a][r]\n\n[r]: b.jpg",
        "coded ![](%E5%9B%BE%20%E9%9B%86/%E7%94%B2.png)",
        f"inside ![d](data:image/png;base64,{inside}) it",
        "remote ![z](https://example.org/a.png)",
        "code `![](none.png)`",
    ]
    bad = {
        "../secret.png": "missing", "link.png": "missing", "/etc/passwd": "missing",
        "loop.png": "missing", "none.png": "missing", "evil.png": "unusable",
        "folder.png": "missing", f"pic_{'a' * 26}": "missing", "x/../../secret.png": "missing",
        "data:image/png;base64,AAAA": "unusable",
    }  # fmt: skip
    rows = [*({"q": one} for one in good), *({"q": f"bad ![]({name})"} for name in bad)]
    file = folder / "t.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = ws.load("p", file, fields=["prompt=q"], terms=OWN)
    assert (done.new, done.set_aside) == (len(good), len(bad))
    context = ws._context
    with context.storage.read() as conn:
        said = conn.execute(text("SELECT prompt FROM tasks")).scalars().all()
        aside = conn.execute(text("SELECT line, field, reason, detail FROM set_aside")).all()
        uses = stored.used_by(conn, conn.execute(text("SELECT id FROM tasks")).scalars().all())
    prompts = {one.split()[0]: one for one in said}
    assert [tuple(row) for row in aside] == [
        (line, "q", f"picture_{why}", name)
        for line, (name, why) in enumerate(bad.items(), len(good) + 1)
    ]
    assert sorted(map(len, uses.values())) == [1, 1, 1, 2]
    assert count(context, "pictures") == count(context, "picture_bodies") == 3
    see, again = references.referred([prompts["see"]]), references.referred([prompts["again"]])
    assert prompts["see"] == f"see ![x]({see[0]}#48x32) and ![y]({see[1]}#40x64)"
    assert prompts["again"] == f"again ![a][r]\n\n[r]: {see[1]}#40x64"
    assert again == [see[1]]
    assert references.referred([prompts["coded"]]) == [see[0]]
    assert prompts["inside"].endswith("#48x32) it")
    assert prompts["remote"] == good[4]
    assert prompts["code"] == good[5]
    assert ws.load("p", file, fields=["prompt=q"], terms=OWN).again
    task = next(task for task, shown in uses.items() if len(shown) == 2)
    assert ws.trace(task).facts["pictures"] == sorted(see)
    with context.storage.read() as conn:
        noted = [entry.event for entry in history.entries(conn, context.project("p").id)]
    assert [one["pictures"] for one in noted if "lines" in one] == [5]


def test_pictures_stand_in_options_and_in_columns_of_bytes(
    ws: qinglan.Workspace, folder: Path
) -> None:
    table = pa.table({
        "q": ["What is it?", "What is it?", "And this?", "Bad?"],
        "o": [["![](b.jpg)", "no"], ["yes", "no"], ["yes", "no"], ["yes", "no"]],
        "k": ["![](b.jpg)", "no", "yes", "no"],
        "image": [
            {"bytes": png("red"), "path": None}, {"bytes": None, "path": "b.jpg"}, None,
            {"bytes": b"<svg/>", "path": "x.svg"},
        ],
    })  # fmt: skip
    pq.write_table(table, folder / "t.parquet")
    fields = ["prompt=q", "options=o", "key=k", "image=image"]
    done = ws.load("c", folder / "t.parquet", kind="choice", fields=fields, terms=OWN)
    assert (done.new, done.reasons) == (3, {"picture_unusable": 1})
    with ws._context.storage.read() as conn:
        rows = conn.execute(
            text('SELECT prompt, options, "group", value FROM tasks JOIN answer_keys k'
                 " ON k.task = tasks.id ORDER BY prompt")
        ).all()  # fmt: skip
    shown = [row for row in rows if row.prompt.startswith("![](pic_")]
    assert len(shown) == 2
    assert len({row.group for row in shown}) == 2, "the same words on two pictures"
    keyed = next(row for row in rows if row.value.startswith("![]("))
    assert keyed.value in json.loads(keyed.options)
    assert ws.load("d", folder / "t.parquet", fields=["prompt=q"], terms=OWN).new == 4


def test_a_crash_between_a_picture_and_its_row_leaves_nothing_half(
    ws: qinglan.Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "t.jsonl"
    file.write_text(json.dumps({"q": "see ![](b.jpg)"}) + "\n", encoding="utf-8")
    context = ws._context

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qinglan.flow.load.queueing.join", die)
        with pytest.raises(KeyboardInterrupt):
            ws.load("p", file, fields=["prompt=q"], terms=OWN)
    assert (count(context, "pictures"), count(context, "tasks")) == (1, 0)
    assert ws.load("p", file, fields=["prompt=q"], terms=OWN).new == 1
    assert (count(context, "pictures"), count(context, "picture_uses")) == (1, 1)


def test_what_is_imported_or_explained_with_a_picture_shows_it(desk: Context) -> None:
    """Answers that come in a file, and the words of a lesson, keep their pictures too."""
    made = pictures.bring(desk, LEAD, "p", png("red"), "a.png")
    file = desk.folder / "answers.jsonl"
    row = {"task": "q", "who": "dee", "said": f"See {made.reference}. The answer is 4."}
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    fields = load.answer_mapping(["task=task", "annotator=who", "answer=said"])
    load.load_answers(
        desk, LEAD, "p", file, fields, OWN, annotator_type="person", tasks_from="questions"
    )
    lesson = pictures.bring(desk, LEAD, "p", png("blue"), "b.png")
    with desk.storage.read() as conn:
        (task,) = conn.execute(text("SELECT id FROM tasks")).scalars()
        ((_, shown),) = stored.used_by(
            conn, conn.execute(text("SELECT id FROM annotations")).scalars()
        ).items()
    assert shown == [made.picture.id]
    assert not sees(desk, person("ann"), lesson.picture)
    other = desk.folder / "more.jsonl"
    other.write_text(json.dumps({"q": "And now?", "a": "5"}) + "\n", encoding="utf-8")
    mapping = load.task_mapping(["prompt=q", "key=a"])
    load.load_tasks(desk, LEAD, "p", other, mapping, OWN)
    with desk.storage.read() as conn:
        (fresh,) = conn.execute(text("SELECT id FROM tasks WHERE id <> :t"), {"t": task}).scalars()
    lessons.set_lessons(desk, LEAD, "p", "practice", {fresh: f"As in {lesson.reference}."})
    assert sees(desk, person("ann"), lesson.picture)
