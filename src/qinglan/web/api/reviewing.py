"""Reviewing: what is worth a look, a task with all its answers, rulings, and disputed keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from qinglan.client import models, own, review
from qinglan.flow import contesting, disputing, office, posing
from qinglan.flow import desk as desks
from qinglan.flow import review as reviews
from qinglan.flow.tokens import Scope
from qinglan.records import Answer, Ruling
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Guarded, needs
from qinglan.web.api.paging import cut, seal, unseal

router = APIRouter(route_class=Guarded, tags=["reviewing"])


@router.get("/projects/{project}/review")
@needs(Scope.REVIEW, "look")
def review_queue(
    project: str,
    here: Here,
    after: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=reviews.STRETCH)] = reviews.PAGE,
) -> models.Page[review.Worth]:
    """What is worth a look most, in a stretch of the answered tasks; ``next`` is the next stretch.

    ``limit`` is how many of a stretch are told, the worthiest.
    """
    place, secret = f"review {project}", here.context.secret
    found = reviews.review_queue(
        here.context, here.caller.actor, project, after=unseal(secret, place, after) or "",
        limit=limit,
    )  # fmt: skip
    items = [
        review.Worth(
            task=line.task, excerpt=line.excerpt, value=line.value, why=line.why.value,
            answers=line.answers,
        )
        for line in found.lines
    ]  # fmt: skip
    return models.Page(items=items, next=seal(secret, place, found.after))


@router.get("/projects/{project}/review/{task}")
@needs(Scope.REVIEW, "look")
def dossier(project: str, task: str, here: Here) -> review.Dossier:
    """One task with all its answers, without names; the caller is never asked to answer it."""
    found = reviews.open_review(here.context, here.caller.actor, project, task)
    claim = found.claim
    return review.Dossier(
        task=task, kind=found.kind, prompt=found.prompt, options=list(found.options),
        sides=[
            review.Side(
                annotation=side.annotation, answer=_fields(side.answer), value=side.value,
                concluded=side.concluded,
            )
            for side in found.sides
        ],
        key=found.key, key_state=None if claim is None else claim.state,
        key_words="" if claim is None else claim.words,
        words=[review.GivenBack(reason=reason, words=words) for reason, words in found.words],
        rulings=[_ruled(one) for one in found.rulings], scheme=found.scheme,
    )  # fmt: skip


@router.post("/projects/{project}/review/{task}/ruling")
@needs(Scope.REVIEW, "review", repeats=True)
def rule(project: str, task: str, sent: review.NewRuling, here: Here) -> review.Ruled:
    """Decide what is right: one of the answers, or a better one; the verdict follows at once."""
    made = reviews.rule(
        here.context, here.caller.actor, project, task, considered=sent.considered,
        annotation=sent.annotation, payload=sent.answer, note=sent.note, licence=sent.licence,
    )  # fmt: skip
    return _ruled(made)


@router.post("/projects/{project}/review/{task}/send-back")
@needs(Scope.REVIEW, "review", repeats=True)
def send_back(project: str, task: str, sent: review.Return, here: Here) -> review.Returned:
    """Ask whoever gave an answer for a better one, without learning who it was."""
    reviews.return_answer(
        here.context, here.caller.actor, project, task, sent.annotation, sent.words
    )
    return review.Returned(task=task, annotation=sent.annotation)


@router.get("/projects/{project}/answers")
@needs(Scope.REVIEW, "look")
def answers_beside(
    project: str, here: Here, after: Cursor = None, limit: Limit = office.PAGE
) -> models.Page[review.Beside]:
    """Tasks with all their answers, by name; the caller is never asked to answer them."""
    place, secret = f"answers {project}", here.context.secret
    found = office.answers_beside(
        here.context, here.caller.actor, project, after=unseal(secret, place, after) or "",
        limit=limit,
    )  # fmt: skip
    items = [
        review.Beside(
            task=one.task, kind=one.kind, prompt=one.prompt, options=list(one.options),
            answers=[
                review.Answer(
                    annotator=said.annotator, answer=_fields(said.answer), revised=said.revised,
                    returnable=said.returnable, sent_back=said.sent_back,
                )
                for said in one.said
            ],
        )
        for one in found.tasks
    ]  # fmt: skip
    return models.Page(items=items, next=seal(secret, place, found.after))


@router.post("/projects/{project}/answers/{task}/send-back")
@needs(Scope.REVIEW, "review", repeats=True)
def return_answer(project: str, task: str, sent: review.NamedReturn, here: Here) -> models.Done:
    """Ask an annotator, by name, for a better answer."""
    desks.send_back(here.context, here.caller.actor, project, sent.name, task, sent.words)
    return models.Done(task=task)


@router.get("/projects/{project}/keys")
@needs(Scope.REVIEW, "look")
def disputed_keys(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[review.DisputedKey]:
    """Keys that are disputed, by task."""
    found = disputing.disputed(here.context, here.caller.actor, project)
    items, then = cut(
        here.context.secret, f"keys {project}", found, lambda one: one.task, after, limit
    )
    return models.Page(
        items=[
            review.DisputedKey(task=one.task, prompt=one.prompt, key=one.key, words=one.words)
            for one in items
        ],
        next=then,
    )  # fmt: skip


@router.post("/projects/{project}/keys/{task}/dispute")
@needs(Scope.REVIEW, "review", repeats=True)
def dispute_key(project: str, task: str, sent: own.Reason, here: Here) -> models.Done:
    """Say that a key is wrong, and why; it counts until that is decided."""
    disputing.dispute(here.context, here.caller.actor, project, task, sent.words)
    return models.Done(task=task)


@router.put("/projects/{project}/keys/{task}")
@needs(Scope.REVIEW, "review", repeats=True)
def decide_key(project: str, task: str, sent: review.KeyDecision, here: Here) -> models.Done:
    """Let a disputed key stand, or correct it; checks and verdicts follow at once."""
    disputing.decide(here.context, here.caller.actor, project, task, key=sent.key, words=sent.words)
    return models.Done(task=task)


@router.post("/projects/{project}/pose")
@needs(Scope.REVIEW, "pose", repeats=True)
def pose(project: str, sent: review.Posing, here: Here) -> review.Posed:
    """Let others answer the items of a project blind, as tasks of another."""
    made = posing.pose(here.context, here.caller.actor, project, sent.into, need=sent.need)
    return review.Posed(project=project, into=made.into, new=made.new, there=made.there)


@router.post("/projects/{project}/contest")
@needs(Scope.REVIEW, "contest", repeats=True)
def contest(project: str, sent: review.Contesting, here: Here) -> review.Contested:
    """Let others compare the written texts of a project, as preferences of another."""
    made = contesting.contest(here.context, here.caller.actor, project, sent.into)
    return review.Contested(**asdict(made))


def _fields(answer: Answer) -> models.Fields:
    return answer.model_dump(mode="json")


def _ruled(one: Ruling) -> review.Ruled:
    return review.Ruled(
        id=one.id, reviewer=one.reviewer, value=one.value, annotation=one.annotation,
        note=one.note,
    )  # fmt: skip
