"""People as a lead looks after them: how they fare, flags, gold and lessons, accounts, tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from qinglan.client import models
from qinglan.client.asking import Asking, part
from qinglan.client.models import Asked, Sent
from qinglan.client.own import Flag, Reason, Share, Words
from qinglan.client.review import Id
from qinglan.records import Role

Part = Literal["practice", "qualification"]
LookedAfter = Literal["reviewer", "annotator", "auditor"]
"""Roles that a program may give: owners and leads are made by people."""


class Fares(Sent):
    """How somebody at a desk fares."""

    name: str
    active: bool
    admitted: bool
    stage: str
    share: Share
    undecided: int
    gold_per_mille: int
    drifted: bool


class Raised(Sent):
    """A flag, and whom it is about."""

    name: str
    other: str | None
    """The other of a pair."""
    flag: Flag


class Agreement(Sent):
    """How often answers agree with a model's, seen or kept back; ``gap`` is the difference."""

    seen: Share
    kept_back: Share
    gap: float | None
    gap_low: float
    gap_high: float


class Led(Sent):
    """How far somebody follows what is suggested, and how they take it."""

    name: str
    agreement: Agreement
    taken: int
    """Parts taken as they were suggested."""
    seconds: float | None
    """After how long, on average."""


class Suggesting(Sent):
    """What a project's desk suggests, and what comes of it."""

    model: str | None
    hidden: int
    """From how many tasks in a thousand it is kept back."""
    tasks: int | None
    answered: int | None
    """How many of them the model answered."""
    everybody: Agreement | None
    people: list[Led]


class Suggest(Asked):
    """Whose answers to show; ``None``: nobody's."""

    model: str | None
    hidden: Annotated[int, Field(ge=0, le=999)] = 200


class FlagDecision(Asked):
    """Lift a flag, or uphold it; and why, for the person to read."""

    lift: bool
    words: Words


class Decided(Sent):
    """A flag that was decided."""

    flag: str


class Looked(Sent):
    """Answers looked at for signs, and flags raised, by kind."""

    answers: int
    raised: dict[str, int]


class Marks(Asked):
    """What is asked of people on tasks whose answer is known; shares in thousandths."""

    least: int = Field(default=700, ge=1, le=999)
    aim: int = Field(default=850, ge=1, le=999)
    calibration: int = Field(default=10, ge=0, le=200)
    floor: int = Field(default=20, ge=0, le=500)
    passing: int = Field(default=700, ge=1, le=999)


class Marked(Asked):
    """The marks; ``None``: nobody is judged."""

    marks: Marks | None


class Sitting(Sent):
    """Somebody with a seat; ``answered`` counts the tasks with a standing answer of theirs."""

    name: str
    active: bool
    answered: int
    in_hand: int


class DeskState(Sent):
    """A project's desk; no ``rules`` where it was never opened."""

    project: str
    rules: models.Rules | None
    people: list[Sitting]


class AtDesk(Sent):
    """Somebody at a desk to whom something was done."""

    project: str
    name: str


class LessonShown(Sent):
    """A lesson with its key, for those who run the project."""

    task: str
    part: Part
    prompt: str
    key: str
    words: str | None


class Chosen(Asked):
    """Tasks by id; or how many to draw from those with a key that nobody was given."""

    tasks: list[Id] | None = Field(default=None, min_length=1, max_length=1000)
    draw: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _one_of_both(self) -> Chosen:
        if (self.tasks is None) is (self.draw is None):
            raise ValueError("tasks, or draw")
        return self


class NewLessons(Chosen):
    """Tasks that become lessons, in that order; ``words`` explain the answers, by task."""

    part: Part
    words: dict[Id, Annotated[str, StringConstraints(max_length=4000)]] | None = None


class Explanation(Asked):
    """Why a lesson's answer is what it is; empty: nothing is said."""

    words: Annotated[str, StringConstraints(max_length=4000)]


class Changed(Sent):
    """How many became what was asked, or are it no more."""

    project: str
    count: int


class NewCredential(Asked):
    """What somebody showed, what of it was checked, and where the evidence lies."""

    words: Words
    link: Annotated[str, StringConstraints(max_length=500)] = ""


class Noted(Sent):
    """A credential, by its number."""

    name: str
    number: int


class NewInvitation(Asked):
    """Who is invited, as what."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    role: LookedAfter


class Invitation(Sent):
    """A link that lets somebody in once. A repetition of the request does not tell it again."""

    name: str
    role: Role
    path: str | None
    """Below the address of the workbench; hand it to the person alone."""


class AccountChange(Asked):
    """Another role, or an account closed or opened again; what is not said stays."""

    role: LookedAfter | None = None
    active: bool | None = None


class Token(Sent):
    """A token as it is listed; ``ended`` says how it ended."""

    id: str
    name: str
    label: str
    scopes: list[str]
    made: datetime
    until: datetime
    ended: str | None


class NewToken(Asked):
    """A token for account ``name``, which reaches no further than the one that asks and ends with
    it. With ``role`` a program's account is made where there is none.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    scopes: list[Annotated[str, StringConstraints(max_length=40)]] = Field(
        min_length=1, max_length=20
    )
    role: LookedAfter | None = None
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    days: int | None = Field(default=None, ge=1, le=366)


class Issued(Sent):
    """A new token. A repetition of the request does not tell its words again."""

    id: str
    token: str | None
    name: str
    role: Role
    scopes: list[str]
    until: datetime


class Ended(Sent):
    """A token that opens nothing any more."""

    id: str


class PeopleCalls(Asking):
    """What a lead asks for about people."""

    def desk(self, project: str) -> DeskState:
        """The rules of a project's desk, and who sits there."""
        return self._get(f"/projects/{part(project)}/desk", DeskState)

    def fares(self, project: str) -> Iterator[Fares]:
        """How everybody at a desk fares, by name."""
        return self._pages(f"/projects/{part(project)}/conduct", Fares)

    def flags(self, project: str) -> Iterator[Raised]:
        """All flags of a project, by age."""
        return self._pages(f"/projects/{part(project)}/flags", Raised)

    def suggestions(self, project: str) -> Suggesting:
        """What a desk suggests, and how far people follow it."""
        return self._get(f"/projects/{part(project)}/suggestions", Suggesting)

    def suggest(self, project: str, model: str | None, *, hidden: int = 200) -> Suggesting:
        """Show a model's answers at a desk, or nobody's."""
        path = f"/projects/{part(project)}/suggestions"
        return self._send("PUT", path, Suggest(model=model, hidden=hidden), Suggesting)

    def decide_flag(self, project: str, flag: str, *, lift: bool, words: str) -> Decided:
        """Lift a flag, or uphold it, and say why."""
        path = f"/projects/{part(project)}/flags/{part(flag)}"
        return self._send("PUT", path, FlagDecision(lift=lift, words=words), Decided)

    def look_for_signs(self, project: str) -> Looked:
        """Look at what was answered for signs, and raise flags."""
        return self._send("POST", f"/projects/{part(project)}/flags", None, Looked)

    def marks(self, project: str) -> Marks | None:
        """What is asked of people on gold; ``None``: nobody is judged."""
        return self._get(f"/projects/{part(project)}/marks", Marked).marks

    def set_marks(self, project: str, marks: Marks | None) -> Marks | None:
        """Ask that of people on gold, or nothing."""
        path = f"/projects/{part(project)}/marks"
        return self._send("PUT", path, Marked(marks=marks), Marked).marks

    def pause(self, project: str, name: str, words: str) -> AtDesk:
        """Give somebody no new task, and tell them why."""
        path = f"/projects/{part(project)}/seats/{part(name)}/pause"
        return self._send("POST", path, Reason(words=words), AtDesk)

    def try_again(self, project: str, name: str, words: str) -> AtDesk:
        """Let somebody do a failed qualification once more, and say why."""
        path = f"/projects/{part(project)}/seats/{part(name)}/again"
        return self._send("POST", path, Reason(words=words), AtDesk)

    def lessons(self, project: str) -> Iterator[LessonShown]:
        """The lessons of a project, in their order, with their keys."""
        return self._pages(f"/projects/{part(project)}/lessons", LessonShown)

    def set_lessons(
        self,
        project: str,
        into: Part,
        *,
        tasks: Sequence[str] | None = None,
        draw: int | None = None,
        words: Mapping[str, str] | None = None,
    ) -> int:
        """Make tasks with a key lessons: these, or some drawn; how many were none before."""
        sent = NewLessons(
            part=into, tasks=None if tasks is None else list(tasks), draw=draw,
            words=None if words is None else dict(words),
        )  # fmt: skip
        return self._send("POST", f"/projects/{part(project)}/lessons", sent, Changed).count

    def explain_lesson(self, project: str, task: str, words: str) -> models.Done:
        """Say why a lesson's answer is what it is."""
        path = f"/projects/{part(project)}/lessons/{part(task)}"
        return self._send("PUT", path, Explanation(words=words), models.Done)

    def set_gold(
        self, project: str, *, tasks: Sequence[str] | None = None, draw: int | None = None
    ) -> int:
        """Make tasks with a key gold: these, or some drawn; how many were none before."""
        sent = Chosen(tasks=None if tasks is None else list(tasks), draw=draw)
        return self._send("POST", f"/projects/{part(project)}/gold", sent, Changed).count

    def clear_gold(self, project: str, task: str) -> int:
        """Make a gold task an ordinary one; 1, or 0 where it was none."""
        path = f"/projects/{part(project)}/gold/{part(task)}"
        return self._send("DELETE", path, None, Changed).count

    def add_credential(self, project: str, name: str, words: str, link: str = "") -> int:
        """Keep what somebody showed of what they can; its number."""
        path = f"/projects/{part(project)}/people/{part(name)}/credentials"
        return self._send("POST", path, NewCredential(words=words, link=link), Noted).number

    def end_credential(self, project: str, name: str, number: int) -> Noted:
        """Let a credential count no longer; it stays to be seen."""
        path = f"/projects/{part(project)}/people/{part(name)}/credentials/{number}"
        return self._send("DELETE", path, None, Noted)

    def invite(self, name: str, role: LookedAfter) -> Invitation:
        """A link that lets somebody in, once."""
        return self._send("POST", "/people", NewInvitation(name=name, role=role), Invitation)

    def change_account(
        self, name: str, *, role: LookedAfter | None = None, active: bool | None = None
    ) -> models.Person:
        """Give an account another role, close it, or open it again; its sessions end."""
        sent = AccountChange(role=role, active=active)
        return self._send("PUT", f"/people/{part(name)}", sent, models.Person)

    def tokens(self) -> Iterator[Token]:
        """All tokens there ever were, by account and age."""
        return self._pages("/tokens", Token)

    def make_token(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        role: LookedAfter | None = None,
        label: str = "",
        days: int | None = None,
    ) -> Issued:
        """A token that reaches no further than this client's own, and ends with it."""
        sent = NewToken(name=name, scopes=list(scopes), role=role, label=label, days=days)
        return self._send("POST", "/tokens", sent, Issued)

    def revoke_token(self, id: str) -> Ended:
        """End a token, at once."""
        return self._send("DELETE", f"/tokens/{part(id)}", None, Ended)
