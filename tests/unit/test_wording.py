"""Every sentence exists in both languages, is asked for somewhere, and gets the facts it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import qinglan
from qinglan import errors, wording
from qinglan.records import Reason
from qinglan.wording import Phrase

SOURCE = Path(qinglan.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
HALF_WIDTH = re.compile(
    r"[\u3400-\u9fff][,;?!](?:\s|[\u3400-\u9fff]|$)|[\u3400-\u9fff]:(?:\s|[\u3400-\u9fff])"
)
ERROR_CLASSES = {
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.QinglanError)
}
PHRASES = wording.catalogue()


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class Asked(NamedTuple):
    """One place in the code that asks for a phrase by its key."""

    where: str
    key: str
    given: frozenset[str] | None
    """Facts given by name; ``None`` where they come in a mapping and cannot be seen."""


@cache
def modules() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if path.parent != SOURCE / "wording"
    }


def name_of(function: ast.expr) -> str:
    """What is called: a bare name, or the last part of ``module.name``; no methods of ``self``."""
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="wording" | "errors"), attr=name):
            return name
    return ""


def calls() -> Iterator[Asked]:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            called = name_of(node.func)
            first = node.args[0]
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                continue
            if called in ERROR_CLASSES:
                key = f"error.{first.value}"
            elif called == "say" and "." in first.value:
                key = first.value
            else:
                continue
            names = [keyword.arg for keyword in node.keywords]
            given = None if None in names else frozenset(name for name in names if name)
            yield Asked(f"{path.relative_to(SOURCE)}:{node.lineno}", key, given)


def mentioned() -> tuple[set[str], set[str]]:
    """String literals of code and templates, and the constant beginnings of f-strings."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    for path in SOURCE.rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        words |= set(re.findall(r"""["']([a-z_.0-9]+)["']""", text))
        # In a template a key made of parts is written "beginning." ~ part.
        beginnings |= set(re.findall(r"""["']([a-z_.0-9]+\.)["']\s*~""", text))
    return words, {
        part for part in beginnings if re.fullmatch(r"[a-z_]+\.(?:[a-z_0-9]+\.)*[a-z_0-9]*", part)
    }


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_both_languages_say_the_same(key: str) -> None:
    phrase = PHRASES[key]
    assert isinstance(phrase, Phrase)
    assert phrase.en.strip(), "no English"
    assert phrase.zh.strip(), "no Chinese"
    assert facts(phrase.en) == facts(phrase.zh)
    assert "" not in facts(phrase.en), "facts are named, never positional"
    words = "".join(literal for literal, *_ in Formatter().parse(phrase.en)).strip(" :()+-–—/@")
    # A name such as "Python" or "pass@k", or nothing but facts, has no Chinese of its own.
    if words and (phrase.en != phrase.zh or len(words) > 12 or " " in words):
        assert HAN.search(phrase.zh), f"no Chinese in {phrase.zh!r}"
        assert not HAN.search(phrase.en.replace("青蓝", "")), f"Chinese in {phrase.en!r}"


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_chinese_is_punctuated_as_chinese(key: str) -> None:
    text = Formatter().vformat(PHRASES[key].zh, (), Blank())
    assert not HALF_WIDTH.search(text), text


class Blank(dict[str, object]):
    """Fills every fact with a letter."""

    def __missing__(self, name: str) -> object:
        return Letter()


class Letter(str):
    """Stands for any fact, whatever format is asked of it."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return "x"


@pytest.mark.parametrize("key", sorted(key for key in PHRASES if key.startswith("error.")))
def test_an_error_is_one_line_without_a_full_stop(key: str) -> None:
    for text in PHRASES[key]:
        assert "\n" not in text
        assert not text.endswith((".", "。"))


def test_no_phrase_is_asked_for_that_is_not_there() -> None:
    missing = {f"{asked.where}: {asked.key}" for asked in calls() if asked.key not in PHRASES}
    assert not missing


def test_whoever_asks_gives_the_facts_that_the_phrase_names() -> None:
    short = {
        f"{asked.where}: {asked.key} lacks {sorted(facts(PHRASES[asked.key].en) - asked.given)}"
        for asked in calls()
        if asked.key in PHRASES and asked.given is not None
        and not facts(PHRASES[asked.key].en) <= asked.given
    }  # fmt: skip
    assert not short


def test_no_phrase_is_left_over() -> None:
    words, beginnings = mentioned()
    unused = {
        key
        for key in PHRASES
        if key not in words
        and key.removeprefix("error.") not in words
        and not any(key.startswith(part) for part in beginnings)
        and not any(key.removeprefix("error.").startswith(part) for part in beginnings)
    }
    assert not unused


def test_every_reason_has_its_phrase_and_no_other() -> None:
    spoken = {key.removeprefix("reason.") for key in PHRASES if key.startswith("reason.")}
    assert spoken == {reason.value for reason in Reason}


def test_the_scan_finds_what_it_looks_for() -> None:
    """The tests above are worth nothing if the scan sees no call."""
    found = {asked.key for asked in calls()}
    assert "error.flow.no_project" in found
    assert "cli.about" in found


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "QINGLAN_LANG": "zh"}, "zh"),
        ({"LANG": "", "LC_ALL": "", "QINGLAN_LANG": ""}, "en"),
        ({"QINGLAN_LANG": "ZH"}, "zh"),
    ],
)
def test_the_language_is_the_persons_own(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QINGLAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wording.preferred() == language
    assert wording.say("reason.no_key") == getattr(PHRASES["reason.no_key"], language)


def test_a_language_asked_for_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGLAN_LANG", "zh")
    assert wording.say("reason.no_key", "en") == PHRASES["reason.no_key"].en


def noted() -> set[str]:
    """The names under which verbs keep facts of what they did."""
    found: set[str] = set()
    for path in (SOURCE / "flow").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                told = node.func.attr in ("note", "begin", "remember")
                found |= {one.arg for one in node.keywords if told and one.arg}
    return found


def test_every_fact_of_the_audit_log_has_a_name() -> None:
    names = noted()
    assert {"annotator", "set_aside", "root"} <= names
    assert [name for name in sorted(names) if f"web.fact.{name}" not in PHRASES] == []
