"""The nouns: what rooms hand to each other.

Records are immutable to the bottom, hashed and append-only; state (projects, jobs, leases) lives
in ``storage``. Each class names in ``identity`` the fields its commitment covers. Numbers that
enter a hash are integers or decimals of fixed precision, never floats: two machines must agree
on the bytes. This module imports nothing of ours, so any room can be tested from literals.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
)

__all__ = [
    "Activity", "Actor", "AlternativesAnswer", "Annotation", "Annotator", "Answer", "AnswerKey",
    "ChatAnswer", "Check", "ChoiceAnswer", "ComparisonAnswer", "EditAnswer", "Estimate",
    "FreeAnswer", "Guideline", "ItemAnswer", "Kind", "Link", "Look", "MarksAnswer",
    "NumberAnswer", "Origin", "Outcome", "Picture", "PreferenceAnswer", "Project", "Purpose",
    "RankingAnswer", "RatedStep", "Reason", "Record", "Release", "Reply", "Report", "Role",
    "RubricAnswer", "Ruling", "Sample", "Score", "SetAside", "Span", "SpansAnswer", "Split",
    "StepsAnswer", "Task", "Turn", "Verdict",
]  # fmt: skip


def _six_decimals(value: Decimal) -> Decimal:
    """One way to write each probability: 0.5 and 0.500000 must commit alike, and −0 is 0."""
    return abs(value).quantize(Decimal("0.000001"))


Probability = Annotated[
    Decimal, Field(ge=0, le=1, max_digits=7, decimal_places=6), AfterValidator(_six_decimals)
]
"""A probability as stored and hashed: six decimals, so that it reproduces to the byte."""


def readable_name(name: str) -> str:
    """A file's name as text: Unix takes any bytes for one, and Python hides those it cannot read.

    What is UTF-8 in another locale comes out right; other bytes become the replacement character.
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""


class Record(BaseModel):
    """Base of every record: frozen, closed, keyword-only."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    identity: ClassVar[tuple[str, ...]] = ()
    added: ClassVar[tuple[str, ...]] = ()
    """Fields of the identity that came later: covered where they say something, so that the
    commitments of earlier records stay as they are."""


class Kind(StrEnum):
    """A kind of work, which fixes the shape of its answers (see ``qinglan.kinds``)."""

    FREE = "free"
    STEPS = "steps"
    CHOICE = "choice"
    PREFERENCE = "preference"
    MARKS = "marks"
    """Judging the steps of a solution that is there; STEPS is writing one."""
    ALTERNATIVES = "alternatives"
    """As MARKS, with several candidates for each step (PRM800K)."""
    CHAT = "chat"
    """Carrying a conversation on."""
    EDIT = "edit"
    """Criticising a model's answer, and making it right."""
    NUMBER = "number"
    RUBRIC = "rubric"
    """Scores on several ordinal criteria."""
    RANKING = "ranking"
    COMPARISON = "comparison"
    """A pairwise preference with scores of both responses beside it."""
    SPANS = "spans"
    """Stretches of a text, each with a label."""
    ITEM = "item"
    """Writing a question for an evaluation, with its key."""


class Purpose(StrEnum):
    """What a release may be used for; the gate judges each use apart."""

    TRAINING = "training"
    EVALUATION = "evaluation"


class Split(StrEnum):
    """A part of a release. Groups of related tasks never straddle two splits."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


class Outcome(StrEnum):
    """What a verifier concludes. Undecided is neither right nor wrong."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why a record left the line, or why a verifier would not decide."""

    BAD_JSON = "bad_json"
    BAD_ENCODING = "bad_encoding"
    BAD_VALUE = "bad_value"
    MISSING_FIELD = "missing_field"
    DUPLICATE_KEY = "duplicate_key"
    DUPLICATE_ROW = "duplicate_row"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    MISALIGNED = "misaligned"
    UNKNOWN_TASK = "unknown_task"
    UNKNOWN_TIER = "unknown_tier"
    NO_KEY = "no_key"
    KEY_UNREADABLE = "key_unreadable"
    NO_FINAL_ANSWER = "no_final_answer"
    ANSWER_UNREADABLE = "answer_unreadable"
    ANSWER_AMBIGUOUS = "answer_ambiguous"
    NO_ANNOTATIONS = "no_annotations"
    NO_SUPPORT = "no_support"
    BELOW_THRESHOLD = "below_threshold"
    KEY_CONTRADICTS = "key_contradicts"
    NOT_PERMITTED = "not_permitted"
    REPLY_UNREADABLE = "reply_unreadable"
    REPLY_CUT_SHORT = "reply_cut_short"
    MODEL_DECLINED = "model_declined"
    REQUEST_REFUSED = "request_refused"
    NO_REPLY = "no_reply"
    WITHDRAWN = "withdrawn"
    NO_AGREEMENT = "no_agreement"
    PICTURE_MISSING = "picture_missing"
    PICTURE_UNUSABLE = "picture_unusable"


class Role(StrEnum):
    """What an actor may do in a workspace."""

    OWNER = "owner"
    LEAD = "lead"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    AUDITOR = "auditor"


class Actor(Record):
    """Who asks for a verb to be done. Not stored as such: history keeps the name."""

    name: str = Field(min_length=1, max_length=200)
    role: Role


class Origin(Record):
    """Where material came from and under which terms it may be used.

    ``channel`` is how it reached us: ``own`` (written by us), ``published`` (a public data set),
    ``weights`` (a model we run), ``api`` (a vendor's endpoint), ``person`` or ``simulated``.
    ``family`` names the model family for ``weights`` and ``api``, and for published model output.
    """

    source: str = Field(min_length=1, max_length=500)
    channel: Literal["own", "published", "weights", "api", "person", "simulated"]
    licence: str | None = None
    family: str | None = None
    part: Literal["train", "dev", "test"] | None = None
    """The split of a published data set; material of a test split never trains."""
    sha256: Digest | None = None
    identity: ClassVar[tuple[str, ...]] = (
        "source", "channel", "licence", "family", "part", "sha256",
    )  # fmt: skip


class Sample(Record):
    """One piece of source material. ``row`` is the 1-based line or row in the source."""

    id: str
    origin: Origin
    row: int = Field(ge=1)
    text: str
    salt: str
    identity: ClassVar[tuple[str, ...]] = ("id", "origin", "row", "text")


class Guideline(Record):
    """One version of what is asked and how it is judged, in both languages."""

    id: str
    kind: Kind
    version: int = Field(ge=1)
    en: str
    zh: str
    identity: ClassVar[tuple[str, ...]] = ("id", "kind", "version", "en", "zh")


class Task(Record):
    """One question about samples under one guideline. Never holds gold or keys."""

    id: str
    project: str
    guideline: str
    kind: Kind
    samples: tuple[str, ...]
    prompt: str
    options: tuple[str, ...] = ()
    """For ``choice``: the options; for ``preference``: the two responses, left and right; for
    ``marks``: the steps of the solution; for ``alternatives``: each step's candidates, as a JSON
    list of texts; for ``chat``: the turns that are given, as JSON objects; for ``edit``: the
    answer to be edited; for ``ranking``: the items. For ``number``: nothing, or the unit, lowest,
    highest and tolerance, each may be empty. For ``rubric``: the work (empty: the prompt is the
    work), then the criteria, such as ``accuracy:1-5``; for ``comparison``: the two responses,
    then the criteria; for ``spans``: the text, then the labels."""
    skill: str | None = None
    group: str
    """Tasks that share a group share a split."""
    salt: str
    identity: ClassVar[tuple[str, ...]] = (
        "id", "project", "guideline", "kind", "samples", "prompt", "options", "skill", "group",
    )  # fmt: skip


class AnswerKey(Record):
    """What the answer to a task should be. Kept apart from tasks; never shown to annotators."""

    task: str
    value: str
    salt: str
    identity: ClassVar[tuple[str, ...]] = ("task", "value")


class Picture(Record):
    """A picture that texts show: what it is, and the digest of its bytes, which lie apart."""

    id: str
    owner: str | None = None
    """The annotator who brought it to their desk; nobody where it came with tasks."""
    media: Literal["image/png", "image/jpeg", "image/webp"]
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    sha256: Digest
    salt: str
    identity: ClassVar[tuple[str, ...]] = ("id", "owner", "media", "width", "height", "sha256")


class FreeAnswer(Record):
    """A free text that ends in an answer."""

    kind: Literal["free"] = "free"
    text: str = Field(min_length=1)


class StepsAnswer(Record):
    """Worked steps, then the final answer."""

    kind: Literal["steps"] = "steps"
    steps: tuple[str, ...] = Field(min_length=1)
    final: str = Field(min_length=1)


class ChoiceAnswer(Record):
    """One of the task's options, by its letter or its text."""

    kind: Literal["choice"] = "choice"
    option: str = Field(min_length=1)


class PreferenceAnswer(Record):
    """Which of two responses is better."""

    kind: Literal["preference"] = "preference"
    winner: Literal["left", "right", "tie"]
    because: str | None = None


class MarksAnswer(Record):
    """A mark for each step of a solution, up to the first wrong one, where marking stops."""

    kind: Literal["marks"] = "marks"
    marks: tuple[Literal["right", "neutral", "wrong"], ...] = Field(min_length=1)
    because: str | None = None
    """Why the last step is wrong."""
    continuation: str | None = None
    """What should stand there instead."""


class RatedStep(Record):
    """One step of a solution: what its candidates are worth, and how the solution goes on."""

    ratings: tuple[Literal["right", "neutral", "wrong"] | None, ...]
    """One a candidate; ``None`` where somebody stopped before rating it."""
    flagged: tuple[int, ...] = ()
    """Places, from 0, of candidates that are unfit to be shown."""
    chosen: int | None = Field(default=None, ge=0)
    """Place, from 0, of the candidate with which the solution goes on."""
    written: str | None = None
    """The right step, written by the annotator, where no candidate is."""


class AlternativesAnswer(Record):
    """Ratings of several candidates for each step, up to where the solution ends or fails."""

    kind: Literal["alternatives"] = "alternatives"
    steps: tuple[RatedStep, ...] = Field(min_length=1)
    finish: Literal["solution", "found_error", "give_up", "bad_problem"]


class Turn(Record):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1)


class ChatAnswer(Record):
    """The turns that carry a conversation on; the last is the assistant's."""

    kind: Literal["chat"] = "chat"
    turns: tuple[Turn, ...] = Field(min_length=1)


class EditAnswer(Record):
    """What is wrong with the answer in the task, and the answer made right.

    An answer that has nothing wrong stays as it is, and the critique says so.
    """

    kind: Literal["edit"] = "edit"
    edited: str = Field(min_length=1)
    critique: str = Field(min_length=1)


class NumberAnswer(Record):
    """A quantity, as it was written."""

    kind: Literal["number"] = "number"
    value: str = Field(min_length=1, max_length=400)


class Score(Record):
    """A level on one criterion, by the criterion's key."""

    criterion: str = Field(min_length=1, max_length=40)
    score: int = Field(ge=0, le=99)


class RubricAnswer(Record):
    """A score on each criterion."""

    kind: Literal["rubric"] = "rubric"
    scores: tuple[Score, ...] = Field(min_length=1, max_length=30)
    because: str | None = None


class RankingAnswer(Record):
    """The items by their numbers from 1, the best first."""

    kind: Literal["ranking"] = "ranking"
    order: tuple[Annotated[int, Field(ge=1, le=99)], ...] = Field(min_length=2)
    because: str | None = None


class ComparisonAnswer(Record):
    """Which of two responses is better, and scores of both."""

    kind: Literal["comparison"] = "comparison"
    winner: Literal["left", "right", "tie"]
    left: tuple[Score, ...] = Field(min_length=1, max_length=30)
    right: tuple[Score, ...] = Field(min_length=1, max_length=30)
    because: str | None = None


class Span(Record):
    """A stretch of a text: from the character ``start`` (from 0) to before ``end``.

    Characters are Unicode code points, as Python counts them.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    label: str = Field(min_length=1, max_length=40)


class SpansAnswer(Record):
    """Marked stretches, by where they begin; none at all is an answer too."""

    kind: Literal["spans"] = "spans"
    spans: tuple[Span, ...] = Field(max_length=5000)


class ItemAnswer(Record):
    """A question for an evaluation, and what the one who wrote it holds to be its answer."""

    kind: Literal["item"] = "item"
    question: str = Field(min_length=1)
    key: str = Field(min_length=1)
    rubric: str | None = None
    """What a good answer has, for whoever scores one."""
    difficulty: int = Field(ge=1, le=5)
    sources: tuple[str, ...] = ()
    """Where it rests on: books, pages, papers."""


Answer = Annotated[
    FreeAnswer | StepsAnswer | ChoiceAnswer | PreferenceAnswer | MarksAnswer | AlternativesAnswer
    | ChatAnswer | EditAnswer | NumberAnswer | RubricAnswer | RankingAnswer | ComparisonAnswer
    | SpansAnswer | ItemAnswer,
    Field(discriminator="kind"),
]  # fmt: skip


class Annotator(Record):
    """A pseudonymous person, a pinned model, or a pinned program."""

    id: str
    project: str
    type: Literal["person", "model", "program"]
    name: str = Field(min_length=1, max_length=200)
    origin: Origin
    simulated: bool = False
    """Stands in for a person or a model; every face that shows it must say so."""
    identity: ClassVar[tuple[str, ...]] = ("id", "project", "type", "name", "origin", "simulated")


class Reply(Record):
    """One paid call to a model, as its answer came. Kept in a journal, not in a table."""

    id: str
    task: str
    number: int = Field(ge=1)
    """Which of the answers that were asked of the model on this task."""
    request: Digest
    """Of the endpoint and the bytes that were sent."""
    model: str
    endpoint: str
    time: AwareDatetime
    status: int
    body: str | None
    gone: Literal["withdrawn", "too_large"] | None = None
    """Why there is no body."""
    charset: Literal["utf-8", "latin-1"] = "utf-8"
    """How ``body`` becomes the bytes that came; latin-1 where they are no UTF-8."""
    prompt_tokens: int | None = Field(ge=0)
    completion_tokens: int | None = Field(ge=0)
    """As the server counted them; ``None`` where it did not say."""
    # Not the body: its text may have to go, and the id is random already.
    identity: ClassVar[tuple[str, ...]] = (
        "id", "task", "number", "request", "model", "endpoint", "time", "status",
    )  # fmt: skip


class Annotation(Record):
    """One annotator's answer to one task. Append-only: a revision names what it supersedes."""

    id: str
    task: str
    annotator: str
    answer: Answer
    supersedes: str | None = None
    salt: str
    identity: ClassVar[tuple[str, ...]] = ("id", "task", "annotator", "answer", "supersedes")


class Check(Record):
    """A verifier's outcome on one annotation. ``answer`` is the canonical form it read."""

    annotation: str
    verifier: str
    outcome: Outcome
    answer: str | None = None
    reason: Reason | None = None
    """Set exactly when the outcome is undecided."""
    identity: ClassVar[tuple[str, ...]] = ("annotation", "verifier", "outcome", "answer", "reason")


class Estimate(Record):
    """One figure of a verdict, with its 95 % interval; decimals of fixed precision, as text."""

    name: str
    """What it is of: empty (the task's number), a criterion, an item, or a span."""
    value: str
    low: str
    high: str


class Verdict(Record):
    """What quality concludes on one task: a value with its posterior, or a rejection."""

    id: str
    task: str
    value: str | None = None
    probability: Probability | None = None
    annotation: str | None = None
    """The annotation that a release carries: one that supports the value."""
    votes: int = Field(ge=0)
    method: str
    reason: Reason | None = None
    """Why the task was set aside; ``None`` for an accepted verdict."""
    estimates: tuple[Estimate, ...] = ()
    """What the value rests on, where that is more than one of several classes."""
    identity: ClassVar[tuple[str, ...]] = (
        "id", "task", "value", "probability", "annotation", "votes", "method", "reason",
    )  # fmt: skip
    added: ClassVar[tuple[str, ...]] = ("estimates",)


class Ruling(Record):
    """What a reviewer decided about one task, with all its answers before them.

    It outranks consensus and key: a key may be wrong, and whoever says so must be a person.
    """

    id: str
    task: str
    reviewer: str = Field(min_length=1, max_length=200)
    value: str
    """The canonical form of the answer that is right."""
    annotation: str
    """An annotation that gives it: one of the annotators', or the reviewer's own."""
    note: str = Field(max_length=2000)
    """Why; may be empty."""
    considered: tuple[str, ...]
    """The standing annotations that the reviewer saw, by id: what it was decided from."""
    salt: str
    identity: ClassVar[tuple[str, ...]] = (
        "id", "task", "reviewer", "value", "annotation", "note", "considered",
    )  # fmt: skip


class Release(Record):
    """An immutable, signed selection of verdicts. ``root`` commits to its content."""

    id: str
    project: str
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    purpose: Purpose
    root: Digest
    rows: int = Field(ge=0)
    built: AwareDatetime
    permit: Digest
    history: Digest
    identity: ClassVar[tuple[str, ...]] = (
        "id", "project", "name", "purpose", "root", "rows", "built", "permit", "history",
    )  # fmt: skip


class Look(Record):
    """One scoring of one model on a held-out set, counted before any figure of it is known.

    A set that is looked at again and again is held out in name only: choices made by its figures
    leak it, one look at a time.
    """

    report: str
    """Id of the report that the look leads to; one that was given up leads to none."""
    held_out: Digest
    """Commits to the questions of the set and to what is held to be right."""
    model: str = Field(min_length=1, max_length=500)
    """Digest of the weights, or the name and address of a served model."""
    why: str = Field(min_length=1, max_length=500)
    when: AwareDatetime
    identity: ClassVar[tuple[str, ...]] = ("report", "held_out", "model", "why", "when")


class Report(Record):
    """One model's scores on one held-out set. ``sha256`` commits to the file that holds them."""

    id: str
    release: str
    """Id of the release that the set is part of."""
    split: Split
    held_out: Digest
    model: str = Field(min_length=1, max_length=500)
    """Digest of the weights, or the name and address of a served model."""
    run: str | None = None
    """Id of the run that made the model, where one of ours did."""
    plan: Digest
    """Commits to model, set, verifier and manner of asking: an equal plan is the same report."""
    made: AwareDatetime
    sha256: Digest
    identity: ClassVar[tuple[str, ...]] = (
        "id", "release", "split", "held_out", "model", "run", "plan", "made", "sha256",
    )  # fmt: skip


class Activity(Record):
    """One doing of one verb: who, with which code, when. Records name the one that made them."""

    id: str
    verb: str
    actor: str
    code: str
    started: AwareDatetime
    identity: ClassVar[tuple[str, ...]] = ("id", "verb", "actor", "code", "started")


class Link(Record):
    """A provenance edge: this output was made of these inputs by this activity."""

    output: str
    inputs: tuple[str, ...]
    activity: str
    identity: ClassVar[tuple[str, ...]] = ("output", "inputs", "activity")


class SetAside(Record):
    """A row or record that left the line, where it was, and why. Nothing is dropped silently."""

    stage: Literal["import", "generate", "verify", "judge", "release"]
    reason: Reason
    file: str | None = None
    line: int | None = Field(default=None, ge=1)
    field: str | None = None
    record: str | None = None
    detail: str = ""

    @field_validator("file", mode="before")
    @classmethod
    def _readable(cls, name: object) -> object:
        return readable_name(name) if isinstance(name, str) else name


class Project(Record):
    """One line of work: one kind of task under one guideline."""

    id: str
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    kind: Kind
    guideline: str
    identity: ClassVar[tuple[str, ...]] = ("id", "name", "kind", "guideline")
