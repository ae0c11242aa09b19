"""A server that has just started has its first pages ready."""

from __future__ import annotations

import pytest
from jinja2 import meta

from qinglan.web import render
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
