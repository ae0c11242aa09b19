"""The tasks of a file as rows, made without the database: in this interpreter or in another one.

Not a verb. A part whose tasks may show pictures comes as it was read, for whoever keeps pictures
to fill in; its rows are made after that.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from qinglan.flow.incoming import duplicate, task_ids
from qinglan.intake import Limits
from qinglan.pictures import referred
from qinglan.provenance import identity
from qinglan.records import Kind, Origin, Project, SetAside
from qinglan.sources.files import AnswerDraft, Mapping, TaskDraft, read_tasks
from qinglan.storage.loads import Load, Material, TaskMaker

PART = 500
"""Rows that are made together: what belongs to more does not stay in a core's cache."""

Draft = TypeVar("Draft", TaskDraft, AnswerDraft)

Read: TypeAlias = "list[TaskDraft | SetAside]"
"""A part of a file's rows."""


class Coming(NamedTuple):
    """Tasks on their way in, by columns, in the order of the file."""

    lines: list[int]
    names: list[str]
    """The file's own ids for them."""
    ids: list[str]
    skills: list[str | None]
    languages: list[str | None]
    tiers: list[str | None]

    def only(self, which: Sequence[bool]) -> Coming:
        """Those for which it is true."""
        return Coming._make(list(compress(column, which)) for column in self)


class Arranged(NamedTuple):
    """A part of a file whose rows are made."""

    read: int
    """Rows of the file, those set aside among them."""
    last: int
    """The line of the last."""
    aside: list[SetAside]
    coming: Coming
    load: Load
    shown: list[tuple[str, list[str]]]
    """Ids of tasks, and the pictures that they name."""


@dataclass(frozen=True, kw_only=True)
class TaskFile:
    """A file of tasks, and all that is needed to make rows of it; goes through it part by part.

    ``from_``: where the tasks' material came from; the second, where there is one, is that of the
    answers that are to be edited. ``start``: the line after which to begin.
    """

    path: Path
    mapping: Mapping
    kind: Kind
    limits: Limits
    stated: tuple[str, ...]
    start: int
    project: Project
    from_: tuple[Origin, ...]
    activity: str
    secret: bytes = field(repr=False)

    def __iter__(self) -> Generator[Arranged | Read, None, None]:
        found = read_tasks(
            self.path, self.mapping, kind=self.kind, limits=self.limits, start=self.start,
            stated=self.stated,
        )  # fmt: skip
        for part in parts_of(found, PART):
            if any(isinstance(one, TaskDraft) and one.may_show for one in part):
                yield part
            else:
                yield self.arranged(part)

    def arranged(self, part: Read) -> Arranged:
        """The rows of a part; the second of two rows that give one id is set aside."""
        aside = [one for one in part if isinstance(one, SetAside)]
        good: dict[str, TaskDraft] = {}
        drafts = [one for one in part if isinstance(one, TaskDraft)]
        task_of, *sample_of = self._minters
        for id_, draft in zip(task_of.all([one.external for one in drafts]), drafts, strict=True):
            if good.setdefault(id_, draft) is not draft:
                aside.append(duplicate(self.path, draft.row, draft.external))
        coming = Coming(
            [one.row for one in good.values()],
            [one.external for one in good.values()],
            list(good),
            [one.skill for one in good.values()],
            [one.language for one in good.values()],
            [one.tier for one in good.values()],
        )
        named = ((id_, referred((one.prompt, *one.options))) for id_, one in good.items())
        shown = [pair for pair in named if pair[1]]
        load = self._load(sorted(good), good, sample_of)
        return Arranged(len(part), line_of(part[-1]), aside, coming, load, shown)

    def _load(
        self, ids: list[str], good: dict[str, TaskDraft], sample_of: list[identity.Minter]
    ) -> Load:
        drafts = [good[id_] for id_ in ids]
        names = [one.external for one in drafts]
        prompts, options = [one.prompt for one in drafts], [one.options for one in drafts]
        # The answer that is to be edited is material with an origin of its own.
        texts = [prompts, [first for first, *_ in options] if len(sample_of) > 1 else []]
        material = [
            Material(one.all(names), said) for one, said in zip(sample_of, texts, strict=False)
        ]
        return self._maker.load(
            ids, [one.row for one in drafts], material, prompts=prompts, options=options,
            skills=[one.skill for one in drafts], groups=[one.group for one in drafts],
            keys=[one.key for one in drafts], salts=identity.new_salts(4 * len(drafts)),
        )  # fmt: skip

    @cached_property
    def _minters(self) -> list[identity.Minter]:
        """What gives the ids of tasks, and of samples of each origin."""
        place = self.project.name, self.from_[0].source
        more = [()] if len(self.from_) == 1 else [(), ("original",)]
        samples = [identity.Minter(self.secret, "smp", *place, *rest) for rest in more]
        return [task_ids(self.secret, *place), *samples]

    @cached_property
    def _maker(self) -> TaskMaker:
        return TaskMaker(self.project, self.from_, self.activity)


def parts_of(items: Iterable[Draft | SetAside], size: int) -> Iterator[list[Draft | SetAside]]:
    """Parts of at least ``size`` that end at the end of a row: the cursor counts rows, and a row
    can give several answers.
    """
    part: list[Draft | SetAside] = []
    for item in items:
        if len(part) >= size and line_of(item) != line_of(part[-1]):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def line_of(item: TaskDraft | AnswerDraft | SetAside) -> int:
    """The line of the file that gave it."""
    return (item.line or 0) if isinstance(item, SetAside) else item.row
