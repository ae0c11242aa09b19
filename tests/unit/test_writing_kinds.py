"""The kinds in which experts write: what fits, and what counts as one answer."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from qinglan.errors import RowError
from qinglan.kinds import Canonical, alternatives, canonical, canonical_key, chat, fits, validate
from qinglan.records import AlternativesAnswer, ChatAnswer, Kind, Reason, Turn

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
PRM800K = DATA / "math500" / "samples_prm800k.jsonl"
OPTIONS = alternatives.pack([["2 + 2 = 4"], ["4 · 3 = 11", "4 · 3 = 13"], ["so 10", "10", "ten"]])


def rated(*steps: tuple[str, int | None]) -> dict[str, Any]:
    return {"steps": [{"ratings": r.split(), "chosen": c} for r, c in steps]}


@pytest.mark.parametrize(
    ("payload", "value", "finish"),
    [
        (rated(("right", 0), ("wrong right", 1), ("neutral right wrong", 0)), "none", "solution"),
        (rated(("right", 0), ("wrong wrong", None)), "2", "found_error"),
        (rated(("-1", None)), "1", "found_error"),
        (rated(("对", 0), ("0 1", 0), ("-1 -1 -1", None)), "3", "found_error"),
    ],
)
def test_alternatives_count_by_the_step_where_none_will_do(
    payload: dict[str, Any], value: str, finish: str
) -> None:
    answer = validate(Kind.ALTERNATIVES, OPTIONS, payload)
    assert isinstance(answer, AlternativesAnswer)
    assert answer.finish == finish
    assert canonical(answer, OPTIONS) == Canonical(value)
    assert canonical_key(Kind.ALTERNATIVES, OPTIONS, value) == Canonical(value)
    assert validate(Kind.ALTERNATIVES, OPTIONS, answer.model_dump(mode="json")) == answer


@pytest.mark.parametrize(
    "payload",
    [
        {"steps": []}, {"steps": "right"}, {"steps": [1]}, {"steps": [{"ratings": "right"}]},
        {"steps": [{"ratings": ["superb"]}]}, {"steps": [{"ratings": ["right"], "pay": 5}]},
        rated(("right", None), ("wrong wrong", None)),  # goes on from nowhere
        rated(("wrong", 0)), rated(("right", 1)), rated(("right right", 0)),
        rated(("right", 0)) | {"finish": "solution"},  # fits a shorter task only
        rated(("right", 0), ("right wrong", 0), ("right right right", 0)) | {"finish": "error"},
        rated(("right", 0), ("right wrong", None)) | {"finish": "solution"},
        rated(("right", None)),  # stopped, and nothing was wrong
        {"steps": [{"ratings": ["right"], "chosen": 0, "written": "both"}]},
        {"steps": [{"ratings": ["wrong"], "written": " "}]},
        {"steps": [{"ratings": ["wrong"], "flagged": [3]}]},
        {"steps": [{"ratings": ["wrong"], "flagged": 3}]},
        {"steps": [{"completions": 3}]}, {"steps": [{"completions": ["x"]}]},
    ],
)  # fmt: skip
def test_alternatives_that_do_not_fit_are_refused_by_field(payload: dict[str, Any]) -> None:
    if payload == rated(("right", 0)) | {"finish": "solution"}:
        validate(Kind.ALTERNATIVES, OPTIONS[:1], payload)
    with pytest.raises(RowError) as caught:
        validate(Kind.ALTERNATIVES, OPTIONS, payload)
    assert caught.value.facts["field"] in ("steps", "finish", "ratings", "chosen", "written")


def test_alternatives_read_before_their_task_are_held_against_it() -> None:
    early = validate(Kind.ALTERNATIVES, (), rated(("right right", 0)))
    assert not fits(early, OPTIONS)
    assert canonical(early, OPTIONS) == Canonical(None, Reason.ANSWER_UNREADABLE)


@pytest.mark.parametrize(
    "given", [None, "x", [], [[]], [[], ["x"]], [[" "]], [["x"] * 51], [1], [[1]], [{"text": "x"}]]
)
def test_what_holds_no_candidates_is_not_read(given: object) -> None:
    assert alternatives.read_candidates(given) is None


def prm800k() -> list[dict[str, Any]]:
    if not PRM800K.exists():
        pytest.skip(f"no {PRM800K}")
    return [json.loads(line) for line in PRM800K.read_text("utf-8").splitlines()]


def test_prm800k_goes_in_and_comes_out_the_same() -> None:
    values = []
    for record in prm800k():
        steps, label = record["label"]["steps"], record["label"]
        candidates = alternatives.read_candidates(steps)
        assert candidates is not None
        options = alternatives.pack(candidates)
        payload = {"steps": steps, "finish": label["finish_reason"]}
        answer = validate(Kind.ALTERNATIVES, options, payload)
        assert isinstance(answer, AlternativesAnswer)
        problem = record["question"]["problem"]
        told = alternatives.to_prm800k(answer, options, prompt=problem, labeler=record["labeler"])
        for step in steps:  # "not flagged" is false here, and sometimes null there
            for one in step["completions"] or ():
                one["flagged"] = bool(one["flagged"])
        assert told["label"]["steps"] == steps
        assert told["label"]["finish_reason"] == label["finish_reason"]
        assert told["question"]["problem"] == problem
        assert set(told) == set(record)
        values.append(canonical(answer, options).value)
    assert values == ["2", "7", "none", "none", "8", "none"]


SYSTEM, ASKED = Turn(role="system", content="Be brief."), Turn(role="user", content="3 · 6?")
GIVEN = chat.pack([SYSTEM, ASKED])


def turns(*said: str) -> dict[str, Any]:
    pairs = (one.partition(":") for one in said)
    return {"turns": [{"role": role, "content": content} for role, _, content in pairs]}


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (turns("assistant:It is 18."), "18"),
        (turns("assistant:It is 18.", "user:Sure?", "assistant:Yes.\nThe answer is 18."), "18"),
        (turns("assistant:" + "So it goes on, and on. " * 20), None),
        ({"turns": [{"from": "gpt", "value": "18"}]}, "18"),
    ],
)
def test_a_conversation_counts_by_what_its_last_turn_states(
    payload: dict[str, Any], value: str | None
) -> None:
    answer = validate(Kind.CHAT, GIVEN, payload)
    assert isinstance(answer, ChatAnswer)
    assert canonical(answer, GIVEN).value == value
    assert validate(Kind.CHAT, GIVEN, answer.model_dump(mode="json")) == answer


@pytest.mark.parametrize(
    "payload",
    [
        turns("user:Hm"), turns("assistant:a", "assistant:b"), turns("assistant:a", "user:b"),
        turns("system:a", "assistant:b"), turns("assistant: "), turns("tool:a"), {"turns": []},
        {"turns": "assistant: a"}, {"turns": [1]}, {"turns": [{"role": "assistant"}]},
        {"turns": [{"role": "assistant", "content": ["a"]}]},
        turns("user:q", "assistant:a"),  # the user has just spoken
    ],
)  # fmt: skip
def test_turns_that_do_not_follow_are_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(RowError) as caught:
        validate(Kind.CHAT, GIVEN, payload)
    assert caught.value.facts["field"] == "turns"


def test_a_conversation_is_parted_at_the_users_last_turn() -> None:
    whole = [SYSTEM, ASKED, Turn(role="assistant", content="18")]
    assert chat.asked(whole) == (SYSTEM, ASKED)
    assert chat.written(whole) == (whole[2],)
    assert chat.asked([SYSTEM]) == (SYSTEM,)
    assert chat.asked([]) == ()
    assert not chat.whole([ASKED, SYSTEM])
    early = validate(Kind.CHAT, (), turns("assistant:a"))
    assert fits(early, GIVEN)
    assert not fits(early, chat.pack([SYSTEM]))


def test_an_edit_counts_by_what_the_edited_answer_states() -> None:
    payload = {"edited": "It is 18.", "critique": "It was off by one."}
    answer = validate(Kind.EDIT, ("It is 17.",), payload)
    assert canonical(answer, ("It is 17.",)).value == "18"
    for field in payload:
        with pytest.raises(RowError) as caught:
            validate(Kind.EDIT, ("It is 17.",), {**payload, field: " "})
        assert caught.value.facts["field"] == field


ITEM = {"question": "How many moons has Mars?", "key": "2", "difficulty": 2}


def test_an_item_is_nobodys_vote() -> None:
    answer = validate(Kind.ITEM, (), {**ITEM, "difficulty": "2", "sources": "NASA\n\nAtlas"})
    assert canonical(answer, ()) == Canonical(None, Reason.NO_FINAL_ANSWER)
    told = answer.model_dump(mode="json")
    assert (told["difficulty"], told["sources"]) == (2, ["NASA", "Atlas"])
    assert validate(Kind.ITEM, (), told) == answer


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", " "), ("key", ""), ("key", "2 or 3"), ("key", "so and so " * 40),
        ("difficulty", 0), ("difficulty", "6"), ("difficulty", True), ("difficulty", "٣"),
        ("difficulty", 2.5), ("sources", 7), ("writer", "me"),
    ],
)  # fmt: skip
def test_an_item_that_does_not_fit_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(RowError) as caught:
        validate(Kind.ITEM, (), {**ITEM, field: value})
    assert caught.value.facts["field"] == field
