"""Who may be given what, what people agree to, and whom to ask next.

Languages are the caller's own alone; all else is the lead's.
"""

from __future__ import annotations

from fastapi import APIRouter

from qinglan.client import routing
from qinglan.flow import asking, rights, routes, tiers
from qinglan.flow.hands import moment
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Here
from qinglan.web.api.guard import Guarded, needs

router = APIRouter(route_class=Guarded, tags=["routing"])


@router.get("/me/languages")
@needs(Scope.ANNOTATE, "annotate")
def languages(here: Here) -> routing.Spoken:
    """The languages that the caller stated."""
    return routing.Spoken(languages=routes.languages(here.context, here.caller.actor))


@router.put("/me/languages")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def state_languages(sent: routing.Languages, here: Here) -> routing.Spoken:
    """Say in which languages one can work; tasks that ask for one come to those who state it."""
    kept = routes.state_languages(here.context, here.caller.actor, sent.languages)
    return routing.Spoken(languages=kept)


@router.get("/projects/{project}/tiers")
@needs(Scope.PEOPLE, "conduct")
def tier_names(project: str, here: Here) -> routing.Tiers:
    """The project's tiers, from the lowest to the highest."""
    found = tiers.roster(here.context, here.caller.actor, project)
    return routing.Tiers(tiers=list(found.tiers))


@router.put("/projects/{project}/tiers")
@needs(Scope.CONDUCT, "desk", repeats=True)
def name_tiers(project: str, sent: routing.TierNames, here: Here) -> routing.Tiers:
    """Set the project's tiers; one that is in use must stay."""
    kept = tiers.name_tiers(here.context, here.caller.actor, project, sent.tiers)
    return routing.Tiers(tiers=kept)


@router.get("/projects/{project}/needs")
@needs(Scope.PEOPLE, "conduct")
def needed(project: str, here: Here) -> routing.Needs:
    """Every skill that is for a tier alone."""
    return routing.Needs(needs=routes.needs(here.context, here.caller.actor, project))


@router.put("/projects/{project}/needs")
@needs(Scope.CONDUCT, "desk", repeats=True)
def need_tier(project: str, sent: routing.Need, here: Here) -> routing.Needs:
    """Let a skill be for a tier and those above it alone, or for all again."""
    routes.need_tier(here.context, here.caller.actor, project, sent.skill, sent.tier)
    return routing.Needs(needs=routes.needs(here.context, here.caller.actor, project))


@router.get("/projects/{project}/rights")
@needs(Scope.PEOPLE, "conduct")
def rights_statement(project: str, here: Here) -> routing.RightsAsked:
    """What people agree to before their next task, and whose answers wait for that."""
    return _rights(here, project)


@router.put("/projects/{project}/rights")
@needs(Scope.CONDUCT, "desk", repeats=True)
def set_statement(project: str, sent: routing.NewRights, here: Here) -> routing.RightsAsked:
    """Ask people to agree to these words from now on; the same words are no new version."""
    rights.set_statement(here.context, here.caller.actor, project, en=sent.en, zh=sent.zh)
    return _rights(here, project)


@router.get("/projects/{project}/asking")
@needs(Scope.CONDUCT, "conduct")
def whom(project: str, here: Here) -> routing.Whom:
    """What one more answer of each person is expected to mend, as the last judging left it."""
    found = asking.whom(here.context, here.caller.actor, project)
    return routing.Whom(
        project=project, judged=None if found is None else moment(found.at),
        parts=[] if found is None else [
            routing.AskedPart(
                skill=part.skill, language=part.language, tasks=part.tasks,
                doubtful=part.doubtful, error=part.error,
                people=[
                    routing.Candidate(
                        name=one.name, simulated=one.simulated, tier=one.tier,
                        answers=one.answers, right=_span(one.right), mended=_span(one.mended),
                        told=_span(one.told), an_hour=one.an_hour,
                    )
                    for one in part.people
                ],
            )
            for part in found.parts
        ],
    )  # fmt: skip


def _rights(here: Here, project: str) -> routing.RightsAsked:
    found = rights.statement(here.context, here.caller.actor, project)
    return routing.RightsAsked(
        version=None if found is None else found.version,
        en="" if found is None else found.en, zh="" if found is None else found.zh,
        since=None if found is None else moment(found.at),
        missing=[
            routing.Missing(
                name=one.name, answers=one.answers, asked=one.asked, agreed=one.agreed
            )
            for one in rights.missing(here.context, here.caller.actor, project)
        ],
    )  # fmt: skip


def _span(found: asking.Span | None) -> routing.Span | None:
    if found is None:
        return None
    return routing.Span(value=found.value, low=found.low, high=found.high)
