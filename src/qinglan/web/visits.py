"""One request as the routes see it: who asks, in which language, with which form.

A cookie holds a random token. Before signing in it belongs to nobody, and a form's secret follows
from it; signing in always makes a new one, so a token that somebody planted opens nothing. A
form counts only with the secret of its own visit, and only from a page of this host.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from qinglan.errors import LimitError, PermissionDenied, UsageError
from qinglan.flow import entrance
from qinglan.flow.context import Context
from qinglan.provenance.identity import keyed
from qinglan.records import Actor
from qinglan.wording import Language

COOKIE = "qinglan"
LANGUAGE_COOKIE = "qinglan_lang"
DONE_COOKIE = "qinglan_done"
"""Says for one page that the form before it was taken."""
MOST_BYTES = 4 * 2**20
"""Of a form: a draft may hold 1 MiB, and each of its bytes may take three in a form."""
MOST_FIELDS = 4_000

_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")
"""One slash, then visible ASCII without a backslash."""

Route = Callable[["Visit"], Response]


@dataclass(slots=True)
class Visit:
    """One request. ``form`` and ``query`` hold the last value of each name."""

    context: Context
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    language: Language
    address: str
    request: Request
    secure: bool
    fragment: bool
    """The desk's script asks: it wants the main part of the page alone."""
    token: str
    known: Actor | None = None
    unchanged: str = ""
    """What of the page the browser has already (``If-None-Match``)."""
    fresh: bool = False
    """The token is new, and the browser has to be told."""
    done: bool = False
    """The form before this page was taken."""
    back: str = field(default="/")

    @property
    def actor(self) -> Actor:
        """Who asks.

        Raises:
            SignInFirst: nobody is signed in.
        """
        if self.known is None:
            raise SignInFirst
        return self.known

    @property
    def base(self) -> str:
        """Scheme and host as the browser wrote them, for links to hand on."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"

    @property
    def csrf(self) -> str:
        """The secret that every form of this visit carries."""
        return keyed(self.context.secret, b"form " + self.token.encode()).hex()

    def go(self, path: str) -> Response:
        """Send the browser to a page of ours, which says that a form of the office was taken.

        What goes on in the background has a page that tells how far it is, and an upload one that
        asks what to do with it: nothing is done there yet.
        """
        response = RedirectResponse(path, status_code=303)
        office = self.path.startswith("/office") and path.startswith("/office")
        if self.form and office and "/jobs/" not in path and "/import/" not in path:
            response.set_cookie(
                DONE_COOKIE, "1", max_age=60, path="/office", httponly=True, samesite="lax",
                secure=self.secure,
            )  # fmt: skip
        return response

    def remember(self, response: Response, token: str) -> Response:
        """Let the browser keep ``token``, for this host, out of reach of scripts."""
        response.set_cookie(
            COOKIE, token, max_age=entrance.SESSION_SECONDS, path="/", httponly=True,
            samesite="lax", secure=self.secure,
        )  # fmt: skip
        return response


class SignInFirst(Exception):
    """The page is for people who are signed in."""


def local(path: str) -> str:
    """``path`` where it is one of this host's; the front page where it leads elsewhere.

    Browsers take a backslash for a slash and skip tabs, so neither may be there.
    """
    return path if _LOCAL.fullmatch(path) else "/"


def visit(request: Request, context: Context, form: Mapping[str, str] | None = None) -> Visit:
    """Who asks for what."""
    token = request.cookies.get(COOKIE, "")
    fresh = not 20 <= len(token) <= 100 or not token.isascii()
    if fresh:
        token = secrets.token_urlsafe(32)
    # Of the scope: the framework's address of a request is taken apart and put together first.
    path = str(request.scope["path"]).replace("?", "%3F").replace("#", "%23")
    asked = request.scope["query_string"].decode("latin-1")
    return Visit(
        context=context,
        path=path,
        done=request.method == "GET" and DONE_COOKIE in request.cookies,
        parts={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params.items()) if asked else {},
        form=form or {},
        language=language_of(request),
        address="" if request.client is None else request.client.host,
        request=request,
        secure=request.scope["scheme"] == "https",
        fragment=request.headers.get("x-fragment") == "1",
        token=token,
        unchanged=request.headers.get("if-none-match", ""),
        fresh=fresh,
        known=None if fresh else entrance.who(context, token),
        back=local(f"{path}?{asked}" if asked else path) if request.method == "GET" else "/",
    )


def refuse_foreign(request: Request, asked: Visit) -> None:
    """See that a form comes from a page of this visit.

    Under our referrer policy browsers say ``Origin: null``, and name the site apart.

    Raises:
        PermissionDenied: it comes from another site's page, or without the visit's secret.
    """
    refuse_site(request)
    given = asked.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), asked.csrf.encode()):
        raise PermissionDenied("web.stale_form")


def refuse_site(request: Request) -> None:
    """See that a request comes from no other site's page.

    Raises:
        PermissionDenied: it does.
    """
    origin = request.headers.get("origin", "null")
    elsewhere = origin != "null" and urlsplit(origin).netloc != request.headers.get("host", "")
    if elsewhere or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise PermissionDenied("web.other_site")


def refuse_nul(asked: Visit) -> None:
    """See that no word of an address or a form holds NUL, which is in no name, id or text of ours.

    Raises:
        UsageError: one does; PostgreSQL would refuse to look for it.
    """
    words = (*asked.parts.values(), *asked.query.values(), *asked.form.values())
    if any("\0" in word for word in words):
        raise UsageError("web.bad_form")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; the last of each name.

    Raises:
        LimitError: more than a form may hold.
        UsageError: it is none.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise LimitError("web.too_large", most=MOST_BYTES)
    except ClientDisconnect:
        raise UsageError("web.bad_form") from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/x-www-form-urlencoded":
        raise UsageError("web.bad_form")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body),
            encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise UsageError("web.bad_form") from None
    # A form sends line ends as CR LF, whatever was typed.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def language_of(request: Request) -> Language:
    """The person's choice; else what their browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("en", "zh"):
        return "zh" if chosen == "zh" else "en"
    asked = request.headers.get("accept-language", "")[:200].casefold()
    for word in asked.split(","):
        if word.strip().startswith(("zh", "en")):
            return "zh" if word.strip().startswith("zh") else "en"
    return "en"
