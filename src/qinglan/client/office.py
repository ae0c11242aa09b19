"""What a lead and an auditor read and set of a project: guideline, settings, board, log, pay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO, Literal
from urllib.parse import urlencode

from pydantic import StringConstraints

from qinglan.client import models
from qinglan.client.asking import Asking, Query, part
from qinglan.client.models import Asked, Sent

Skills = tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...]
Why = Annotated[str, StringConstraints(max_length=2000)]


class GuidelineVersion(Sent):
    """One version of a guideline; ``since`` is ``None`` for the first."""

    version: int
    en: str
    zh: str
    since: datetime | None
    why: str
    touches: list[str] | None
    """Skills whose answers it touches; ``None``: all answers given before."""
    answers: int
    """How many it touched when it was made."""


class NewGuideline(Asked):
    """Another guideline from now on, in both languages (Markdown), and why."""

    en: str
    zh: str
    why: Why
    touches: Skills | None = ()
    """Skills whose answers so far it touches; none: no answer; ``None``: all."""


class Settings(Asked):
    """A project as a file (TOML), as ``qinglan project`` and the office have it."""

    file: str
    why: Why = ""
    """What changed in the guideline, where it did."""
    touches: Skills | None = ()


class Composed(Sent):
    """What settings did: what was not so before."""

    project: str
    made: bool
    ruled: bool
    revised: GuidelineVersion | None
    changed: list[str]
    """Which of ``tiers``, ``needs``, ``marks``, ``rights`` and ``pay`` are others now."""


class Moment(Sent):
    """How far a project was at one moment. Shares and amounts are decimal text."""

    at: datetime
    tasks: int
    answers: int
    judged: int
    accepted: int
    agreement: str | None
    agreement_low: str | None
    agreement_high: str | None
    error: str | None
    """Expected share of tasks on which the consensus is wrong, by its own posteriors."""
    spent: str | None
    currency: str | None


class Day(Sent):
    """Answers that came on one day (UTC)."""

    day: date
    answers: int


class Waiting(Sent):
    """Tasks (a thousand at most are counted) that wait for people who stand high enough: of
    ``tier`` or above, or else those whose answers tell most; and how many here do.
    """

    tasks: int
    tier: str | None
    people: int


class Board(Sent):
    """One project at a glance. What was spent is told to those who may see pay."""

    project: str
    status: models.Status
    answers: int
    in_hand: int
    a_day: float | None
    days_left: float | None
    budget: str | None
    spent: bool
    """The budget allows no further task, so nobody is given one."""
    waiting: Waiting | None
    days: list[Day]
    moments: list[Moment]
    """The last two months, oldest first; this moment is the last."""


class Deed(Sent):
    """One thing that was done: who, what, when, with which version."""

    actor: str
    verb: str
    at: datetime
    code: str
    facts: dict[str, Any]


class PaidAt(Sent):
    """One rate of pay, from a moment on."""

    version: int
    amount: str
    currency: str
    budget: str | None
    since: datetime


class PayPlan(Sent):
    """What a project pays, the newest rate first, and how much of its budget is taken."""

    project: str
    rates: list[PaidAt]
    committed: str
    reached: bool
    """No new task is given."""


class Checked(Sent):
    """Whether a release is as it was signed; ``failures`` and ``lapses`` in words."""

    release: str
    whole: bool
    failures: list[str]
    lapses: list[str]
    """Terms that held when it was made, and hold no longer."""


class OfficeCalls(Asking):
    """What a lead or an auditor asks for about a project."""

    def guideline(self, project: str) -> Iterator[GuidelineVersion]:
        """Every version of the guideline, the newest first."""
        return self._pages(f"/projects/{part(project)}/guideline", GuidelineVersion)

    def revise(
        self, project: str, *, en: str, zh: str, why: str, touches: Sequence[str] | None = ()
    ) -> GuidelineVersion:
        """Ask by another guideline; ``touches`` are skills whose answers so far it touches."""
        sent = NewGuideline(
            en=en, zh=zh, why=why, touches=None if touches is None else tuple(touches)
        )
        return self._send("POST", f"/projects/{part(project)}/guideline", sent, GuidelineVersion)

    def touched(self, project: str, version: int, out: BinaryIO) -> int:
        """Write task and answer, by id, of what a version touches to ``out``, as NDJSON."""
        return self._stream(f"/projects/{part(project)}/guideline/{version}/touched.ndjson", out)

    def settings(self, project: str, out: BinaryIO) -> int:
        """Write the project's settings to ``out``, as TOML."""
        return self._stream(f"/projects/{part(project)}/settings", out)

    def apply(
        self, project: str, file: str, *, why: str = "", touches: Sequence[str] | None = ()
    ) -> Composed:
        """Make the project that a file describes, or bring one that is there to it."""
        sent = Settings(file=file, why=why, touches=None if touches is None else tuple(touches))
        return self._send("PUT", f"/projects/{part(project)}/settings", sent, Composed)

    def board(self, project: str) -> Board:
        """How a project goes."""
        return self._get(f"/projects/{part(project)}/board", Board)

    def audit(
        self, project: str | None = None, *, who: str | None = None, verb: str | None = None,
        first: str | None = None, last: str | None = None,
    ) -> Iterator[Deed]:  # fmt: skip
        """What was done, newest first: in the workspace (narrowed), or in one project."""
        if project is not None:
            return self._pages(f"/projects/{part(project)}/audit", Deed)
        asked: Query = {"who": who, "verb": verb, "first": first, "last": last}
        return self._pages("/audit", Deed, asked)

    def history(self, project: str, out: BinaryIO) -> int:
        """Write the project's hash chain to ``out``, for an auditor to check a release against."""
        return self._stream(f"/projects/{part(project)}/history.ndjson", out)

    def jobs(self, project: str) -> list[models.Job]:
        """The last jobs, the newest first."""
        return self._get(f"/projects/{part(project)}/jobs", list[models.Job])

    def pay_plan(self, project: str) -> PayPlan:
        """What a project pays, and how its budget stands."""
        return self._get(f"/projects/{part(project)}/pay/plan", PayPlan)

    def statement_table(
        self, project: str, out: BinaryIO, *, start: str | None = None, end: str | None = None
    ) -> int:
        """Write who earned what to ``out`` as CSV that no spreadsheet runs."""
        asked = urlencode([(n, day) for n, day in (("start", start), ("end", end)) if day])
        path = f"/projects/{part(project)}/pay/statement.csv"
        return self._stream(f"{path}?{asked}" if asked else path, out)

    def set_aside_table(
        self, project: str, out: BinaryIO, *, activity: str | None = None,
        shape: Literal["csv", "jsonl"] = "csv",
    ) -> int:  # fmt: skip
        """Write what was set aside to ``out``, each row with its reason and its remedy."""
        asked = urlencode([("activity", activity)] if activity else [])
        path = f"/projects/{part(project)}/set-aside.{shape}"
        return self._stream(f"{path}?{asked}" if asked else path, out)

    def check_release(self, project: str, release: str) -> Checked:
        """Whether a release is as it was signed."""
        path = f"/projects/{part(project)}/releases/{part(release)}/check"
        return self._get(path, Checked)
