"""Pictures over HTTP: how one is sent and shown, and what a stranger or a hostile sender tries."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from api_example import token_for
from web_example import OWNER, Client, fill, join, workspace

from picture_example import hostile, opened, photo, png
from qinglan import client as api
from qinglan.flow import arriving, guiding, load, pictures
from qinglan.flow.context import Context
from qinglan.records import Kind, Role
from qinglan.storage import tasks
from qinglan.wording import Language, say
from qinglan.work import Rules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BOUNDARY = "qinglan-boundary"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("pictures") / "ws") as made:
        yield made


@dataclass
class People:
    ann: Client
    bob: Client
    lead: Client
    guide: str
    """The id of a picture in the guideline of ``p``."""


@pytest.fixture(scope="module")
def people(context: Context, port: int, lead: Client) -> People:
    fill(context, context.folder, "p", Kind.FREE, [{"q": "What is on it?"}], "ann", "bob",
         rules=Rules(overlap=2))  # fmt: skip
    fill(context, context.folder, "other", Kind.FREE, [{"q": "Elsewhere?"}], "cyd")
    made = pictures.bring(context, OWNER, "p", png("red"), "a.png", alt="the scale")
    guiding.revise(context, OWNER, "p", en=made.reference, zh=made.reference, why="a figure")
    ann, bob = (Client(port, join(context, name)) for name in ("ann", "bob"))
    return People(ann, bob, lead, made.picture.id)


def send(
    client: Client, path: str, body: bytes, name: str = "a.png", *, csrf: str | None = None,
    **fields: str,
) -> tuple[int, str]:  # fmt: skip
    """A browser's form with a file, as the desk's script sends it."""
    secret = client.csrf if csrf is None else csrf
    parts = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in {"csrf": secret, **fields}.items()
    )
    head = (
        f'{parts}--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: image/svg+xml\r\n\r\n"
    )
    sent = head.encode() + body + f"\r\n--{BOUNDARY}--\r\n".encode()
    answer = client.ask(
        "POST", path, sent.decode("latin-1"), x_fragment="1",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
    )  # fmt: skip
    return answer.status, answer.text


def fetch(client: Client, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", client.port, timeout=60)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    connection.request("GET", path, headers={"cookie": cookies, **headers})
    got = connection.getresponse()
    body = got.read()
    connection.close()
    return got.status, {name.lower(): value for name, value in got.getheaders()}, body


def attach(client: Client, body: bytes, **fields: str) -> tuple[int, str]:
    task = client.task("p")
    fields = {"token": task["token"], **fields}
    return send(client, task["action"].replace("/submit", "/pictures"), body, **fields)


def id_in(text: str) -> str:
    found = re.search(r"pic_[a-z2-7]{26}", text)
    assert found, text
    return found[0]


def test_a_picture_is_shown_to_its_owner_as_a_picture_and_nothing_else(people: People) -> None:
    status, said = attach(people.ann, photo(), alt="a *chart*")
    assert (status, said) == (201, f"![a \\*chart\\*]({id_in(said)}#40x64)")
    status, headers, body = fetch(people.ann, f"/pictures/{id_in(said)}")
    assert (status, headers["content-type"]) == (200, "image/jpeg")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == f'inline; filename="{id_in(said)}.jpg"'
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert opened(body).size == (40, 64)
    assert b"script" not in body
    mark = {"if-none-match": headers["etag"]}
    assert fetch(people.ann, f"/pictures/{id_in(said)}", **mark)[0] == 304
    assert fetch(people.bob, f"/pictures/{id_in(said)}", **mark)[0] == 404


def test_another_annotators_picture_is_as_if_it_were_not_there(people: People) -> None:
    _, said = attach(people.ann, png("teal"))
    unknown = fetch(people.bob, f"/pictures/pic_{'a' * 26}")
    foreign = fetch(people.bob, f"/pictures/{id_in(said)}")
    of_one_answer = {"x-request-id", "date"}
    told = [
        {k: v for k, v in one[1].items() if k not in of_one_answer} for one in (foreign, unknown)
    ]
    assert foreign[0] == unknown[0] == 404
    assert told[0] == told[1]
    assert fetch(people.bob, "/pictures/1")[0] == 404
    assert fetch(people.bob, "/pictures/%00")[0] == 422  # no address of ours holds NUL
    assert len(foreign[2]) == len(unknown[2])
    refused = people.bob.submit("p", text=f"42 ![x]({id_in(said)})")
    assert refused.status == 422
    assert id_in(said) in refused.text


def test_the_guidelines_picture_is_for_those_with_a_seat_until_they_leave(
    people: People, context: Context, port: int
) -> None:
    cyd = Client(port, join(context, "cyd"))
    assert fetch(people.bob, f"/pictures/{people.guide}")[0] == 200
    assert fetch(cyd, f"/pictures/{people.guide}")[0] == 404
    assert (
        f'src="/pictures/{people.guide}" alt="the scale" width="48"'
        in people.bob.get("/desk/p").text
    )
    gone = Client(port, join(context, "dee", Role.REVIEWER))
    gone.get("/office")
    assert fetch(gone, f"/pictures/{people.guide}")[0] == 200
    kept = dict(gone.cookies)
    gone.post("/sign-out")
    gone.cookies = kept
    assert fetch(gone, f"/pictures/{people.guide}")[0] == 303
    stranger = Client(port)
    assert fetch(stranger, f"/pictures/{people.guide}")[1]["location"].startswith("/sign-in")


@pytest.mark.parametrize("name", hostile())
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_no_picture_is_not_kept(people: People, name: str) -> None:
    data, why = hostile()[name]
    status, said = attach(people.ann, data)
    assert status in (413, 422)
    assert "pic_" not in said
    where = "/office/projects/p/pictures"
    people.lead.get(where)
    status, said = send(people.lead, where, data, "../../<b>evil</b>.png")
    assert status in (413, 422)
    assert say(f"error.intake.{why}", "en", file="…", why="", limit=1, size=1)[-20:-4] in said


def test_a_form_from_elsewhere_or_of_somebody_else_keeps_nothing(people: People) -> None:
    task = people.ann.task("p")
    place = task["action"].replace("/submit", "/pictures")
    assert send(people.ann, place, png(), csrf="0" * 64, token=task["token"])[0] == 403
    assert send(people.ann, place, png(), token="x" * 20)[0] == 403
    people.bob.get("/desk")
    assert send(people.bob, place, png(), token=task["token"])[0] == 403
    assert send(people.bob, "/office/projects/p/pictures", png())[0] == 403
    too_much = b"\x89PNG\r\n\x1a\n" + b"0" * (12 * 2**20)
    assert attach(people.ann, too_much)[0] == 413


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_script_a_page_gives_the_reference(people: People, language: str) -> None:
    people.ann.cookies["qinglan_lang"] = language
    task = people.ann.task("p")
    place = task["action"].replace("/submit", "/pictures")
    page = people.ann.get(place)
    assert say("web.picture.limits", language, most=10, megapixels=50) in page.text
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{people.ann.csrf}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{task["token"]}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    )
    body = head.encode() + png() + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    there = people.ann.ask("POST", place, body.decode("latin-1"), content_type=kind)
    assert there.status == 200
    assert f'value="![]({id_in(there.text)}#48x32)"' in there.text
    unnamed = say("web.picture.unnamed", language)  # type: ignore[arg-type]
    assert f'src="/pictures/{id_in(there.text)}" alt="{unnamed}"' in there.text
    bad = people.ann.ask(
        "POST", place, body.replace(b"PNG", b"PMG").decode("latin-1"), content_type=kind
    )
    assert bad.status == 422
    assert say("error.intake.no_picture", language, file="a.png").replace('"', "") in bad.text


def test_programs_bring_pictures_use_them_and_fetch_them(
    people: People, context: Context, port: int
) -> None:
    """A lead's program brings one with tasks; an annotator's answers with one of its own."""
    url = f"http://127.0.0.1:{port}"
    fill(context, context.folder, "api", Kind.FREE, [{"q": "first"}], "eve", "fay")
    words = {name: token_for(context, name, Role.ANNOTATOR) for name in ("eve", "fay")}
    with api.Client(url, token_for(context, "pia", Role.LEAD)) as program:
        made = program.add_picture("api", photo(), name="a.jpg", alt="a scale")
        assert (made.media, made.width, made.height) == ("image/jpeg", 40, 64)
        rows = [{"q": f"Read {made.reference}"}, {"q": f"Read ![](pic_{'b' * 26})"},
                {"q": "see ![](figures/a.png)"}]  # fmt: skip
        done = program.import_tasks("api", rows, name="s", fields=["prompt=q"], channel="own")
        assert (done.new, done.reasons) == (1, {"picture_missing": 2})
        assert opened(program.picture("api", made.id)).size == (40, 64)
        with pytest.raises(api.ApiError) as caught:
            program.add_picture("api", hostile()["svg"][0])
        assert caught.value.problem.status == 422
        with pytest.raises(api.ApiError) as caught:
            program.add_picture("api", b"\x89PNG" + b"0" * (11 * 2**20))
        assert caught.value.problem.status == 413
    with api.Client(url, words["eve"]) as eve, api.Client(url, words["fay"]) as fay:
        first = eve.next_task("api")
        assert first is not None
        eve.submit("api", first, {"text": "1"})
        task = eve.next_task("api")
        assert task is not None
        assert opened(eve.own_picture("api", made.id)).size == (40, 64)
        mine = eve.attach_picture("api", task, png(), alt="mine")
        eve.submit("api", task, {"text": f"42 {mine.reference} {made.reference}"})
        for asked in (made.id, mine.id, f"pic_{'a' * 26}"):
            with pytest.raises(api.ApiError) as caught:
                fay.own_picture("api", asked)
            assert (caught.value.problem.status, caught.value.problem.detail) == (
                403, say("error.flow.no_picture", "en"),
            )  # fmt: skip
        with pytest.raises(api.ApiError) as caught:
            fay.attach_picture("api", task, png())
        assert caught.value.problem.status == 403


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_browser_shows_the_tasks_picture_and_the_answers(
    browser: Browser, context: Context, port: int, language: Language, tmp_path: Path
) -> None:
    """Pasted where one writes, by keyboard; and it is there for the reviewer."""
    name, project = f"gil-{language}", f"seen-{language}"
    load.make_project(context, OWNER, project, Kind.FREE)
    made = pictures.bring(context, OWNER, project, photo((300, 200)), "a.jpg", alt="the chart")
    fill(context, context.folder, project, Kind.FREE, [{"q": f"Read it.\n\n{made.reference}"}],
         name)  # fmt: skip
    page = browser.new_context(
        locale="zh-CN" if language == "zh" else "en-GB", viewport={"width": 400, "height": 800}
    ).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    base = f"http://127.0.0.1:{port}"
    page.context.add_cookies([{"name": "qinglan", "value": join(context, name), "url": base}])
    page.goto(f"{base}/desk/{project}")
    wide = "image => [image.naturalWidth, image.complete && image.clientWidth <= innerWidth]"
    shown = page.locator(".problem img")
    shown.scroll_into_view_if_needed()
    shown.evaluate("image => image.decode()")
    assert shown.evaluate(wide) == [200, True]
    assert shown.get_attribute("alt") == "the chart"
    text = page.locator("textarea").first
    text.fill("I read 4.")
    page.evaluate(
        """([kind, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(bytes)], "mine.png", { type: kind }));
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true,
                                                        cancelable: true });
            document.querySelector("textarea").dispatchEvent(event);
        }""",
        ["image/png", list(png("teal", (90, 60)))],
    )
    page.locator(".attached img").evaluate("image => image.decode()")
    page.keyboard.type("my drawing")
    assert re.fullmatch(
        r"I read 4\.\n\n!\[my drawing\]\(pic_[a-z2-7]{26}#90x60\)\n", text.input_value()
    )
    page.screenshot(path=str(tmp_path / "desk.png"), full_page=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-done]")
    with context.storage.read() as conn:
        (task,) = tasks.stream(conn, context.project(project).id)
    lead = browser.new_context().new_page()
    token = join(context, f"rae-{language}", Role.REVIEWER)
    lead.context.add_cookies([{"name": "qinglan", "value": token, "url": base}])
    lead.goto(f"{base}/office/projects/{project}/review/{task.id}")
    sizes = set()
    for image in lead.locator("main img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
        sizes.add(image.evaluate("image => image.naturalWidth"))
    assert sizes == {90, 200}, "the task's, and the answer's"
    assert complaints == []


def test_an_archive_in_the_browser_brings_tasks_with_their_pictures(
    people: People, context: Context
) -> None:
    packed = io.BytesIO()
    rows = ["see ![](figures/a.png)", "see ![a chart](figures/a.png)", "see ![](none.png)"]
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("set/t.jsonl", "".join(json.dumps({"question": one}) + "\n" for one in rows))
        made.writestr("set/figures/a.png", png())
    where = "/office/projects/other/import"
    people.lead.cookies["qinglan_lang"] = "en"
    people.lead.get(where)
    status, _ = send(people.lead, where, packed.getvalue(), "set.zip", what="tasks")
    assert status == 303
    (arrival,) = arriving._every(context)
    page = people.lead.get(f"{where}/{arrival.id}")
    assert say("web.import.pictures", "en", shown=2) in page.text
    assert say("web.import.unnamed", "en", unnamed=1) in page.text
    assert say("reason.picture_missing", "en") in page.text
    form = {"does": "import", "map-prompt": "question", "name": "set", "channel": "own"}
    done = people.lead.post(f"{where}/{arrival.id}", **form)
    page = people.lead.settled(done.location)
    assert arriving._every(context) == []
    with context.storage.read() as conn:
        found = list(tasks.stream(conn, context.project("other").id))
    shown = [task.prompt for task in found if "pic_" in task.prompt]
    assert len(shown) == 2, page.text
    assert len({id_in(prompt) for prompt in shown}) == 1
    assert send(people.lead, where, b"PK", "evil.zip", what="tasks")[0] == 422
