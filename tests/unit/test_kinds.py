"""Kinds: what counts as the same answer, and what is not read at all."""

import json
import os
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import RowError
from qinglan.kinds import Canonical, canonical, canonical_key, validate
from qinglan.kinds.final import find_statements
from qinglan.kinds.numerals import read_numeral
from qinglan.kinds.quantity import Quantity, agree, read_quantity, write_quantity
from qinglan.kinds.steps import read_solution
from qinglan.records import (
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    MarksAnswer,
    PreferenceAnswer,
    Reason,
    StepsAnswer,
)

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
ABCD = ("3 apples", "5 apples", "8 apples", "12 apples")


def value_of(text: str) -> str | None:
    return canonical(FreeAnswer(text=text)).value


def reason_of(text: str) -> Reason | None:
    return canonical(FreeAnswer(text=text)).reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18", "18"), ("18.", "18"), ("007", "7"), ("+5", "5"), ("0.50", "0.5"), (".5", "0.5"),
        ("1,200", "1200"), ("1,000,000", "1000000"), ("１２．５", "12.5"), ("１，２００", "1200"),
        ("$1,200.50", "1200.5"), ("￥18", "18"), ("¥18", "18"), ("18元", "18"), ("USD 18", "18"),
        ("18美元", "18"), ("-$5", "-5"), ("$-5", "-5"), ("−5", "-5"), ("－５", "-5"),
        ("18 dollars", "18"), ("5kg", "5"), ("3千克", "3"), ("三千克", "3"), ("3千米", "3"),
        ("60 km/h", "60"), ("60 米/秒", "60"), ("12 cm²", "12"), ("12平方米", "12"),
        ("18(个)", "18"),
        ("18 duck eggs", "18"), ("18 dollars per day", "18"),
        ("2/6", "1/3"), ("1 1/2", "1.5"), ("1½", "1.5"), ("½", "0.5"), ("-1/3", "-1/3"),
        ("50%", "50%"), ("５０％", "50%"), ("50 percent", "50%"), ("百分之五十", "50%"),
        ("33 1/3%", "100/3%"),
        ("三百二十", "320"), ("三百二", "320"), ("一百零五", "105"), ("两万三", "23000"),
        ("一万零五百", "10500"), ("二〇二五", "2025"), ("十二个", "12"), ("半", "0.5"),
        ("三分之二", "2/3"), ("三又二分之一", "3.5"), ("三点五", "3.5"), ("负三", "-3"),
        ("百分之二十", "20%"), ("3万元", "30000"), ("1.2亿", "120000000"),
        ("-1.8 billion", "-1800000000"), ("2 dozen", "24"),
        ("1e3", "1000"), ("1.5×10^3", "1500"), ("2.5E-1", "0.25"),
        (r"\frac{1}{2}", "0.5"), (r"3\frac{1}{2}", "3.5"), (r"\$18", "18"), (r"18\%", "18%"),
        (r"1{,}000", "1000"), ("3 or 3.0", "3"),
        ("Paris.", "paris"), ("ＰＡＲＩＳ", "paris"), ("《静夜思》", "《静夜思》"),
    ],
)  # fmt: skip
def test_equal_answers_share_one_text(text: str, value: str) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "10+x", "3x", "2 n", "1.2.3", "10:30", "1:2", "1, 2", "1,23", "3-5", "about 18", "约18",
        "18 or so", "more than 18", "half of 18", "18的一半", "5小时30分", "1/0", "1/2/3", "√2",
        "2^10",
        "1e999999", "1e-999999", "10^3", "9" * 2000, "一样多", "万一", "半径", "一点", "千万",
        "三三百",
        "十百", "二分之", "分之二", "百分之", "点五", "$50%", "$18 kg", "0x12", "12e", "NaN",
        "Infinity",
        "18 is wrong", "18 not 20", "5 percentage points",
    ],
)  # fmt: skip
def test_what_is_not_wholly_a_number_is_no_number(text: str) -> None:
    assert read_quantity(text) is None


def test_colloquial_numerals_are_not_guessed_after_zero() -> None:
    assert read_numeral("一百零五") == (Fraction(105), False)
    assert read_numeral("一百五") == (Fraction(150), False)
    assert read_numeral("一千零五十") == (Fraction(1050), False)
    assert read_numeral("两亿三千万") == (Fraction(230_000_000), False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Work.\n#### 72", "72"),
        ("Work\nA: 18", "18"),
        ("So it is $\\boxed{18}$.", "18"),
        (r"\boxed{\frac{1}{2}}", "0.5"),
        (r"first \boxed{3}." + "\n" + r"No, it is \boxed{\text{4 dollars}}.", "4"),
        ("The answer is 18. I hope this helps!", "18"),
        ("The final answer is **18**", "18"),
        ("**Answer:** 18", "18"),
        ("Answer:\n18", "18"),
        ("A: x = 18", "18"),
        ("A: 18, because he ate the rest", "18"),
        ("A: 17\nWait.\nA: 18", "18"),
        ("答案：18", "18"),
        ("答案是三百二十", "320"),
        ("解：3×6=18\n答：小红一共有18个苹果。", "18"),
        ("答：是小明的3倍。", "3"),
        ("答：要走3万米。", "30000"),
        ("先算 3×6\n所以一共3×6=18（个）", "18"),
        ("We add.\nSo 3 + 4 = 7 apples", "7"),
        ("3*6=<<3*6=18>>18", "18"),
        ("答：18", "18"),
        ("She has 18 apples", "18"),
        ("50% = 0.5", "0.5"),
    ],
)
def test_the_final_answer_is_the_one_that_is_stated(text: str, value: str) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("First 3.\nThen 4 and 5", Reason.NO_FINAL_ANSWER),
        ("33 * 2 = 66\n66 / 2 = 33", Reason.NO_FINAL_ANSWER),
        ("x\nso 16384 feet * 2 = <<16384*2=32", Reason.NO_FINAL_ANSWER),
        ("A: 3\nB: 4\nC: 5\nD: 6", Reason.NO_FINAL_ANSWER),
        ("#### Step 1\nAdd.\nThen stop", Reason.NO_FINAL_ANSWER),
        ("   ", Reason.NO_FINAL_ANSWER),
        (r"\boxed{3} or \boxed{4}", Reason.ANSWER_AMBIGUOUS),
        ("#### 18\nthe answer is 20", Reason.ANSWER_AMBIGUOUS),
        ("A: 3 or 4", Reason.ANSWER_AMBIGUOUS),
        ("答案：3或4", Reason.ANSWER_AMBIGUOUS),
        ("A: 18 = 20", Reason.ANSWER_AMBIGUOUS),
        ("The answer is 3, or the answer is 4", Reason.ANSWER_AMBIGUOUS),
        ("A: " + "word " * 100, Reason.ANSWER_UNREADABLE),
        ("A: ???", Reason.ANSWER_UNREADABLE),
    ],
)
def test_what_is_not_stated_is_not_guessed(text: str, reason: Reason) -> None:
    assert reason_of(text) == reason


@pytest.mark.parametrize(
    "text",
    ["A: 10+John's age", "A: half of 18", "答：18的一半", "答：大约18个", "答：不是18", "A: 1:2"],
)
def test_a_sentence_that_computes_bounds_or_negates_gives_words_not_its_number(text: str) -> None:
    assert canonical(FreeAnswer(text=text)).value not in (None, "10", "18", "9", "1")


def test_agreement_has_three_values() -> None:
    def compare(answer: str, key: str) -> bool | None:
        left, right = read_quantity(answer), read_quantity(key)
        assert left is not None
        assert right is not None
        return agree(left, right)

    same = [
        ("50%", "0.5"),
        ("0.5", "50%"),
        ("300 cm", "3 m"),
        ("3千米", "3000米"),
        ("18 dollars", "18"),
    ]
    same += [
        ("90 minutes", "1.5 hours"),
        ("1800 cents", "$18"),
        ("eggs 1"[-1], "1"),
        ("2/6", "1/3"),
    ]
    other = [("0.33", "1/3"), ("18", "19"), ("60%", "50"), ("3 m", "4 m"), ("26 dollars", "18")]
    unknown = [
        ("50%", "50"),
        ("50", "50%"),
        ("2 hours", "120"),
        ("3 m", "300"),
        ("18 boys", "18 girls"),
    ]
    unknown += [("3 kg", "3 m"), ("3", "300 cm"), ("2 boxes", "24 eggs")]
    assert [pair for pair in same if compare(*pair) is not True] == []
    assert [pair for pair in other if compare(*pair) is not False] == []
    assert [pair for pair in unknown if compare(*pair) is not None] == []


@given(st.text(min_size=1, max_size=80))
def test_canonical_form_of_any_text_is_idempotent(text: str) -> None:
    found = canonical(FreeAnswer(text=text))
    if found.value is not None:
        assert canonical(FreeAnswer(text=found.value)) == found
    else:
        assert found.reason is not None


NUMERIC_TEXT = st.text(
    alphabet="0123456789.,/%$-+ eE×^元个千万百半两一二三分之点m\\{}frac=", max_size=30
)


@given(NUMERIC_TEXT.filter(bool))
def test_canonical_form_of_number_like_text_is_idempotent(text: str) -> None:
    found = canonical(FreeAnswer(text=text))
    if found.value is not None:
        assert canonical(FreeAnswer(text=found.value)) == found
    else:
        assert found.reason is not None


@given(st.fractions(max_denominator=10**6), st.booleans())
def test_writing_and_reading_a_quantity_gives_it_back(value: Fraction, percent: bool) -> None:
    quantity = Quantity(value, percent)
    assert read_quantity(write_quantity(quantity)) == quantity


@given(st.integers(0, 10**8 - 1))
def test_every_way_to_write_a_number_is_that_number(number: int) -> None:
    ways = [
        f"{number:,}",
        f"{number}.00",
        f"${number:,}",
        f"{number}元",
        f"A: {number}",
        chinese(number),
    ]
    ways += [f"#### {number}", rf"\boxed{{{number:,}}}", f"{number}".translate(FULL_WIDTH)]
    assert {value_of(way) for way in ways} == {str(number)}


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def chinese(number: int) -> str:
    """The standard numeral below 10**8, an oracle written apart from the reader."""
    if number >= 10_000:
        head, tail = divmod(number, 10_000)
        joint = "零" if tail and tail < 1000 else ""
        return chinese(head) + "万" + joint + (chinese(tail) if tail else "")
    text, zero = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + name
        zero = digit == 0
    return text or "零"


HOSTILE = [
    "\\boxed{" * 150_000, "\\boxed{" * 70_000 + "5" + "}" * 70_000, "<<" * 500_000, "<" * 1_000_000,
    "A:" * 500_000, "A: " + " " * 1_000_000, "\n" * 1_000_000, " " * 1_000_000 + "x",
    "#" * 1_000_000,
    "#### 1\n" * 140_000, "the answer is " * 70_000, "答案是" * 330_000, "*" * 1_000_000,
    "*_" * 500_000,
    "9" * 1_000_000, "9," * 500_000, "1/" * 500_000, "一" * 1_000_000, "=" * 1_000_000,
    "A\n" * 500_000,
    "so " + "=" * 1_000_000, "A: " + "1 " * 500_000, "\t\n" * 500_000, "{" * 1_000_000,
    "$" * 1_000_000,
    "the answer is\n" * 70_000, "answer:  \n \n" * 80_000,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_megabyte_of_hostile_text_takes_linear_time(number: int) -> None:
    started = time.process_time()
    found = canonical(FreeAnswer(text=HOSTILE[number]))
    chosen = canonical(ChoiceAnswer(option=HOSTILE[number]), ABCD)
    assert (found.value is None) == (found.reason is not None)
    assert chosen.value is None or chosen.value in "ABCD"
    # Quadratic work on a megabyte takes hours, linear work a fraction of this.
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("C", "C"), ("c", "C"), ("(c)", "C"), ("Ｃ", "C"), ("C.", "C"), ("（Ｃ）", "C"),
        ("丙", "C"),
        ("选C", "C"), ("故选：C", "C"), ("答案：C", "C"), ("The answer is (C).", "C"),
        (r"\boxed{C}", "C"),
        ("8 apples", "C"), ("C. 8 apples", "C"), ("C) because 3+5", "C"),
        ("AC", "AC"), ("CA", "AC"), ("A, C", "AC"), ("A、C", "AC"), ("A和C", "AC"),
        ("A and C", "AC"),
    ],
)  # fmt: skip
def test_options_are_read_by_letter_and_text(text: str, letters: str) -> None:
    assert canonical(ChoiceAnswer(option=text), ABCD) == Canonical(letters)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("E", Reason.ANSWER_UNREADABLE), ("7 apples", Reason.ANSWER_UNREADABLE),
        ("bad", Reason.ANSWER_UNREADABLE), ("AA", Reason.ANSWER_UNREADABLE),
        ("A or B", Reason.ANSWER_AMBIGUOUS), ("A或B", Reason.ANSWER_AMBIGUOUS),
        ("A. 8 apples", Reason.ANSWER_AMBIGUOUS), ("A: not sure, maybe B", Reason.ANSWER_AMBIGUOUS),
        ("well\nhmm", Reason.NO_FINAL_ANSWER),
    ],
)  # fmt: skip
def test_what_names_no_one_option_is_not_read(text: str, reason: Reason) -> None:
    assert canonical(ChoiceAnswer(option=text), ABCD) == Canonical(None, reason)


def test_an_option_that_is_a_letter_is_not_mixed_up_with_its_place() -> None:
    assert canonical(ChoiceAnswer(option="B"), ("B", "A")).reason is Reason.ANSWER_AMBIGUOUS
    assert canonical(ChoiceAnswer(option="B"), ("A", "B")).value == "B"


@pytest.mark.parametrize("options", [(), ("对", "错"), ("True", "False")])
def test_true_and_false_in_both_languages(options: tuple[str, ...]) -> None:
    yes, no = ("A", "B") if options else ("true", "false")
    for text in ("对", "正确", "√", "True", "yes"):
        assert canonical(ChoiceAnswer(option=text), options).value == yes
    for text in ("错", "错误", "×", "False", "no"):
        assert canonical(ChoiceAnswer(option=text), options).value == no


def test_keys_are_read_as_answers_are_but_never_out_of_a_sentence() -> None:
    assert canonical_key(Kind.FREE, (), "2/6") == Canonical("1/3")
    assert canonical_key(Kind.STEPS, (), "#### 72") == Canonical("72")
    assert canonical_key(Kind.CHOICE, ABCD, "8 apples") == Canonical("C")
    assert canonical_key(Kind.PREFERENCE, (), "1") == Canonical("left")
    assert canonical_key(Kind.FREE, (), "A: she has 18 apples").value == "she has 18 apples"
    for kind, key in [
        (Kind.FREE, "3 or 4"),
        (Kind.CHOICE, "E"),
        (Kind.PREFERENCE, "both"),
        (Kind.FREE, "?"),
    ]:
        assert canonical_key(kind, ABCD, key) == Canonical(None, Reason.KEY_UNREADABLE)


@pytest.mark.parametrize(
    ("kind", "payload", "answer"),
    [
        (Kind.FREE, {"text": "18"}, FreeAnswer(text="18")),
        (Kind.FREE, {"kind": "free", "text": "18"}, FreeAnswer(text="18")),
        (Kind.STEPS, {"steps": "a\n\n b ", "final": "3"}, StepsAnswer(steps=("a", "b"), final="3")),
        (Kind.STEPS, {"steps": ["a"], "final": "3"}, StepsAnswer(steps=("a",), final="3")),
        (Kind.CHOICE, {"option": "c"}, ChoiceAnswer(option="c")),
        (Kind.PREFERENCE, {"winner": 0}, PreferenceAnswer(winner="tie")),
        (Kind.PREFERENCE, {"winner": "左"}, PreferenceAnswer(winner="left")),
    ],
)
def test_validate_builds_the_answer(kind: Kind, payload: dict[str, object], answer: object) -> None:
    assert validate(kind, ABCD, payload) == answer


@pytest.mark.parametrize(
    ("kind", "payload", "field", "reason"),
    [
        (Kind.FREE, {}, "text", Reason.MISSING_FIELD),
        (Kind.FREE, {"text": "  "}, "text", Reason.MISSING_FIELD),
        (Kind.FREE, {"text": 3}, "text", Reason.BAD_VALUE),
        (Kind.FREE, {"text": "3", "score": 1}, "score", Reason.BAD_VALUE),
        (Kind.FREE, {"kind": "steps", "text": "3"}, "kind", Reason.BAD_VALUE),
        (Kind.STEPS, {"steps": "a"}, "final", Reason.MISSING_FIELD),
        (Kind.STEPS, {"steps": [" "], "final": "3"}, "steps", Reason.BAD_VALUE),
        (Kind.STEPS, {"steps": [1], "final": "3"}, "steps", Reason.BAD_VALUE),
        (Kind.STEPS, {"steps": {"a": 1}, "final": "3"}, "steps", Reason.BAD_VALUE),
        (Kind.CHOICE, {"option": "E"}, "option", Reason.BAD_VALUE),
        (Kind.PREFERENCE, {"winner": "both"}, "winner", Reason.BAD_VALUE),
        (Kind.PREFERENCE, {"winner": True}, "winner", Reason.BAD_VALUE),
        (Kind.PREFERENCE, {"winner": "left", "because": 3}, "because", Reason.BAD_VALUE),
    ],
)
def test_validate_names_the_field(
    kind: Kind, payload: dict[str, object], field: str, reason: Reason
) -> None:
    with pytest.raises(RowError) as caught:
        validate(kind, ABCD, payload)
    assert caught.value.facts["field"] == field
    assert caught.value.facts["reason"] == reason
    assert field in caught.value.say("en")
    assert field in caught.value.say("zh")


def test_a_solution_is_split_into_steps_and_final_answer() -> None:
    found = read_solution("3*6=<<3*6=18>>18\n\n18-4=14\nA: 14")
    assert found == StepsAnswer(steps=("3*6=<<3*6=18>>18", "18-4=14"), final="14")
    assert read_solution("3*6\n18-4") is Reason.NO_FINAL_ANSWER
    assert read_solution("a\nA: 3 or 4") is Reason.ANSWER_AMBIGUOUS


def test_statements_stay_short_and_tell_when_cut() -> None:
    assert len(find_statements("A: " + "x" * 5000)[0]) == 301


@pytest.mark.data
def test_every_golden_answer_of_cmath_is_a_number() -> None:
    file = DATA / "cmath" / "cmath_dev.jsonl"
    if not file.exists():
        pytest.skip(f"no {file}")
    keys = [json.loads(line)["golden"] for line in file.read_text("utf-8").splitlines()]
    assert len(keys) == 600
    assert [key for key in keys if read_quantity(key) is None] == []


STEPS = ("2 + 2 = 4", "4 × 3 = 12", "12 − 1 = 10", "so 10")


@pytest.mark.parametrize(
    ("marks", "value"),
    [
        (["right", "right", "wrong"], "3"), ([1, 0, 1, 1], "none"), ("对 对 错", "3"),
        (["wrong"], "1"), ("1,1,1,-1", "4"), ([1, 1, "−1"], "3"),
    ],
)  # fmt: skip
def test_marks_count_by_their_first_wrong_step(marks: object, value: str) -> None:
    answer = validate(Kind.MARKS, STEPS, {"marks": marks, "because": "", "continuation": None})
    assert isinstance(answer, MarksAnswer)
    assert answer.because is None
    assert canonical(answer, STEPS) == Canonical(value)
    assert canonical_key(Kind.MARKS, STEPS, value) == Canonical(value)


@pytest.mark.parametrize(
    "marks",
    [[1, 1], [1, -1, 1], [1, 1, 1, 1, 1], [], "", [2], [True], ["right", None], {"0": 1}, 1, None],
)
def test_marks_that_stop_elsewhere_than_at_the_first_wrong_step(marks: object) -> None:
    with pytest.raises(RowError) as caught:
        validate(Kind.MARKS, STEPS, {"marks": marks})
    assert caught.value.facts["field"] == "marks"


def test_marks_of_a_file_are_held_against_the_steps_when_both_are_known() -> None:
    early = validate(Kind.MARKS, (), {"marks": [1, 1]})
    assert canonical(early, STEPS) == Canonical(None, Reason.ANSWER_UNREADABLE)


@pytest.mark.parametrize(
    ("key", "value"), [("none", "none"), ("无", "none"), ("2", "2"), ("0", None), ("5", None),
                       ("two", None), ("²", None), ("1" * 30, None)]
)  # fmt: skip
def test_a_key_of_marks_names_a_step(key: str, value: str | None) -> None:
    assert canonical_key(Kind.MARKS, STEPS, key).value == value
