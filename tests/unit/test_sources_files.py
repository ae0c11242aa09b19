"""Files of tasks and answers: any columns, every problem named by the file's own field."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qinglan.errors import InputError, UsageError
from qinglan.records import (
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    PreferenceAnswer,
    Reason,
    SetAside,
    StepsAnswer,
)
from qinglan.sources.files import AnswerDraft, Mapping, TaskDraft, read_answers, read_tasks

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))


def write(path: Path, *given: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in given), "utf-8")
    return path


def tasks(path: Path, kind: Kind, *pairs: str) -> tuple[list[TaskDraft], list[SetAside]]:
    found = list(read_tasks(path, Mapping.parse(pairs), kind))
    return (
        [item for item in found if isinstance(item, TaskDraft)],
        [item for item in found if isinstance(item, SetAside)],
    )


def answers(
    path: Path, kind: Kind, *pairs: str, **given: Any
) -> tuple[list[AnswerDraft], list[SetAside]]:
    found = list(read_answers(path, Mapping.parse(pairs), kind, **given))
    return (
        [item for item in found if isinstance(item, AnswerDraft)],
        [item for item in found if isinstance(item, SetAside)],
    )


def test_a_row_becomes_a_task(tmp_path: Path) -> None:
    row = {"q": "1+1?", "a": {"text": "Add.\n#### 1\n#### 2"}, "t": "sums", "g": 7, "n": "x1"}
    found, aside = tasks(
        write(tmp_path / "f.jsonl", row), Kind.FREE,
        "prompt=q", "key=a.text|after:####", "skill=t", "group=g", "id=n",
    )  # fmt: skip
    assert aside == []
    assert found == [
        TaskDraft(row=1, external="x1", prompt="1+1?", options=(), key="2", skill="sums", group="7")
    ]


def test_what_a_file_does_not_say_is_none_or_derived(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.jsonl",
        {"q": "How  many?", "k": None}, {"q": "ｈｏｗ MANY?", "k": ""}, {"q": "Other", "k": 2.50},
    )  # fmt: skip
    found, _ = tasks(path, Kind.FREE, "prompt=q", "key=k")
    assert [task.external for task in found] == ["1", "2", "3"]
    assert [task.key for task in found] == [None, None, "2.5"]
    assert [task.skill for task in found] == [None, None, None]
    assert found[0].group == found[1].group != found[2].group
    assert len(found[0].group) == 64


def test_options_from_columns_or_a_list_and_sides(tmp_path: Path) -> None:
    row = {"q": "?", "a": "x", "b": "y", "all": ["x", "y", 3], "l": "left text", "r": "right text"}
    path = write(tmp_path / "f.jsonl", row)
    assert tasks(path, Kind.CHOICE, "prompt=q", "options=a,b")[0][0].options == ("x", "y")
    assert tasks(path, Kind.CHOICE, "prompt=q", "options=all")[0][0].options == ("x", "y", "3")
    assert tasks(path, Kind.CHOICE, "prompt=q", "options=all.1,a")[0][0].options == ("y", "x")
    sides = tasks(path, Kind.PREFERENCE, "prompt=q", "left=l", "right=r")[0][0].options
    assert sides == ("left text", "right text")


@pytest.mark.parametrize(
    ("row", "pairs", "field", "reason"),
    [
        ({"x": 1}, ["prompt=q"], "q", Reason.MISSING_FIELD),
        ({"q": None}, ["prompt=q"], "q", Reason.MISSING_FIELD),
        ({"q": "  "}, ["prompt=q"], "q", Reason.MISSING_FIELD),
        ({"q": ["a"]}, ["prompt=q"], "q", Reason.BAD_VALUE),
        ({"q": "?"}, ["prompt=q", "key=k"], "k", Reason.MISSING_FIELD),
        ({"q": "?", "k": "no mark"}, ["prompt=q", "key=k|after:####"], "k", Reason.BAD_VALUE),
        ({"q": "?", "k": 3}, ["prompt=q", "key=k|after:####"], "k", Reason.BAD_VALUE),
        ({"q": "?", "k": {"a": "1"}}, ["prompt=q", "key=k.b.c"], "k.b.c", Reason.MISSING_FIELD),
        ({"q": "?", "k": ["a"]}, ["prompt=q", "key=k.1"], "k.1", Reason.MISSING_FIELD),
        ({"q": "?", "n": ""}, ["prompt=q", "id=n"], "n", Reason.MISSING_FIELD),
    ],
)
def test_a_row_that_gives_no_task_names_the_field(
    tmp_path: Path, row: dict[str, Any], pairs: list[str], field: str, reason: Reason
) -> None:
    found, aside = tasks(
        write(tmp_path / "f.jsonl", row, {"q": "ok", "k": "#### 1"}), Kind.FREE, *pairs
    )
    assert (aside[0].line, aside[0].field, aside[0].reason) == (1, field, reason)
    assert len(found) + len(aside) == 2


@pytest.mark.parametrize("options", [["x"], ["x", "x"], ["x", " "], ["x", None], [], "x", {"a": 1}])
def test_a_choice_needs_two_different_options(tmp_path: Path, options: object) -> None:
    path = write(tmp_path / "f.jsonl", {"q": "?", "o": options})
    found, aside = tasks(path, Kind.CHOICE, "prompt=q", "options=o")
    assert found == []
    assert (aside[0].field, aside[0].reason) == ("o", Reason.BAD_VALUE)


def test_a_column_with_dots_in_its_name_wins_over_nesting(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", {"a.b": "column", "a": {"b": "nested"}})
    assert tasks(path, Kind.FREE, "prompt=a.b")[0][0].prompt == "column"


@pytest.mark.parametrize(
    ("pairs", "key"),
    [
        (["prompt"], "mapping_pair"), (["ask=q"], "mapping_target"),
        (["prompt=a", "prompt=b"], "mapping_twice"), (["prompt="], "mapping_empty"),
        (["options=a,,b"], "mapping_empty"), (["key=a|around:x"], "mapping_cut"),
        (["key=a|after:"], "mapping_cut"), (["key=a"], "mapping_needs"),
        (["prompt=q", "winner=w"], "mapping_target"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_work_is_a_usage_error(
    tmp_path: Path, pairs: list[str], key: str
) -> None:
    path = write(tmp_path / "f.jsonl", {"q": "?"})
    with pytest.raises(UsageError) as caught:
        list(read_tasks(path, Mapping.parse(pairs), Kind.FREE))
    assert caught.value.key == f"error.intake.{key}"
    assert caught.value.say("zh") != caught.value.say("en")


def test_a_mapping_says_itself_and_reads_itself_back() -> None:
    pairs = ["prompt=q", "key=a|after:####", "options=a,b.0"]
    assert str(Mapping.parse(pairs)) == "prompt=q key=a|after:#### options=a,b.0"
    assert Mapping.parse(str(Mapping.parse(pairs)).split()) == Mapping.parse(reversed(pairs))


def test_answers_of_every_kind(tmp_path: Path) -> None:
    row = {
        "t": 5, "who": "ann", "text": "A: 3", "s": ["1+2=3"], "f": "3", "o": "B", "w": 1,
        "why": "short",
        "sol": "1+2=3\n#### 3",
    }  # fmt: skip
    path = write(tmp_path / "f.jsonl", row)
    cases = [
        (Kind.FREE, ["answer=text"], FreeAnswer(text="A: 3")),
        (Kind.STEPS, ["steps=s", "final=f"], StepsAnswer(steps=("1+2=3",), final="3")),
        (Kind.STEPS, ["answer=sol"], StepsAnswer(steps=("1+2=3",), final="3")),
        (
            Kind.STEPS,
            ["steps=sol|before:####", "final=sol|after:####"],
            StepsAnswer(steps=("1+2=3",), final="3"),
        ),
        (Kind.CHOICE, ["option=o"], ChoiceAnswer(option="B")),
        (
            Kind.PREFERENCE,
            ["winner=w", "because=why"],
            PreferenceAnswer(winner="left", because="short"),
        ),
    ]
    for kind, pairs, answer in cases:
        found, aside = answers(path, kind, "task=t", "annotator=who", *pairs)
        assert aside == []
        assert found == [AnswerDraft(row=1, task="5", annotator="ann", answer=answer)]


def test_one_row_with_a_column_for_each_annotator(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.jsonl",
        {"a": {"s": "A: 1"}, "b": {"s": "A: 2"}, "c": {"s": ""}}, {"a": {"s": "A: 3"},
        "c": {"s": "A: 4"}},
    )  # fmt: skip
    columns = {name: f"{name}.s" for name in "abc"}
    found, aside = answers(path, Kind.FREE, annotator_field=columns)
    assert [(d.row, d.task, d.annotator) for d in found] == [
        (1, "1", "a"), (1, "1", "b"), (2, "2", "a"), (2, "2", "c"),
    ]  # fmt: skip
    assert [(s.line, s.field, s.reason) for s in aside] == [
        (1, "c.s", Reason.MISSING_FIELD), (2, "b.s", Reason.MISSING_FIELD),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "pairs", "field", "reason"),
    [
        (Kind.FREE, ["answer=gone"], "gone", Reason.MISSING_FIELD),
        (Kind.FREE, ["answer=none"], "none", Reason.MISSING_FIELD),
        (Kind.FREE, ["answer=list"], "list", Reason.BAD_VALUE),
        (Kind.FREE, ["answer=text", "task=none"], "none", Reason.MISSING_FIELD),
        (Kind.STEPS, ["answer=text"], "text", Reason.NO_FINAL_ANSWER),
        (Kind.STEPS, ["steps=number", "final=text"], "number", Reason.BAD_VALUE),
        (Kind.PREFERENCE, ["winner=text"], "text", Reason.BAD_VALUE),
        (Kind.FREE, ["answer=text", "annotator=none"], "none", Reason.MISSING_FIELD),
        (Kind.FREE, ["answer=text", "annotator=long"], "long", Reason.BAD_VALUE),
    ],
)
def test_an_answer_that_cannot_be_used_names_the_file_s_field(
    tmp_path: Path, kind: Kind, pairs: list[str], field: str, reason: Reason
) -> None:
    row = {
        "text": "one\ntwo",
        "none": None,
        "list": ["a"],
        "number": 3,
        "long": "x" * 201,
        "who": "a",
    }
    if not any(pair.startswith("annotator") for pair in pairs):
        pairs = [*pairs, "annotator=who"]
    found, aside = answers(write(tmp_path / "f.jsonl", row), kind, *pairs)
    assert found == []
    assert [(s.line, s.field, s.reason) for s in aside] == [(1, field, reason)]


def test_someone_must_have_answered(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", {"a": "1"})
    with pytest.raises(UsageError, match="who answered"):
        answers(path, Kind.FREE, "answer=a")
    found, _ = answers(path, Kind.FREE, "answer=a", annotator="ann")
    assert found[0].annotator == "ann"


def test_bad_lines_pass_through_and_csv_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text('{"q": "1?"}\n{"q": \n{"q": "3?"}')
    found, aside = tasks(path, Kind.FREE, "prompt=q")
    assert [t.row for t in found] == [1, 3]
    assert [(s.line, s.reason) for s in aside] == [(2, Reason.BAD_JSON)]
    table = tmp_path / "f.csv"
    table.write_text("q,k\n=1+1,2\n3?,\n")
    found, aside = tasks(table, Kind.FREE, "prompt=q", "key=k")
    assert [(t.prompt, t.key) for t in found] == [("=1+1", "2"), ("3?", None)]
    assert aside == []
    with pytest.raises(InputError):
        tasks(tmp_path / "none.csv", Kind.FREE, "prompt=q")


@pytest.mark.data
def test_gsm8k_solutions_of_four_models_come_in_whole() -> None:
    file = DATA / "gsm8k" / "example_model_solutions.jsonl"
    if not file.exists():
        pytest.skip(f"no {file}")
    models = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
    columns = {model: f"{model}.solution" for model in models}
    found, aside = answers(file, Kind.FREE, annotator_field=columns)
    assert aside == []
    assert Counter(draft.annotator for draft in found) == dict.fromkeys(models, 1319)
    questions, aside = tasks(file, Kind.FREE, "prompt=question", "key=ground_truth|after:A:")
    assert (len(questions), aside) == (1319, [])
    assert questions[0].key == "18"
    # The same file with steps: what states no final answer is set aside, and counted.
    found, aside = answers(file, Kind.STEPS, annotator_field=columns)
    assert len(found) + len(aside) == 5276
    assert Counter(item.reason for item in aside) == {Reason.NO_FINAL_ANSWER: 10}
