"""Importing over HTTP: look, map, take in; and what a hostile sender tries."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from web_example import OWNER, Answer, Client, fill, join, serving, workspace

from qinglan.flow import arriving, status
from qinglan.flow.context import Context
from qinglan.records import Kind, Role
from qinglan.sources.files import answer_fields, task_fields
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, samples, tables, tasks
from qinglan.wording import catalogue, say

BOUNDARY = "qinglan-boundary"
FORM = {"map-prompt": "q", "map-id": "n", "map-key": "k", "name": "set", "channel": "own",
        "licence": "MIT"}  # fmt: skip


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("importing") / "ws") as opened:
        fill(opened, opened.folder, "p", Kind.FREE, [{"q": "here before?"}])
        yield opened


def send(
    client: Client, body: bytes, name: str = "tasks.jsonl", *, project: str = "p",
    csrf: str | None = None, last: bool = True, what: str = "tasks", **headers: str | None,
) -> Answer:  # fmt: skip
    """A browser's upload: the form's secret, then the file."""
    client.get(f"/office/projects/{project}/import")
    secret = client.csrf if csrf is None else csrf
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{secret}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="what"\r\n\r\n{what}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    tail = f"\r\n--{BOUNDARY}--\r\n" if last else ""
    sent = {"content_type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    return client.ask(
        "POST", f"/office/projects/{project}/import",
        (head.encode() + body + tail.encode()).decode("latin-1"), **sent,
    )  # fmt: skip


def rows(*found: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in found).encode()


def table(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_file_is_looked_at_mapped_and_taken_in(context: Context, lead: Client) -> None:
    body = rows({"q": "1 + 1?", "n": "a", "k": "2"}, {"q": "2 + 2?", "n": "b", "k": "4"})
    body += rows(
        {"q": "again?", "n": "a", "k": 1}, {"n": "c"}, {"q": "<b>x</b>", "n": "=cmd()|x", "k": 1}
    )
    body += b"{no json}\n"
    place = send(lead, body, "Aufgaben 一.jsonl").location
    assert re.fullmatch(r"/office/projects/p/import/arr_[0-9a-f]{24}", place)
    page = lead.get(place).text
    assert "1 + 1?" in page
    assert "&lt;b&gt;x" in page
    assert "<b>x</b>" not in page
    refused = lead.post(place, **{**FORM, "map-prompt": ""}, does="import")
    assert refused.status == 422
    assert say("error.intake.mapping_needs", "en", field="prompt", kind="free") in refused.text
    looked = lead.post(place, **FORM, does="look").text
    assert say("web.import.would_all", "en", rows=6, good=3, aside=3) in looked
    for reason in ("duplicate_row", "missing_field", "bad_json"):
        assert say(f"reason.{reason}", "en") in looked
        assert say(f"remedy.{reason}", "en") in looked
    before = status.status(context, OWNER)[0].tasks
    done = lead.post(place, **FORM, does="import")
    assert "/jobs/job_" in done.location
    told = lead.settled(done.location).text
    assert status.status(context, OWNER)[0].tasks == before + 3
    assert f"<dt>{say('web.import.set_aside', 'en')}</dt><dd>3</dd>" in told
    found = table(lead.get(re.search(r'href="([^"]+set-aside\.csv\?of=[^"]+)"', told)[1]))  # type: ignore[index]
    assert sorted((one["line"], one["reason"], one["field"]) for one in found) == [
        ("3", "duplicate_row", ""), ("4", "missing_field", "q"), ("6", "bad_json", ""),
    ]  # fmt: skip
    assert all(one["remedy"] and "/" not in one["file"] for one in found)
    lines = lead.get("/office/projects/p/set-aside.jsonl").text.splitlines()
    assert {json.loads(line)["reason"] for line in lines} >= {"bad_json", "missing_field"}
    assert lead.get(place).status == 422, "the file is gone once it was taken in"
    again = send(lead, rows({"q": "1 + 1?", "n": "a", "k": 2})).location
    assert say("reason.duplicate_row", "en") in lead.post(again, **FORM, does="look").text
    assert lead.post(again, does="drop").location == "/office/projects/p/import"
    assert not list((context.folder / "uploads").iterdir())


def test_csv_and_parquet_are_guessed(context: Context, lead: Client, tmp_path: Path) -> None:
    place = send(lead, "question,answer,subject\n一加一,2,算术\n".encode(), "t.csv").location
    page = lead.get(place).text
    for target, column in (("prompt", "question"), ("key", "answer"), ("skill", "subject")):
        assert re.search(rf'name="map-{target}".*?value="{column}" selected', page, re.S), target
    assert "一加一" in page
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"problem": ["deep?"], "n": [1]}), file)
    assert "deep?" in lead.get(send(lead, file.read_bytes(), "t.parquet").location).text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/x.jsonl", "x.jsonl"),
        ("..\\..\\x.csv", "x.csv"),
        ("C:\\temp\\x.csv", "x.csv"),
        ("/etc/passwd.jsonl", "passwd.jsonl"),
        ("<script>alert(1)<!--.jsonl", "script_alert_1.jsonl"),
        ("..jsonl", "tasks.jsonl"),
        ("=1+1.jsonl", "1_1.jsonl"),
        ("a\0b.jsonl", "a_b.jsonl"),
        ("．．／x.jsonl", "x.jsonl"),
        ("x" * 500 + ".jsonl", "x" * 60 + ".jsonl"),
    ],
)
def test_a_name_leads_nowhere(name: str, kept: str) -> None:
    assert arriving.file_name(name) == kept


def test_a_hostile_name_is_kept_inside(context: Context, lead: Client) -> None:
    place = send(lead, rows({"q": "?"}), "../../../../tmp/<img src=x>.jsonl").location
    assert "<img src=x" not in lead.get(place).text
    kept = list((context.folder / "uploads").rglob("*.jsonl"))
    assert len(kept) == 1
    assert kept[0].parent.parent == context.folder / "uploads"
    for ending in ("x.exe", "x", "x.jsonl.gz", "x.yaml", "x.pkl"):
        assert send(lead, rows({"q": "?"}), ending).status == 422


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", "empty.jsonl"),
        (b"PAR1 this is none", "bad.parquet"),
        (b"\x1f\x8b\x08\x00zipped", "x.csv"),
        (b"[" * 100_000, "deep.jsonl"),
        (b"q,q\n1,2\n", "twice.csv"),
    ],
)
def test_a_bad_file_is_told_and_taken_nowhere(
    context: Context, lead: Client, body: bytes, name: str
) -> None:
    before = status.status(context, OWNER)[0].tasks
    place = send(lead, body, name).location
    page = lead.get(place)
    assert page.status in (200, 422)
    done = lead.post(place, **FORM, does="import")
    assert done.status in (303, 422)
    if done.location:
        lead.settled(done.location)
    assert status.status(context, OWNER)[0].tasks == before


def test_nobody_else_sends_or_sees_a_file(context: Context, port: int, lead: Client) -> None:
    place = send(lead, rows({"q": "secret?"})).location
    stranger = Client(port)
    for role in (Role.OWNER, Role.REVIEWER, Role.ANNOTATOR, Role.AUDITOR):
        other = Client(port, join(context, f"i-{role.value}", role))
        other.get("/desk" if role is Role.ANNOTATOR else "/office")
        allowed = role is Role.OWNER
        assert other.get("/office/projects/p/import").status == (200 if allowed else 403)
        assert send(other, rows({"q": "?"})).status == (303 if allowed else 403)
        # A file belongs to whoever sent it: an owner sees their own alone.
        assert other.get(place).status == (422 if allowed else 403)
        assert other.post(place, **FORM, does="import").status in (422, 403)
    assert send(stranger, rows({"q": "?"})).location.startswith("/sign-in")
    assert send(lead, rows({"q": "?"}), csrf="0" * 64).status == 403
    assert send(lead, rows({"q": "?"}), origin="https://evil.example").status == 403
    assert send(lead, rows({"q": "?"}), sec_fetch_site="cross-site").status == 403
    assert lead.get(place.replace("/p/", "/q/")).status == 422
    for bad in ("..", "arr_0", "arr_" + "0" * 24):
        assert lead.get(f"/office/projects/p/import/{bad}").status in (404, 422)
    assert lead.get(place).status == 200, "what was refused left the file alone"


def test_what_is_no_upload_is_refused(context: Context, lead: Client) -> None:
    where = "/office/projects/p/import"
    assert send(lead, rows({"q": "?"}), last=False).status == 422, "cut off"
    assert lead.post(where).status == 422, "no multipart"
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    early = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x.jsonl"\r\n\r\n'
        f"{{}}\r\n--{BOUNDARY}--\r\n"
    )
    lead.get(where)
    assert lead.ask("POST", where, early, content_type=kind).status == 403, "the secret comes first"
    many = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f{i}"\r\n\r\nx\r\n'
        for i in range(40)
    )
    assert lead.ask("POST", where, f"{many}--{BOUNDARY}--\r\n", content_type=kind).status == 422
    wide = f"--{BOUNDARY}\r\nX: {'y' * 40_000}\r\n\r\nx\r\n--{BOUNDARY}--\r\n"
    assert lead.ask("POST", where, wide, content_type=kind).status == 422
    part = 'Content-Disposition: form-data; name="a"'
    long = f"--{BOUNDARY}\r\n{part}\r\n\r\n{'y' * 70_000}\r\n--{BOUNDARY}--\r\n"
    assert lead.ask("POST", where, long, content_type=kind).status == 422
    left = [one.name for one in (context.folder / "uploads").iterdir()]
    assert all(one.startswith("arr_") for one in left), left


def test_a_file_beyond_the_limit_fills_no_disk(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        fill(context, context.folder, "p", Kind.FREE, [{"q": "?"}])
        small = context.settings.model_copy(update={"api_body_bytes": 2_000})
        object.__setattr__(context, "settings", small)
        with serving(context) as port:
            lead = Client(port, join(context, "lee", Role.LEAD))
            assert send(lead, b"x" * 1_000).status == 303
            lead.get("/office/projects/p/import")
            told = send(lead, b"x" * 3_000)
            assert told.status == 413
            # A sender who says too little is stopped where it is too much.
            request = (
                "POST /office/projects/p/import HTTP/1.1\r\nhost: x\r\n"
                f"cookie: qinglan={lead.session}\r\ntransfer-encoding: chunked\r\n"
                f"content-type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
            )
            with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
                line.sendall(request.encode())
                chunk = b"%x\r\n%s\r\n" % (1_500, b"x" * 1_500)
                line.sendall(chunk + chunk)
                assert b" 4" in line.recv(200).split(b"\r\n")[0]
        assert all(one.name.startswith("arr_") for one in (context.folder / "uploads").iterdir())


def test_a_withdrawal_takes_waiting_files_along(context: Context, lead: Client) -> None:
    place = send(lead, rows({"q": "theirs"})).location
    arriving.sweep(context, all_=True)
    assert lead.get(place).status == 422


def test_answers_to_be_edited_bring_terms_of_their_own(context: Context, lead: Client) -> None:
    fill(context, context.folder, "edits", Kind.EDIT, [{"q": "here before?"}])
    place = send(lead, rows({"q": "1 + 1?", "r": "3"}), project="edits").location
    page = lead.get(place).text
    assert say("web.import.original_terms", "en") in page
    form = {"map-prompt": "q", "map-original": "r", "channel": "own", "name": "asked"}
    refused = lead.post(place, **form, does="import")
    assert refused.status == 422
    assert "--original-channel" in refused.text
    more = {"original-channel": "weights", "original-family": "qwen3", "original-name": "q8"}
    done = lead.post(place, **form, **more, does="import")
    assert f"<dt>{say('web.import.set_aside', 'en')}</dt><dd>0</dd>" in lead.get(done.location).text
    with context.storage.read() as conn:
        (task,) = [t for t in tasks.stream(conn, context.project("edits").id) if "1 +" in t.prompt]
        origins = [one.origin for one in samples.get(conn, task.samples)]
    assert [(o.source, o.channel, o.family) for o in origins] == [
        ("asked", "own", None), ("q8", "weights", "qwen3"),
    ]  # fmt: skip


# --- answers ------------------------------------------------------------------------------------

GIVEN = {
    "map-task": "task", "map-annotator": "w", "map-answer": "a", "tasks_from": "sums",
    "by": "rows", "type": "person", "name": "crowd", "channel": "person", "licence": "CC-BY-4.0",
}  # fmt: skip


@pytest.fixture(scope="module")
def sums(context: Context) -> str:
    """A project whose tasks came as the data set ``sums``."""
    asked = [{"q": f"{n} + {n}?", "id": f"s{n}"} for n in range(6)]
    fields = ["prompt=q", "id=id"]
    fill(context, context.folder, "sums", Kind.FREE, asked, fields=fields)
    return "sums"


def standing(context: Context) -> dict[tuple[str, str], str | None]:
    """What counts, by task and annotator."""
    with context.storage.read() as conn:
        project = context.project("sums").id
        people = {one.id: one.name for one in annotators.all(conn, project)}
        asked = {one.id: one.prompt for one in tasks.stream(conn, project)}
        found = answers.votes(conn, project)
        return {(asked[one.task], people[one.annotator]): one.value for one in found}


def test_answers_are_looked_at_mapped_and_taken_in(
    context: Context, lead: Client, sums: str
) -> None:
    body = rows(
        {"task": "s0", "w": "ann", "a": "It is 0."}, {"task": "s1", "w": "bob", "a": "<b>2</b>"},
        {"task": "s9", "w": "ann", "a": "7"}, {"task": "s0", "w": "ann", "a": "again 0"},
        {"task": "s2", "w": "ann"}, {"task": "s2", "w": "=cmd()|x", "a": "no number, I fear"},
    )  # fmt: skip
    place = send(
        lead, body + b"{no json}\n", "Antworten.jsonl", project=sums, what="answers"
    ).location
    page = lead.get(place).text
    assert re.search(r'name="tasks_from"[^>]*value="sums"', page), "found by trying"
    looked = lead.post(place, **GIVEN, does="look").text
    assert say("web.import.answers_all", "en", rows=7, good=3, aside=4) in looked
    for reason in ("duplicate_row", "missing_field", "bad_json", "unknown_task"):
        assert say(f"reason.{reason}", "en") in looked
    assert "<b>2</b>" not in looked
    assert standing(context) == {}
    for wrong, key in (
        ({"map-annotator": ""}, "intake.mapping_annotator"), ({"type": "owner"}, "web.bad_form"),
        ({"channel": "theft"}, "web.bad_form"), ({"by": "magic"}, "web.bad_form"),
        ({"path-task": "task|within:x"}, "intake.mapping_cut"),
    ):  # fmt: skip
        refused = lead.post(place, **{**GIVEN, **wrong}, does="import")
        assert refused.status == 422, wrong
        assert key != "intake.mapping_annotator" or "annotator" in refused.text
    done = lead.post(place, **GIVEN, declared="Agreed on paper, 2026-03-01.", does="import")
    told = lead.settled(done.location).text
    assert f"<dt>{say('web.import.new_answers', 'en')}</dt><dd>3</dd>" in told
    found = table(lead.get(re.search(r'href="([^"]+set-aside\.csv\?of=[^"]+)"', told)[1]))  # type: ignore[index]
    assert sorted((one["line"], one["reason"]) for one in found) == [
        ("3", "unknown_task"), ("4", "duplicate_row"), ("5", "missing_field"), ("7", "bad_json"),
    ]  # fmt: skip
    assert standing(context) == {
        ("0 + 0?", "ann"): "0", ("1 + 1?", "bob"): "<b>2</b>",
        ("2 + 2?", "=cmd()|x"): "no number, i fear",
    }  # fmt: skip
    with context.storage.read() as conn:
        ann = next(
            one for one in annotators.all(conn, context.project(sums).id) if one.name == "ann"
        )
        origin = (ann.type, ann.origin.source, ann.origin.channel, ann.origin.licence)
        declared = conn.execute(select(tables.declarations.c.words)).scalars().all()
    assert origin == ("person", "crowd", "person", "CC-BY-4.0")
    assert declared == ["Agreed on paper, 2026-03-01."]
    assert lead.get(place).status == 422, "the file is gone once it was taken in"


def test_each_annotator_may_have_a_column(context: Context, lead: Client, sums: str) -> None:
    table_ = "task_id,question,cyd,模型 8B\ns3,3 + 3?,6,It is 6.\ns4,4 + 4?,,8\n".encode()
    place = send(lead, table_, "wide.csv", project=sums, what="answers").location
    page = lead.get(place).text
    assert re.search(r'name="by" value="columns" checked', page)
    assert re.search(r'name="who-cyd"[^>]*value="cyd"', page)
    assert re.search(r'name="who-question"[^>]*value=""', page), "a question is nobody's answer"
    form = {"by": "columns", "map-task": "task_id", "who-cyd": "cyd", "who-模型 8B": "qwen=8b",
            "tasks_from": "sums", "type": "model", "channel": "weights", "family": "qwen3",
            "name": "wide"}  # fmt: skip
    twice = lead.post(place, **{**form, "who-question": "cyd"}, does="look")
    assert twice.status == 422
    assert (
        say("web.import.answers_all", "en", rows=4, good=3, aside=1)
        in lead.post(place, **form, does="look").text
    )
    told = lead.settled(lead.post(place, **form, does="import").location).text
    assert f"<dt>{say('web.import.new_answers', 'en')}</dt><dd>3</dd>" in told
    assert {who for _, who in standing(context)} >= {"cyd", "qwen=8b"}
    assert standing(context)["4 + 4?", "qwen=8b"] == "8"


def test_a_file_that_says_what_it_is_not_is_nothing(lead: Client, sums: str) -> None:
    assert send(lead, rows({"task": "s0"}), project=sums, what="keys").status == 422
    for body, name in ((b"", "empty.jsonl"), (b"[" * 100_000, "deep.jsonl"),
                       (b"q,q\n1,2\n", "t.csv"), (b"PAR1 is none", "bad.parquet")):  # fmt: skip
        place = send(lead, body, name, project=sums, what="answers").location
        assert lead.get(place).status in (200, 422)
        done = lead.post(place, **GIVEN, does="import")
        assert done.status in (303, 422)
        if done.location:
            lead.settled(done.location)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_can_be_mapped_has_a_name(kind: Kind) -> None:
    names = {name for part in (*task_fields(kind), *answer_fields(kind)) for name in part}
    for name in {*names, "task", "annotator"}:
        assert f"web.import.target.{name}" in catalogue()
