"""The pictures of a file's rows, on their way in beside the rows. Not a verb.

A row names a picture by a path below a folder, holds it in a ``data:`` address or in a column of
bytes, or refers to one that is here. Each is kept before the rows that show it, some at a time; a
crash between the two leaves pictures that nothing shows, which are swept after a day. A row whose
picture cannot be had is set aside. Addresses of other hosts stay what they are: nobody asks them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from sqlalchemy import Connection

from qinglan import pictures as references
from qinglan.errors import InputError, LimitError, UsageError
from qinglan.flow import illustrating
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.intake import Limits
from qinglan.intake.files import open_file
from qinglan.intake.pictures import clean, sniff
from qinglan.kinds import chat
from qinglan.pages import markdown
from qinglan.provenance import identity
from qinglan.records import Activity, Kind, Picture, Reason, SetAside, Turn
from qinglan.sources.files import PictureGiven, TaskDraft, digest_prompt
from qinglan.storage import pictures

Draft = TypeVar("Draft")

PENDING_BYTES = 16 * 2**20
"""Of pictures that are kept in one transaction."""

_OPTIONS = ("options", "steps", "left", "original", "messages", "items", "text")
"""Fields that make a task's options."""

_DATA = re.compile(r"data:image/[a-z+.-]{1,40};base64,([A-Za-z0-9+/=\s]{0,67108864})", re.ASCII)
_IN_TEXT = re.compile(r"(?<=\]\()data:image/[a-z+.-]{1,40};base64,[A-Za-z0-9+/=]+(?=[)\s])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|/pictures/")


class _Unusable(Exception):
    """A picture that cannot be had: why, and what it is called."""

    def __init__(self, reason: Reason, name: str) -> None:
        super().__init__(reason)
        self.reason, self.name = reason, name


class Album:
    """Takes the pictures of one import.

    Args:
        context: the workspace.
        file: that holds the rows.
        folder: what paths are taken from; ``None``: no path leads anywhere.
        fields: what the file calls the fields of a task, for what is set aside.
        keeps: keep them; else they are only looked at, as far as can be told at once.

    Raises:
        UsageError: the folder is not there.
    """

    def __init__(
        self, context: Context, file: Path, folder: Path | None, fields: Mapping[str, str], *,
        keeps: bool = True,
    ) -> None:  # fmt: skip
        if folder is not None and not folder.is_dir():
            raise UsageError("flow.no_picture_folder", folder=folder)
        self._file = str(file)
        self._context, self._folder, self._fields, self._keeps = context, folder, fields, keeps
        self._of_options = next((fields[one] for one in _OPTIONS if one in fields), "options")
        self._at: str | None = None
        self._limits = illustrating.limits_of(context)
        self._known: dict[str, str] = {}
        self._pending: list[tuple[Picture, bytes]] = []
        self._bytes = 0
        self.activity: Activity | None = None
        self.shown = 0
        """How often a picture is shown by the rows so far."""
        self.unnamed = 0
        """How often one that has no description."""

    def fill(self, found: Iterator[Draft | SetAside]) -> Iterator[Draft | SetAside]:
        """The rows with references to pictures in place of what the file had."""
        for item in found:
            yield self._task(item) if isinstance(item, TaskDraft) else item  # type: ignore[misc]

    def flush(self) -> None:
        """Keep what waits; when this returns, it is on the disk."""
        if not self._pending or self.activity is None:
            return
        batch, now, activity = self._pending, milliseconds(None), self.activity.id

        def keep(conn: Connection) -> None:
            for picture, body in batch:
                pictures.add(conn, picture, body, now, activity)

        self._context.storage.write(keep)
        self._pending, self._bytes = [], 0

    def _task(self, draft: TaskDraft) -> TaskDraft | SetAside:
        if not draft.may_show:
            return draft
        before = self.shown, self.unnamed
        try:
            return self._illustrated(draft)
        except _Unusable as bad:
            self.shown, self.unnamed = before
            return SetAside(
                stage="import", reason=bad.reason, file=self._file, line=draft.row,
                field=self._at, detail=bad.name[:200],
            )  # fmt: skip

    def _illustrated(self, draft: TaskDraft) -> TaskDraft:
        self._at = self._fields.get("image")
        above = [self._given(one) for one in draft.images]
        prompt = self._text(draft.prompt, "prompt")
        marked = self._fields.get("kind") == Kind.SPANS  # a text to be marked is shown as it is
        options = tuple(one if marked else self._text(one, "options") for one in draft.options)
        key = None if draft.key is None else self._text(draft.key, "key")
        if above:
            head = "\n\n".join(above)
            prompt = f"{head}\n\n{prompt}"
            if self._fields.get("kind") == Kind.CHAT:
                *before, last = chat.unpack(options)
                said = f"{head}\n\n{last.content}"
                options = chat.pack((*before, Turn(role=last.role, content=said)))
        group = draft.group
        if prompt != draft.prompt and group == digest_prompt(draft.prompt):
            group = digest_prompt(prompt)  # the same words on two pictures are two questions
        return draft._replace(prompt=prompt, options=options, key=key, group=group, images=())

    def _given(self, given: PictureGiven) -> str:
        """The reference to a picture out of a column of its own."""
        self._count("")
        if given.data is not None:
            return f"![]({self._keep(given.data, given.name)})"
        return f"![]({self._found(given.name)})"

    def _count(self, alt: str) -> None:
        self.shown += 1
        self.unnamed += not alt.strip()

    def _text(self, text: str, field: str) -> str:
        """``text`` with references in place of the addresses of its own pictures."""
        if "![" not in text:
            return text
        self._at = self._fields.get(field) or self._of_options
        text = _IN_TEXT.sub(lambda found: self._found(found[0]), text)
        for alt, address in markdown.images(text):
            if references.read(address) is None and _SCHEME.match(address):
                continue
            self._count(alt)
            made = self._found(address)
            if made != address:
                text = _replaced(text, address, made)
        return text

    def _found(self, address: str) -> str:
        """What stands for the picture at ``address`` in a text."""
        here = references.read(address)
        if here is not None:
            if self._is_here(here.id):
                return address
            raise _Unusable(Reason.PICTURE_MISSING, address)
        if address.startswith("data:"):
            found = _DATA.fullmatch(address)
            try:
                data = base64.b64decode("" if found is None else found[1])
            except binascii.Error:
                data = b""
            return self._keep(data, address[:40])
        return self._keep(self._read(address), address)

    def _is_here(self, id_: str) -> bool:
        if id_ in self._known:
            return True
        if self._keeps:
            here = illustrating.known(self._context, id_)
        else:
            with self._context.storage.read() as conn:
                here = pictures.get(conn, id_)
        if here is not None:
            self._know(id_, (here.width, here.height))
        return here is not None

    def _read(self, name: str) -> bytes:
        """The bytes of a file below the folder; never of one elsewhere, whatever links say."""
        if self._folder is None or "\0" in name:
            raise _Unusable(Reason.PICTURE_MISSING, name)
        limits = Limits(max_file_bytes=self._limits.bytes)
        for spelled in dict.fromkeys((name, unquote(name))):
            try:
                with open_file(self._folder / spelled, limits, within=self._folder) as file:
                    return file.read(self._limits.bytes + 1)
            except LimitError:
                raise _Unusable(Reason.TOO_LARGE, name) from None
            except InputError:
                continue
        raise _Unusable(Reason.PICTURE_MISSING, name)

    def _keep(self, data: bytes, name: str) -> str:
        """The reference to the picture in ``data``, which is kept with the next flush."""
        id_ = identity.mint(self._context.secret, "pic", identity.sha256(data))
        if id_ in self._known:
            return self._known[id_]
        if not self._keeps:
            if sniff(data) is None:
                raise _Unusable(Reason.PICTURE_UNUSABLE, name)
            return name
        here = illustrating.known(self._context, id_)
        if here is not None:
            return self._know(id_, (here.width, here.height))
        try:
            made = clean(data, self._limits, name)
        except LimitError:
            raise _Unusable(Reason.TOO_LARGE, name) from None
        except InputError:
            raise _Unusable(Reason.PICTURE_UNUSABLE, name) from None
        self._pending.append((illustrating.record(id_, made, None), made.body))
        self._bytes += len(made.body)
        if self._bytes >= PENDING_BYTES:
            self.flush()
        return self._know(id_, made.size)

    def _know(self, id_: str, size: tuple[int, int]) -> str:
        made = references.target(id_, size)
        self._known[id_] = made
        return made


def _replaced(text: str, address: str, made: str) -> str:
    """``text`` with ``made`` wherever Markdown has ``address`` for that of a picture."""
    for before, after in (("](", ""), ("](<", ">"), ("]( ", ""), ("]: ", ""), ("]:", "")):
        plain = re.escape(f"{before}{address}{after}") + r"(?=[)\s\"']|\\[\"n]|$)"
        text = re.sub(plain, lambda _, b=before: f"{b.rstrip('<')}{made}", text)  # type: ignore[misc]
    return text
