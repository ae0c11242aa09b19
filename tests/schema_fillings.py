"""What a kept database holds beyond the line of work, as far as the code that keeps it goes.

``scripts/keep_schema.py`` runs with the code of the schema that it keeps, which may know nothing of
desks, reports, withdrawals or accounts: what is not there yet is passed over. A migration that
brings tables adds a few rows of them here.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from sqlalchemy import text

import qinglan
from qinglan import records
from qinglan.flow.context import Context
from qinglan.storage import tables

LEAD = qinglan.Actor(name="lead", role=qinglan.Role.LEAD)
OWNER = qinglan.Actor(name="owner", role=qinglan.Role.OWNER)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def populate_later(ws: qinglan.Workspace, release: str) -> None:
    """A little of all that later schemas can hold; ``release`` is the id of one made here."""
    context = ws._context
    if desk := _module("qinglan.flow.desk"):
        _work_at_the_desk(context, desk)
    if hasattr(tables, "lessons"):
        _learn_and_appeal(context)
    if hasattr(records, "Look"):
        _look_and_report(context, release)
    if people := _module("qinglan.flow.people"):
        _open_accounts(context, people)
    if hasattr(ws, "withdraw"):
        ws.withdraw("choice", annotator="bob", really=True)
        ws.judge("choice")
    if traces := _module("qinglan.storage.traces"):
        _leave_traces(context, traces, release)
    if tokens := _module("qinglan.flow.tokens"):
        tokens.create(context, OWNER, "ann", label="program")
    if pay := _module("qinglan.flow.pay"):
        pay.set_rate(context, OWNER, "free", "0.50", "CNY", budget="100", now=NOW)
    if guiding := _module("qinglan.flow.guiding"):
        guiding.revise(context, OWNER, "choice", en="Newer.", zh="新", why="clearer", touches=None)
    if claims := _module("qinglan.storage.claims"):
        from qinglan.storage import tasks

        with context.storage.read() as conn:
            task = next(tasks.stream(conn, context.project("choice").id)).id
        claim = claims.Claim(task, "disputed", "A", None, 0, "hm")
        context.storage.write(lambda c: claims.add(c, context.project("choice").id, [claim], 1))
    if times := _module("qinglan.storage.work_times"):
        context.storage.write(lambda c: times.add(c, "ant_x", "tsk_x", 1, 2))
    if tiers := _module("qinglan.flow.tiers"):
        tiers.name_tiers(context, OWNER, "free", ["crowd", "expert"])
        tiers.give_tier(context, OWNER, "free", "dan", "expert", "学位已核验", now=NOW)
        tiers.add_credential(context, OWNER, "free", "dan", "PhD", "https://x.example", now=NOW)
    if routes := _module("qinglan.flow.routes"):
        routes.need_tier(context, OWNER, "free", "sums", "expert")
        dan = qinglan.Actor(name="dan", role=qinglan.Role.ANNOTATOR)
        routes.state_languages(context, dan, ["zh", "en"])
    if rights := _module("qinglan.flow.rights"):
        rights.set_statement(context, OWNER, "free", en="Yours.", zh="归你。", now=NOW)
        dan = qinglan.Actor(name="dan", role=qinglan.Role.ANNOTATOR)
        rights.agree(context, dan, "free", 1, now=NOW)
    if illustrating := _module("qinglan.flow.illustrating"):
        activity = context.begin("import", OWNER)
        dot = bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
            "3a7e9b550000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
        )
        made = illustrating.keep(context, activity, dot, "dot.png")
        context.storage.write(lambda c: illustrating.link(c, [("gdl_x", [made.id])]))
    if jobs := _module("qinglan.flow.jobs"):
        jobs.start(context, OWNER, "free", "judge", lambda _: {"tasks": 0})
    if scheme := _module("qinglan.flow.scheme"):
        said = "[[labels]]\nkey = 'red'\nen = 'Red'\nzh = '红'"
        scheme.set_scheme(context, LEAD, "choice", scheme.parse(said))


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _work_at_the_desk(context: Context, desk: ModuleType) -> None:
    """An answer, a skip, a draft and an open lease."""
    from qinglan.flow import work
    from qinglan.work import Rules, SkipReason

    desk.open_desk(context, LEAD, "free", Rules(overlap=2, lease_seconds=600))
    desk.seat(context, LEAD, "free", "dan", licence="CC-BY-4.0")
    dan = qinglan.Actor(name="dan", role=qinglan.Role.ANNOTATOR)
    task: Any = work.next_task(context, dan, "free", now=NOW)
    work.submit(context, dan, "free", task.task, task.token, {"text": "答案：0"}, now=NOW)
    task = work.next_task(context, dan, "free", now=NOW)
    work.skip(context, dan, "free", task.task, task.token, SkipReason.UNSURE, now=NOW)
    task = work.next_task(context, dan, "free", now=NOW)
    work.save_draft(context, dan, "free", task.task, task.token, {"text": "起草"}, now=NOW)


def _learn_and_appeal(context: Context) -> None:
    """A lesson and its answer, gold that was met, a notice, a flag and what was said to it."""
    project = context.project("free").id
    with context.storage.read() as conn:
        dan = conn.execute(text("SELECT annotator FROM seats")).scalar_one()
        query = "SELECT min(id), max(id) FROM tasks WHERE project = :project"
        first, last = conn.execute(text(query), {"project": project}).one()
    did = {"annotator": dan, "task": first}
    flag = {"id": "flg_a", "project": project, "annotator": dan, "other": None}
    rows: dict[str, dict[str, Any]] = {
        "gold": {"task": last, "project": project, "skill": "", "rank": 1, "key": "10"},
        "gold_answers": {**did, "project": project, "at": 1, "right": True},
        "lessons": {"task": first, "project": project, "part": "practice", "place": 1,
                    "key": "0", "words": "零加零"},
        "lesson_answers": {**did, "answer": '{"text":"0"}', "right": True, "at": 2},
        "notices": {"annotator": dan, "version": 1, "at": 3},
        "flags": {**flag, "kind": "pasted", "facts": '{"pasted":9}', "at": 4},
        "flag_words": {"flag": "flg_a", "seq": 1, "what": "appeal", "actor": "dan",
                       "words": "我打字快", "at": 5},
        "behaviour": {**did, "pasted": 9, "typed": 1, "away": 0},
    }  # fmt: skip

    def keep(conn: Any) -> None:
        for name, row in rows.items():
            conn.execute(tables.metadata.tables[name].insert(), [row])

    context.storage.write(keep)


def _look_and_report(context: Context, release: str) -> None:
    """One look that became a report, and one that was given up."""
    from qinglan.storage import looks, reports

    with context.storage.read() as conn:
        activity = conn.execute(text("SELECT min(id) FROM activities")).scalar_one()
    kept, given_up = (
        records.Look(
            report="rpt_" + letter * 26, held_out="0a" * 32, model="0b" * 32, why="evaluation",
            when=NOW,
        )
        for letter in "ab"
    )  # fmt: skip
    report = records.Report(
        id=kept.report, release=release, split=records.Split.TEST, held_out=kept.held_out,
        model=kept.model, run="run_" + "a" * 26, plan="0c" * 32, made=NOW, sha256="0d" * 32,
    )  # fmt: skip

    def keep(conn: Any) -> None:
        for look in (kept, given_up):
            looks.add(conn, look, ["0e" * 32, "0f" * 32], activity)
        reports.add(conn, report, activity)

    context.storage.write(keep)


def _leave_traces(context: Context, traces: ModuleType, release: str) -> None:
    """A release that holds what was withdrawn, a redacted report, a page and an export."""
    project = context.project("free")

    def keep(conn: Any) -> None:
        made = conn.execute(text("SELECT min(id) FROM withdrawals")).scalar_one()
        traces.mark_stale(conn, made, release, 3)
        traces.redact(conn, "rpt_" + "a" * 26, "0e" * 32)
        for path in ("report.html", "/elsewhere/answers.jsonl"):
            traces.remember(conn, project.id, path)

    context.storage.write(keep)


def _open_accounts(context: Context, people: ModuleType) -> None:
    """One account, signed in, and an invitation that waits."""
    from qinglan.flow import entrance

    token = people.invite(context, OWNER, "ann", qinglan.Role.ANNOTATOR)
    entrance.accept(context, token, "a long enough passphrase 青")
    people.invite(context, OWNER, "bea", qinglan.Role.REVIEWER)
