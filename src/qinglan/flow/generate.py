"""``generate``: a permitted teacher answers the tasks that have no answer of its yet.

The gate is asked before anything is written or sent. Every reply is in the journal before it is
used, so a run that was cut off, by Ctrl-C, a budget, a crash or a power cut, goes on where it
stopped: replies that had come become answers, and none is paid for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qinglan.endpoints.asking import Ask, Outcome, Respondent, Sampling, make_ask
from qinglan.endpoints.budget import Budget, Prices, Purse
from qinglan.endpoints.completion import check_request
from qinglan.endpoints.journal import Journal, Tally
from qinglan.errors import UsageError
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.flow.inbox import Inbox
from qinglan.flow.stale import refuse_model
from qinglan.flow.teaching import Choice, admit, ask_gate, pin
from qinglan.records import Activity, Actor, Kind, Project, Purpose, Reply, Task
from qinglan.storage import annotations as answers
from qinglan.storage import guidelines, pictures, tasks
from qinglan.teachers import write_prompt

__all__ = ["Budget", "Choice", "Generated", "Prices", "Sampling", "generate"]

TAUGHT = frozenset({Kind.FREE, Kind.STEPS, Kind.CHOICE, Kind.PREFERENCE})
"""Kinds of work that are put to models; the others are people's."""
PAGE = 200
"""Tasks looked at together, in a moment of the database of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What one ``generate`` did. ``wanted`` = answers and replies there are + ``left``."""

    project: str
    annotator: str
    """Id of the teacher as an annotator."""
    name: str
    wanted: int
    """Answers wanted of this teacher: tasks times samples."""
    left: int
    """Of these, the ones without a reply."""
    new: int
    """Answers stored."""
    caught_up: int
    """Of these, made of replies that an earlier run had paid for."""
    set_aside: dict[str, int]
    """Replies and calls that gave no answer, by reason."""
    replies: int
    refused: int
    """Calls that the server would not do; nothing was paid for them."""
    cut_off: int
    """Calls that broke off, and may have been paid for."""
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None
    """Of this run, calls cut off at their most; ``None`` without prices."""
    cost_in_all: Decimal | None
    """Of all runs of this teacher in this project."""
    cut_off_in_all: int
    exhausted: bool
    """It stopped at the budget."""
    served: dict[str, int]
    """Replies by the name that the server gives its model, where that is another."""
    obligations: tuple[str, ...]
    """What the terms ask of whoever uses the answers."""


def generate(
    context: Context,
    actor: Actor,
    project: str,
    choice: Choice,
    *,
    purpose: Purpose = Purpose.TRAINING,
    samples: int = 1,
    sampling: Sampling | None = None,
    budget: Budget | None = None,
    progress: Progress = quiet,
    stopping: Callable[[int], None] = lambda under_way: None,
) -> Generated:
    """Let a teacher answer each task of a project ``samples`` times.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        choice: the model, where it is, and its terms.
        purpose: what the answers are to be used for; the gate judges by it.
        samples: answers a task. More may be asked for later, and only those that lack are.
        sampling: how the model chooses its words. What is answered already stays; what was set
            aside is asked anew where this differs.
        budget: the most that may be spent, this and earlier runs together.
        progress: called with answers there are and answers wanted.
        stopping: called at Ctrl-C with the number of calls that are let end.

    Raises:
        Refused: the gate says no, or the model learned from what was withdrawn since; nothing
            was sent.
        EndpointError: the server, or the way to it, failed for good; what came is kept.
        UsageError: asked for in a way that cannot work.
        KeyboardInterrupt: stopped by the person; what came is kept.
    """
    allow("generate", actor)
    sampling, budget = sampling or Sampling(), budget or Budget()
    check_request(samples, sampling.temperature, sampling.max_tokens)
    if samples > 1 and sampling.temperature == 0:
        raise UsageError("flow.samples_alike")
    target = context.project(project)
    if target.kind not in TAUGHT:
        raise UsageError("flow.people_only", project=project, kind=target.kind.value)
    _refuse_pictures(context, target)
    if choice.folder is not None:
        refuse_model(context, choice.folder)
    teacher = pin(choice)
    permit = ask_gate(context, target, teacher, purpose)
    model = admit(teacher, choice, permit)
    activity = context.begin("generate", actor)
    inbox = Inbox(context, target, teacher, activity)
    with Journal.open(inbox.path) as journal:
        caught_up = inbox.catch_up(journal)
        purse = Purse(budget, journal.tally)
        work = _Work(context, target, inbox, journal, model, samples, sampling, progress)
        try:
            model.ask_all(
                work.asks(), journal=journal, purse=purse, keep=work.keep, stopping=stopping
            )
        finally:
            _remember(context, target, activity, inbox, journal.tally, purse)
    before, spent = journal.tally, purse.spent
    earlier = Purse(budget, before).cost
    return Generated(
        project=project, annotator=inbox.annotator.id, name=inbox.annotator.name,
        wanted=work.wanted, left=work.wanted - work.done, new=inbox.new, caught_up=caught_up,
        set_aside=dict(inbox.set_aside), replies=spent.replies - before.replies,
        refused=spent.refused - before.refused, cut_off=spent.cut_off - before.cut_off,
        prompt_tokens=spent.prompt_tokens - before.prompt_tokens,
        completion_tokens=spent.completion_tokens - before.completion_tokens,
        cost=None if purse.cost is None or earlier is None else purse.cost - earlier,
        cost_in_all=purse.cost, cut_off_in_all=spent.cut_off, exhausted=purse.exhausted,
        served=dict(inbox.served), obligations=permit.obligations,
    )  # fmt: skip


class _Work:
    """What is still to be asked, and how far it is."""

    def __init__(
        self,
        context: Context,
        project: Project,
        inbox: Inbox,
        journal: Journal,
        model: Respondent,
        samples: int,
        sampling: Sampling,
        progress: Progress,
    ) -> None:
        self._context, self._project, self._inbox = context, project, inbox
        self._journal, self._model = journal, model
        self._samples, self._sampling, self._progress = samples, sampling, progress
        with context.storage.read() as conn:
            found = guidelines.get(conn, project.guideline)
            self.wanted = tasks.count(conn, project.id) * samples
        if found is None:
            raise UsageError("flow.no_record", id=project.guideline)
        self._guideline = found
        # Each counted by the thread that it belongs to: the caller's, and the inbox's.
        self._there = self._came = 0

    @property
    def done(self) -> int:
        """Answers, or replies that are none, that there are."""
        return self._there + self._came

    def asks(self) -> Iterator[Ask]:
        """The calls that lack, task by task."""
        after = ""
        while True:
            with self._context.storage.read() as conn:
                page = tasks.page(conn, self._project.id, after, PAGE)
                places = {
                    (task.id, number): self._inbox.place(task.id, number)
                    for task in page
                    for number in range(1, self._samples + 1)
                }
                known = answers.known(conn, places.values())
            if not page:
                return
            after = page[-1].id
            for task in page:
                for number in range(1, self._samples + 1):
                    ask = None if places[task.id, number] in known else self._ask(task, number)
                    if ask is None or self._journal.answered(ask.request):
                        self._there += 1
                    else:
                        yield ask
            self._progress(self.done, self.wanted)

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Hand what came to the inbox, and count it."""
        self._inbox.keep(outcomes)
        self._came += sum(isinstance(outcome, Reply) for outcome in outcomes)
        self._progress(self.done, self.wanted)

    def _ask(self, task: Task, number: int) -> Ask:
        prompt = task.prompt
        if self._model.instructed:
            prompt = write_prompt(task, self._guideline, number, self._inbox.mark(task))
        return make_ask(self._model, task.id, number, prompt, self._sampling)


def _refuse_pictures(context: Context, project: Project) -> None:
    """See that no question rests on a picture, which the model would not be shown.

    Raises:
        UsageError: one does, or the guideline shows one.
    """
    with context.storage.read() as conn:
        found = pictures.tasks_with(conn, project.id)
        guided = pictures.used_by(conn, [project.guideline])
    if found or guided:
        raise UsageError("flow.teacher_pictures", project=project.name, tasks=found)


def _remember(
    context: Context,
    project: Project,
    activity: Activity,
    inbox: Inbox,
    before: Tally,
    purse: Purse,
) -> None:
    """Note in the history what the calls of this run came to."""
    spent = purse.spent
    if spent == before:
        return
    context.remember(
        project, activity, annotator=inbox.annotator.id, replies=spent.replies - before.replies,
        refused=spent.refused - before.refused, cut_off=spent.cut_off - before.cut_off,
        prompt_tokens=spent.prompt_tokens - before.prompt_tokens,
        completion_tokens=spent.completion_tokens - before.completion_tokens,
        cost_in_all=None if purse.cost is None else str(purse.cost), exhausted=purse.exhausted,
    )  # fmt: skip
