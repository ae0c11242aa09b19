"""Files that commands write from the tables for people to read, remembered for a withdrawal.

A page or an export shows what its project held when it was written. So each is noted before it is
written, and a withdrawal takes those in the workspace away; of files elsewhere it can only say
where they were put. Not a verb.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qinglan.errors import UsageError
from qinglan.flow.context import Context
from qinglan.records import Project
from qinglan.storage import traces, withdrawals

PAGES = ("report.html", "training.html")
"""What versions that kept no note, and the demo, put into the workspace."""

UPLOADS = "uploads"
"""Where a server keeps what is sent to it, while it comes. What a crash leaves there goes with the
next upload, and with a withdrawal."""


@contextmanager
def noting(context: Context, project: Project, file: Path) -> Iterator[None]:
    """Around the reading of the tables and the writing of ``file``, which shows ``project``.

    Raises:
        UsageError: something was withdrawn meanwhile, so the file was taken away again.
    """
    if not context.storage.writable:
        yield  # nobody withdraws anything from it, and no file is written into it
        return
    place = _place(context.folder, file)
    before = _withdrawn(context, project)
    context.storage.write(lambda conn: traces.remember(conn, project.id, place))
    yield
    if _withdrawn(context, project) != before:
        file.unlink()
        raise UsageError("flow.withdrawn_meanwhile")


def inside(context: Context, project: str | None = None) -> list[Path]:
    """The files in the workspace that show content of ``project`` (its id), or of any."""
    with context.storage.read() as conn:
        wanted, known = traces.written(conn, project), set(traces.written(conn))
    unknown = [page for page in PAGES if page not in known]
    places = [context.folder / place for place in (*wanted, *unknown)]
    return [path for path in places if path.is_relative_to(context.folder) and path.is_file()]


def elsewhere(context: Context, project: str) -> list[Path]:
    """The files outside the workspace that were written of ``project`` (its id)."""
    with context.storage.read() as conn:
        places = [Path(place) for place in traces.written(conn, project)]
    return [path for path in places if path.is_absolute()]


def take_away(context: Context, project: str) -> None:
    """Remove the files in the workspace that show content of ``project`` (its id)."""
    gone = inside(context, project)
    for path in gone:
        path.unlink()
    with context.storage.read() as conn:
        noted = [place for place in traces.written(conn, project) if not Path(place).is_absolute()]
    for place in noted:
        for part in (f"{Path(place).name}.part", f".{Path(place).name}.part"):
            (context.folder / place).with_name(part).unlink(missing_ok=True)
    context.storage.write(lambda conn: traces.forget(conn, noted))


def _place(folder: Path, file: Path) -> str:
    """As it is noted: relative where the workspace may move and take the file along."""
    path = file.expanduser().resolve()
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def _withdrawn(context: Context, project: Project) -> int:
    with context.storage.read() as conn:
        return len(withdrawals.all(conn, project.id))
