"""The API over HTTP: what it gives to whom, and what it does with what it is sent."""

from __future__ import annotations

import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from api_example import TASKS, Program, line, seat, token_for
from web_example import OWNER, join, serving

from qinglan.flow import desk, export, people, repeating, tokens
from qinglan.flow.context import MAY, Context
from qinglan.flow.release import check_release
from qinglan.records import Role
from qinglan.storage import tasks as questions
from qinglan.web.api.app import make_api
from qinglan.web.api.pace import Pace
from qinglan.web.api.paging import seal
from qinglan.work import Rules

ROLES = {role: f"{role.value}-bot" for role in Role}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with line(tmp_path_factory.mktemp("api") / "ws") as opened:
        yield opened


@pytest.fixture(scope="module")
def bots(context: Context, port: int) -> dict[Role, Program]:
    """A program of each role, with all scopes that are of use to it."""
    return {role: Program(port, token_for(context, name, role)) for role, name in ROLES.items()}


@pytest.fixture(scope="module")
def description(context: Context) -> dict[str, Any]:
    return make_api(context).openapi()


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path with values that are there, and description of every operation."""
    values = {
        "project": "q", "release": "r1", "name": "manifest.json", "task": "tsk_x", "version": "7",
        "number": "7", "shape": "csv",
    }  # fmt: skip
    return [
        (
            method.upper(),
            re.sub(r"\{(\w+)\}", lambda at: values.get(at[1], f"{at[1]}_x"), path),
            one,
        )
        for path, item in description["paths"].items()
        for method, one in item.items()
    ]


# --- who may ---------------------------------------------------------------------------------


def test_nothing_answers_without_a_token_that_is_in_use(
    context: Context, port: int, description: dict[str, Any]
) -> None:
    ended = tokens.create(context, OWNER, "ended", role=Role.OWNER)
    tokens.revoke(context, OWNER, ended.id)
    session = join(context, "in a browser", Role.OWNER)
    strangers = [
        (Program(port), {}), (Program(port, ended.token), {}),
        (Program(port), {"Cookie": f"qinglan={session}"}),
        (Program(port), {"Authorization": f"Basic {ended.token}"}),
    ]  # fmt: skip
    for method, path, _ in operations(description)[::9]:
        for program, headers in strangers:
            got = program.ask(method, path, headers=headers)
            assert (got.status, got.key) == (401, "api.no_token")
            assert got.headers["www-authenticate"] == "Bearer"


def test_a_route_opens_to_those_whose_role_may_and_to_no_other(
    bots: dict[Role, Program], description: dict[str, Any]
) -> None:
    for method, path, operation in operations(description):
        verb = operation.get("x-verb")
        for role, program in bots.items():
            got = program.ask(method, path)
            refused = got.status == 403 and got.key in ("flow.not_allowed", "tokens.scope")
            assert refused == (verb is not None and role not in MAY[verb]), (method, path, role)
            assert got.status < 500


def test_a_token_reaches_no_further_than_its_scopes(
    context: Context, port: int, description: dict[str, Any]
) -> None:
    narrow = Program(port, token_for(context, "narrow", Role.OWNER, "people"))
    for method, path, operation in operations(description):
        got = narrow.ask(method, path)
        if operation.get("x-scope") in ("people", None):
            assert got.status == 200, (method, path)
        else:
            assert (got.status, got.key) == (403, "tokens.scope")


def test_a_token_ends_at_once_wherever_it_is_ended(context: Context, port: int) -> None:
    made = tokens.create(context, OWNER, "brief", role=Role.AUDITOR)
    program = Program(port, made.token)
    assert program.get("/me").json == {"name": "brief", "role": "auditor", "scopes": ["read"]}
    tokens.revoke(context, OWNER, made.id)
    assert program.get("/me").status == 401


# --- what an annotator never learns -----------------------------------------------------------


def test_an_annotators_token_tells_what_is_there_from_what_is_not_by_nothing(
    context: Context, bots: dict[Role, Program], description: dict[str, Any]
) -> None:
    """List, search, export, sort, ids and errors: each sounds the same, whatever is there."""
    bot = bots[Role.ANNOTATOR]
    with context.storage.read() as conn:
        there = questions.page(conn, context.project("q").id, "", 1)[0].id
    for method, path, _ in operations(description):
        if path in ("/me", "/me/languages", "/desks"):
            continue
        false = re.sub("/q(?=/|$)", "/no-such", path).replace("r1", "r9")
        heard: dict[str, set[str]] = {}
        for asked in (path.replace("tsk_x", there), path, false):
            for query in ("", "?search=12", "?sort=gold", "?filter=gold__startswith", "?limit=1"):
                got = bot.ask(method, asked + query, b"{}" if method != "GET" else None)
                assert got.status in (403, 422), (method, asked, query, got.body)
                told = {k: v for k, v in got.json.items() if k != "request"}
                said = json.dumps(told).replace(there, "tsk_x").replace("no-such", "q")
                heard.setdefault(query, set()).add(f"{got.status} {said} {sorted(got.headers)}")
        assert all(len(sounds) == 1 for sounds in heard.values()), (method, path)


def size(body: bytes) -> int:
    """Of a body, but for fractions of seconds, which one time in a thousand is without."""
    return len(re.sub(rb"(T\d\d:\d\d:\d\d)\.\d+", rb"\1", body))


def test_gold_looks_like_any_other_task(context: Context, port: int) -> None:
    with context.storage.read() as conn:
        found = [task.id for task in questions.page(conn, context.project("p").id, "", TASKS)]
    gold = set(found[:3])
    desk.set_gold(context, OWNER, "p", sorted(gold))
    desk.open_desk(context, OWNER, "p", Rules(overlap=2, gold_per_mille=500))
    seat(context, "p", "seeker")
    seeker = Program(port, token_for(context, "seeker", Role.ANNOTATOR))
    seen: dict[bool, set[object]] = {True: set(), False: set()}
    for _ in range(TASKS):
        got = seeker.post("/desks/p/next")
        if got.status == 204:
            break
        task = got.json
        shape = (size(got.body), frozenset(got.headers) - {"date"}, tuple(task))
        done = seeker.post(
            f"/desks/p/tasks/{task['task']}/submit",
            {"lease": task["lease"], "answer": {"text": "It is 1."}},
        )
        again = seeker.get(f"/desks/p/tasks/{task['task']}")
        listed = seeker.get("/desks/p/queue?part=submitted&limit=1").json["items"][0]
        listed_shape = (listed["standing"], tuple(listed), listed["note"], listed["drafted"])
        seen[task["task"] in gold].add(
            (shape, done.status, size(done.body), size(again.body), tuple(again.json), listed_shape)
        )
    assert len(seen[True]) == len(seen[False]) == 1
    assert seen[True] == seen[False]


def test_others_answers_are_nobodys_at_the_desk(context: Context, port: int) -> None:
    untold = Program(port, token_for(context, "third", Role.ANNOTATOR))
    desk.seat(context, OWNER, "p", "third", licence="CC0-1.0")
    got = untold.post("/desks/p/next")
    assert (got.status, got.key) == (403, "conduct.not_told")
    seat(context, "p", "first", "second")
    first = Program(port, token_for(context, "first", Role.ANNOTATOR))
    second = Program(port, token_for(context, "second", Role.ANNOTATOR))
    task = first.post("/desks/p/next").json
    path = f"/desks/p/tasks/{task['task']}"
    sent = {"lease": task["lease"], "answer": {"text": "my own words, which are 7"}}
    for who in (second, Program(port, token_for(context, "unseated", Role.ANNOTATOR))):
        for got in (
            who.get(path), who.post(f"{path}/submit", sent), who.post(f"{path}/reopen"),
            who.put(f"{path}/draft", {"lease": task["lease"], "body": {}}),
            who.post(f"{path}/skip", {"lease": task["lease"], "reason": "skip"}),
        ):  # fmt: skip
            assert got.status in (403, 422), got.body
            assert b"prompt" not in got.body
    assert first.post(f"{path}/submit", sent).status == 200
    for route in ("/desks/p/queue?part=submitted", "/desks", "/me"):
        assert b"my own words" not in second.get(route).body


# --- the desk ---------------------------------------------------------------------------------


def test_a_program_works_under_the_same_leases(context: Context, port: int) -> None:
    owner = Program(port, token_for(context, "boss", Role.OWNER))
    made = owner.post("/projects", {"name": "w", "kind": "choice", "en": "Choose.", "zh": "选择。"})
    assert made.json == {"name": "w", "kind": "choice"}
    rows = [{"q": f"which {n}?", "o": ["red", "green"]} for n in range(3)]
    path = "/projects/w/tasks?name=colours&channel=own&map=prompt%3Dq&map=options%3Do"
    assert owner.send(path, rows).json["new"] == 3
    assert owner.put("/projects/w/seats/robot", {"type": "program", "channel": "own"}).status == 422
    assert owner.put("/projects/w/desk", {"overlap": 1}).json == {"project": "w", "queued": 3}
    seated = owner.put("/projects/w/seats/robot", {"type": "program", "channel": "own"})
    assert seated.status == 200
    robot = Program(port, token_for(context, "robot", Role.ANNOTATOR))
    done = set()
    while (got := robot.post("/desks/w/next")).status == 200:
        task = got.json
        assert robot.post("/desks/w/next").json["task"] == task["task"]
        answer = {"lease": task["lease"], "answer": {"option": "green"}}
        where = f"/desks/w/tasks/{task['task']}"
        refused = robot.post(f"{where}/submit", {**answer, "answer": {"option": "blue"}})
        assert (refused.status, refused.json["fields"][0]["field"]) == (422, "option")
        for _ in range(2):
            assert robot.post(f"{where}/submit", answer).json == {"task": task["task"]}
        other = robot.post(f"{where}/submit", {**answer, "answer": {"option": "red"}})
        assert (other.status, other.key) == (409, "assignment.already_answered")
        done.add(task["task"])
    assert (got.status, got.body, len(done)) == (204, b"", 3)
    found = owner.get("/projects/w/annotations").json["items"]
    assert {one["task"] for one in found} == done
    given = [answer for one in found for answer in one["answers"]]
    assert [one["answer"]["option"] for one in given] == ["green"] * 3
    assert {one["type"] for one in given} == {"program"}


# --- files in and out -------------------------------------------------------------------------

BAD = [
    {"i": "x1", "q": "one?"}, "{", {"i": "x1", "q": "again?"}, {"i": "x3"}, '{"i":"x4","i":"x4"}',
]  # fmt: skip
WHERE = "/projects/imp/tasks?name=set&channel=own&map=prompt%3Dq&map=id%3Di"


@pytest.fixture(scope="module")
def lead(context: Context, bots: dict[Role, Program]) -> Program:
    bots[Role.LEAD].post("/projects", {"name": "imp", "kind": "free"})
    return bots[Role.LEAD]


def test_rows_that_cannot_be_used_come_back_with_line_field_and_reason(lead: Program) -> None:
    got = lead.send(WHERE, BAD, Idempotency_Key="one").json
    assert (got["read"], got["new"], got["set_aside"], got["again"]) == (5, 1, 4, False)
    told = {(row["line"], row["field"], row["reason"]) for row in got["rows"]}
    assert told == {
        (2, None, "bad_json"), (3, None, "duplicate_row"), (4, "q", "missing_field"),
        (5, "i", "duplicate_key"),
    }  # fmt: skip
    listed = lead.get(f"/projects/imp/set-aside?activity={got['activity']}&limit=3").json
    more = lead.get(
        f"/projects/imp/set-aside?activity={got['activity']}&after={listed['next']}"
    ).json
    assert listed["items"] + more["items"] == got["rows"]
    assert more["next"] is None

    replayed = lead.send(WHERE, BAD, Idempotency_Key="one")
    assert replayed.json == got
    assert replayed.headers["idempotency-replayed"] == "true"
    assert lead.send(WHERE, BAD[:1], Idempotency_Key="one").key == "api.key_reused"
    assert lead.send(f"{WHERE}x", BAD, Idempotency_Key="one").key == "api.key_reused"
    assert lead.send(WHERE, BAD, Idempotency_Key="\u00e9").key == "api.bad_key"
    assert lead.send(WHERE, BAD).json["again"] is True


def test_a_file_that_was_cut_off_brings_nothing_in(
    context: Context, port: int, lead: Program
) -> None:
    before = lead.get("/projects/imp/tasks").json
    with socket.create_connection(("127.0.0.1", port)) as raw:
        path = WHERE.replace("name=set", "name=cut")
        raw.sendall(
            f"POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {lead.token}\r\n"
            f"Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
            '{"i":"c1","q":"whole"}\n{"i":'.encode()
        )
    again = lead.send(path, [{"i": "c1", "q": "whole"}])
    assert again.json["new"] == 1
    assert len(lead.get("/projects/imp/tasks").json["items"]) == len(before["items"]) + 1
    until = time.monotonic() + 10
    while list((context.folder / "uploads").iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    assert list((context.folder / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["../../x", "a/b", ".hidden", "", "x" * 101, "a\0b", "..", "%2e"])
def test_a_file_stays_where_it_is_put(context: Context, lead: Program, name: str) -> None:
    before = sorted(context.folder.rglob("*.jsonl"))
    got = lead.send(WHERE.replace("name=set", f"name={quote(name, safe='')}"), BAD)
    assert (got.status, got.key in ("api.bad_name", "api.bad_request")) == (422, True)
    assert sorted(context.folder.rglob("*.jsonl")) == before


@pytest.mark.parametrize("media", ["application/json", "text/csv", "application/x-ndjson+zip"])
def test_other_kinds_of_file_are_refused(lead: Program, media: str) -> None:
    got = lead.ask("POST", WHERE, b"{}", {"Content-Type": media})
    assert (got.status, got.key) == (415, "api.bad_media")
    packed = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    assert lead.ask("POST", WHERE, b"\x1f\x8b", packed).key == "api.bad_media"


def test_a_stream_a_walk_through_pages_and_a_file_say_the_same(
    context: Context, tmp_path: Path, bots: dict[Role, Program]
) -> None:
    auditor = bots[Role.AUDITOR]
    export.export_answers(context, OWNER, "q", tmp_path / "all.jsonl")
    whole = auditor.get("/projects/q/annotations.ndjson")
    assert whole.headers["content-type"].startswith("application/x-ndjson")
    assert whole.body == (tmp_path / "all.jsonl").read_bytes()
    assert b'"key"' not in whole.body
    met, after = [], ""
    while True:
        page = auditor.get(f"/projects/q/annotations?limit=5{after}").json
        met += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert met == [json.loads(row) for row in whole.body.splitlines()]
    assert len(met) == TASKS


def test_cursors_fit_their_own_list_alone(context: Context, bots: dict[Role, Program]) -> None:
    auditor = bots[Role.AUDITOR]
    cursor = auditor.get("/projects/q/tasks?limit=1").json["next"]
    assert auditor.get(f"/projects/q/tasks?after={cursor}").status == 200
    forged = seal(b"another secret", "tasks q", "tsk_")
    for path in (
        f"/projects/p/tasks?after={cursor}", f"/projects/q/verdicts?after={cursor}",
        f"/projects/q/tasks?after={cursor[:-1]}", "/projects/q/tasks?after=tsk_a",
        "/projects/q/tasks?after=", "/projects/q/tasks?after=%ff",
        f"/projects/q/tasks?after={forged}",
    ):  # fmt: skip
        got = auditor.get(path)
        assert (got.status, got.key) == (422, "api.bad_cursor"), path
    assert auditor.get("/projects/q/tasks?after=%00").key == "api.bad_request"
    for limit in ("0", "501", "-1", "x", "1e3"):
        assert auditor.get(f"/projects/q/tasks?limit={limit}").key == "api.bad_request"


def test_verdicts_and_counts_are_the_lines_own(bots: dict[Role, Program]) -> None:
    reviewer = bots[Role.REVIEWER]
    found = reviewer.get("/projects/q/verdicts").json["items"]
    assert len(found) == TASKS
    assert all(one["value"] is not None and one["reason"] is None for one in found)
    (counts,) = [one for one in reviewer.get("/status").json if one["project"] == "q"]
    assert (counts["counts"]["tasks"], counts["counts"]["accepted"]) == (TASKS, TASKS)


def test_a_release_comes_down_whole_and_checks(
    context: Context, tmp_path: Path, bots: dict[Role, Program]
) -> None:
    reader = bots[Role.AUDITOR]
    (release,) = reader.get("/projects/q/releases").json
    assert reader.get("/projects/q/releases/r1").json == release
    files = reader.get("/projects/q/releases/r1/files").json
    for file in files:
        got = reader.get(f"/projects/q/releases/r1/files/{file['name']}")
        assert len(got.body) == file["bytes"]
        (tmp_path / file["name"]).parent.mkdir(exist_ok=True)
        (tmp_path / file["name"]).write_bytes(got.body)
    assert check_release(tmp_path, key=context.key_folder).ok
    manifest = reader.get("/projects/q/releases/r1/manifest")
    assert manifest.body == (tmp_path / "manifest.json").read_bytes()
    part = reader.get("/projects/q/releases/r1/files/manifest.json", Range="bytes=2-5")
    assert (part.status, part.body) == (206, manifest.body[2:6])
    assert reader.get("/projects/p/releases/r1").status == 404


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fqinglan.toml", "..%2Fr1%2Fmanifest.json", "%2Fetc%2Fpasswd", "x", "%00",
             "..%5Cqinglan.toml"],
)  # fmt: skip
def test_no_other_file_comes_down(bots: dict[Role, Program], name: str) -> None:
    got = bots[Role.OWNER].get(f"/projects/q/releases/r1/files/{name}")
    assert got.status == 404
    assert b"database" not in got.body


def test_a_link_in_a_release_leads_nowhere(context: Context, bots: dict[Role, Program]) -> None:
    card = context.folder / "releases" / "r1" / "README.md"
    kept = card.read_bytes()
    card.unlink()
    card.symlink_to(context.folder / "qinglan.toml")
    try:
        got = bots[Role.OWNER].get("/projects/q/releases/r1/files/README.md")
        assert (got.status, got.key) == (404, "api.no_file")
    finally:
        card.unlink()
        card.write_bytes(kept)


def test_people_are_for_those_who_look_after_them(bots: dict[Role, Program]) -> None:
    names = {one["name"] for one in bots[Role.OWNER].get("/people?limit=500").json["items"]}
    assert set(ROLES.values()) <= names
    assert "password" not in bots[Role.OWNER].get("/people").body.decode()


# --- what is sent to break it -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"name":"a","name":"b","kind":"free"}', "duplicate_key"),
     (b'{"name":"a","kind":NaN}', "bad_value"),
     (b'{"name":"a","kind":' + b"[" * 100_000, "too_deep"),
     (b'{"name":"a","kind":"free","en":"\\ud800"}', "bad_encoding"),
     (b'{"name":"a","kind":"free","en":"\\u0000"}', "bad_value"),
     (b'\xef\xbb\xbf{"name":"a","kind":"free"}', "bad_json"),
     (b'{"name":"a","kind":1e999999999}', "too_large"),
     (b"\xff\xfe{", "bad_encoding"), (b"[]", "bad_value"), (b"{", "bad_json")],
)  # fmt: skip
def test_bad_json_is_named(lead: Program, body: bytes, reason: str) -> None:
    got = lead.post("/projects", body)
    assert (got.status, got.key) == (422, "api.bad_json")
    assert got.json["fields"][0]["why"] == reason


def test_too_much_is_refused_and_unknown_fields_are(lead: Program) -> None:
    big = lead.post("/projects", {"name": "big", "kind": "free", "en": "x" * 5_000_000})
    assert (big.status, big.key) == (413, "api.too_large")
    for more in ("role", "score", "pay", "reviewer"):
        got = lead.post("/projects", {"name": "a", "kind": "free", more: "owner"})
        assert (got.key, got.json["fields"][0]["field"]) == ("api.bad_request", f"body.{more}")
    assert lead.get("/nowhere").key == "api.nothing_here"
    other = lead.ask("DELETE", "/projects")
    assert (other.status, other.key) == (405, "api.not_so")


def test_what_is_shown_in_a_browser_runs_nothing(lead: Program) -> None:
    got = lead.get("/projects/%3Cscript%3Ealert(1)%3C%2Fscript%3E/tasks")
    assert got.status == 404
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert "access-control-allow-origin" not in got.headers


def test_problems_speak_the_language_asked_for(lead: Program) -> None:
    for asked, spoken in (("zh-CN,zh;q=0.9", "zh"), ("en", "en"), ("de", "en")):
        got = lead.get("/projects/none/tasks", Accept_Language=asked)
        assert (got.status, got.key) == (404, "flow.no_project")
        assert got.headers["content-language"] == spoken
        assert ("项目" in got.json["detail"]) == (spoken == "zh")
        assert got.json["type"] == "urn:qinglan:error:flow.no_project"
        assert got.json["status"] == 404
        assert got.json["request"] == got.headers["x-request-id"]


def test_whoever_asks_too_often_waits(context: Context) -> None:
    slow = replace(context, settings=context.settings.model_copy(
        update={"api_requests_per_minute": 3}))  # fmt: skip
    words = token_for(context, "eager", Role.AUDITOR)
    other = token_for(context, "calm", Role.AUDITOR)
    with serving(slow) as port:
        eager = Program(port, words)
        got = [eager.get("/me") for _ in range(4)]
        assert [one.status for one in got] == [200, 200, 200, 429]
        assert 1 <= int(got[3].headers["retry-after"]) <= 21
        assert Program(port, other).get("/me").status == 200
        began, tries = time.monotonic(), 0
        while (status := Program(port, "qlt_x").get("/me").status) == 401:
            tries += 1
        assert status == 429
        # Sixty at once, and one more for each second that the sixty took.
        assert 60 <= tries <= 61 + (time.monotonic() - began)


def test_a_bucket_refills_and_forgets_the_quiet() -> None:
    now = [0.0]
    pace = Pace(60, clock=lambda: now[0])
    assert all(pace.take("a") == 0 for _ in range(60))
    assert pace.take("a") == pytest.approx(1)
    now[0] = 0.5
    assert pace.take("a") == pytest.approx(0.5)
    now[0] = 1.0
    assert pace.take("a") == 0
    for n in range(10_050):
        pace.take(str(n))
    assert len(pace._left) == 10_000


# --- what is told of it -----------------------------------------------------------------------


def test_each_request_leaves_one_line_and_no_secret(
    context: Context, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    secret = people.invite(context, OWNER, "to come", Role.ANNOTATOR)
    program = Program(port, token_for(context, "logged", Role.AUDITOR))
    with caplog.at_level(logging.INFO, logger="qinglan.requests"):
        got = program.get("/projects/q/tasks?limit=1")
        program.get("/projects/q/tasks/tsk_private")
        for path in (f"/invite/{secret}", "/healthz", "/nothing/here"):
            connection = HTTPConnection("127.0.0.1", port)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
    lines = [json.loads(record.message) for record in caplog.records]
    assert [one["route"] for one in lines] == [
        "/api/v1/projects/{project}/tasks", "/api/v1/projects/{project}/tasks/{task}",
        "/invite/{token}", "/healthz", "/{path}",
    ]  # fmt: skip
    assert lines[0]["request"] == got.headers["x-request-id"]
    assert lines[0]["status"] == 200
    assert lines[0]["bytes"] == len(got.body)
    assert lines[0]["token"].startswith("tok_")
    for word in (secret, str(program.token), "tsk_private", "limit", "127.0.0.1"):
        assert word not in caplog.text


# --- once -------------------------------------------------------------------------------------


def test_a_write_under_way_is_not_begun_again(context: Context, lead: Program) -> None:
    body = {"name": "slow", "kind": "free"}
    found = tokens.who(context, str(lead.token))
    assert found is not None
    claim = repeating.begin(context, found.token, "slow", "another digest")
    assert isinstance(claim, repeating.Claim)
    assert lead.post("/projects", body, Idempotency_Key="slow").key == "api.key_reused"
    repeating.drop(context, claim)
    assert lead.post("/projects", body, Idempotency_Key="slow").status == 200
    bad = lead.post("/projects", {"name": "slow", "kind": "choice"}, Idempotency_Key="other")
    assert bad.status == 422  # nothing was done, so nothing is kept of it
    assert lead.post("/projects", body, Idempotency_Key="other").status == 200


# --- whom to tell -----------------------------------------------------------------------------


def test_a_webhook_is_set_up_tried_and_ended(
    context: Context, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"intranet.example": "10.9.8.7", "example.org": "93.184.215.14"}
    real = socket.getaddrinfo

    def names(host: Any, *more: Any, **how: Any) -> Any:
        return real(known.get(host, host), *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", names)
    owner = Program(port, token_for(context, "teller", Role.OWNER))
    refused = owner.post("/projects/p/webhooks", {"url": "https://intranet.example/"})
    assert (refused.status, refused.key) == (422, "hooks.private_address")
    sent = {"url": "https://example.org/hook", "events": ["release.built"]}
    made = owner.post("/projects/p/webhooks", sent, Idempotency_Key="hook").json
    assert owner.post("/projects/p/webhooks", sent, Idempotency_Key="hook").json == made
    assert owner.get("/projects/p/webhooks").json == [made]
    assert made["events"] == ["release.built"]
    place = f"/projects/p/webhooks/{made['id']}"
    assert owner.get(f"{place}/secret").json["secret"].startswith("whsec_")
    other = place.replace("/p/", "/q/")
    for method, path in (("GET", "/secret"), ("GET", "/messages"), ("POST", "/test"),
                         ("DELETE", "")):  # fmt: skip
        assert owner.ask(method, other + path).key == "hooks.no_webhook"
    posted = [owner.post(f"{place}/test").json["message"] for _ in range(3)]
    page = owner.get(f"{place}/messages?limit=2").json
    rest = owner.get(f"{place}/messages?after={page['next']}").json
    assert [one["id"] for one in page["items"] + rest["items"]] == posted[::-1]
    assert {one["state"] for one in page["items"]} == {"waiting"}
    assert owner.post(f"{place}/messages/{posted[0]}/resend").key == "hooks.no_delivery"
    assert owner.ask("DELETE", place).json == {"webhook": made["id"]}
    assert owner.ask("DELETE", place).key == "hooks.no_webhook"
    assert owner.get(f"{place}/messages").json["items"][0]["state"] == "ended"
