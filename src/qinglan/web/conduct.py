"""The lead's page about people: how they fare, what was flagged, marks, gold and lessons."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import UsageError
from qinglan.flow import conduct, desk, lessons, signs
from qinglan.records import Role
from qinglan.web.finding import find
from qinglan.web.flags import tell
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.work import Marks

MANAGERS = frozenset({Role.OWNER, Role.LEAD})
MOST = 1000
"""Tasks drawn at once."""


def board(visit: Visit) -> Response:
    """Everybody at the desk, and the flags."""
    project = visit.parts["project"]
    found = conduct.board(visit.context, visit.actor, project)
    return show(
        visit, "conduct", board=found, lines=find(
            visit, found.people, lambda one: one.name,
            {
                "name": lambda one: one.name, "poorest": _low, "paused": lambda one: one.active,
                "known": lambda one: -one.review.trust.decided,
            },
        ), marks=found.marks or Marks(),
        told=[(one, tell(one.flag, visit.language)) for one in found.flags],
        lessons=lessons.shown(visit.context, visit.actor, project),
        manages=visit.actor.role in MANAGERS,
    )  # fmt: skip


def _low(one: conduct.Fares) -> float:
    """The share right; whoever has none yet comes last."""
    share = one.review.trust.interval.estimate
    return 2.0 if share is None else share


def decide(visit: Visit) -> Response:
    """Uphold a flag or lift it."""
    does = visit.form.get("does", "")
    if does == "again":
        lessons.try_again(
            visit.context, visit.actor, visit.parts["project"], visit.form.get("name", ""),
            visit.form.get("words", ""),
        )  # fmt: skip
        return _back(visit)
    if does not in ("uphold", "lift"):
        raise UsageError("web.bad_form")
    conduct.decide(
        visit.context, visit.actor, visit.parts["project"], visit.form.get("flag", ""),
        lift=does == "lift", words=visit.form.get("words", ""),
    )  # fmt: skip
    return _back(visit)


def look(visit: Visit) -> Response:
    """Look for signs in what was answered so far."""
    signs.look(visit.context, visit.actor, visit.parts["project"])
    return _back(visit)


def set_marks(visit: Visit) -> Response:
    """Change what is asked of people on gold, or ask nothing."""
    marks = None
    if visit.form.get("does") != "stop":
        try:
            marks = Marks(
                **{
                    name: 10 * _number(visit, name) for name in ("least", "aim", "passing")
                },
                calibration=_number(visit, "calibration"), floor=_number(visit, "floor"),
            )  # fmt: skip
        except ValueError as error:
            raise UsageError("conduct.bad_marks", why=str(error)) from None
    conduct.set_marks(visit.context, visit.actor, visit.parts["project"], marks)
    return _back(visit)


def draw(visit: Visit) -> Response:
    """Take some tasks with a key as gold or lessons."""
    project, use, count = visit.parts["project"], visit.form.get("use", ""), _number(visit, "count")
    chosen = lessons.draw(visit.context, visit.actor, project, min(count, MOST))
    if use == "gold":
        desk.set_gold(visit.context, visit.actor, project, chosen)
    elif use in ("practice", "qualification"):
        part: lessons.Part = "practice" if use == "practice" else "qualification"
        ids = dict.fromkeys(chosen)
        lessons.set_lessons(visit.context, visit.actor, project, part, ids)
    else:
        raise UsageError("web.bad_form")
    return _back(visit)


def explain(visit: Visit) -> Response:
    """Say why a lesson's answer is what it is."""
    task, words = visit.form.get("task", ""), visit.form.get("words", "")
    lessons.explain(visit.context, visit.actor, visit.parts["project"], task, words)
    return _back(visit)


_HERE = "/office/projects/{project}/conduct"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", _HERE, board),
    ("POST", f"{_HERE}/decide", decide),
    ("POST", f"{_HERE}/look", look),
    ("POST", f"{_HERE}/marks", set_marks),
    ("POST", f"{_HERE}/draw", draw),
    ("POST", f"{_HERE}/explain", explain),
)


def _number(visit: Visit, name: str) -> int:
    text = visit.form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise UsageError("conduct.bad_marks", why=name)
    return int(text)


def _back(visit: Visit) -> Response:
    return visit.go(f"/office/projects/{visit.parts['project']}/conduct")
