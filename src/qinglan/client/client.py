"""A typed, synchronous client of the API.

Reads and writes are sent again when the way to the server fails or the server says that it is
busy; every write carries a key, so one that was done is not done again. Lists come as iterators
that turn their pages by themselves.
"""

from __future__ import annotations

import http.client
import json
import random
import secrets
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, TypeVar
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from qinglan.client import models
from qinglan.client.asking import Query
from qinglan.client.asking import part as _part
from qinglan.client.failures import ApiError, Unreachable
from qinglan.client.office import OfficeCalls
from qinglan.client.own import OwnCalls
from qinglan.client.people import PeopleCalls
from qinglan.client.reports import ReportCalls
from qinglan.client.review import ReviewCalls
from qinglan.client.routing import RoutingCalls
from qinglan.errors import UsageError
from qinglan.kinds.scheme import Scheme
from qinglan.records import Kind, Purpose
from qinglan.wording import Language
from qinglan.work import SkipReason

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

PREFIX = "/api/v1"
TRIES = 5
BUSY = frozenset({409, 429, 502, 503, 504})
"""Statuses after which the same request is worth sending again; 409 only where it is under way."""
LONGEST_WAIT = 30.0
_PIECE = 2**20
_BLOCK = 2**18
"""Bytes of a file that are sent at a time; the library's own eight thousand make a trip each."""


class Client(OwnCalls, ReviewCalls, PeopleCalls, OfficeCalls, ReportCalls, RoutingCalls):
    """One connection to one server. For one thread at a time; use it as a context manager.

    Args:
        url: of the workbench, such as ``https://desk.example.org``.
        token: as ``qinglan token create`` showed it; plain HTTP carries it to this machine alone.
        language: in which problems are told.
        timeout: seconds of silence after which the way counts as failed.
        tries: how often one request is sent at most.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        language: Language = "en",
        timeout: float = 60.0,
        tries: int = TRIES,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError("client.bad_url", url=url)
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise UsageError("client.plain_http", url=url)
        self._https = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/") + PREFIX
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._timeout, self._tries = timeout, max(1, tries)
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._host!r})"  # never the token

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- the caller ---------------------------------------------------------------------------

    def me(self) -> models.Me:
        """Whose token it is, and what it may be used for."""
        return self._get("/me", models.Me)

    # --- the desk -----------------------------------------------------------------------------

    def desks(self) -> list[models.Desk]:
        """The desks at which the caller has a seat."""
        return self._get("/desks", list[models.Desk])

    def next_task(self, project: str) -> models.InHand | None:
        """The task to do now, under a lease; ``None`` when nothing is left at this moment."""
        status, body = self._ask("POST", f"/desks/{_part(project)}/next")
        return None if status == 204 else models.InHand.model_validate_json(body)

    def own_task(self, project: str, task: str) -> models.InHand:
        """A task that the caller was given."""
        return self._get(f"/desks/{_part(project)}/tasks/{_part(task)}", models.InHand)

    def submit(self, project: str, task: models.InHand, answer: Mapping[str, Any]) -> models.Done:
        """Hand an answer in; it is on the server's disk when this returns."""
        sent = models.Submission(lease=task.lease, answer=dict(answer))
        return self._desk(project, task.task, "submit", sent)

    def save_draft(self, project: str, task: models.InHand, body: Mapping[str, Any]) -> models.Done:
        """Keep what is there so far."""
        sent = models.Draft(lease=task.lease, body=dict(body))
        return self._desk(project, task.task, "draft", sent, method="PUT")

    def skip(
        self, project: str, task: models.InHand, reason: SkipReason, note: str | None = None
    ) -> models.Done:
        """Give a task back."""
        sent = models.Skip(lease=task.lease, reason=reason, note=note)
        return self._desk(project, task.task, "skip", sent)

    def reopen(self, project: str, task: str) -> models.Done:
        """Open one of the caller's last answers again."""
        return self._desk(project, task, "reopen", None)

    def queue(
        self,
        project: str,
        part: Literal["todo", "drafts", "submitted", "sent_back"] = "todo",
    ) -> Iterator[models.Listed]:
        """One part of the caller's own queue, newest first."""
        return self._pages(f"/desks/{_part(project)}/queue", models.Listed, {"part": part})

    # --- reading ------------------------------------------------------------------------------

    def projects(self) -> list[models.Project]:
        """All projects."""
        return self._get("/projects", list[models.Project])

    def status(self) -> list[models.Status]:
        """What is where on the line, for each project."""
        return self._get("/status", list[models.Status])

    def tasks(self, project: str) -> Iterator[models.Task]:
        """The project's tasks."""
        return self._pages(f"/projects/{_part(project)}/tasks", models.Task)

    def annotations(self, project: str) -> Iterator[models.Answered]:
        """The project's tasks with their standing answers, page by page."""
        return self._pages(f"/projects/{_part(project)}/annotations", models.Answered)

    def export(
        self, project: str, out: BinaryIO, *, format: Literal["qinglan", "prm800k"] = "qinglan"
    ) -> int:
        """Write the project's tasks with their answers to ``out`` as NDJSON; how many bytes.

        With ``format="prm800k"`` each line is one answer as PRM800K has it.

        Raises:
            Unreachable: the stream broke off; what was written is not all of it.
        """
        path = f"/projects/{_part(project)}/annotations.ndjson?format={format}"
        return self._stream(path, out)

    def verdicts(self, project: str) -> Iterator[models.Verdict]:
        """The current verdicts."""
        return self._pages(f"/projects/{_part(project)}/verdicts", models.Verdict)

    def set_aside(self, project: str, activity: str | None = None) -> Iterator[models.SetAside]:
        """Rows that could not be used; of one import, or of all."""
        path = f"/projects/{_part(project)}/set-aside"
        return self._pages(path, models.SetAside, {"activity": activity})

    def releases(self, project: str) -> list[models.Release]:
        """The project's releases."""
        return self._get(f"/projects/{_part(project)}/releases", list[models.Release])

    def release_files(self, project: str, release: str) -> list[models.File]:
        """The files of a release."""
        path = f"/projects/{_part(project)}/releases/{_part(release)}/files"
        return self._get(path, list[models.File])

    def download(self, project: str, release: str, name: str, out: BinaryIO) -> int:
        """Write one file of a release to ``out``; how many bytes."""
        path = f"/projects/{_part(project)}/releases/{_part(release)}/files/{_part(name)}"
        return self._stream(path, out)

    def people(self) -> Iterator[models.Person]:
        """All accounts and open invitations, by name."""
        return self._pages("/people", models.Person)

    def tiers(self, project: str) -> Iterator[models.Tiered]:
        """Who works in the project, with their tiers and credentials."""
        return self._pages(f"/projects/{_part(project)}/people", models.Tiered)

    # --- telling ------------------------------------------------------------------------------

    def webhooks(self, project: str) -> list[models.Webhook]:
        """The project's webhooks, ended ones too."""
        return self._get(f"/projects/{_part(project)}/webhooks", list[models.Webhook])

    def add_webhook(self, project: str, url: str, events: Sequence[str] = ()) -> models.Webhook:
        """Tell ``url`` of the project's events; ``webhook_secret`` gives what they are signed with.

        Whoever receives them checks each with ``qinglan.client.webhooks.verify``.
        """
        sent = models.NewWebhook(url=url, events=list(events))
        return self._send("POST", f"/projects/{_part(project)}/webhooks", sent, models.Webhook)

    def webhook_secret(self, project: str, webhook: str) -> str:
        """The secret that the webhook's messages are signed with."""
        path = f"/projects/{_part(project)}/webhooks/{_part(webhook)}/secret"
        return self._get(path, models.Secret).secret

    def test_webhook(self, project: str, webhook: str) -> str:
        """Send it a message that says nothing; the message's id."""
        path = f"/projects/{_part(project)}/webhooks/{_part(webhook)}/test"
        return self._send("POST", path, None, models.Posted).message

    def messages(self, project: str, webhook: str) -> Iterator[models.Message]:
        """What the webhook was told, newest first, with every try."""
        path = f"/projects/{_part(project)}/webhooks/{_part(webhook)}/messages"
        return self._pages(path, models.Message)

    def resend(self, project: str, webhook: str, message: str) -> None:
        """Try a message again that was delivered or given up."""
        path = f"/projects/{_part(project)}/webhooks/{_part(webhook)}/messages/{_part(message)}"
        self._send("POST", f"{path}/resend", None, models.Posted)

    def remove_webhook(self, project: str, webhook: str) -> None:
        """Tell it nothing any more."""
        path = f"/projects/{_part(project)}/webhooks/{_part(webhook)}"
        self._send("DELETE", path, None, models.Stopped)

    # --- releasing ----------------------------------------------------------------------------

    def verify(self, project: str) -> models.Job:
        """Begin to check new answers against their keys; see ``finished``."""
        return self._send("POST", f"/projects/{_part(project)}/verify", None, models.Job)

    def judge(self, project: str, *, threshold: str = "0.5", use_keys: bool = True) -> models.Job:
        """Begin to conclude a verdict on every task; see ``finished``."""
        sent = models.Judging(threshold=threshold, use_keys=use_keys)
        return self._send("POST", f"/projects/{_part(project)}/judge", sent, models.Job)

    def build_release(self, project: str, name: str, purpose: Purpose) -> models.Job:
        """Begin to build a release; see ``finished``."""
        sent = models.NewRelease(name=name, purpose=purpose)
        return self._send("POST", f"/projects/{_part(project)}/releases", sent, models.Job)

    def job(self, project: str, job: str) -> models.Job:
        """How far a job is, or what came of it."""
        return self._get(f"/projects/{_part(project)}/jobs/{_part(job)}", models.Job)

    def finished(self, project: str, job: models.Job, *, every: float = 1.0) -> models.Job:
        """``job`` once it is over, however that was; looks at it ``every`` so many seconds."""
        while job.state == "running":
            time.sleep(every)
            job = self.job(project, job.id)
        return job

    def statement(
        self, project: str, *, start: str | None = None, end: str | None = None
    ) -> models.Statement:
        """Who earned what; of some days (UTC, ``2026-03-01``) or of all."""
        asked = [(name, day) for name, day in (("start", start), ("end", end)) if day]
        query = f"?{urlencode(asked)}" if asked else ""
        return self._get(f"/projects/{_part(project)}/pay{query}", models.Statement)

    def set_rate(
        self, project: str, amount: str, currency: str, *, budget: str | None = None
    ) -> models.Rate:
        """Pay another amount for each accepted answer to tasks given out from now on."""
        sent = models.NewRate(amount=amount, currency=currency, budget=budget)
        return self._send("PUT", f"/projects/{_part(project)}/pay/rate", sent, models.Rate)

    # --- bringing in --------------------------------------------------------------------------

    def make_project(self, name: str, kind: Kind, *, en: str = "", zh: str = "") -> models.Project:
        """Make a project with its first guideline."""
        sent = models.NewProject(name=name, kind=kind, en=en, zh=zh)
        return self._send("POST", "/projects", sent, models.Project)

    def set_scheme(self, project: str, scheme: Scheme) -> models.SchemeVersion:
        """Say what the project's labels and criteria are called; keys that are there must stay."""
        path = f"/projects/{_part(project)}/scheme"
        return self._send("PUT", path, scheme, models.SchemeVersion)

    def scheme(self, project: str) -> models.SchemeVersion:
        """What the project's labels and criteria are called."""
        path = f"/projects/{_part(project)}/scheme"
        return self._get(path, models.SchemeVersion)

    def open_desk(self, project: str, rules: models.Rules | None = None) -> models.Opened:
        """Open the project's desk, or change its rules."""
        path = f"/projects/{_part(project)}/desk"
        return self._send("PUT", path, rules or models.Rules(), models.Opened)

    def seat(self, project: str, name: str, seat: models.Seat) -> models.Seated:
        """Let an account work at the project's desk."""
        path = f"/projects/{_part(project)}/seats/{_part(name)}"
        return self._send("PUT", path, seat, models.Seated)

    def give_tier(self, project: str, name: str, tier: str | None, *, why: str) -> models.Tier:
        """Give an annotator of the project a tier, or take theirs away (``None``)."""
        path = f"/projects/{_part(project)}/people/{_part(name)}/tier"
        return self._send("PUT", path, models.Tier(tier=tier, why=why), models.Tier)

    def import_tasks(
        self,
        project: str,
        rows: Path | Iterable[Mapping[str, Any]],
        *,
        name: str,
        fields: Sequence[str],
        channel: models.Channel,
        licence: str | None = None,
        family: str | None = None,
        part: Literal["train", "dev", "test"] | None = None,
        original_channel: models.Channel | None = None,
        original_licence: str | None = None,
        original_family: str | None = None,
        original_name: str | None = None,
    ) -> models.Imported:
        """Bring tasks in, from a JSONL file or from rows; ``fields`` as ``--map`` has them.

        Terms of the ``original`` are those of answers that are to be edited.
        """
        return self._bring(
            f"/projects/{_part(project)}/tasks", rows, {
                "name": name, "map": list(fields), "channel": channel, "licence": licence,
                "family": family, "part": part, "original_channel": original_channel,
                "original_licence": original_licence, "original_family": original_family,
                "original_name": original_name,
            },
        )  # fmt: skip

    def import_annotations(
        self,
        project: str,
        rows: Path | Iterable[Mapping[str, Any]],
        *,
        name: str,
        fields: Sequence[str],
        channel: models.Channel,
        annotator_type: Literal["person", "model", "program"],
        tasks_from: str | None = None,
        declared: str | None = None,
        licence: str | None = None,
        family: str | None = None,
        part: Literal["train", "dev", "test"] | None = None,
    ) -> models.Imported:
        """Bring answers in, to tasks that are there."""
        return self._bring(
            f"/projects/{_part(project)}/annotations", rows, {
                "name": name, "map": list(fields), "channel": channel, "licence": licence,
                "family": family, "part": part, "annotator_type": annotator_type,
                "tasks_from": tasks_from, "declared": declared,
            },
        )  # fmt: skip

    # --- pictures -----------------------------------------------------------------------------

    def add_picture(
        self, project: str, data: bytes | Path, *, name: str = "picture", alt: str = ""
    ) -> models.Picture:
        """Keep a picture, for tasks that are brought next or a guideline: use its reference."""
        return self._picture(f"/projects/{_part(project)}/pictures", data, name, {"alt": alt})

    def attach_picture(
        self, project: str, task: models.InHand, data: bytes | Path, *, name: str = "picture",
        alt: str = "",
    ) -> models.Picture:  # fmt: skip
        """Keep a picture for the caller's own answer to a task: use its reference in there."""
        path = f"/desks/{_part(project)}/tasks/{_part(task.task)}/pictures"
        return self._picture(path, data, name, {"alt": alt, "lease": task.lease})

    def picture(self, project: str, picture: str) -> bytes:
        """The bytes of a picture that a text of the project shows."""
        return self._ask("GET", f"/projects/{_part(project)}/pictures/{_part(picture)}")[1]

    def own_picture(self, project: str, picture: str) -> bytes:
        """The bytes of a picture that the caller may see at their desk."""
        return self._ask("GET", f"/desks/{_part(project)}/pictures/{_part(picture)}")[1]

    # --- how it is asked ----------------------------------------------------------------------

    def _get(self, path: str, kind: type[T], query: Query | None = None) -> T:
        _, body = self._ask("GET", path, query)
        return _read(kind, body)

    def _pages(self, path: str, kind: type[M], query: Query | None = None) -> Iterator[M]:
        after: str | None = None
        while True:
            page = self._get(path, models.Page[kind], {**(query or {}), "after": after})  # type: ignore[valid-type]
            yield from page.items
            if page.next is None:
                return
            after = page.next

    def _send(self, method: str, path: str, sent: BaseModel | None, kind: type[T]) -> T:
        body = b"" if sent is None else sent.model_dump_json().encode()
        _, found = self._ask(
            method, path, body=body, headers={
                "Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/json",
            },
        )  # fmt: skip
        return _read(kind, found)

    def _desk(
        self, project: str, task: str, does: str, sent: BaseModel | None, method: str = "POST"
    ) -> models.Done:
        path = f"/desks/{_part(project)}/tasks/{_part(task)}/{does}"
        return self._send(method, path, sent, models.Done)

    def _picture(
        self, path: str, data: bytes | Path, name: str, query: Mapping[str, str]
    ) -> models.Picture:
        headers = {
            "Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/octet-stream",
        }  # fmt: skip
        _, found = self._ask("POST", path, {**query, "name": name}, body=data, headers=headers)
        return _read(models.Picture, found)

    def _bring(
        self, path: str, rows: Path | Iterable[Mapping[str, Any]], query: Query
    ) -> models.Imported:
        headers = {
            "Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/x-ndjson",
        }  # fmt: skip
        body: bytes | Path
        if isinstance(rows, Path):
            body = rows
        else:  # held whole, so that it can be sent again
            body = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
        _, found = self._ask("POST", path, query, body=body, headers=headers)
        return _read(models.Imported, found)

    def _ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        *,
        body: bytes | Path = b"",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and body; asked again while the way fails or the server is busy."""
        repeats = method == "GET" or path.endswith("/next") or "Idempotency-Key" in (headers or {})
        left = self._tries if repeats else 1
        while True:
            left -= 1
            try:
                response = self._once(method, _with(path, query), body, headers or {})
                found = response.read()
                if response.status < 400:
                    return response.status, found
                error: Exception = _problem(response, found)
                wait = _wait(response, error, self._tries - left)
            except (OSError, http.client.HTTPException) as failed:
                self.close()
                error = Unreachable("client.unreachable", host=self._host, why=failed)
                error.__cause__ = failed
                wait = _pause(self._tries - left)
            if left <= 0 or wait is None:
                raise error
            time.sleep(wait)

    def _stream(self, path: str, out: BinaryIO) -> int:
        self.close()  # a connection that was quiet for long may be gone, and this is asked once
        try:
            response = self._once("GET", path, b"", {})
            if response.status >= 400:
                raise _problem(response, response.read())
            written = 0
            while piece := response.read(_PIECE):
                written += out.write(piece)
        except (OSError, http.client.HTTPException) as failed:
            self.close()
            raise Unreachable("client.unreachable", host=self._host, why=failed) from failed
        return written

    def _once(
        self, method: str, path: str, body: bytes | Path, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        connection = self._connection or self._connect()
        sent = {**self._headers, **headers}
        if isinstance(body, Path):
            with body.open("rb") as file:
                sent["Content-Length"] = str(body.stat().st_size)
                connection.request(method, self._prefix + path, file, sent)
                return connection.getresponse()
        connection.request(method, self._prefix + path, body or None, sent)
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPConnection:
        if self._https:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, blocksize=_BLOCK,
                context=ssl.create_default_context(),
            )  # fmt: skip
        else:
            made = http.client.HTTPConnection(
                self._host, self._port, timeout=self._timeout, blocksize=_BLOCK
            )
        self._connection = made
        return made


def _with(path: str, query: Query | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _read(kind: type[T], body: bytes) -> T:
    return TypeAdapter(kind).validate_json(body)


def _problem(response: http.client.HTTPResponse, body: bytes) -> ApiError:
    try:
        problem = models.Problem.model_validate_json(body)
    except ValidationError:
        problem = models.Problem(
            type="about:blank", title=response.reason, status=response.status,
            detail=response.reason, key="client.no_problem", request="-",
        )  # fmt: skip
    return ApiError(problem)


def _wait(response: http.client.HTTPResponse, error: Exception, tried: int) -> float | None:
    """Seconds until it is worth asking again; ``None``: it is not."""
    if response.status not in BUSY:
        return None
    if response.status == 409 and not (
        isinstance(error, ApiError) and error.problem.key == "api.under_way"
    ):
        return None
    stated = response.getheader("retry-after", "")
    if stated.isascii() and stated.isdigit():
        return min(float(stated), LONGEST_WAIT)
    return _pause(tried)


def _pause(tried: int) -> float:
    """Longer each time, and never the same for two clients that failed together."""
    return float(min(0.2 * 2**tried, LONGEST_WAIT)) * random.uniform(0.5, 1)  # noqa: S311
