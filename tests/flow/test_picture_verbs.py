"""Pictures in tasks and answers: kept once, seen by those who may, used by those who own them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_example import LEAD, RULES, START, at, opened, person
from sqlalchemy import text

from picture_example import photo, png
from qinglan import pictures as references
from qinglan.errors import IntegrityError, LimitError, PermissionDenied, QinglanError, RowError
from qinglan.flow import guiding, illustrating, pictures, work
from qinglan.flow.context import Context
from qinglan.records import Actor, Picture, Role
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
