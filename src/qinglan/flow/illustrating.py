"""Pictures on their way in, and what shows them; used by every verb that keeps a text. Not a verb.

A picture gets its id from its bytes under the workspace's secret, so the same file brought twice is
one picture, and nobody outside can guess what an id stands for. What an annotator brings to a desk
is theirs alone: its id follows from them as well, so that bringing a file tells nobody whether it
is here already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from qinglan import pictures as references
from qinglan.errors import RowError
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.intake.pictures import Cleaned, PictureLimits, clean
from qinglan.provenance import identity
from qinglan.records import Activity, Picture
from qinglan.storage import pictures

WAITING_SECONDS = 86_400
"""How long a picture stays that nothing shows."""


def limits_of(context: Context) -> PictureLimits:
    """How large a picture this workspace takes."""
    settings = context.settings
    return PictureLimits(bytes=settings.picture_bytes, pixels=settings.picture_pixels)


def keep(
    context: Context, activity: Activity, data: bytes, name: str, *, owner: str | None = None
) -> Picture:
    """The picture in ``data``, on the disk when this returns; known ones are not kept twice.

    Args:
        context: the workspace.
        activity: in which it came.
        data: the file as it came.
        name: what its owner calls it, for errors.
        owner: the annotator who brings it to their desk.

    Raises:
        InputError: it is no picture that can be taken.
        LimitError: it is too large.
    """
    place = (identity.sha256(data),) if owner is None else (owner, identity.sha256(data))
    id_ = identity.mint(context.secret, "pic", *place)
    here = known(context, id_)
    if here is not None:
        return here
    made = clean(data, limits_of(context), name)
    picture = record(id_, made, owner)
    now = milliseconds(None)
    context.storage.write(lambda conn: pictures.add(conn, picture, made.body, now, activity.id))
    return picture


def known(context: Context, id_: str) -> Picture | None:
    """The picture called ``id_``, where it is here; it stays for another day."""
    with context.storage.read() as conn:
        here = pictures.get(conn, id_)
    if here is None or context.storage.write(lambda c: pictures.touch(c, id_, milliseconds(None))):
        return here
    return None  # swept at this very moment


def record(id_: str, made: Cleaned, owner: str | None) -> Picture:
    """The record of a picture that was written anew."""
    return Picture(
        id=id_, owner=owner, media=made.media, width=made.width, height=made.height,
        sha256=identity.sha256(made.body), salt=identity.new_salt(),
    )  # fmt: skip


def reference(picture: Picture, alt: str = "") -> str:
    """The Markdown that shows ``picture``."""
    return references.refer(picture.id, (picture.width, picture.height), alt)


def link(conn: Connection, shown: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Note which pictures records show: pairs of a record's id and its texts.

    In the transaction that keeps the record. What names no picture of the workspace is passed over.
    """
    show(conn, [(record, references.referred(texts)) for record, texts in shown])


def show(conn: Connection, named: Sequence[tuple[str, Sequence[str]]]) -> None:
    """As ``link``, of the ids of pictures that each record names."""
    wanted = {id_ for _, ids in named for id_ in ids}
    if wanted:
        here = pictures.find(conn, wanted)
        pictures.use(conn, [(id_, record) for record, ids in named for id_ in ids if id_ in here])


def see_own(conn: Connection, ids: Iterable[str], annotator: str, task: str) -> None:
    """See that ``annotator`` may show these pictures in an answer to ``task``.

    Raises:
        RowError: one is neither theirs nor the task's; one that is not here sounds alike.
    """
    wanted = set(ids)
    foreign = wanted - pictures.may_use(conn, wanted, annotator, task)
    if foreign:
        raise RowError("assignment.foreign_picture", field="", picture=min(foreign))


def sweep(context: Context) -> int:
    """Take away pictures that nothing has shown for a day, some at a time; how many."""
    before = milliseconds(None) - 1000 * WAITING_SECONDS
    with context.storage.read() as conn:
        if not pictures.waits(conn, before):
            return 0
    return context.storage.write(lambda conn: pictures.sweep(conn, before))
