"""Phrases that a template names are written into it: once escaped, whichever way it asks."""

from __future__ import annotations

import pytest

from qinglan import wording
from qinglan.web import render


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_phrase_reads_alike_however_it_is_asked_for(language: wording.Language) -> None:
    environment = render._environment(language)
    odd = {"&", "<", "'", '"', "{"}
    keys = [key for key, said in wording.catalogue().items() if key.startswith("web.")]
    marked = [key for key in keys if odd & set(wording.say(key, language))]
    assert marked
    for key in [*marked, "web.brand"]:
        head, _, tail = key.rpartition(".")
        asked = environment.from_string(
            f'{{{{ say("{key}") }}}}|{{{{ say("{head}." ~ "{tail}") }}}}'
        )
        known, built = asked.render().split("|", 1)
        assert known == built
        assert (
            environment.from_string(f'<b>{{{{ say("{key}") }}}}\n</b>').render().endswith("\n</b>")
        )


def test_an_unknown_phrase_is_an_error_when_the_template_is_read() -> None:
    with pytest.raises(KeyError):
        render._environment("en").from_string('{{ say("web.there_is_none") }}')
