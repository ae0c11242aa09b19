"""Files that come through the browser: kept until somebody has looked at them and said yes.

A file lies in a folder of its own below ``uploads``, for a day at most, and until it was imported;
one that came before it from the same person for the same project makes room. Its name is ours,
made from the sender's: letters, digits and the ending that says what it is.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal

from qinglan.durability import make_folder, write_whole
from qinglan.errors import InputError, UsageError
from qinglan.flow.album import Album
from qinglan.flow.context import Context, allow
from qinglan.flow.incoming import duplicate, limits_of, task_ids
from qinglan.flow.written import UPLOADS
from qinglan.intake import JsonValue, Row, rows
from qinglan.intake.archives import unpack
from qinglan.records import Actor, Kind, SetAside
from qinglan.sources.files import TaskDraft, read_tasks, task_fields
from qinglan.sources.mapping import Mapping as Fields
from qinglan.storage import tasks

KEPT_SECONDS = 86_400
LOOKED_AT = 5_000
"""Rows that a preview reads."""
HEAD = 50
"""Rows that tell the columns."""
SHOWN = 5
"""Rows, and tasks, that it shows."""
ASIDE_SHOWN = 50
COLUMNS = 200
CELL = 200
"""Characters of a value that it shows."""
ENDINGS = (".jsonl", ".ndjson", ".csv", ".parquet")
ARCHIVE = ".zip"
"""One data file with the pictures that its rows name."""

_ID = re.compile(r"arr_[a-z0-9]{24}")
_MARK = re.compile(r"[^0-9A-Za-z\u3400-\u9fff_-]+")

_GUESSES: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt", "question", "problem", "instruction", "text", "input", "query"),
    "key": ("key", "answer", "label", "target", "gold", "ground_truth", "expected_answer"),
    "options": ("options", "choices"),
    "left": ("left", "response_a", "chosen", "answer_a", "response_1"),
    "right": ("right", "response_b", "rejected", "answer_b", "response_2"),
    "steps": ("steps", "solution", "reasoning"),
    "id": ("id", "task_id", "uid", "qid"),
    "skill": ("skill", "subject", "category", "topic", "language"),
    "group": ("group",),
    "image": ("image", "images", "figure", "picture"),
}
"""What people call their columns, the likeliest first."""

What = Literal["tasks", "answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came, and has not been imported."""

    id: str
    project: str
    actor: str
    name: str
    """Ours, with its ending."""
    path: Path
    folder: Path
    """Of all that came."""
    bytes: int
    at: datetime
    what: What = "tasks"
    """What its sender says that it holds."""
    images: Path | None = None
    """From where its rows name pictures, where it came with some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is in a file, and what an import would make of its first rows."""

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """The first: line, and the values of ``columns`` as text."""
    needed: tuple[str, ...]
    may: tuple[str, ...]
    """Targets that must, and that can be mapped."""
    pairs: tuple[str, ...]
    """The mapping that was looked at."""
    looked_at: int
    whole: bool
    """That was all there is."""
    good: int
    tasks: tuple[TaskDraft, ...]
    """The first of the good ones."""
    reasons: Mapping[str, int]
    aside: tuple[SetAside, ...]
    """The first that would be set aside."""
    pictures: int
    """How often a picture is shown by the good ones, and how often one without a description."""
    unnamed: int
    error: InputError | None
    """Why the mapping, or the file from some row on, cannot be used."""


def file_name(said: str) -> str:
    """A name for a file that its sender calls ``said``: no folder, nothing that could be one.

    Raises:
        InputError: the ending is of no format that is read.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", said[:1_000]))[-1]
    stem, dot, ending = last.rpartition(".")
    ending = f"{dot}{ending}".lower()
    if ending not in (*ENDINGS, ARCHIVE):
        raise InputError("intake.unknown_format", file=_MARK.sub("_", last)[:60] or "—")
    stem = _MARK.sub("_", stem).strip("_-")[:60]
    return f"{stem or 'tasks'}{ending}"


def keep(
    context: Context, actor: Actor, project: str, name: str, file: Path, what: What = "tasks"
) -> Arrival:
    """Take ``file``, which came whole, into the workspace until it is imported.

    Args:
        context: the workspace.
        actor: who sent it.
        project: name of the project it is for.
        name: from ``file_name``.
        file: on the same disk; it is moved.
        what: it holds tasks, or answers.

    Raises:
        PermissionDenied: the actor's role may not import.
        InputError: an archive cannot be used.
    """
    allow("import", actor)
    context.project(project)
    sweep(context)
    for old in _every(context):
        if (old.project, old.actor) == (project, actor.name):
            drop(old)
    id_ = f"arr_{secrets.token_hex(12)}"
    folder = context.folder / UPLOADS / id_
    make_folder(folder, mode=0o700)
    path, images = folder / name, None
    if name.endswith(ARCHIVE):
        path, images = _unpacked(context, folder, name, file)
        name = path.relative_to(folder).as_posix()
    else:
        file.rename(path)
    made = Arrival(
        id=id_, project=project, actor=actor.name, name=name, path=path,
        bytes=path.stat().st_size, at=datetime.now(UTC).replace(microsecond=0),
        what=what, images=images, folder=folder,
    )  # fmt: skip
    about = {
        "project": project, "actor": actor.name, "name": name, "at": made.at.isoformat(),
        "what": what, "images": images is not None,
    }  # fmt: skip
    write_whole(folder / _ABOUT, json.dumps(about))
    return made


def _unpacked(context: Context, folder: Path, name: str, file: Path) -> tuple[Path, Path]:
    """The data file in an archive, and from where its rows name pictures."""
    settings = context.settings
    try:
        found = unpack(
            file, folder, endings=ENDINGS, most=settings.api_body_bytes,
            each=settings.picture_bytes, name=name,
        )  # fmt: skip
        if (folder / _ABOUT).exists():
            raise InputError("intake.zip_name", file=name, entry=_ABOUT)
    except InputError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found.data, found.images


def find(context: Context, actor: Actor, project: str, id_: str) -> Arrival:
    """A file that ``actor`` sent for ``project``.

    Raises:
        UsageError: there is none, any more or of theirs.
    """
    allow("import", actor)
    found = _read(context.folder / UPLOADS / id_) if _ID.fullmatch(id_) else None
    if found is None or (found.project, found.actor) != (project, actor.name):
        raise UsageError("flow.no_arrival")
    return found


def drop(arrival: Arrival) -> None:
    """It was imported, or is not wanted."""
    shutil.rmtree(arrival.folder, ignore_errors=True)


def sweep(context: Context, *, all_: bool = False) -> None:
    """Remove what has lain too long; ``all_``: whatever lies there."""
    oldest = datetime.now(UTC).timestamp() - KEPT_SECONDS
    for folder in _folders(context):
        if all_ or folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def preview(
    context: Context, actor: Actor, arrival: Arrival, pairs: Sequence[str] | None, source: str
) -> Preview:
    """What is in the file; with ``pairs`` (default: guessed) what an import would make of it.

    ``source`` names the data set, so that tasks that are here already are seen.

    Raises:
        InputError: it cannot be read at all.
    """
    allow("import", actor)
    target = context.project(arrival.project)
    limits = limits_of(context)
    columns, first = head(context, arrival)
    needed, may = task_fields(target.kind)
    if pairs is None:
        pairs = guess(columns, (*needed, *may), target.kind)
    looked, aside, reasons, good = 0, [], Counter(), []  # type: ignore[var-annotated]
    error: InputError | None = None
    whole = False
    album: Album | None = None
    try:
        mapping = Fields.parse(pairs)
        fields = {**mapping.named(), "kind": target.kind.value}
        album = Album(context, arrival.path, arrival.images, fields, keeps=False)
        found = read_tasks(arrival.path, mapping, kind=target.kind, limits=limits)
        found = album.fill(_marked(context, target.name, source, arrival, found))
        some = list(islice(found, LOOKED_AT + 1))
        whole = len(some) <= LOOKED_AT
        looked = min(len(some), LOOKED_AT)
        aside = [one for one in some[:LOOKED_AT] if isinstance(one, SetAside)]
        good = [one for one in some[:LOOKED_AT] if isinstance(one, TaskDraft)]
        reasons = Counter(one.reason.value for one in aside)
    except InputError as caught:
        error = caught
    return Preview(
        kind=target.kind, columns=columns, needed=needed, may=may, pairs=tuple(pairs),
        looked_at=looked, whole=whole,
        rows=cells(columns, first),
        good=len(good), tasks=tuple(good[:SHOWN]), reasons=dict(sorted(reasons.items())),
        aside=tuple(aside[:ASIDE_SHOWN]), error=error,
        pictures=album.shown if album else 0, unnamed=album.unnamed if album else 0,
    )  # fmt: skip


def head(context: Context, arrival: Arrival) -> tuple[tuple[str, ...], list[Row]]:
    """The columns of a file, as its first rows have them; and those rows."""
    found = islice(rows(arrival.path, limits=limits_of(context), binary=True), HEAD)
    first = [row for row in found if isinstance(row, Row)]
    return tuple(dict.fromkeys(name for row in first for name in row.values))[:COLUMNS], first


def cells(columns: Sequence[str], first: Sequence[Row]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The first rows as a page shows them: line, and the values of ``columns`` as text."""
    return tuple(
        (row.line, tuple(_shown(row.values.get(name)) for name in columns)) for row in first[:SHOWN]
    )


def check(context: Context, actor: Actor, arrival: Arrival, mapping: Fields) -> None:
    """See that an import could begin, before a job is made of it.

    Raises:
        InputError: the file or the mapping cannot be used.
    """
    allow("import", actor)
    kind = context.project(arrival.project).kind
    next(read_tasks(arrival.path, mapping, kind=kind, limits=limits_of(context)), None)


def guess(
    columns: Sequence[str], targets: Sequence[str], kind: Kind,
    names: Mapping[str, tuple[str, ...]] = _GUESSES,
) -> tuple[str, ...]:  # fmt: skip
    """The mapping that the names of the columns suggest; ``names`` are what people call each."""
    by_name = {column.casefold(): column for column in columns}
    pairs: list[str] = []
    taken: set[str] = set()
    for target in targets:
        for word in names.get(target, ()):
            column = by_name.get(word)
            if column is not None and column not in taken:
                taken.add(column)
                pairs.append(f"{target}={column}")
                break
    if "options" not in targets:
        return tuple(pairs)
    lettered = [by_name[letter] for letter in "abcdefgh" if letter in by_name]
    if (
        kind is Kind.CHOICE
        and len(lettered) > 1
        and not any(p.startswith("options") for p in pairs)
    ):
        pairs.append(f"options={','.join(lettered)}")
    return tuple(pairs)


_ABOUT = "about.json"


def _marked(
    context: Context, project: str, source: str, arrival: Arrival,
    found: Iterator[TaskDraft | SetAside],
) -> Iterator[TaskDraft | SetAside]:  # fmt: skip
    """As the import would: an id that is here, or came before, is a duplicate row."""
    id_of = task_ids(context.secret, project, source)
    seen: set[str] = set()
    while batch := list(islice(found, 500)):
        ids = {one.row: id_of(one.external) for one in batch if isinstance(one, TaskDraft)}
        with context.storage.read() as conn:
            known = tasks.known(conn, list(ids.values()))
        for one in batch:
            if isinstance(one, TaskDraft):
                id_ = ids[one.row]
                if id_ in known or id_ in seen:
                    yield duplicate(arrival.path, one.row, one.external)
                    continue
                seen.add(id_)
            yield one


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_told)
    return text if len(text) <= CELL else f"{text[:CELL]}…"


def _told(value: object) -> str:
    """What JSON has no word for."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


def _folders(context: Context) -> list[Path]:
    place = context.folder / UPLOADS
    if not place.is_dir():
        return []
    return [one for one in place.iterdir() if _ID.fullmatch(one.name) and not one.is_symlink()]


def _every(context: Context) -> list[Arrival]:
    found = [_read(folder) for folder in _folders(context)]
    return [one for one in found if one is not None]


def _read(folder: Path) -> Arrival | None:
    """What a folder says of its file; one that a crash left without a word is nobody's."""
    try:
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        path = folder / about["name"]
        if path.is_symlink() or not path.is_file():
            return None
        return Arrival(
            id=folder.name, project=about["project"], actor=about["actor"], name=about["name"],
            path=path, bytes=path.stat().st_size, at=datetime.fromisoformat(about["at"]),
            what="answers" if about.get("what") == "answers" else "tasks", folder=folder,
            images=path.parent if about.get("images") else None,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
