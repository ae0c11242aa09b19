"""The error tree: its shape, its exit codes, and what it says."""

from __future__ import annotations

import pickle
import re

import pytest

from qinglan import errors, wording

CLASSES = [
    thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, errors.QinglanError)
]
DRAWN = re.compile(r"^(?P<bars>[│ ]*)[├└]── (?P<name>\w+)(?: .*\(exit (?P<code>\d)\))?", re.M)


@pytest.fixture(autouse=True)
def spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """One phrase of our own, so that no other room's wording is leant on."""
    phrase = wording.Phrase("{file} is missing: give another file", "找不到 {file}，请换一个文件")
    monkeypatch.setattr(wording, "catalogue", lambda: {"error.test.gone": phrase})


def drawn_parents() -> dict[str, tuple[str, int | None]]:
    """Class name → (parent's name, exit code written beside it) as the docstring draws them."""
    drawn: dict[str, tuple[str, int | None]] = {}
    top = "QinglanError"
    for match in DRAWN.finditer(errors.__doc__ or ""):
        inner = "│" in match["bars"]
        parent = top if inner else "QinglanError"
        code = int(match["code"]) if match["code"] else None
        drawn[match["name"]] = (parent, code)
        if not inner:
            top = match["name"]
    return drawn


def test_the_drawn_tree_is_the_tree() -> None:
    real = {c.__name__: c.__bases__[0].__name__ for c in CLASSES if c is not errors.QinglanError}
    assert {name: parent for name, (parent, _) in drawn_parents().items()} == real


def test_the_drawn_exit_codes_are_the_exit_codes() -> None:
    drawn = drawn_parents()
    for cls in CLASSES:
        parent, code = drawn.get(cls.__name__, ("", 1))
        expected = code if code is not None else drawn[parent][1]
        assert cls.exit_code == expected, cls.__name__


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_speaks_both_languages(cls: type[errors.QinglanError]) -> None:
    error = cls("test.gone", file="a.jsonl")
    assert error.say("zh") == "找不到 a.jsonl，请换一个文件"
    assert error.say("en") == str(error) == "a.jsonl is missing: give another file"
    assert cls.__doc__


def test_str_is_english_whatever_the_person_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGLAN_LANG", "zh")
    error = errors.InputError("test.gone", file="x")
    assert str(error).startswith("x is missing")
    assert error.say() == "找不到 x，请换一个文件"


def test_an_error_crosses_a_process_pool_whole() -> None:
    sent = errors.RowError("test.gone", file="x", line=3)
    came = pickle.loads(pickle.dumps(sent))
    assert type(came) is errors.RowError
    assert (came.key, came.facts, str(came)) == (sent.key, sent.facts, str(sent))


def test_a_missing_phrase_or_fact_is_loud() -> None:
    with pytest.raises(KeyError):
        errors.InputError("test.no_such_phrase").say("en")
    with pytest.raises(KeyError):
        errors.InputError("test.gone", folder="x").say("en")


def test_braces_in_a_fact_are_kept_as_they_are() -> None:
    assert (
        errors.InputError("test.gone", file="{0.__class__}").say("en").startswith("{0.__class__}")
    )
