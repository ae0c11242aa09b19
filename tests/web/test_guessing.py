"""Every address with what a guesser puts into it, on both engines: nothing learnt, nothing broken.

What an id may be is each engine's own matter: PostgreSQL refuses to look for text that holds NUL,
where SQLite finds nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from api_example import Program, token_for
from web_example import OWNER, Client, fill, join, serving, workspace

from postgresql_server import emptied
from qinglan.flow import jobs
from qinglan.flow.context import Context
from qinglan.records import Kind, Role
from qinglan.web.api.app import ROUTERS, routes
from qinglan.web.app import ROUTES

HIDDEN = "merger-of-two-banks"
"""A project that the guesser has no seat in."""
TOLD = {"checked": 7, "outcomes": {}, "verifier": "exact"}
WORDS = ("a%00b", "'%20OR%201=1--", "9" * 30)
FORM = {"does": "preview", "name": "ann", "task": "tsk_0", "words": "w", "why": "w", "tier": "t",
        "text": "t", "kind": "free", "options": "0", "use": "gold", "count": "1", "spent": "1",
        "reason": "other", "overlap": "1", "gold_per_mille": "0", "lease_minutes": "30",
        "rights": "1", "number": "1", "token": "t", "flag": "f", "en": "e", "zh": "z"}  # fmt: skip


@dataclass
class Here:
    context: Context
    lead: Client
    ann: Client


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Here]:
    url = emptied(request.getfixturevalue("postgresql")) if request.param == "postgresql" else None
    with workspace(tmp_path_factory.mktemp("guessing") / "ws", url) as context:
        fill(context, context.folder, "p", Kind.FREE, [{"q": "1 + 1?"}], "ann")
        fill(context, context.folder, HIDDEN, Kind.FREE, [{"q": "2 + 2?"}])
        with serving(context) as port:
            lead = Client(port, join(context, "lee", Role.LEAD))
            ann = Client(port, join(context, "ann"))
            lead.get("/office")
            ann.get("/desk")
            yield Here(context, lead, ann)


def address(path: str, **parts: str) -> str:
    """``path`` with ``parts`` in it, and ``x`` for the others."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: parts.get(found[1], "x"), path)


def test_an_annotator_learns_no_projects_name(here: Here) -> None:
    """One that is not there sounds like one that is not theirs, and names no other."""
    for method, path, _ in ROUTES:
        if "{project}" not in path:
            continue
        said = []
        for project in (HIDDEN, "none-of-that"):
            target = address(path, project=project)
            got = here.ann.get(target) if method == "GET" else here.ann.post(target, **FORM)
            said.append((got.status, HIDDEN in got.text.replace(f"/{project}", "").replace(
                project, "")))  # fmt: skip
        assert said[0] == said[1], (method, path)
        assert said[0][0] >= 400, (method, path, said)
        assert not said[1][1], (method, path)


def test_no_address_brings_the_server_down(here: Here) -> None:
    for method, path, _ in ROUTES:
        names = re.findall(r"\{(\w+)", path)
        for word in WORDS:
            targets = [address(path, **{"project": "p", name: word}) for name in names]
            if method == "GET":
                asked = "&".join(f"{n}={word}" for n in ("before", "who", "after", "of", "start"))
                targets.append(f"{address(path, project='p')}?{asked}")
            for target in targets:
                client = here.ann if path.startswith("/desk") else here.lead
                got = client.get(target) if method == "GET" else client.post(target, does="x")
                assert got.status < 500, (method, target[:200], got.text[-500:])


def test_no_word_of_a_form_that_holds_nul_is_looked_for(here: Here) -> None:
    """On PostgreSQL that would fail, and the page would say that the database cannot be read."""
    for method, path, _ in ROUTES:
        if method != "POST" or path.startswith("/invite"):
            continue
        client = here.ann if path.startswith("/desk") else here.lead
        form = {**{name: f"{value}\0" for name, value in FORM.items()}, "does": "again"}
        got = client.post(address(path, project="p"), **form)
        assert got.status == 422, (path, got.status)


def test_no_word_that_a_program_sends_holds_nul(here: Here) -> None:
    program = Program(here.lead.port, token_for(here.context, "pat", Role.OWNER))
    met = 0
    for router in ROUTERS:
        for method, path, _, _ in routes(router):
            for name in re.findall(r"\{(\w+)", path):
                got = program.ask(method, address(path, **{"project": "p", name: "a%00b"}))
                assert got.status == 404, (method, path, name, got.body)
            sent = json.dumps({"name": "a\0b", "words": "a\0b", "role": "auditor"}).encode()
            if method in ("POST", "PUT"):
                met += 1
                got = program.ask(method, address(path, project="p"), sent)
                assert got.status < 500, (method, path, got.body)
    assert met > 30


def test_a_name_that_holds_nul_is_no_account(here: Here) -> None:
    stranger = Client(here.lead.port)
    for name in ("\0", "ann\0", "\0' OR 1=1--"):
        assert stranger.sign_in(name, "no such password").status == 422


def test_anothers_job_is_found_in_its_own_project_alone(here: Here) -> None:
    job = jobs.start(here.context, OWNER, HIDDEN, "verify", lambda _: TOLD)
    assert here.lead.get(f"/office/projects/{HIDDEN}/jobs/{job}").status == 200
    assert here.lead.get(f"/office/projects/p/jobs/{job}").status == 422
    for project in ("p", HIDDEN):
        assert here.ann.get(f"/office/projects/{project}/jobs/{job}").status == 403
