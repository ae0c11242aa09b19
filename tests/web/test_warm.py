"""A server that has just started has its first pages ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import meta
from starlette.routing import Mount

from qinglan.flow.init import init
from qinglan.web import render
from qinglan.web.api import app as api
from qinglan.web.app import make_app
from qinglan.wording import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_first_pages_are_made_of_is_ready(language: Language) -> None:
    render._environment.cache_clear()
    render.warm()
    environment = render._environment(language)
    assert environment.cache is not None
    assert environment.loader is not None
    ready = {name for _, name in environment.cache}
    assert {f"{name}.html.j2" for name in render.OPENED_FIRST} <= ready
    for name in ready:
        source, _, _ = environment.loader.get_source(environment, name)
        used = meta.find_referenced_templates(environment.parse(source))
        # What a template is called only once it is known what it is for cannot be read before.
        assert {one for one in used if one is not None} <= ready


def test_the_routes_of_the_api_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with init(tmp_path / "ws") as context:
        app = make_app(context)
    asked: list[object] = []
    for mount in app.routes:
        for route in mount.routes if isinstance(mount, Mount) and mount.path == api.PREFIX else ():
            find = route.matches
            monkeypatch.setattr(route, "matches", lambda at, f=find: asked.append(f) or f(at))
    assert api.warm(app) == len(asked) >= len(api.ROUTERS)
