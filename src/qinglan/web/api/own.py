"""What an annotator has beside the work: what is recorded, lessons, own standing, appeals, time.

Never a key but the one that practice shows, and nothing of anybody else.
"""

from __future__ import annotations

from fastapi import APIRouter

from qinglan.client import models, own
from qinglan.flow import conduct, disputing, lessons, pay, rights, standing
from qinglan.flow.hands import moment
from qinglan.flow.tokens import Scope
from qinglan.intervals import Interval
from qinglan.web import flags
from qinglan.web.api.desk import Here
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.visits import language_of
from qinglan.wording import Language, say

router = APIRouter(route_class=Guarded, tags=["own"])


@router.get("/desks/{project}/before")
@needs(Scope.ANNOTATE, "annotate")
def before(project: str, here: Here) -> own.Before:
    """What is recorded about the work here, and what is asked before it begins."""
    return _before(here, project)


@router.post("/desks/{project}/before")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def begin(project: str, sent: own.Beginning, here: Here) -> own.Before:
    """They have read it, and agree to that version of the statement; then tasks come."""
    if sent.rights is not None:
        rights.agree(here.context, here.caller.actor, project, sent.rights)
    standing.tell(here.context, here.caller.actor, project)
    return _before(here, project)


@router.get("/desks/{project}/own")
@needs(Scope.ANNOTATE, "annotate")
def own_standing(project: str, here: Here) -> own.Own:
    """The caller's own standing: quality with its interval, time, earnings, flags."""
    return _own(here, project)


@router.post("/desks/{project}/flags/{flag}/appeal")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def appeal(project: str, flag: str, sent: own.Reason, here: Here) -> own.Own:
    """Answer a flag on oneself; a lead decides then."""
    conduct.appeal(here.context, here.caller.actor, project, flag, sent.words)
    return _own(here, project)


@router.get("/desks/{project}/lessons")
@needs(Scope.ANNOTATE, "annotate")
def lesson(project: str, here: Here) -> own.Lesson:
    """The lesson that is next, or how the lessons ended."""
    found = lessons.lesson(here.context, here.caller.actor, project)
    if found.exam is not None and not found.admitted:
        lessons.settle_due(here.context, here.caller.actor, project)
        found = lessons.lesson(here.context, here.caller.actor, project)
    asked, exam = found.question, found.exam
    return own.Lesson(
        project=project, admitted=found.admitted, part=found.part, number=found.number,
        of=found.of, exam=None if exam is None else exam.value,
        task=None if asked is None else asked.id, kind=None if asked is None else asked.kind,
        prompt="" if asked is None else asked.prompt,
        options=[] if asked is None else list(asked.options),
    )  # fmt: skip


@router.post("/desks/{project}/lessons/{task}")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def learn(project: str, task: str, sent: own.LessonAnswer, here: Here) -> own.Learned:
    """Answer the lesson that is next; practice explains it, a qualification tells nothing."""
    said = lessons.answer(here.context, here.caller.actor, project, task, sent.answer)
    if said is None:
        return own.Learned(task=task, told=False, right=None, key=None, words=None)
    return own.Learned(task=task, told=True, right=said.right, key=said.key, words=said.words)


@router.post("/desks/{project}/lessons/{task}/dispute")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def dispute_lesson(project: str, task: str, sent: own.Reason, here: Here) -> models.Done:
    """Say that the key which practice showed is wrong, and why."""
    disputing.dispute(here.context, here.caller.actor, project, task, sent.words)
    return models.Done(task=task)


@router.post("/desks/{project}/tasks/{task}/time")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def worked(project: str, task: str, sent: own.Worked, here: Here) -> own.Counted:
    """Say how long the task was worked on since this was last said."""
    taken = standing.spend(here.context, here.caller.actor, project, task, sent.lease, sent.ms)
    return own.Counted(task=task, ms=taken)


@router.post("/desks/{project}/tasks/{task}/behaviour")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def behave(project: str, task: str, sent: own.Behaviour, here: Here) -> models.Done:
    """Say what was counted while an answer was written."""
    standing.behave(
        here.context, here.caller.actor, project, task, sent.lease, pasted=sent.pasted,
        typed=sent.typed, away=sent.away, taken=sent.taken, taken_ms=sent.taken_ms,
    )  # fmt: skip
    return models.Done(task=task)


def share(found: Interval, tasks: int) -> own.Share:
    """A share of right answers as it goes over the wire."""
    return own.Share(value=found.estimate, low=found.low, high=found.high, tasks=tasks)


def flag_told(flag: conduct.Flag, language: Language) -> own.Flag:
    """A flag with its words."""
    told = flags.tell(flag, language)
    decided = flag.decided
    return own.Flag(
        id=flag.id, kind=flag.kind, at=moment(flag.at), title=told["title"], seen=told["seen"],
        often=told["often"], waits=flag.waits, decided=None if decided == "appeal" else decided,
        said=[
            own.Said(what=word.what, by=word.actor, words=word.words, at=moment(word.at))
            for word in flag.said
        ],
    )  # fmt: skip


def _before(here: Asked, project: str) -> own.Before:
    context, actor, language = here.context, here.caller.actor, language_of(here.request)
    told = standing.told(context, actor, project)
    asked, agreed = rights.agreement(context, actor, project)
    return own.Before(
        project=project, told=told and agreed,
        recorded=[say(f"web.before.{what}", language) for what in standing.RECORDED],
        use=[say(f"web.before.{what}", language) for what in standing.USED],
        licence=standing.licence_of(context, actor, project),
        rights=None if asked is None
        else own.Rights(version=asked.version, en=asked.en, zh=asked.zh),
    )  # fmt: skip


def _own(here: Asked, project: str) -> own.Own:
    found = standing.own(here.context, here.caller.actor, project)
    earned = pay.own(here.context, here.caller.actor, project)
    language = language_of(here.request)
    return own.Own(
        project=project, active=found.active, admitted=found.admitted, stage=found.stage,
        share=share(found.trust.interval, found.trust.decided), undecided=found.trust.undecided,
        least_per_mille=None if found.marks is None else found.marks.least,
        weeks=[own.Week(day=one.day, share=share(one.share, one.tasks)) for one in found.weeks],
        worked_ms=found.time.spent, worked_tasks=found.time.tasks, week_ms=found.week.spent,
        flags=[flag_told(one, language) for one in found.flags],
        earned=None if earned is None else [
            models.Earned(
                person=here.caller.actor.name, currency=one.currency, answers=one.answers,
                amount=format(one.amount, "f"),
            )
            for one in earned.totals
        ],
        unrated=0 if earned is None else earned.unrated,
    )  # fmt: skip
