"""What an annotator has beside the work: what is recorded, lessons, own standing, appeals, time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from qinglan.client import models
from qinglan.client.asking import Asking, part
from qinglan.client.models import Asked, Fields, Lease, Sent
from qinglan.records import Kind

Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=0, le=2**20)]


class Reason(Asked):
    """Why, in words that the person it is about may read."""

    words: Words


class Rights(Sent):
    """What people are asked to agree to, in its newest version (Markdown)."""

    version: int
    en: str
    zh: str


class Before(Sent):
    """What is told before the first task: what is recorded, what is made of it, and the terms."""

    project: str
    told: bool
    """They have read it, and agreed where something is asked."""
    recorded: list[str]
    use: list[str]
    licence: str | None
    """What their answers may be used under."""
    rights: Rights | None


class Beginning(Asked):
    """They have read it; ``rights`` is the version of the statement that they agree to."""

    rights: int | None = Field(default=None, ge=1, le=10**9)


class Share(Sent):
    """A share of right answers with its 95 % interval; no ``value`` where nothing was decided."""

    value: float | None
    low: float
    high: float
    tasks: int


class Week(Sent):
    """How somebody fared in the week that begins on ``day`` (a Monday, UTC)."""

    day: str
    share: Share


class Said(Sent):
    """One thing that was said to a flag: an appeal, or a decision."""

    what: Literal["appeal", "uphold", "lift", "again"]
    by: str
    words: str
    at: datetime


class Flag(Sent):
    """What somebody should look at: what was seen, and how often that is so of people who did
    nothing wrong.
    """

    id: str
    kind: str
    at: datetime
    title: str
    seen: str
    often: str
    waits: bool
    """Somebody has to decide."""
    decided: Literal["uphold", "lift", "again"] | None
    said: list[Said]


class Own(Sent):
    """One's own standing at a desk; it never tells which task was gold."""

    project: str
    active: bool
    admitted: bool
    stage: str | None
    """``None`` while too little has settled."""
    share: Share
    undecided: int
    least_per_mille: int | None
    """Share of right answers below which somebody is paused; ``None``: nobody is judged."""
    weeks: list[Week]
    worked_ms: int
    worked_tasks: int
    week_ms: int
    """Of it, on tasks last worked on in the last seven days."""
    flags: list[Flag]
    earned: list[models.Earned] | None
    """By currency; ``None`` where nothing is paid."""
    unrated: int
    """Accepted answers from before there was a rate."""


class Lesson(Sent):
    """Where somebody is in the lessons; no ``task``: they are through, and ``exam`` says how."""

    project: str
    admitted: bool
    part: Literal["practice", "qualification"] | None
    number: int
    of: int
    exam: str | None
    """How the qualification ended: passed, failed or undecided."""
    task: str | None
    kind: Kind | None
    prompt: str
    options: list[str]


class LessonAnswer(Asked):
    """An answer to the lesson that is next."""

    answer: Fields


class Learned(Sent):
    """What practice says to an answer; of a qualification nothing is told."""

    task: str
    told: bool
    right: bool | None
    key: str | None
    words: str | None


class Worked(Asked):
    """Milliseconds of work since it was last said; the server takes no more than passed."""

    lease: Lease
    ms: int = Field(ge=0, le=7 * 24 * 3600 * 1000)


class Counted(Sent):
    """How many of the milliseconds were taken."""

    task: str
    ms: int


class Behaviour(Asked):
    """What was counted while an answer was written: evidence for a person, never a verdict."""

    lease: Lease
    pasted: Count = 0
    typed: Count = 0
    away: Count = 0
    taken: Count = 0
    """Parts of a suggestion that were taken as they were, and after how many ms in all."""
    taken_ms: Count = 0


class OwnCalls(Asking):
    """What an annotator asks for beside the work."""

    def before(self, project: str) -> Before:
        """What is recorded about the work here, and what the caller is asked to agree to."""
        return self._get(f"/desks/{part(project)}/before", Before)

    def begin(self, project: str, *, rights: int | None = None) -> Before:
        """Say that the caller has read it, and agrees to that version of the statement."""
        sent = Beginning(rights=rights)
        return self._send("POST", f"/desks/{part(project)}/before", sent, Before)

    def own(self, project: str) -> Own:
        """The caller's own standing: quality, time, earnings, flags."""
        return self._get(f"/desks/{part(project)}/own", Own)

    def appeal(self, project: str, flag: str, words: str) -> Own:
        """Answer a flag on the caller; a lead decides then."""
        path = f"/desks/{part(project)}/flags/{part(flag)}/appeal"
        return self._send("POST", path, Reason(words=words), Own)

    def lesson(self, project: str) -> Lesson:
        """The lesson that is next, or how the lessons ended."""
        return self._get(f"/desks/{part(project)}/lessons", Lesson)

    def learn(self, project: str, task: str, answer: Mapping[str, Any]) -> Learned:
        """Answer the lesson that is next; practice explains it."""
        path = f"/desks/{part(project)}/lessons/{part(task)}"
        return self._send("POST", path, LessonAnswer(answer=dict(answer)), Learned)

    def dispute_lesson(self, project: str, task: str, words: str) -> models.Done:
        """Say that the key which practice showed is wrong, and why."""
        path = f"/desks/{part(project)}/lessons/{part(task)}/dispute"
        return self._send("POST", path, Reason(words=words), models.Done)

    def worked(self, project: str, task: models.InHand, ms: int) -> int:
        """Say how long the task was worked on since this was last said; how much is taken."""
        path = f"/desks/{part(project)}/tasks/{part(task.task)}/time"
        return self._send("POST", path, Worked(lease=task.lease, ms=ms), Counted).ms

    def behave(
        self, project: str, task: models.InHand, *, pasted: int = 0, typed: int = 0, away: int = 0,
        taken: int = 0, taken_ms: int = 0,
    ) -> models.Done:  # fmt: skip
        """Say what was counted while the answer was written."""
        path = f"/desks/{part(project)}/tasks/{part(task.task)}/behaviour"
        sent = Behaviour(
            lease=task.lease, pasted=pasted, typed=typed, away=away, taken=taken,
            taken_ms=taken_ms,
        )  # fmt: skip
        return self._send("POST", path, sent, models.Done)
