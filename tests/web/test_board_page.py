"""The live board: figures from running counts, curves without a style or a script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import event
from web_example import OWNER, Client, fill, join, serving, workspace

from qinglan.flow import board, judge, pay, pulsing, verify
from qinglan.pages.trend import Curve, Point, bars, curves
from qinglan.records import Kind, Role
from qinglan.storage import pulses
from qinglan.storage.pulses import Pulse
from qinglan.wording import say
from qinglan.work import Rules

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = 86_400_000


def at(days: float) -> int:
    return int((NOON + timedelta(days=days)).timestamp() * 1000)


def pulse(days: float, answers: int, **more: object) -> Pulse:
    facts = {"project": "p", "at": at(days), "tasks": 100, "judged": 0, "accepted": 0, **more}
    return Pulse(answers=answers, **facts)  # type: ignore[arg-type]


def test_answers_by_day_and_pace_are_those_of_the_counts() -> None:
    moments = (pulse(-3, 10), pulse(-2.9, 14), pulse(-2, 20), pulse(-1, 15), pulse(0, 45))
    days = board.by_day(moments)
    assert [(day.day.day, day.answers) for day in days] == [(7, 4), (8, 6), (9, 0), (10, 30)]
    assert list(board.by_day(moments[:1])) == [], "what came before the first is not told apart"
    assert board.speed(moments) == pytest.approx(35 / 3)
    assert board.speed(moments[-1:]) is None
    assert board.speed((pulse(-0.02, 1), pulse(0, 9))) is None, "half an hour says nothing"
    old = (pulse(-30, 0), *moments)
    assert board.speed(old) == pytest.approx(35 / 3), "last month is not this week"


def test_a_chart_is_one_that_a_strict_page_may_hold() -> None:
    points = [Point(at=at(i), value=i * 3.5, low=i * 3.0, high=i * 4.0) for i in range(5)]
    hostile = "<script>alert(1)</script>"
    drawn = [
        curves([Curve(name=hostile, points=points)], title=hostile, about=hostile, line=9.0),
        bars([Point(at=at(i), value=float(i)) for i in range(40)], title="t", about=hostile),
        curves([Curve(name="n", points=points[:1])], title="t", about="a", unit="%"),
        curves([Curve(name="n", points=[Point(at=0, value=-0.2), Point(at=9, value=0.9)])],
               title="t", about="a"),
        curves([Curve(name=hostile, points=points), Curve(name="n", points=points, style="two")],
               title="t", about="a", line=9.0, line_name="budget"),
    ]  # fmt: skip
    shown = [str(text.text) for text in ET.fromstring(str(drawn[4])).iter("text")]
    assert [name for name in (hostile, "n", "budget") if name in shown] == [hostile, "n", "budget"]
    for one in drawn:
        tree = ET.fromstring(str(one))
        assert tree.find("title") is not None
        for tag in tree.iter():
            assert tag.tag in ("svg", "title", "desc", "line", "text", "polygon", "polyline",
                               "circle", "rect", "g")  # fmt: skip
            assert not {name for name in tag.attrib if name == "style" or name.startswith("on")}
    heights = [float(bar.attrib["height"]) for bar in ET.fromstring(str(drawn[1])).iter("rect")]
    assert heights[0] == 0
    assert heights[39] == pytest.approx(39 * heights[1], rel=0.05)


def test_the_board_shows_how_it_goes(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        rows = [{"q": f"Question {i}", "k": "7"} for i in range(4)]
        fill(context, context.folder, "p", Kind.FREE, rows, "ann", "bob",
             fields=["prompt=q", "key=k"], rules=Rules(overlap=2))  # fmt: skip
        pay.set_rate(context, OWNER, "p", "2.00", "CNY", budget="100")
        assert pulsing.beat(context, at(-2)) == 1
        assert pulsing.beat(context, at(-1)) == 0, "nothing moved"
        with serving(context) as port:
            ann = Client(port, join(context, "ann"))
            for _ in range(3):
                ann.submit("p", text="So 7.")
            bob = Client(port, join(context, "bob"))
            bob.submit("p", text="So 8.")
            verify.verify(context, OWNER, "p")
            judge.judge(context, OWNER, "p", use_keys=False)
            found = board.board(context, OWNER, "p")
            assert found.answers == 4
            assert found.moments[-1].spent == Decimal("8.00")
            judged = [one for one in found.moments if one.error is not None]
            assert len(judged) == 1
            assert 0 <= float(judged[0].error or 0) <= 1
            lead = Client(port, join(context, "lee", Role.LEAD))
            for language in ("en", "zh"):
                page = lead.get("/office/projects/p/board", accept_language=language).text
                assert page.count('<svg class="trend"') >= 3
                assert "<script" not in page
                assert " style=" not in page
                assert say("web.board.cost", language) in page
            reviewer = Client(port, join(context, "rae", Role.REVIEWER))
            seen = reviewer.get("/office/projects/p/board").text
            assert say("web.board.cost", "en") not in seen, "pay is not theirs to see"
            assert ann.get("/office/projects/p/board").status == 403
            assert lead.get("/office/projects/none/board").status == 422


def test_the_board_counts_no_rows(tmp_path: Path) -> None:
    """It asks for nothing that grows with the project: no count over tasks, answers or verdicts."""
    with workspace(tmp_path / "ws") as context:
        fill(context, context.folder, "p", Kind.FREE, [{"q": "?"}], "ann")
        with context.storage.read() as conn:
            engine = conn.engine
        asked: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *facts: asked.append(str(facts[2])))
        board.board(context, OWNER, "p")
        assert len(asked) > 3
        for statement in asked:
            for table in ("FROM tasks", "FROM annotations", "FROM verdicts", "FROM work", "JOIN"):
                assert table not in statement, statement
            if "FROM assignments" in statement:
                assert "standing = 'leased'" in statement


def test_a_pulse_reads_back(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        fill(context, context.folder, "p", Kind.FREE, [{"q": "?"}])
        made = pulse(
            0, 5, project=context.project("p").id, agreement=Decimal("0.500000"),
            error=Decimal("0.010000"), spent=Decimal("1.20"), currency="CNY",
        )  # fmt: skip
        context.storage.write(lambda conn: pulses.add(conn, made))
        context.storage.write(lambda conn: pulses.add(conn, pulse(0, 6, project=made.project)))
        with context.storage.read() as conn:
            assert pulses.newest(conn, made.project) == made
            assert pulses.since(conn, made.project, at(-1), 10) == [made]
            assert pulses.since(conn, made.project, at(1), 10) == []
