"""How people fare, and what a lead does about it: flags, marks, pauses, gold, lessons, evidence."""

from __future__ import annotations

from fastapi import APIRouter

from qinglan.client import models, own, people
from qinglan.errors import UsageError
from qinglan.flow import conduct, lessons, office, signs, suggesting, tiers
from qinglan.flow import desk as desks
from qinglan.flow.suggesting import Anchoring
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.api.own import flag_told, share
from qinglan.web.api.paging import cut
from qinglan.web.visits import language_of
from qinglan.work import Marks

router = APIRouter(route_class=Guarded, tags=["managing"])


@router.get("/projects/{project}/desk")
@needs(Scope.READ, "status")
def desk_state(project: str, here: Here) -> people.DeskState:
    """The rules of the desk, and who sits there."""
    found = office.desk(here.context, here.caller.actor, project)
    rules = found.rules
    return people.DeskState(
        project=project,
        rules=None if rules is None else models.Rules(
            overlap=rules.overlap, most=rules.most, gold_per_mille=rules.gold_per_mille,
            lease_seconds=rules.lease_seconds, stop_after=rules.stop_after,
            reserved=rules.reserved, reserved_for=rules.reserved_for, by_gain=rules.by_gain,
        ),
        people=[
            people.Sitting(
                name=one.name, active=one.active, answered=one.answered, in_hand=one.in_hand
            )
            for one in found.people
        ],
    )  # fmt: skip


@router.get("/projects/{project}/conduct")
@needs(Scope.CONDUCT, "conduct")
def fares(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[people.Fares]:
    """How everybody at the desk fares, by name."""
    found = conduct.board(here.context, here.caller.actor, project).people
    place = f"conduct {project}"
    some, then = cut(here.context.secret, place, found, lambda one: one.name, after, limit)
    items = [
        people.Fares(
            name=one.name, active=one.active, admitted=one.admitted, stage=one.review.stage.value,
            share=share(one.review.trust.interval, one.review.trust.decided),
            undecided=one.review.trust.undecided, gold_per_mille=one.review.gold_per_mille,
            drifted=one.review.drift is not None,
        )
        for one in some
    ]  # fmt: skip
    return models.Page(items=items, next=then)


@router.get("/projects/{project}/flags")
@needs(Scope.CONDUCT, "conduct")
def flags(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[people.Raised]:
    """All flags, by age."""
    found = conduct.board(here.context, here.caller.actor, project).flags
    some, then = cut(
        here.context.secret, f"flags {project}", found,
        lambda one: f"{one.flag.at:015d} {one.flag.id}", after, limit,
    )  # fmt: skip
    language = language_of(here.request)
    items = [
        people.Raised(name=one.name, other=one.other, flag=flag_told(one.flag, language))
        for one in some
    ]
    return models.Page(items=items, next=then)


@router.post("/projects/{project}/flags")
@needs(Scope.CONDUCT, "desk", repeats=True)
def look_for_signs(project: str, here: Here) -> people.Looked:
    """Look at what was answered for signs, and raise flags; they pause nobody."""
    found = signs.look(here.context, here.caller.actor, project)
    return people.Looked(answers=found.answers, raised=found.raised)


@router.put("/projects/{project}/flags/{flag}")
@needs(Scope.CONDUCT, "desk", repeats=True)
def decide_flag(project: str, flag: str, sent: people.FlagDecision, here: Here) -> people.Decided:
    """Lift a flag, or uphold it, and say why; nobody decides on themselves."""
    conduct.decide(here.context, here.caller.actor, project, flag, lift=sent.lift, words=sent.words)
    return people.Decided(flag=flag)


@router.get("/projects/{project}/suggestions")
@needs(Scope.CONDUCT, "conduct")
def suggestions(project: str, here: Here) -> people.Suggesting:
    """What the desk suggests, and how far people follow it."""
    found = suggesting.suggesting(here.context, here.caller.actor, project)
    return people.Suggesting(
        model=None if found.source is None else found.source.name, hidden=found.hidden,
        tasks=None if found.covered is None else found.covered.tasks,
        answered=None if found.covered is None else found.covered.answered,
        everybody=None if found.everybody is None else _agreement(found.everybody),
        people=[
            people.Led(
                name=one.name, agreement=_agreement(one.led), taken=one.taken, seconds=one.seconds
            )
            for one in found.people
        ],
    )  # fmt: skip


@router.put("/projects/{project}/suggestions")
@needs(Scope.CONDUCT, "desk", repeats=True)
def suggest(project: str, sent: people.Suggest, here: Here) -> people.Suggesting:
    """Show a model's answers at the desk, or nobody's."""
    suggesting.suggest(here.context, here.caller.actor, project, sent.model, hidden=sent.hidden)
    return suggestions(project, here)


@router.get("/projects/{project}/marks")
@needs(Scope.CONDUCT, "conduct")
def marks(project: str, here: Here) -> people.Marked:
    """What is asked of people on gold."""
    return _marked(conduct.board(here.context, here.caller.actor, project).marks)


@router.put("/projects/{project}/marks")
@needs(Scope.CONDUCT, "desk", repeats=True)
def set_marks(project: str, sent: people.Marked, here: Here) -> people.Marked:
    """Ask that of people on gold, or nothing; answers that are there are judged too."""
    try:
        asked = None if sent.marks is None else Marks(**sent.marks.model_dump())
    except ValueError as error:
        raise UsageError("conduct.bad_marks", why=str(error)) from None
    conduct.set_marks(here.context, here.caller.actor, project, asked)
    return sent


@router.post("/projects/{project}/seats/{name}/pause")
@needs(Scope.CONDUCT, "desk", repeats=True)
def pause(project: str, name: str, sent: own.Reason, here: Here) -> people.AtDesk:
    """Give somebody no new task, and tell them why."""
    conduct.pause(here.context, here.caller.actor, project, name, sent.words)
    return people.AtDesk(project=project, name=name)


@router.post("/projects/{project}/seats/{name}/again")
@needs(Scope.CONDUCT, "desk", repeats=True)
def try_again(project: str, name: str, sent: own.Reason, here: Here) -> people.AtDesk:
    """Let somebody do a failed qualification once more, and say why."""
    lessons.try_again(here.context, here.caller.actor, project, name, sent.words)
    return people.AtDesk(project=project, name=name)


@router.get("/projects/{project}/lessons")
@needs(Scope.CONDUCT, "conduct")
def shown_lessons(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[people.LessonShown]:
    """The lessons in their order, with their keys."""
    found = list(enumerate(lessons.shown(here.context, here.caller.actor, project)))
    some, then = cut(
        here.context.secret, f"lessons {project}", found, lambda one: f"{one[0]:09d}", after, limit
    )
    items = [
        people.LessonShown(
            task=one.lesson.task, part=one.lesson.part, prompt=one.prompt, key=one.lesson.key,
            words=one.lesson.words,
        )
        for _, one in some
    ]  # fmt: skip
    return models.Page(items=items, next=then)


@router.post("/projects/{project}/lessons")
@needs(Scope.CONDUCT, "desk", repeats=True)
def set_lessons(project: str, sent: people.NewLessons, here: Here) -> people.Changed:
    """Make tasks with a key lessons: those named, or some drawn of those that nobody was given."""
    words = sent.words or {}
    chosen = {task: words.get(task) for task in _chosen(here, project, sent)}
    count = lessons.set_lessons(here.context, here.caller.actor, project, sent.part, chosen)
    return people.Changed(project=project, count=count)


@router.put("/projects/{project}/lessons/{task}")
@needs(Scope.CONDUCT, "desk", repeats=True)
def explain_lesson(project: str, task: str, sent: people.Explanation, here: Here) -> models.Done:
    """Say why a lesson's answer is what it is; practice shows it."""
    lessons.explain(here.context, here.caller.actor, project, task, sent.words)
    return models.Done(task=task)


@router.post("/projects/{project}/gold")
@needs(Scope.CONDUCT, "desk", repeats=True)
def set_gold(project: str, sent: people.Chosen, here: Here) -> people.Changed:
    """Make tasks with a key gold: those named, or some drawn of those that nobody was given."""
    chosen = _chosen(here, project, sent)
    count = desks.set_gold(here.context, here.caller.actor, project, chosen)
    return people.Changed(project=project, count=count)


@router.delete("/projects/{project}/gold/{task}")
@needs(Scope.CONDUCT, "desk", repeats=True)
def clear_gold(project: str, task: str, here: Here) -> people.Changed:
    """Make a gold task an ordinary one, which the queue gives out."""
    count = desks.clear_gold(here.context, here.caller.actor, project, [task])
    return people.Changed(project=project, count=count)


@router.post("/projects/{project}/people/{name}/credentials")
@needs(Scope.CONDUCT, "desk", repeats=True)
def add_credential(project: str, name: str, sent: people.NewCredential, here: Here) -> people.Noted:
    """Keep that the caller saw evidence of what somebody can."""
    number = tiers.add_credential(
        here.context, here.caller.actor, project, name, sent.words, sent.link
    )
    return people.Noted(name=name, number=number)


@router.delete("/projects/{project}/people/{name}/credentials/{number}")
@needs(Scope.CONDUCT, "desk", repeats=True)
def end_credential(project: str, name: str, number: int, here: Here) -> people.Noted:
    """Let a credential count no longer; it stays to be seen."""
    if not 0 <= number < 2**53:
        raise UsageError("tiers.no_credential", number=str(number)[:20], name=name)
    tiers.end_credential(here.context, here.caller.actor, project, name, number)
    return people.Noted(name=name, number=number)


def _chosen(here: Asked, project: str, sent: people.Chosen) -> list[str]:
    if sent.tasks is not None:
        return list(dict.fromkeys(sent.tasks))
    return lessons.draw(here.context, here.caller.actor, project, sent.draw or 0)


def _marked(marks: Marks | None) -> people.Marked:
    if marks is None:
        return people.Marked(marks=None)
    told = people.Marks(**{name: getattr(marks, name) for name in people.Marks.model_fields})
    return people.Marked(marks=told)


def _agreement(led: Anchoring) -> people.Agreement:
    return people.Agreement(
        seen=share(led.shown, led.n_shown), kept_back=share(led.hidden, led.n_hidden),
        gap=led.difference.estimate, gap_low=led.difference.low, gap_high=led.difference.high,
    )  # fmt: skip
