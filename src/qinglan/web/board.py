"""The live board: how a project goes, as figures and curves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from markupsafe import Markup
from starlette.responses import Response

from qinglan.flow import board as boards
from qinglan.flow.board import Board, Pulse
from qinglan.pages.trend import Curve, Point, bars, curves
from qinglan.web import values
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import say


def board(visit: Visit) -> Response:
    """One project's."""
    project = visit.parts["project"]
    found = boards.board(visit.context, visit.actor, project)
    newest = next((one for one in reversed(found.moments) if one.error is not None), None)
    return show(
        visit, "board", project=project, board=found, charts=_charts(visit, found), newest=newest,
        judged_at="" if newest is None else values.minute(newest.at), now=datetime.now(UTC),
        few=boards.FEW,
    )  # fmt: skip


MOST_DRAWN = 150

ROUTES: tuple[tuple[str, str, Route], ...] = (("GET", "/office/projects/{project}/board", board),)


def _charts(visit: Visit, found: Board) -> list[tuple[str, Markup | None]]:
    """Each with its heading; ``None`` where there is nothing to draw yet."""

    def words(key: str, **facts: object) -> str:
        return say(f"web.board.{key}", visit.language, **facts)

    drawn = _thinned(found.moments)

    def points(name: str, low: str = "", high: str = "") -> list[Point]:
        made = []
        for one in drawn:
            value = getattr(one, name)
            if value is not None:
                made.append(
                    Point(
                        at=one.at, value=float(value), low=_float(getattr(one, low, None)),
                        high=_float(getattr(one, high, None)),
                    )
                )  # fmt: skip
        return made

    waiting = [Point(at=one.at, value=float(one.tasks - one.judged)) for one in found.moments]
    accepted = points("accepted")
    agreement = points("agreement", "agreement_low", "agreement_high")
    error = points("error")
    days = [
        Point(at=int(datetime(*day.day.timetuple()[:3], tzinfo=UTC).timestamp() * 1000),
              value=float(day.answers))
        for day in found.days[-31:]
    ]  # fmt: skip
    made: list[tuple[str, Markup | None]] = []

    def add(key: str, drawn: Sequence[Point], make: Markup | None) -> None:
        made.append((words(key), make if drawn else None))

    if len(found.moments) > 1:
        burn = curves(
            [Curve(name=words("waiting"), points=waiting),
             Curve(name=words("accepted"), points=accepted, style="two")],
            title=words("burn_down"), whole=True,
            about=words("burn_about", waiting=_last(waiting), accepted=_last(accepted)),
        )  # fmt: skip
        add("burn_down", waiting, burn)
        add("throughput", days, bars(
            days, title=words("throughput"), about=words("last", value=_last(days)),
        ))  # fmt: skip
    else:
        made += [(words("burn_down"), None), (words("throughput"), None)]
    add("agreement", agreement, curves(
        [Curve(name=words("agreement"), points=agreement)], title=words("agreement"),
        about=words("last", value=_last(agreement, 2)),
    ) if agreement else None)  # fmt: skip
    add("error", error, curves(
        [Curve(name=words("error"), points=error)], title=words("error"), unit="%",
        about=words("last", value=_last(error, 4)),
    ) if error else None)  # fmt: skip
    if found.pays:
        currency = found.moments[-1].currency
        spent = [
            p for one, p in zip(
                (one for one in drawn if one.spent is not None), points("spent"),
                strict=True,
            ) if one.currency == currency
        ]  # fmt: skip
        add("cost", spent, curves(
            [Curve(name=words("cost"), points=spent)], title=words("cost"),
            about=words("last", value=_last(spent)), unit=currency or "",
            line=_float(found.budget), line_name=words("budget"),
        ) if spent else None)  # fmt: skip
    return made


def _thinned(moments: Sequence[Pulse]) -> list[Pulse]:
    """As many as an eye can tell apart; every judging stays, and this moment."""
    step = 1 + len(moments) // MOST_DRAWN
    judged = [one for one in moments if one.error is not None or one.agreement is not None]
    kept = {one.at for one in judged[-MOST_DRAWN:]} | {one.at for one in moments[::-1][::step]}
    return [one for one in moments if one.at in kept]


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _last(points: Sequence[Point], places: int = 0) -> str:
    return f"{points[-1].value:,.{places}f}" if points else "—"
