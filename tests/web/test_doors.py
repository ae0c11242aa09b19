"""The door, as those who would break in try it: over HTTP, on a real port."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2
import pytest
from web_example import OWNER, PASSWORD, Client, join, real_hasher, workspace

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import entrance, passwords, people
from qinglan.flow.context import Context
from qinglan.records import Actor, Role
from qinglan.web.visits import local

LEAD = Actor(name="lead", role=Role.LEAD)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("doors") / "ws") as opened:
        join(opened, "owner", Role.OWNER)
        for name in ("ann", "bob", "closed"):
            join(opened, name)
        yield opened


@pytest.fixture
def stranger(port: int) -> Client:
    return Client(port)


def test_it_is_alive_and_ready(stranger: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = stranger.get(path)
        assert (answer.status, answer.text) == (200, "ok")


@pytest.mark.parametrize(
    "path", ["/", "/desk", "/desk/p", "/desk/p/queue", "/desk/p/task/tsk_x", "/office",
             "/office/people", "/office/projects/p", "/office/projects/p/answers"],
)  # fmt: skip
def test_nothing_opens_without_signing_in(stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status == 303
    assert answer.location.startswith("/sign-in")
    assert "csrf" not in answer.text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/static/style.css", "/healthz"])
def test_every_response_has_the_policy(stranger: Client, path: str) -> None:
    headers = stranger.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_signing_in_makes_a_new_token_and_hides_it(stranger: Client) -> None:
    planted = "A" * 43
    stranger.cookies["qinglan"] = planted
    answer = stranger.sign_in("ann")
    assert (answer.status, answer.location) == (303, "/")
    (cookie,) = answer.cookies
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert stranger.cookies["qinglan"] != planted
    assert stranger.get("/desk").status == 200
    assert Client(stranger.port, planted).get("/desk").status == 303  # fixation gains nothing


def test_behind_https_the_cookie_is_secure(stranger: Client) -> None:
    stranger.get("/sign-in")
    answer = stranger.post(
        "/sign-in", name="ann", password=PASSWORD, headers={"x-forwarded-proto": "https"}
    )
    assert "Secure" in answer.cookies[0]


def test_signing_out_ends_the_session_on_the_server(stranger: Client) -> None:
    stranger.sign_in("ann")
    kept = stranger.cookies["qinglan"]
    stranger.get("/desk")
    assert stranger.post("/sign-out").status == 303
    assert Client(stranger.port, kept).get("/desk").status == 303


def test_no_token_lies_in_the_database(context: Context) -> None:
    session, invitation = join(context, "tok"), people.invite(context, OWNER, "tok2", Role.AUDITOR)
    context.storage.examine()
    raw = b"".join(
        path.read_bytes() for path in context.folder.iterdir() if path.name.startswith("qinglan.db")
    )
    assert b"tok2" in raw
    for secret in (session, invitation, PASSWORD):
        assert secret.encode() not in raw
    assert b"$argon2id$" in raw


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_without_its_secret_is_refused(stranger: Client, csrf: str) -> None:
    stranger.get("/sign-in")
    answer = stranger.post("/sign-in", name="ann", password=PASSWORD, csrf=csrf)
    assert answer.status == 403
    assert not any("Max-Age=604800" in cookie for cookie in answer.cookies)


def test_another_visits_secret_is_refused(port: int) -> None:
    attacker, victim = Client(port), Client(port)
    attacker.sign_in("bob")
    attacker.get("/desk")
    victim.sign_in("ann")
    victim.get("/desk")
    assert victim.post("/sign-out", csrf=attacker.csrf).status == 403
    assert victim.get("/desk").status == 200


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"},
     {"origin": "null", "sec-fetch-site": "same-site"}],
)  # fmt: skip
def test_a_form_from_another_site_is_refused(stranger: Client, headers: dict[str, str]) -> None:
    stranger.sign_in("ann")
    stranger.get("/desk")
    assert stranger.post("/sign-out", headers=headers).status == 403


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil",
     "javascript:alert(1)", "evil", "", "/%0d%0aSet-Cookie:x=1\r\nX: y", "http:evil.example"],
)  # fmt: skip
def test_no_page_sends_the_browser_elsewhere(stranger: Client, target: str) -> None:
    where = local(target)
    assert re.fullmatch(r"/(?![/\\])[\x20-\x7e]*", where)
    answer = stranger.sign_in("ann", next=target)
    assert answer.status == 303
    assert answer.location == where
    assert "x" not in stranger.cookies


def test_a_page_of_ours_is_come_back_to(stranger: Client) -> None:
    assert stranger.get("/desk/p/queue?part=drafts").location == (
        "/sign-in?next=%2Fdesk%2Fp%2Fqueue%3Fpart%3Ddrafts"
    )
    answer = stranger.sign_in("ann", next="/desk/p/queue?part=drafts")
    assert answer.location == "/desk/p/queue?part=drafts"


def test_an_unknown_name_sounds_like_a_wrong_password(stranger: Client) -> None:
    known = stranger.sign_in("bob", "not the password")
    unknown = stranger.sign_in("b0b", "not the password")
    assert known.status == unknown.status == 403
    assert known.text.replace("bob", "b0b") == unknown.text


def test_an_unknown_name_costs_as_much(
    context: Context, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One digest is computed in each case, with the same parameters."""
    computed = []
    hasher = passwords._hasher()

    class Counted:
        def verify(self, kept: str, password: str) -> bool:
            computed.append(argon2.extract_parameters(kept))
            return hasher.verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counted)
    people.change(context, OWNER, "closed", active=False)
    for name in ("ann", "nobody at all", "closed"):
        stranger.sign_in(name, "not the password")
    assert len(computed) == 3
    assert computed[0] == computed[1] == computed[2]


def test_passwords_are_kept_as_rfc_9106_advises() -> None:
    found = argon2.extract_parameters(real_hasher().hash(PASSWORD))
    assert found.type is argon2.Type.ID
    assert (found.memory_cost, found.time_cost) == (64 * 1024, 3)


def test_guessing_is_stopped_by_account_whether_or_not_it_is_there(port: int) -> None:
    for name in ("bob", "nobody"):
        client = Client(port)
        answers = [client.sign_in(name, f"guess number {i}") for i in range(12)]
        assert "minutes" not in answers[2].text
        assert "15 minutes" in answers[-1].text
    assert "15 minutes" in Client(port).sign_in("bob").text  # even with the right one


def test_guessing_is_stopped_by_address(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        join(context, "ann")
        now = datetime(2026, 3, 1, tzinfo=UTC)
        said = set()
        for i in range(entrance.BY_ADDRESS + 3):
            address = f"2001:db8::{i:x}"  # one household, many addresses
            with pytest.raises(PermissionDenied) as caught:
                entrance.sign_in(context, f"name {i}", "x" * 12, address, now=now)
            said.add((i < entrance.BY_ADDRESS, caught.value.key))
        assert said == {(True, "error.people.not_known"), (False, "error.people.too_many")}
        entrance.sign_in(context, "ann", PASSWORD, "2001:db8:0:1::1", now=now)
        later = now + timedelta(seconds=entrance.WINDOW_SECONDS + 1)
        entrance.sign_in(context, "ann", PASSWORD, "2001:db8::1", now=later)


def test_a_stranger_locks_nobody_out(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        join(context, "ann")
        now = datetime(2026, 3, 1, tzinfo=UTC)

        def attempt(address: str, password: str = "x" * 12) -> str:
            try:
                entrance.sign_in(context, "ann", password, address, now=now)
            except PermissionDenied as error:
                return error.key.removeprefix("error.people.")
            return "in"

        assert attempt("192.0.2.1", PASSWORD) == "in"
        said = [attempt("198.51.100.7") for _ in range(entrance.BY_PAIR + 1)]
        assert said == ["not_known"] * entrance.BY_PAIR + ["too_many"]
        assert attempt("203.0.113.9", PASSWORD) == "in"  # one stranger stops nobody but themselves
        many = [attempt(f"198.51.100.{i}") for i in range(100, 101 + entrance.BY_ACCOUNT)]
        assert many == ["not_known"] * entrance.BY_ACCOUNT + ["too_many"]
        # A crowd of them stops those alone who come from a new place.
        assert attempt("198.51.100.8", PASSWORD) == "too_many"
        assert attempt("192.0.2.1", PASSWORD) == "in"


def test_an_invitation_works_once_and_not_for_ever(context: Context, stranger: Client) -> None:
    token = people.invite(context, OWNER, "eve", Role.ANNOTATOR)
    assert "eve" in stranger.get(f"/invite/{token}").text
    weak = stranger.post(f"/invite/{token}", password="short")
    assert weak.status == 422
    answer = stranger.post(f"/invite/{token}", password=PASSWORD, role="owner", name="root")
    assert (answer.status, answer.location) == (303, "/")
    assert entrance.who(context, stranger.cookies["qinglan"]) == Actor(
        name="eve", role=Role.ANNOTATOR
    )
    assert stranger.get(f"/invite/{token}").status == 422
    old = datetime.now(UTC) - timedelta(seconds=people.INVITED_FOR + 1)
    late = people.invite(context, OWNER, "fay", Role.ANNOTATOR, now=old)
    assert stranger.get(f"/invite/{late}").status == 422
    with pytest.raises(UsageError):
        entrance.accept(context, late, PASSWORD)


def test_a_newer_invitation_ends_the_older(context: Context) -> None:
    first = people.invite(context, OWNER, "gil", Role.ANNOTATOR)
    people.invite(context, OWNER, "gil", Role.ANNOTATOR)
    with pytest.raises(UsageError):
        entrance.accept(context, first, PASSWORD)


def test_another_role_ends_sessions_and_invitations(context: Context, port: int) -> None:
    client = Client(port, join(context, "hal"))
    open_ = people.invite(context, OWNER, "hal", Role.ANNOTATOR)
    assert client.get("/desk").status == 200
    people.change(context, OWNER, "hal", role=Role.REVIEWER)
    assert client.get("/desk").status == 303
    with pytest.raises(UsageError):
        entrance.accept(context, open_, PASSWORD)
    people.change(context, OWNER, "hal", active=False)
    client = Client(port)
    assert client.sign_in("hal").status == 403
    people.change(context, OWNER, "hal", active=True)
    assert client.sign_in("hal").status == 303


@pytest.mark.parametrize("role", [Role.OWNER, Role.LEAD])
def test_a_lead_makes_and_unmakes_no_owner_and_no_lead(context: Context, role: Role) -> None:
    join(context, f"high {role}", role)
    for attack in (
        lambda: people.invite(context, LEAD, "new", role),
        lambda: people.invite(context, LEAD, f"high {role}", role),  # would set its password
        lambda: people.invite(context, LEAD, f"high {role}", Role.ANNOTATOR),
        lambda: people.change(context, LEAD, f"high {role}", active=False),
        lambda: people.change(context, LEAD, "ann", role=role),
    ):
        with pytest.raises(PermissionDenied):
            attack()


def test_somebody_stays_owner(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        join(context, "only", Role.OWNER)
        for change in ({"active": False}, {"role": Role.LEAD}):
            with pytest.raises(UsageError, match="last owner"):
                people.change(context, OWNER, "only", **change)  # type: ignore[arg-type]
        assert [(p.name, p.active) for p in people.people(context, OWNER)] == [("only", True)]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ANNOTATOR, Role.AUDITOR])
def test_others_look_after_nobody(context: Context, port: int, role: Role) -> None:
    client = Client(port, join(context, f"plain {role}", role))
    assert client.get("/office/people").status == (200 if role is Role.AUDITOR else 403)
    client.get("/sign-in")
    for path in ("/office/people/invite", "/office/people/change"):
        answer = client.post(path, name="x", role="owner", does="role")
        assert answer.status == 403


@pytest.mark.parametrize("name", ["", " ", "a" * 61, "a\u202eb", "a\x00b", "\u200b"])
def test_a_name_is_one_that_can_be_seen(context: Context, name: str) -> None:
    with pytest.raises(UsageError):
        people.invite(context, OWNER, name, Role.ANNOTATOR)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "abababababab", "longest name"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(UsageError):
        passwords.digest(password, "Longest Name")


def test_both_languages_on_every_page_and_kept(stranger: Client) -> None:
    assert "登录" in stranger.get("/sign-in", accept_language="zh-CN,en;q=0.5").text
    assert "Sign in" in stranger.get("/sign-in", accept_language="de, en").text
    assert stranger.get("/language?to=zh&back=/sign-in").location == "/sign-in"
    assert "登录" in stranger.get("/sign-in", accept_language="en").text
    assert stranger.get("/language?to=zh&back=//evil.example").location == "/"


@pytest.mark.parametrize(
    ("body", "headers"),
    [("csrf=%ff", {}), ("a", {}), ("{}", {"content_type": "application/json"}),
     ("&".join(f"a{i}=1" for i in range(5000)), {})],
)  # fmt: skip
def test_what_is_no_form_is_refused(stranger: Client, body: str, headers: dict[str, str]) -> None:
    stranger.get("/sign-in")
    answer = stranger.ask("POST", "/sign-in", body, **headers)
    assert answer.status in (403, 422)
    assert "Traceback" not in answer.text


def test_a_flood_is_cut_off(stranger: Client) -> None:
    stranger.get("/sign-in")
    answer = stranger.ask("POST", "/sign-in", "a=" + "b" * (5 * 2**20))
    assert answer.status == 413
