"""What reviewers, leads and auditors do, by program: through the typed client, and attacked."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from typing import Any

import pytest
import web_example
from api_example import TASKS, Program, line, seat, token_for
from sqlalchemy import select
from web_example import OWNER, join

from qinglan.client import ApiError, Client, people
from qinglan.flow import desk, lessons, tokens
from qinglan.flow.context import Context
from qinglan.provenance import chain_file
from qinglan.provenance.chain import examine
from qinglan.records import Role
from qinglan.storage import tables
from qinglan.storage import tasks as questions


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with line(tmp_path_factory.mktemp("office") / "ws") as opened:
        seat(opened, "p", "ann", "bob")
        yield opened


@pytest.fixture(scope="module")
def boss(context: Context, port: int) -> Iterator[Client]:
    with client(context, port, "boss", Role.LEAD) as made:
        yield made


@pytest.fixture(scope="module")
def rey(context: Context, port: int) -> Iterator[Client]:
    with client(context, port, "rey", Role.REVIEWER) as made:
        yield made


def client(context: Context, port: int, name: str, role: Role, *scopes: str) -> Client:
    return Client(f"http://127.0.0.1:{port}", token_for(context, name, role, *scopes), tries=1)


def refused(do: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        do()
    return caught.value.problem.status, caught.value.problem.key


def ids(context: Context, project: str) -> list[str]:
    with context.storage.read() as conn:
        found = questions.page(conn, context.project(project).id, "", TASKS)
    return [task.id for task in found]


# --- before, beside and after the work ----------------------------------------------------------


def test_an_annotator_reads_what_is_recorded_and_begins(context: Context, port: int) -> None:
    for name in ("new", "eve"):
        desk.seat(context, OWNER, "p", name, licence="CC-BY-4.0")
    with client(context, port, "new", Role.ANNOTATOR) as new:
        assert refused(lambda: new.next_task("p")) == (403, "conduct.not_told")
        before = new.before("p")
        assert (before.told, before.licence, before.rights) == (False, "CC-BY-4.0", None)
        # Every face tells the same: what is in the API is on the page, and nothing else is.
        page = web_example.Client(port, join(context, "eve")).get("/desk/p/before").text
        assert re.findall(r"<li>(.*?)</li>", unescape(page)) == [*before.recorded, *before.use]
        assert new.begin("p").told
        task = new.next_task("p")
        assert task is not None
        # A week is claimed, and no more is taken than passed since the task was given.
        assert 0 <= new.worked("p", task, 7 * 24 * 3600 * 1000) < 60_000
        assert new.behave("p", task, pasted=40, typed=2).task == task.task
        other = task.model_copy(update={"lease": "lea_guessed"})
        assert refused(lambda: new.worked("p", other, 5))[0] == 403
        found = new.own("p")
        assert (found.active, found.admitted, found.share.value) == (True, True, None)
        assert (found.flags, found.earned, found.worked_tasks) == ([], None, 1)
        assert refused(lambda: new.own("q"))[1] == "assignment.no_seat"


def test_a_pause_is_told_appealed_and_lifted(context: Context, port: int, boss: Client) -> None:
    boss.pause("p", "bob", "Too many at once.")
    with client(context, port, "bob", Role.ANNOTATOR) as bob:
        (flag,) = bob.own("p").flags
        assert (flag.kind, flag.said[0].words, flag.waits) == ("paused", "Too many at once.", False)
        assert bob.appeal("p", flag.id, "They were easy.").flags[0].waits
        assert refused(lambda: bob.appeal("p", flag.id, "Again."))[1] == "conduct.appeal_waits"
        with client(context, port, "ann", Role.ANNOTATOR) as ann:
            assert refused(lambda: ann.appeal("p", flag.id, "Mine."))[1] == "conduct.no_flag"
        raised = next(one for one in boss.flags("p") if one.flag.id == flag.id)
        assert (raised.name, raised.flag.said[-1].what) == ("bob", "appeal")
        assert refused(lambda: boss.decide_flag("q", flag.id, lift=True, words="Other project."))
        assert boss.decide_flag("p", flag.id, lift=True, words="So they were.").flag == flag.id
        assert bob.own("p").active
    state = boss.desk("p")
    assert {one.name for one in state.people} >= {"ann", "bob"}
    assert state.rules is not None


def test_lessons_come_before_work_and_tell_no_key_too_early(
    context: Context, port: int, boss: Client
) -> None:
    chosen = lessons.draw(context, OWNER, "p", 4)
    said = {chosen[0]: "Twice the number."}
    assert boss.set_lessons("p", "practice", tasks=chosen[:2], words=said) == 2
    assert boss.set_lessons("p", "qualification", tasks=chosen[2:]) == 2
    assert boss.explain_lesson("p", chosen[1], "Double it.").task == chosen[1]
    shown = {one.task: (one.part, one.words, one.key) for one in boss.lessons("p")}
    assert [shown[task][:2] for task in chosen] == [
        ("practice", "Twice the number."), ("practice", "Double it."), ("qualification", None),
        ("qualification", None),
    ]  # fmt: skip
    seat(context, "p", "cyd")
    with client(context, port, "cyd", Role.ANNOTATOR) as cyd:
        assert refused(lambda: cyd.next_task("p"))[1] == "assignment.not_admitted"
        assert refused(lambda: cyd.dispute_lesson("p", chosen[0], "No."))[0] == 403
        first = cyd.lesson("p")
        assert (first.part, first.number, first.of, first.task) == ("practice", 1, 2, chosen[0])
        assert "key" not in first.model_dump()
        assert (
            refused(lambda: cyd.learn("p", chosen[1], {"text": "1"}))[1] == "assignment.not_yours"
        )
        learned = cyd.learn("p", chosen[0], {"text": "It is 1."})
        assert (learned.told, learned.right, learned.words) == (True, False, "Twice the number.")
        assert learned.key == shown[chosen[0]][2]
        assert cyd.dispute_lesson("p", chosen[0], "It is another.").task == chosen[0]
        cyd.learn("p", chosen[1], {"text": "It is 1."})
        for task in chosen[2:]:
            learned = cyd.learn("p", task, {"text": "It is 1."})
            assert (learned.told, learned.right, learned.key) == (False, None, None)
        over = cyd.lesson("p")
        assert (over.task, over.admitted, over.exam is not None) == (None, False, True)
    assert "cyd" in {one.name for one in boss.fares("p")}
    assert boss.try_again("p", "cyd", "A second look.").name == "cyd"
    assert [one.task for one in boss.disputed_keys("p")] == [chosen[0]]


# --- reviewing ----------------------------------------------------------------------------------


def test_a_reviewer_rules_sends_back_and_decides_keys(
    context: Context, port: int, rey: Client, boss: Client
) -> None:
    with client(context, port, "ann", Role.ANNOTATOR) as ann:
        task = ann.next_task("p")
        assert task is not None
        ann.submit("p", task, {"text": "It is 77."})
    dossier = rey.dossier("p", task.task)
    (side,) = dossier.sides
    assert (side.answer, side.value, side.concluded) == (
        {"kind": "free", "text": "It is 77."},
        "77",
        False,
    )
    assert '"ann"' not in dossier.model_dump_json()
    (beside,) = [one for one in rey.answers_beside("p") if one.task == task.task]
    assert [(one.annotator, one.returnable) for one in beside.answers] == [("ann", True)]
    wrong = dossier.model_copy(update={"sides": [side.model_copy(update={"annotation": "ann_x"})]})
    assert refused(lambda: rey.rule("p", wrong, annotation="ann_x")) == (409, "review.changed")
    chosen = rey.rule("p", dossier, annotation=side.annotation)
    assert (chosen.value, chosen.annotation) == ("77", side.annotation)
    made = rey.rule("p", dossier, answer={"text": "It is 4."}, note="Added.", licence="CC0-1.0")
    assert (made.value, made.reviewer) == ("4", "rey")
    now = {one.task: (one.value, one.method) for one in boss.verdicts("p")}
    assert now[task.task] == ("4", "review")
    assert boss.send_back("p", task.task, side.annotation, "Show the sum.").task == task.task
    with client(context, port, "ann", Role.ANNOTATOR) as ann:
        (back,) = ann.queue("p", "sent_back")
        assert (back.task, back.note) == (task.task, "Show the sum.")
    # Whoever has a part in a task does not review it: by now the reviewer answered it themselves.
    assert refused(lambda: rey.dossier("p", task.task)) == (403, "assignment.self_review")
    assert refused(
        lambda: boss.return_answer("p", "boss", task.task, "Mine.")
    ) == (403, "assignment.self_review")  # fmt: skip
    key = next(one for one in ids(context, "p") if one != task.task)
    assert boss.dispute_key("p", key, "It is odd.").task == key
    assert rey.decide_key("p", key, key="99", words="So it is.").task == key
    assert refused(lambda: rey.decide_key("p", key, words="Again."))[1] == "flow.not_disputed"
    assert refused(lambda: rey.decide_key("q", key, words="There."))[1] == "assignment.no_such_task"
    assert list(rey.review_queue("q", best=3)) is not None


def test_gold_is_set_and_cleared_and_marks_are_asked(context: Context, boss: Client) -> None:
    chosen = lessons.draw(context, OWNER, "p", 2)
    assert boss.set_gold("p", tasks=chosen) == 2
    assert boss.set_gold("p", tasks=chosen) == 0
    assert boss.clear_gold("p", chosen[0]) == 1
    assert boss.clear_gold("p", chosen[0]) == 0
    assert boss.set_gold("p", draw=1) == 1
    theirs = ids(context, "q")[:1]
    assert refused(lambda: boss.set_gold("p", tasks=theirs))[1] == "assignment.no_such_task"
    assert boss.marks("p") is None
    asked = people.Marks(least=600, aim=800)
    assert boss.set_marks("p", asked) == asked == boss.marks("p")
    assert boss.look_for_signs("p").raised == {}
    assert boss.set_marks("p", None) is None


def test_evidence_is_kept_and_taken_back(boss: Client) -> None:
    number = boss.add_credential("p", "ann", "A degree, seen.", "https://uni.example/ann")
    (ann,) = [one for one in boss.tiers("p") if one.name == "ann"]
    assert [(one.number, one.words) for one in ann.credentials] == [(number, "A degree, seen.")]
    assert boss.end_credential("p", "ann", number).number == number
    (ann,) = [one for one in boss.tiers("p") if one.name == "ann"]
    assert ann.credentials == []
    assert refused(lambda: boss.add_credential("p", "ann", "x", "a b"))[1] == "tiers.bad_link"


# --- accounts and tokens ------------------------------------------------------------------------


def test_an_invitation_lets_in_once_and_is_not_told_twice(
    context: Context, port: int, boss: Client
) -> None:
    made = boss.invite("dora", "reviewer")
    assert made.path is not None
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", made.path)
    assert b"dora" in connection.getresponse().read()
    connection.close()
    program = Program(port, token_for(context, "inviter", Role.LEAD))
    sent = {"name": "eve", "role": "annotator"}
    first = program.post("/people", sent, idempotency_key="once")
    again = program.post("/people", sent, idempotency_key="once")
    assert first.json["path"].startswith("/invite/")
    assert again.json == {"name": "eve", "role": "annotator", "path": None}
    assert first.json["path"].rpartition("/")[2] not in kept(context)


def test_a_token_makes_nobody_more_than_it_may(context: Context, port: int) -> None:
    owner = Program(port, token_for(context, "founder", Role.OWNER))
    join(context, "lou", Role.LEAD)
    for body in ({"name": "x", "role": "owner"}, {"name": "x", "role": "lead"},
                 {"name": "x", "role": "annotator", "active": True}):  # fmt: skip
        assert owner.post("/people", body).status == 422
    for body in ({"role": "owner"}, {"role": "lead"}, {"password": "x"}, {"name": "y"}):
        assert owner.put("/people/ann", body).status == 422
    # Not even an owner's: an account of a lead or an owner is a person's to look after.
    assert owner.put("/people/lou", {"active": False}).key == "people.not_yours"
    assert owner.put("/people/founder", {"role": "auditor"}).key == "people.not_yours"
    assert owner.post("/people", {"name": "lou", "role": "annotator"}).key == "people.not_yours"
    join(context, "fay")
    assert owner.put("/people/fay", {"role": "reviewer"}).json["role"] == "reviewer"
    assert owner.put("/people/fay", {"active": False}).json["active"] is False
    reading = Program(port, token_for(context, "reader", Role.LEAD, "people"))
    assert reading.put("/people/fay", {"active": True}).key == "tokens.scope"


def test_a_token_reaches_no_further_than_the_one_that_made_it(context: Context, port: int) -> None:
    words = tokens.create(
        context, OWNER, "maker", role=Role.LEAD,
        scopes=[tokens.Scope.TOKENS, tokens.Scope.READ], days=10,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with Client(url, words.token, tries=1) as maker:
        child = maker.make_token("helper", ["read"], role="reviewer", label="nightly")
        assert (child.role, child.scopes, child.until) == (Role.REVIEWER, ["read"], words.until)
        assert child.token is not None
        for name, scopes in (
            ("helper", ["review"]), ("maker", ["read", "people"]), ("maker", ["tokens"]),
        ):  # fmt: skip
            key = refused(lambda name=name, scopes=scopes: maker.make_token(name, scopes))
            assert key == (403, "tokens.further")
        # In no person's name, whose work it would pass for.
        join(context, "pia", Role.REVIEWER)
        for role in (None, "reviewer"):
            asked = refused(lambda role=role: maker.make_token("pia", ["read"], role=role))
            assert asked == (403, "tokens.anothers")
        assert maker.make_token("helper", ["read"]).name == "helper"
        assert refused(lambda: maker.make_token("maker", ["read"], days=11))[1] == "tokens.longer"
        assert maker.make_token("maker", ["read"], days=9).until < words.until
        with Client(url, child.token) as helper:
            assert helper.me().scopes == ["read"]
            listed = {one.id: one for one in maker.tokens()}
            assert (listed[child.id].label, listed[child.id].ended) == ("nightly", None)
            tokens.revoke(context, OWNER, words.id)
            assert refused(helper.me) == (401, "api.no_token")
    assert {one.id: one.ended for one in tokens.every(context, OWNER)}[child.id] == "parent"


def test_a_new_token_is_told_once_and_kept_nowhere(context: Context, port: int) -> None:
    program = Program(port, token_for(context, "careful", Role.LEAD))
    sent = {"name": "careful", "scopes": ["read"]}
    first = program.post("/tokens", sent, idempotency_key="once").json
    again = program.post("/tokens", sent, idempotency_key="once").json
    assert first["token"].startswith("qlt_")
    assert again == {**first, "token": None}
    assert first["token"] not in kept(context)
    assert program.ask("DELETE", f"/tokens/{first['id']}").status == 200
    assert program.ask("DELETE", f"/tokens/{first['id']}").key == "tokens.no_token"


def kept(context: Context) -> str:
    """All that repetitions are told."""
    with context.storage.read() as conn:
        return json.dumps([row.body for row in conn.execute(select(tables.outcomes))])


# --- what a project asks, and what became of it -------------------------------------------------


def test_a_guideline_has_versions_that_say_what_they_touch(context: Context, boss: Client) -> None:
    made = boss.revise("q", en="Add well.", zh="仔细相加。", why="Clearer.", touches=None)
    assert (made.version, made.answers, made.touches) == (2, TASKS, None)
    assert [one.version for one in boss.guideline("q")] == [2, 1]
    out = io.BytesIO()
    boss.touched("q", 2, out)
    told = [json.loads(row) for row in out.getvalue().splitlines()]
    assert {row["task"] for row in told} == set(ids(context, "q"))
    assert refused(lambda: boss.revise("q", en="Add well.", zh="仔细相加。", why="Same."))[0] == 422
    assert refused(lambda: boss.touched("q", 9, io.BytesIO()))[1] == "flow.no_version"


def test_a_project_is_a_file_that_makes_another(boss: Client) -> None:
    out = io.BytesIO()
    boss.settings("p", out)
    text = out.getvalue().decode().replace('name = "p"', 'name = "copy"')
    assert (boss.apply("copy", text).made, boss.apply("copy", text).made) == (True, False)
    assert boss.desk("copy").rules == boss.desk("p").rules
    assert refused(lambda: boss.apply("other", text))[1] == "flow.plan_bad"
    assert refused(lambda: boss.apply("copy", text + "\nextra = 1\n"))[0] == 422


def test_an_auditor_reads_all_of_it(context: Context, port: int, boss: Client) -> None:
    rate = boss.set_rate("q", "1.50", "CNY", budget="90")
    with client(context, port, "aud", Role.AUDITOR) as aud:
        board = aud.board("q")
        assert board.status.counts["tasks"] == TASKS
        assert {one.name for one in aud.people()} >= {"aud", "boss"}
        assert (board.budget, board.moments[-1].currency) == ("90", "CNY")
        plan = aud.pay_plan("q")
        assert [(one.version, one.amount) for one in plan.rates] == [(rate.version, "1.50")]
        deeds = list(aud.audit(verb="rate"))
        assert [(one.actor, one.verb) for one in deeds] == [("boss", "rate")]
        some = Program(port, token_for(context, "aud2", Role.AUDITOR))
        page = some.get("/audit?limit=3").json
        assert (len(page["items"]), page["next"] is None) == (3, False)
        assert some.get(f"/projects/q/audit?after={page['next']}").key == "api.bad_cursor"
        assert {one.verb for one in aud.audit("q")} >= {"import", "judge", "release", "rate"}
        out = io.BytesIO()
        aud.history("q", out)
        file = context.folder / "chain.ndjson"
        file.write_bytes(out.getvalue())
        held, fault = examine(chain_file.read(file), context.project("q").id, ())
        assert (held > 3, fault) == (True, None)
        assert aud.check_release("q", "r1").whole
        table = io.BytesIO()
        aud.statement_table("q", table)
        assert table.getvalue().startswith(b"\xef\xbb\xbfwhat,person")
        aside = io.BytesIO()
        assert aud.set_aside_table("q", aside) > 0
        assert aud.jobs("q") == []
        assert list(aud.disputed_keys("q")) == []
        for do in (lambda: aud.revise("q", en="x", zh="x", why="x"),
                   lambda: aud.decide_key("q", "tsk_x", words="x"),
                   lambda: aud.pause("p", "ann", "x"),
                   lambda: aud.set_marks("p", None)):  # fmt: skip
            assert refused(do)[1] in ("flow.not_allowed", "tokens.scope")
    with client(context, port, "rey2", Role.REVIEWER) as reviewer:
        assert reviewer.board("q").budget is None
        assert reviewer.board("q").moments[-1].spent is None


def test_an_export_over_the_api_is_in_the_audit_log(port: int, context: Context) -> None:
    with client(context, port, "taker", Role.AUDITOR) as taker:
        taker.export("q", io.BytesIO())
        assert len(list(taker.annotations("q"))) == TASKS
        noted = [one.facts["project"] for one in taker.audit(who="taker", verb="export")]
        assert noted == ["q", "q"], "the stream once, and the pages together once"


# --- attacks ------------------------------------------------------------------------------------

LONG = "x" * 10_000


def bodies() -> dict[str, dict[str, Any]]:
    """A body that fits, by its path."""
    words = {"words": "w"}
    return {
        "POST /desks/p/flags/{id}/appeal": words,
        "POST /desks/p/lessons/{id}": {"answer": {"text": "1"}},
        "POST /desks/p/lessons/{id}/dispute": words,
        "POST /desks/p/tasks/{id}/time": {"lease": "l", "ms": 1},
        "POST /desks/p/tasks/{id}/behaviour": {"lease": "l"},
        "GET /projects/p/review/{id}": {},
        "POST /projects/p/review/{id}/ruling": {"considered": ["a"], "annotation": "a"},
        "POST /projects/p/review/{id}/send-back": {"annotation": "a", "words": "w"},
        "POST /projects/p/answers/{id}/send-back": {"name": "ann", "words": "w"},
        "PUT /projects/p/keys/{id}": words,
        "POST /projects/p/keys/{id}/dispute": words,
        "PUT /projects/p/flags/{id}": {"lift": True, "words": "w"},
        "PUT /projects/p/lessons/{id}": words,
        "DELETE /projects/p/gold/{id}": {},
        "POST /projects/p/seats/{id}/pause": words,
        "POST /projects/p/seats/{id}/again": words,
        "POST /projects/p/people/{id}/credentials": words,
        "DELETE /projects/p/people/{id}/credentials/1": {},
        "PUT /people/{id}": {"active": True},
        "DELETE /tokens/{id}": {},
        "GET /projects/{id}/board": {},
        "GET /projects/p/releases/{id}/check": {},
    }


@pytest.mark.parametrize("route", bodies())
def test_no_id_brings_the_server_down_or_opens_another_project(
    context: Context, port: int, hammer: Program, route: str
) -> None:
    method, _, path = route.partition(" ")
    body, theirs = bodies()[route], ids(context, "q")[0]
    for word in ("a%00b", "%ED%A0%80", LONG, "..%2F..%2Fq", "'%20OR%201=1--", theirs):
        got = hammer.ask(method, path.format(id=word), body or None)
        where = (route, word[:40], got.status, got.body[:300])
        # A gold task that is none is not made an ordinary one, and nothing is said of it.
        nothing = (
            method == "DELETE" and "/gold/" in path and got.json == {"project": "p", "count": 0}
        )
        assert got.status in (403, 404, 422) or nothing, where
    for name in ("reviewer", "role", "score", "pay", "project") if body else ():
        more = hammer.ask(method, path.format(id="x"), {**body, name: "owner"})
        assert (more.status, more.key) == (422, "api.bad_request"), (route, name)
    for text in ("a\0b", "\ud800"):
        for field in [field for field, value in body.items() if isinstance(value, str)]:
            sent = json.dumps({**body, field: text}).encode()
            assert hammer.ask(method, path.format(id="x"), sent).status == 422, (route, field)


@pytest.fixture(scope="module")
def hammer(context: Context, port: int) -> Program:
    seat(context, "p", "hammer")
    return Program(port, token_for(context, "hammer", Role.OWNER))


@pytest.mark.parametrize(
    "path", ["/audit", "/tokens", "/projects/p/flags", "/projects/p/conduct", "/projects/p/review",
             "/projects/p/answers", "/projects/p/keys", "/projects/p/lessons", "/projects/p/audit",
             "/projects/p/guideline", "/projects/p/jobs", "/people", "/projects/p/people",
             "/reports"],
)  # fmt: skip
def test_limits_and_cursors_are_bounded(hammer: Program, path: str) -> None:
    for query in ("limit=0", "limit=999999999999999999999", "limit=-1", "limit=x", "after=" + LONG,
                  "sort=gold", "filter=gold__startswith", "after=AAAA"):  # fmt: skip
        assert hammer.get(f"{path}?{query}").status in (422, 414), (path, query[:40])


def test_what_a_list_of_ids_may_hold_is_bounded(hammer: Program) -> None:
    for body in ({}, {"tasks": [], "draw": None}, {"tasks": ["a"], "draw": 1}, {"draw": 10**9},
                 {"tasks": [LONG]}, {"tasks": ["a"] * 1001}, {"tasks": ["a\0b"]}):  # fmt: skip
        assert hammer.post("/projects/p/gold", body).status == 422, str(body)[:60]
