"""Phrases that a template names are written into it: once escaped, whichever way it asks."""

from __future__ import annotations

from typing import Any

import pytest

from qinglan import wording
from qinglan.web import facts, render


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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("role", "lead", "角色 负责人"),
        ("outcomes", {"verified": 6, "refuted": 3}, "结果 正确 6、错误 3"),
        ("seat", "ant_1", "开通席位 小明"),
        (
            "marks",
            {"least": 705, "floor": 20},
            "对已知答案题目的要求 最低正确率（%） 70.5、获信任者每千题金标题数 20",
        ),
        ("use_keys", True, "以标准答案为准 是"),
        ("scopes", ["read", "pay"], "权限 读取项目、题目与裁定、酬金"),
        ("of_a_later_version", {"a": [1, None]}, "of_a_later_version a 1、null"),
        ("root", "ab" * 32, "内容根哈希 abababababab…"),
    ],
)
def test_a_fact_is_told_in_words(name: str, value: Any, said: str) -> None:
    (one,) = facts.told({name: value, "file": None, "lines": []}, {"ant_1": "小明"}, "zh")
    assert f"{one.name} {one.said}" == said
    assert one.whole == (value if name == "root" else "")
