"""From a template and its facts to a page: the language, escaping, and our own files.

The script and style files are read once and served from memory under a name that changes with
their content, so a browser keeps them for good and an upgrade shows at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from qinglan.errors import QinglanError
from qinglan.kinds.scheme import EMPTY
from qinglan.pages import labels, markdown
from qinglan.pages.differences import compare
from qinglan.pages.plain import plain
from qinglan.pages.shell import make_environment
from qinglan.web import scale_views
from qinglan.web.visits import DONE_COOKIE, Visit
from qinglan.wording import LANGUAGES, Language, say

if TYPE_CHECKING:
    import jinja2

SPOKEN = {"en": "en", "zh": "zh-Hans"}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Static:
    """One of our own files."""

    body: bytes
    type: str


@cache
def statics() -> dict[str, Static]:
    """Our files by the name they are served under: ``desk.0123456789abcdef.js``."""
    found = {}
    for file in resources.files(__package__).joinpath("static").iterdir():
        stem, dot, ending = file.name.rpartition(".")
        if f"{dot}{ending}" in _TYPES:
            body = file.read_bytes()
            digest = hashlib.sha256(body).hexdigest()[:16]
            found[f"{stem}.{digest}.{ending}"] = Static(body, _TYPES[f"{dot}{ending}"])
    return found


def static(name: str) -> Response:
    """One of our files, to be kept by the browser for good."""
    found = statics().get(name)
    if found is None:
        return Response(status_code=404)
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(found.body, media_type=found.type, headers=kept)


_USED = re.compile(r'{%-?\s*(?:extends|include|import|from)\s+"([^"]+[.]j2)"')
OPENED_FIRST = ("sign_in", "desk", "projects", "board")


def warm() -> None:
    """Make ready what the first pages need: their templates, and the parser of Markdown.

    To read and translate them takes longer than all else that a page does, and whoever opens the
    first one after a start should not wait for that.
    """
    statics()
    for language in LANGUAGES:
        environment = _environment(language)
        waiting = {f"{name}.html.j2" for name in OPENED_FIRST}
        known: set[str] = set()
        while waiting:
            name = waiting.pop()
            known.add(name)
            environment.get_template(name)
            assert environment.loader is not None  # noqa: S101 - or nothing had been found
            source, _, _ = environment.loader.get_source(environment, name)
            waiting |= set(_USED.findall(source)) - known
        environment.filters["markdown"]("*")


def show(visit: Visit, template: str, /, status: int = 200, **facts: Any) -> Response:  # noqa: ANN401
    """The page ``template``, in the visitor's language.

    Args:
        visit: who asks.
        template: a file of ``web/templates`` without its ending.
        status: of the response.
        facts: what the template names.
    """
    language = visit.language
    body = (
        _environment(language)
        .get_template(f"{template}.html.j2")
        .render(
            visit=visit,
            actor=visit.known,
            csrf=visit.csrf,
            **{"scheme": EMPTY, "suggested": frozenset(), **facts},
        )
    )
    response = HTMLResponse(body, status_code=status)
    if visit.done:
        response.delete_cookie(DONE_COOKIE, path="/office")
    return response


def complain(visit: Visit, error: QinglanError, status: int) -> Response:
    """What went wrong and what can be done, as a page; to a script, as one line of text."""
    if visit.fragment:
        return Response(error.say(visit.language), status, media_type="text/plain")
    return show(visit, "error", status, message=error.say(visit.language))


@lru_cache(maxsize=4096)
def _rendered(text: str, unnamed: str) -> Markup:
    return markdown.render(text, unnamed=unnamed)


def _asset(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    known = [file for file in statics() if file.startswith(f"{stem}.") and file.endswith(ending)]
    return f"/static/{known[0]}"


_SAID = re.compile(r'{{ say\("([a-z0-9_.]+)"\) }}')


@cache
def _environment(language: Language) -> jinja2.Environment:
    """The templates in one language. Phrases that a template names by their key, alone, are
    written into it when it is read: a desk has dozens of them.
    """
    from jinja2.ext import Extension

    def in_language(key: str, **facts: object) -> str:
        return say(key, language, **facts)

    def written(found: re.Match[str]) -> str:
        text = str(escape(in_language(found[1])))
        return found[0] if "{" in text else text

    class Phrases(Extension):
        def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
            return _SAID.sub(written, source)

    unnamed = in_language("web.picture.unnamed")
    environment = make_environment("qinglan.web")
    environment.add_extension(Phrases)
    environment.globals.update(
        asset=_asset, say=in_language, language=language, lang=SPOKEN[language],
        languages=LANGUAGES, **scale_views.GLOBALS,
    )  # fmt: skip
    environment.filters.update(
        markdown=lambda text: _rendered(text, unnamed),
        clean=labels.clean,
        plain=plain,
        count=labels.count,
        parts=json.loads,
        changes=lambda pair: compare(*pair),
        named=scale_views.named,
    )
    return environment
