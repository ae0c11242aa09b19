"""What a reviewer reads and decides: answers side by side, what is worth a look, disputed keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from qinglan.client import models
from qinglan.client.asking import Asking, part
from qinglan.client.models import Asked, Fields, Sent
from qinglan.client.own import Reason, Words
from qinglan.kinds.scheme import EMPTY, Scheme
from qinglan.records import Kind

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Worth(Sent):
    """A task worth a look; ``value`` is the chance that the look changes something."""

    task: str
    excerpt: str
    value: float
    why: str
    """What speaks for it most: reported, key, disagreement, doubt, audit or unread."""
    answers: int


class Side(Sent):
    """One standing answer, without a name."""

    annotation: str
    answer: Fields
    value: str | None
    """As it is counted; ``None`` where nothing could be read."""
    concluded: bool
    """The current verdict rests on it."""


class GivenBack(Sent):
    """Why somebody gave the task back, and what they said."""

    reason: str
    words: str


class Ruled(Sent):
    """An earlier ruling on the task."""

    id: str
    reviewer: str
    value: str
    annotation: str
    note: str


class Dossier(Sent):
    """All that a reviewer has before them; from now on they are never asked to answer the task."""

    task: str
    kind: Kind
    prompt: str
    options: list[str]
    sides: list[Side]
    """In an order that is this reviewer's own, and stays."""
    key: str | None
    key_state: str | None
    """Of a key that is claimed or was disputed: open, believed, disputed or decided."""
    key_words: str
    words: list[GivenBack]
    rulings: list[Ruled]
    scheme: Scheme = EMPTY


class NewRuling(Asked):
    """What is right: the standing answer ``annotation``, or a better one (``answer``).

    ``considered`` are the answers that were looked at, as the dossier had them: where others stand
    by now, the ruling is refused.
    """

    considered: list[Id] = Field(min_length=1, max_length=1000)
    annotation: Id | None = None
    answer: Fields | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    licence: models.Word | None = None
    """What the reviewer's own answers may be used under, unless that is known."""


class Return(Asked):
    """An answer for which a better one is asked, and why."""

    annotation: Id
    words: Words


class Returned(Sent):
    """An answer that was sent back."""

    task: str
    annotation: str


class Answer(Sent):
    """One annotator's standing answer."""

    annotator: str
    answer: Fields
    revised: bool
    returnable: bool
    """It can be sent back by the caller."""
    sent_back: str | None
    """The reviewer's words, where it waits for a better one."""


class Beside(Sent):
    """One task with all its standing answers, by the names of those who gave them."""

    task: str
    kind: Kind
    prompt: str
    options: list[str]
    answers: list[Answer]


class NamedReturn(Asked):
    """Whose answer is sent back, and why."""

    name: models.Name
    words: Words


class DisputedKey(Sent):
    """A task whose key is disputed, and what is said against it."""

    task: str
    prompt: str
    key: str
    words: str


class KeyDecision(Asked):
    """``key`` from now on, or the key stands (``None``); and why."""

    key: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    words: Words


class Posing(Asked):
    """Where items are to be answered, and how many blind answers must agree with a key."""

    into: models.Name
    need: int = Field(default=2, ge=1, le=100)


class Contesting(Asked):
    """Where written texts are to be compared."""

    into: models.Name


class Contested(Sent):
    """Pairs that became tasks now, and those that were tasks before; and why tasks were left out:
    no second text, still given out, or settled.
    """

    project: str
    into: str
    new: int
    there: int
    alone: int
    open: int
    settled: int


class Posed(Sent):
    """Items that became tasks now, and those that were tasks before."""

    project: str
    into: str
    new: int
    there: int


class ReviewCalls(Asking):
    """What a reviewer asks for."""

    def review_queue(self, project: str, *, best: int = 50) -> Iterator[Worth]:
        """Tasks worth a look, the ``best`` of each stretch of 2,000 that were answered."""
        return self._pages(f"/projects/{part(project)}/review", Worth, {"limit": best})

    def answers_beside(self, project: str) -> Iterator[Beside]:
        """Tasks with all their standing answers, by name; the caller is never asked these."""
        return self._pages(f"/projects/{part(project)}/answers", Beside)

    def return_answer(self, project: str, name: str, task: str, words: str) -> models.Done:
        """Ask an annotator, by name, for a better answer."""
        path = f"/projects/{part(project)}/answers/{part(task)}/send-back"
        return self._send("POST", path, NamedReturn(name=name, words=words), models.Done)

    def dossier(self, project: str, task: str) -> Dossier:
        """One task with all its standing answers, without names."""
        return self._get(f"/projects/{part(project)}/review/{part(task)}", Dossier)

    def rule(
        self,
        project: str,
        dossier: Dossier,
        *,
        annotation: str | None = None,
        answer: Mapping[str, Any] | None = None,
        note: str = "",
        licence: str | None = None,
    ) -> Ruled:
        """Decide what is right: one of the answers, or a better one."""
        sent = NewRuling(
            considered=[side.annotation for side in dossier.sides], annotation=annotation,
            answer=None if answer is None else dict(answer), note=note, licence=licence,
        )  # fmt: skip
        path = f"/projects/{part(project)}/review/{part(dossier.task)}/ruling"
        return self._send("POST", path, sent, Ruled)

    def send_back(self, project: str, task: str, annotation: str, words: str) -> Returned:
        """Ask whoever gave an answer for a better one."""
        path = f"/projects/{part(project)}/review/{part(task)}/send-back"
        sent = Return(annotation=annotation, words=words)
        return self._send("POST", path, sent, Returned)

    def disputed_keys(self, project: str) -> Iterator[DisputedKey]:
        """Keys that are disputed, by task."""
        return self._pages(f"/projects/{part(project)}/keys", DisputedKey)

    def dispute_key(self, project: str, task: str, words: str) -> models.Done:
        """Say that a key is wrong, and why."""
        path = f"/projects/{part(project)}/keys/{part(task)}/dispute"
        return self._send("POST", path, Reason(words=words), models.Done)

    def decide_key(
        self, project: str, task: str, *, key: str | None = None, words: str
    ) -> models.Done:
        """Let a disputed key stand, or be ``key`` from now on; verdicts follow."""
        path = f"/projects/{part(project)}/keys/{part(task)}"
        return self._send("PUT", path, KeyDecision(key=key, words=words), models.Done)

    def pose(self, project: str, into: str, *, need: int = 2) -> Posed:
        """Let others answer the items of ``project`` blind, as tasks of ``into``."""
        sent = Posing(into=into, need=need)
        return self._send("POST", f"/projects/{part(project)}/pose", sent, Posed)

    def contest(self, project: str, into: str) -> Contested:
        """Let others compare the texts written in ``project``, as preferences of ``into``."""
        path = f"/projects/{part(project)}/contest"
        return self._send("POST", path, Contesting(into=into), Contested)
