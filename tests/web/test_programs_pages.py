"""Tokens, webhooks and the audit log in the office."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from web_example import OWNER, Answer, Client, fill, join, workspace

from qinglan.flow import auditing, tokens
from qinglan.flow.context import Context
from qinglan.records import Kind, Role
from qinglan.web.app import ROUTES
from qinglan.web.importing import RECEIVING
from qinglan.wording import catalogue, say

TOKENS = "/office/tokens"
HOOKS = "/office/projects/p/webhooks"
EVIL = "=cmd|' /C calc'!A0<script>alert(1)</script>"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("programs") / "ws") as opened:
        fill(opened, opened.folder, "p", Kind.FREE, [{"q": "One?"}], "ann")
        fill(opened, opened.folder, "q", Kind.FREE, [{"q": "Two?"}])
        yield opened


DOES = (
    ("/decide", "uphold"), ("/marks", "stop"), ("/change", "close"),
    ("/review/{task}", "send_back"),
    ("/releases", "judge"), ("/webhooks/{hook}", "test"), ("/guideline", "keep"),
    ("/import/{arrival}", "drop"), ("/keys", "stands"),
)  # fmt: skip
FILLED = {
    "name": "ann",
    "kind": "free",
    "en": "x",
    "zh": "x",
    "why": "x",
    "touches": "none",
    "overlap": "1",
    "gold_per_mille": "0",
    "lease_minutes": "9",
    "words": "x",
    "flag": "x",
    "use": "gold",
    "count": "1",
    "reason": "x",
    "note": "x",
    "task": "x",
    "annotation": "x",
    "licence": "MIT",
    "role": "annotator",
    "amount": "1",
    "currency": "CNY",
    "threshold": "50",
    "days": "9",
    "scope-read": "1",
    "id": "x",
    "url": "https://93.184.215.14/",
    "event-release.built": "1",
    "number": "1",
    "tier": "",
    "file": "name = 'seen'\nkind = 'free'",
}
"""A form that every page of the office takes for a good one."""


def make(client: Client, **form: str) -> Answer:
    client.get(TOKENS)
    return client.post(TOKENS, **{"name": "", "program": "", "role": "", "days": "9", **form})


def test_a_token_is_shown_once_and_ends(context: Context, lead: Client) -> None:
    form = {"program": "bot", "role": "auditor", "scope-read": "1", "label": EVIL}
    made = make(lead, **form)
    words = re.search(r'value="(qlt_[\w-]{43})"', made.text)
    assert words is not None
    assert "<script>alert" not in made.text
    caller = tokens.who(context, words[1])
    assert caller is not None
    assert (caller.actor.role, caller.scopes) == (Role.AUDITOR, {"read"})
    again = lead.get(TOKENS).text
    assert words[1] not in again
    assert html.escape(EVIL, quote=True).split("&lt;")[0][:6] in again
    id_ = re.search(r'name="id" value="(tok_\w+)"', again)
    assert id_ is not None
    assert lead.post(f"{TOKENS}/revoke", id=id_[1]).location == TOKENS
    assert tokens.who(context, words[1]) is None
    assert lead.post(f"{TOKENS}/revoke", id=id_[1]).status == 422


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"program": "b1", "role": "auditor", "scope-import": "1"}, 422),  # beyond its role
        ({"program": "b2", "role": "auditor"}, 422),  # for nothing
        ({"program": "b3", "role": "auditor", "scope-read": "1", "days": "9999"}, 422),
        ({"program": "b4", "role": "auditor", "scope-read": "1", "days": "-1"}, 422),
        ({"program": "b5", "role": "lead", "scope-read": "1"}, 422),  # not a lead's to make
        ({"program": "b6", "role": "none", "scope-read": "1"}, 422),
        ({"name": "nobody", "scope-read": "1"}, 422),
        ({"program": "b\u202e7", "role": "auditor", "scope-read": "1"}, 422),
    ],
    ids=str,
)
def test_a_token_beyond_what_is_allowed(lead: Client, form: dict[str, str], status: int) -> None:
    made = make(lead, **form)
    assert made.status in (status, 403)
    assert "qlt_" not in made.text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "http://localhost/", "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://2130706433/",
        "https://0x7f.1/", "file:///etc/passwd", "gopher://x/", "https://user:pw@127.0.0.1/", "",
        "javascript:alert(1)", "https://",
    ],
)  # fmt: skip
def test_a_webhook_leads_to_no_inner_address(context: Context, lead: Client, url: str) -> None:
    lead.get(HOOKS)
    answer = lead.post(HOOKS, **{"url": url, "event-release.built": "1"})
    assert answer.status == 422
    with context.storage.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM webhooks")).scalar_one() == 0


def test_a_webhook_is_added_tried_and_ended(context: Context, lead: Client) -> None:
    lead.get(HOOKS)
    public = "https://93.184.215.14/hook?<b>"
    assert lead.post(HOOKS, url=public).status == 422, "of nothing"
    added = lead.post(HOOKS, **{"url": public, "event-release.built": "1"})
    page = lead.get(added.location).text
    assert "whsec_" in page
    assert "<b>" not in page.replace("<b>date", "")
    assert lead.post(added.location, does="test").location == added.location
    assert "webhook.test" in lead.get(added.location).text
    waiting = re.search(r"msg_\w+", page)
    assert waiting is None
    for bad in ({"does": "resend", "delivery": "msg_0"}, {"does": "dance"}):
        assert lead.post(added.location, **bad).status == 422
    other = added.location.replace("/p/", "/q/")
    assert lead.get(other).status == 422
    assert lead.post(other, does="remove").status == 422
    assert lead.get(f"{added.location}?before=x").status == 422
    assert lead.post(added.location, does="remove").location == HOOKS
    assert say("web.hooks.ended", "en") in lead.get(HOOKS).text


def test_whatever_can_be_done_has_a_name_in_the_log() -> None:
    spoken = {key.removeprefix("web.verb.") for key in catalogue() if key.startswith("web.verb.")}
    assert spoken == set(auditing.VERBS)


def test_the_log_tells_who_did_what(context: Context, port: int, lead: Client) -> None:
    lead.get("/office/people")
    lead.post("/office/people/invite", name="=1+1", role="annotator")
    page = lead.get("/office/audit?who=lee&verb=people").text
    assert "=1+1" in page
    assert say("web.verb.people", "en") in page
    assert "qinglan" in page
    assert say("web.audit.none", "en") in lead.get("/office/audit?who=nobody").text
    assert say("web.audit.none", "en") in lead.get("/office/audit?last=2020-01-01").text
    assert lead.get("/office/audit?first=x").status == 422
    assert lead.get("/office/audit?before=x").status == 422
    assert lead.get("/office/audit?verb='%20or%201=1--").status == 200
    whole = lead.get("/office/audit?verb=desk").text
    assert "<b>Project</b> p" in whole
    history = lead.get("/office/projects/p/audit").text
    for fact in ("Answers a task", "SHA-256", "Seat for"):
        assert f"<b>{fact}</b>" in history
    assert lead.get("/office/projects/p/audit?before=-1").status == 422
    assert lead.get("/office/projects/none/audit").status == 422


def test_the_log_comes_in_pages(context: Context, lead: Client) -> None:
    from qinglan.flow import auditing

    whole = auditing.audit_log(context, OWNER, limit=1_000).done
    seen: list[object] = []
    before = ""
    while True:
        page = auditing.audit_log(context, OWNER, before=before, limit=3)
        seen += page.done
        if page.before is None:
            break
        before = page.before
    assert len(seen) > 6
    assert tuple(seen) == whole[-len(seen) :]
    assert auditing.project_log(context, OWNER, "p", limit=1).before is not None


def test_an_auditor_reads_all_and_changes_nothing(context: Context, port: int) -> None:
    auditor = Client(port, join(context, "aud", Role.AUDITOR))
    auditor.get("/office")
    fill(context, context.folder, "seen", Kind.FREE, [{"q": "?", "k": "1"}], "ann",
         fields=["prompt=q", "key=k"])  # fmt: skip
    ann = Client(port, join(context, "ann"))
    assert ann.submit("seen", text="So 1.").status == 303
    task = re.search(r"\?task=(tsk_\w+)", auditor.get("/office/projects/seen/answers").text)
    assert task is not None
    parts = {"project": "seen", "task": task[1], "release": "r", "job": "job_0", "arrival": "arr_0",
             "hook": "whk_0", "version": "2", "shape": "csv", "name": "x", "name:path": "x",
             "token": "x"}  # fmt: skip
    blind = {"/office/new", "/office/projects/{project}/import",
             "/office/projects/{project}/pictures",
             "/office/projects/{project}/import/{arrival}"}  # fmt: skip
    gone = ("{release}", "{job}", "{hook}", "{version}", "/pay/statement.csv")

    def rows() -> dict[str, int]:
        with context.storage.read() as conn:
            names = conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            return {
                str(name): int(conn.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())
                for (name,) in names
                # Who looked at answers is kept, so that they are never given the task; and
                # taking answers out is.
                if name not in ("sightings", "activities", "deeds")
            }

    before = rows()
    for method, path, _ in ROUTES:
        if not path.startswith("/office"):
            continue
        place = re.sub(r"\{([^}]+)\}", lambda found: parts[found[1]], path)
        if method == "POST":
            does = next((word for end, word in DOES if path.endswith(end)), "make")
            assert auditor.post(place, **FILLED, does=does).status == 403, path
        elif path in blind:
            assert auditor.get(place).status == 403, path
        else:
            wanted = (422,) if any(one in path for one in gone) else (200,)
            assert auditor.get(place).status in wanted, path
    for path, _, _ in RECEIVING:
        place = path.replace("{project}", "seen")
        assert auditor.ask("POST", place, "x", content_type="multipart/form-data").status == 403
    assert auditor.get("/desk").status == 403
    assert rows() == before
    for page in ("/office/people", TOKENS, HOOKS, "/office/projects/seen/answers",
                 f"/office/projects/seen/review/{task[1]}"):  # fmt: skip
        text_ = auditor.get(page).text
        assert re.findall(r'<form method="post" action="(/office[^"]*)"', text_) == [], page
        assert "whsec_" not in text_


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ANNOTATOR])
def test_others_see_none_of_it(context: Context, port: int, role: Role) -> None:
    other = Client(port, join(context, f"o-{role.value}", role))
    other.get("/desk")
    for path in (TOKENS, "/office/audit", HOOKS, "/office/projects/p/audit", "/office/people"):
        assert other.get(path).status == 403
    for path in (TOKENS, f"{TOKENS}/revoke", HOOKS, f"{HOOKS}/whk_0"):
        assert other.post(path, does="remove").status == 403
    lead = Client(port, join(context, f"l-{role.value}", Role.LEAD))
    lead.get(TOKENS)
    assert lead.post(TOKENS, csrf="0").status == 403
    assert lead.post(HOOKS, csrf="0").status == 403
