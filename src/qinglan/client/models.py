"""What goes over the wire, in both directions; the server's answers and the client's are these.

Ids are opaque. Times are ISO 8601 with their zone. Probabilities are text of six decimals, as they
are hashed. Nothing here holds a key, or says what is gold.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qinglan.kinds.scheme import EMPTY, Scheme
from qinglan.records import Estimate, Kind, Purpose, Reason, Role
from qinglan.work import SkipReason, Standing

T = TypeVar("T")

Channel = Literal["own", "published", "weights", "api", "person", "simulated"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(max_length=500)]
Lease = Annotated[str, StringConstraints(max_length=100)]
Fields = dict[str, Any]
"""An answer's fields by name, as an import would have them (see the reference of records)."""


class Sent(BaseModel):
    """Base of what the server sends. A client of today reads what a server of tomorrow adds."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """Base of what a client sends. An unknown field is refused: it would be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Sent, Generic[T]):
    """Some of a list. ``next`` asks for the rest; ``None`` at the end."""

    items: list[T]
    next: str | None


class Place(Sent):
    """One field of a request that cannot be used."""

    field: str
    why: str


class Problem(Sent):
    """Why a request failed (RFC 9457). ``key`` names the sentence in ``detail`` for programs."""

    type: str
    title: str
    status: int
    detail: str
    key: str
    request: str
    """Under which the server's log has it."""
    fields: list[Place] = []


class Me(Sent):
    """Whose token it is, and what it may be used for."""

    name: str
    role: Role
    scopes: list[str]


class Project(Sent):
    """One line of work."""

    name: str
    kind: Kind


class NewProject(Asked):
    """A project to be made, with its guideline in both languages (Markdown)."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
    kind: Kind
    en: str = ""
    zh: str = ""


class SchemeVersion(Sent):
    """What a project's labels and criteria are called; version 0 is none."""

    version: int
    scheme: Scheme


class Rules(Asked):
    """How a project's work is given out."""

    overlap: int = Field(default=1, ge=1, le=1000)
    most: int | None = Field(default=None, ge=1, le=1000)
    """Answers asked for while fewer than ``overlap`` of them agree."""
    gold_per_mille: int = Field(default=0, ge=0, le=500)
    lease_seconds: int = Field(default=1800, ge=1, le=604_800)
    stop_after: int = Field(default=2, ge=1, le=1000)
    reserved: int = Field(default=0, ge=0, le=1000)
    """Of the answers wanted, at least so many by people of ``reserved_for`` or above."""
    reserved_for: Word | None = None
    by_gain: bool = False
    """What is most in doubt first; deciding answers by those whose answers tell most."""


class Opened(Sent):
    """What opening a desk did."""

    project: str
    queued: int


class Seat(Asked):
    """A seat at a desk; the terms are those of the answers that come from it."""

    type: Literal["person", "model", "program"] = "person"
    licence: Word | None = None
    channel: Channel | None = None
    """Of a model or a program; people are ``person``."""
    family: Word | None = None
    """Of a model."""
    skills: list[Word] | None = None
    """What they may be given; ``None``: everything."""


class Seated(Sent):
    """Who got a seat."""

    project: str
    name: str
    annotator: str


class Task(Sent):
    """One question."""

    id: str
    kind: Kind
    prompt: str
    options: list[str]
    skill: str | None
    group: str


class Given(Sent):
    """One standing answer. People appear under the id of their annotator."""

    id: str
    annotator: str
    type: Literal["person", "model", "program"]
    simulated: bool
    answer: Fields
    value: str | None
    """The canonical final answer that votes are counted on."""
    reason: Reason | None
    """Why none could be read."""


class Answered(Sent):
    """One task with all its standing answers."""

    task: str
    prompt: str
    options: list[str]
    skill: str | None
    group: str
    answers: list[Given]


class Verdict(Sent):
    """What is concluded on one task now: a value, or why there is none."""

    id: str
    task: str
    value: str | None
    probability: str | None
    annotation: str | None
    votes: int
    method: str
    reason: Reason | None
    estimates: tuple[Estimate, ...] = ()
    """What the value rests on, where that is more than one of several classes."""


class SetAside(Sent):
    """One row that could not be used: where it stands, and why."""

    stage: str
    reason: Reason
    line: int | None
    field: str | None
    record: str | None


class Imported(Sent):
    """What an import did. ``read`` = ``new`` + ``set_aside``."""

    project: str
    read: int
    new: int
    set_aside: int
    again: bool
    """The same file was brought in before, whole; nothing was done."""
    reasons: dict[str, int]
    activity: str | None
    """Under which all rows that were set aside can be read."""
    rows: list[SetAside]
    """The first of them."""


class Release(Sent):
    """One signed release."""

    id: str
    name: str
    purpose: Purpose
    root: str
    rows: int
    built: datetime


class File(Sent):
    """One file of a release. The manifest and the attestation have no digest here: they are what
    digests and signature stand in.
    """

    name: str
    bytes: int
    sha256: str | None


class Aside(Sent):
    """How many left the line at one stage for one reason."""

    stage: str
    reason: str
    count: int


class Status(Sent):
    """One project's counts along the line."""

    project: str
    kind: Kind
    counts: dict[str, int]
    set_aside: list[Aside]
    withdrawn: dict[str, int]


class Person(Sent):
    """One account, or one that is invited (``until`` says how long the link holds)."""

    name: str
    role: Role
    active: bool
    until: datetime | None


class Credential(Sent):
    """What somebody showed of what they can, and who looked at the evidence."""

    number: int
    words: str
    link: str | None
    checked_by: str


class Tiered(Sent):
    """Somebody with a seat or a tier in a project."""

    name: str
    seated: bool
    active: bool
    tier: str | None
    languages: list[str]
    agreed: int | None
    """The newest version of the statement of rights that they agreed to."""
    credentials: list[Credential]
    """Those that count."""


class Tier(Asked):
    """The tier that somebody gets (``None``: none), and why."""

    tier: Word | None
    why: Annotated[str, Field(min_length=1, max_length=2000)]


class Desk(Sent):
    """A desk at which the caller has a seat; nothing new comes where it is not ``active``."""

    project: str
    kind: Kind
    active: bool
    guideline_version: int | None
    en: str
    zh: str
    scheme: Scheme = EMPTY
    """What labels and criteria are called."""


class Suggested(Sent):
    """What a model answered, in the caller's own order. Nothing of it counts by itself."""

    answer: Fields
    by: str
    """The model's name."""


class InHand(Sent):
    """A task in the caller's hands, under a lease."""

    task: str
    kind: Kind
    prompt: str
    options: list[str]
    """For a preference in the caller's own order, which never changes."""
    lease: str
    until: datetime
    draft: Fields | None
    answer: Fields | None
    """What they answered before, where they are revising it."""
    note: str | None
    """The reviewer's words, where it was sent back."""
    suggestion: Suggested | None = None
    """Where the project shows a model's answers, and the caller is a person."""


class Picture(Sent):
    """A picture that was kept, and the Markdown that shows it."""

    id: str
    reference: str
    media: Literal["image/png", "image/jpeg", "image/webp"]
    width: int
    height: int


class Listed(Sent):
    """One line of the caller's own queue."""

    task: str
    standing: Standing
    moved: datetime
    excerpt: str
    note: str | None
    drafted: bool


class Submission(Asked):
    """An answer to a task, under the lease it was given with."""

    lease: Lease
    answer: Fields


class Draft(Asked):
    """What is there of an answer so far."""

    lease: Lease
    body: Fields


class Skip(Asked):
    """A task given back, and why."""

    lease: Lease
    reason: SkipReason
    note: Annotated[str, StringConstraints(max_length=4000)] | None = None


class Done(Sent):
    """It is on the disk."""

    task: str


class NewWebhook(Asked):
    """An address to be told of ``events`` (none: of all there are)."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    events: list[Annotated[str, StringConstraints(max_length=100)]] = []


class Judging(Asked):
    """How verdicts are concluded. ``threshold`` is the least posterior, as decimal text."""

    threshold: str = Field(default="0.5", pattern=r"^(0?\.[0-9]{1,6}|1(\.0{1,6})?)$")
    use_keys: bool = True
    """Let checks against keys decide where there are any."""


class NewRelease(Asked):
    """A release to build."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    purpose: Purpose


class Job(Sent):
    """Work that goes on in the server. ``result`` says what came of it, ``why`` what went wrong."""

    id: str
    verb: str
    state: Literal["running", "done", "failed", "cut_off"]
    """``cut_off``: its server stopped; begin it again, and it goes on where it was."""
    done: int
    total: int | None
    result: dict[str, Any] | None
    why: str | None
    started: datetime


class Earned(Sent):
    """What one person earned in one currency; amounts are decimal text."""

    person: str
    currency: str
    answers: int
    amount: str


class Statement(Sent):
    """Who earned what. ``unrated`` are accepted answers from before there was a rate."""

    project: str
    people: list[Earned]
    unrated: int


class NewRate(Asked):
    """What an accepted answer is paid from now on; amounts are decimal text."""

    amount: str = Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    budget: str | None = Field(default=None, pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")


class Rate(Sent):
    """A rate of pay, as it is kept."""

    version: int
    amount: str
    currency: str
    budget: str | None


class Webhook(Sent):
    """An address that is told. ``ended`` says how it ended: removed, or gone (it answered 410)."""

    id: str
    url: str
    events: list[str]
    made: datetime
    ended: str | None


class Secret(Sent):
    """What a webhook's messages are signed with; see ``qinglan.client.webhooks.verify``."""

    secret: str


class Stopped(Sent):
    """A webhook that is told nothing any more."""

    webhook: str


class Posted(Sent):
    """A message that is on its way."""

    message: str


class Attempt(Sent):
    """How one try to tell went: the status that came back, or the key of an error."""

    time: datetime
    status: int | None
    error: str | None
    ms: int


class Message(Sent):
    """One message. ``state``: waiting, delivered, given_up or ended; ``due`` is the next try."""

    id: str
    event: str
    made: datetime
    state: str
    due: datetime | None
    tries: list[Attempt]
