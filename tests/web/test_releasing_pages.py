"""Judging and releasing from the office: what is refused says why, what is made comes down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from web_example import OWNER, Answer, Client, fill, join, workspace

from qinglan.flow import desk, standing
from qinglan.flow.context import Context
from qinglan.records import Actor, Kind, Role
from qinglan.wording import say
from qinglan.work import Rules

HERE = "/office/projects/p/releases"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("releasing") / "ws") as opened:
        rows = [{"q": f"Question {i}", "k": "7"} for i in range(3)]
        fill(opened, opened.folder, "p", Kind.FREE, rows, "ann", fields=["prompt=q", "key=k"],
             rules=Rules(overlap=1))  # fmt: skip
        yield opened


def does(client: Client, **form: str) -> Answer:
    """Begin a job, and the page that tells what came of it."""
    client.get(HERE)
    begun = client.post(HERE, **form)
    return client.settled(begun.location) if begun.status == 303 else begun


def test_a_lead_checks_judges_and_releases(context: Context, port: int, lead: Client) -> None:
    ann = Client(port, join(context, "ann"))
    for _ in range(3):
        assert ann.submit("p", text="So 7.").status == 303
    refused = does(lead, does="release", name="early", purpose="training").text
    assert say("error.flow.nothing_accepted", "en", project="p") in refused
    assert say("web.verify.done", "en", n=3) in does(lead, does="verify").text
    judged = does(lead, does="judge", threshold="50", use_keys="1").text
    assert f"<dt>{say('web.judged_count.accepted', 'en')}</dt><dd>3</dd>" in judged
    for bad in ("0", "101", "x", "-5", "NaN"):
        assert does(lead, does="judge", threshold=bad).status == 422
    for bad in ("../x", "", "A", ".x", "a/b", "x" * 70, "<b>"):
        assert does(lead, does="release", name=bad, purpose="training").status == 422
    assert does(lead, does="release", name="r1", purpose="sale").status == 422
    made = does(lead, does="release", name="r1", purpose="training").text
    assert f'href="{HERE}/r1"' in made
    page = lead.get(f"{HERE}/r1").text
    for name in re.findall(rf'href="({HERE}/r1/files/[^"]+)"', page):
        got = lead.get(name)
        assert got.status == 200
        assert got.headers["content-disposition"].startswith("attachment")
    manifest = json.loads(lead.get(f"{HERE}/r1/files/manifest.json").text)
    assert manifest["counts"]["rows"] == 3
    assert say("web.release.holds", "en") in lead.get(f"{HERE}/r1?check=1").text
    taken = does(lead, does="release", name="r1", purpose="training").text
    assert 'role="alert"' in taken
    release = context.folder / "releases" / "r1"
    (release / "manifest.json").rename(release / "kept")
    try:
        assert lead.get(f"{HERE}/r1").status == 422
    finally:
        (release / "kept").rename(release / "manifest.json")


def test_files_beside_a_release_stay_there(context: Context, lead: Client) -> None:
    does(lead, does="verify")
    does(lead, does="judge", threshold="50", use_keys="1")
    does(lead, does="release", name="r2", purpose="training")
    link = context.folder / "releases" / "r2" / "data" / "extra"
    link.symlink_to(context.folder / "keys")
    for name in ("../../../keys/secret", "..%2f..%2fqinglan.toml", "data/extra/secret", "none"):
        assert lead.get(f"{HERE}/r2/files/{name}").status in (404, 422)
    assert lead.get(f"{HERE}/..%2f..%2fkeys").status in (404, 422)


def test_work_without_rights_is_refused_with_its_remedy(
    context: Context, port: int, lead: Client
) -> None:
    rows = [{"q": "One?", "k": "7"}]
    fill(context, context.folder, "norights", Kind.FREE, rows, fields=["prompt=q", "key=k"])
    desk.seat(context, OWNER, "norights", "ann")
    standing.tell(context, Actor(name="ann", role=Role.ANNOTATOR), "norights")
    ann = Client(port, join(context, "ann"))
    assert ann.submit("norights", text="So 7.").status == 303
    here = "/office/projects/norights/releases"
    for form in ({"does": "verify"}, {"does": "judge", "threshold": "50"},
                 {"does": "release", "name": "n1", "purpose": "training"}):  # fmt: skip
        lead.get(here)
        told = lead.settled(lead.post(here, **form).location).text
    assert say("error.flow.no_rights", "en", project="norights", people="ann") in told
    zh = Client(port, lead.session)
    zh.cookies["qinglan_lang"] = "zh"
    place = re.findall(r'href="(/office/projects/norights/jobs/[^"]+)"', zh.get(here).text)[0]
    assert say("error.flow.no_rights", "zh", project="norights", people="ann") in zh.get(place).text
    lead.get("/office/projects/norights")
    unsaid = lead.post("/office/projects/norights/seat", name="bob", licence=" ")
    assert say("error.web.needs_licence", "en") in unsaid.text


def test_an_annotator_agrees_before_they_begin(context: Context, port: int) -> None:
    fill(context, context.folder, "agree", Kind.FREE, [{"q": "?"}])
    desk.seat(context, OWNER, "agree", "ned", licence="CC-BY-4.0")
    ned = Client(port, join(context, "ned"))
    assert ned.get("/desk/agree").location == "/desk/agree/before"
    page = ned.get("/desk/agree/before").text
    assert say("web.before.licence", "en", licence="CC-BY-4.0") in page
    assert say("web.before.agree", "en") in page


def test_answers_come_down_without_names(context: Context, lead: Client) -> None:
    got = lead.get("/office/projects/p/answers.jsonl")
    assert got.headers["content-disposition"].startswith("attachment")
    lines = [json.loads(line) for line in got.text.splitlines()]
    assert len(lines) == 3
    assert '"ann"' not in got.text


def test_roles_are_kept_to(context: Context, port: int) -> None:
    forms: tuple[dict[str, str], ...] = (
        {"does": "verify"}, {"does": "judge", "threshold": "50"},
        {"does": "release", "name": "rx", "purpose": "training"},
    )  # fmt: skip
    for role in (Role.REVIEWER, Role.AUDITOR, Role.ANNOTATOR):
        other = Client(port, join(context, f"r-{role.value}", role))
        other.get("/desk" if role is Role.ANNOTATOR else "/office")
        assert other.get(HERE).status == (403 if role is Role.ANNOTATOR else 200)
        export = other.get("/office/projects/p/answers.jsonl").status
        assert export == (200 if role is Role.AUDITOR else 403)
        for form in forms:
            may = role is Role.REVIEWER and form["does"] == "verify"
            assert other.post(HERE, **form).status == (303 if may else 403), (role, form)
    lead = Client(port, join(context, "lou", Role.LEAD))
    lead.get(HERE)
    assert lead.post(HERE, csrf="0", does="verify").status == 403
    fill(context, context.folder, "other", Kind.FREE, [{"q": "?"}])
    assert lead.get("/office/projects/other/jobs/job_0").status == 422
