"""Kinds that measure, score, order, compare and mark: what is an answer, and what is none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import InputError, RowError
from qinglan.flow.plans import Plan, read_plan, write_plan
from qinglan.kinds import canonical, canonical_key, near, spans, support, validate
from qinglan.kinds.number import read_measure
from qinglan.kinds.scheme import EMPTY, Scheme, parse, write
from qinglan.kinds.spans import overlap
from qinglan.records import ChoiceAnswer, Kind, Outcome, Reason, RubricAnswer, Score, Span
from qinglan.verifiers import for_kind

KG = ("kg", "0", "500", "0.5")
TWO = ("", "accuracy:1-5", "tone:0-2")
PAIR = ("left reply", "right reply", "accuracy:1-5")
ITEMS = ("alpha", "beta", "gamma")
TEXT = ("Marie Curie 生于华沙。", "person", "place")


def value(kind: Kind, options: tuple[str, ...], **payload: Any) -> str | None:
    return canonical(validate(kind, options, payload), options).value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("72", "72"), ("72 kg", "72"), ("200克", "0.2"), ("500000 g", "500"), ("1/4", "0.25"),
        ("１２", "12"), ("三百二十", "320"), (72, "72"), (0.1, "0.1"), ("0", "0"), ("500", "500"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_unit_of_the_task(written: object, read: str) -> None:
    assert value(Kind.NUMBER, KG, value=written) == read


@pytest.mark.parametrize(
    "written",
    ["", "about 3", "3 or 4", "3 m", "50%", "501", "-1", "NaN", "1e999", "1e16", True, "=1+1", [1]],
)
def test_what_is_no_number_of_the_task_is_refused(written: object) -> None:
    with pytest.raises(RowError):
        validate(Kind.NUMBER, KG, {"value": written})


def test_an_imported_number_that_does_not_fit_has_no_value_and_a_reason() -> None:
    assert canonical(validate(Kind.NUMBER, (), {"value": "501"}), KG).reason is Reason.BAD_VALUE


def test_numbers_agree_within_the_tolerance() -> None:
    assert near(Kind.NUMBER, KG, "72", "72.5")
    assert not near(Kind.NUMBER, KG, "72", "72.6")
    assert not near(Kind.NUMBER, (), "72", "72.000001")
    assert str(read_measure(KG)) == "0 – 500 kg"
    assert read_measure(("kg", "5", "1")) is None
    assert read_measure(("kg", "x")) is None


@pytest.mark.parametrize(
    ("kind", "options", "values", "agree"),
    [
        (Kind.FREE, (), ("7", "7", "8"), 2),
        (Kind.FREE, (), ("7", None), 1),
        (Kind.CHAT, (), (None, None), 0),
        (Kind.FREE, (), (), 0),
        (Kind.NUMBER, KG, ("72", "72.5", "73"), 3),  # the middle one has both within 0.5
        (Kind.NUMBER, KG, ("72", "72.6", "80"), 1),
        (Kind.NUMBER, (), ("100", "105", "106"), 3),  # none is stated: within 5 % of 105
        (Kind.NUMBER, (), ("100", "106", "0", "-100"), 1),
        (Kind.RUBRIC, TWO, ("accuracy=4 tone=1", "accuracy=5 tone=1", "accuracy=5 tone=2"), 2),
        (Kind.RANKING, ("a",) * 5, ("1>2>3>5>4", "1>2>3>4>5", "5>4>3>2>1"), 2),
        (Kind.SPANS, TEXT, ("0-10:person", "0-9:person", "0-10:place"), 2),
        (Kind.SPANS, TEXT, ("none", "none", "0-10:place"), 2),
        (Kind.PREFERENCE, ("x", "y"), ("left", "left", "tie"), 2),
    ],
)  # fmt: skip
def test_as_many_support_an_answer_as_say_nearly_the_same(
    kind: Kind, options: tuple[str, ...], values: tuple[str | None, ...], agree: int
) -> None:
    assert support(kind, options, values) == agree


@pytest.mark.parametrize(
    "scores",
    [
        {"accuracy": 4, "tone": 0}, [4, 0], ["4", "0"], "accuracy=4 tone=0", "tone=0, accuracy=4",
        [{"criterion": "tone", "score": 0}, {"criterion": "accuracy", "score": "4"}],
    ],
)  # fmt: skip
def test_scores_are_read_however_they_are_given(scores: object) -> None:
    assert value(Kind.RUBRIC, TWO, scores=scores) == "accuracy=4 tone=0"


@pytest.mark.parametrize(
    "scores",
    [
        {"accuracy": 6, "tone": 0}, {"accuracy": 4}, {"accuracy": 4, "tone": 0, "extra": 1}, [4],
        {"accuracy": 4.5, "tone": 0}, {"accuracy": True, "tone": 0}, [], "4", "accuracy=4 tone=x",
        {"accuracy": -1, "tone": 0}, [{"criterion": "accuracy", "score": 4, "x": 1}], 7,
        "accuracy=4 accuracy=4",
    ],
)  # fmt: skip
def test_scores_that_do_not_fit_the_criteria_are_refused(scores: object) -> None:
    with pytest.raises(RowError) as raised:
        validate(Kind.RUBRIC, TWO, {"scores": scores})
    assert raised.value.facts["field"] == "scores"


def test_a_score_may_be_one_level_off_a_key_on_a_fine_scale_only() -> None:
    assert near(Kind.RUBRIC, TWO, "accuracy=4 tone=1", "accuracy=5 tone=1")
    assert not near(Kind.RUBRIC, TWO, "accuracy=4 tone=1", "accuracy=4 tone=2")


def test_a_comparison_has_a_winner_and_scores_of_both() -> None:
    said = {"winner": "left", "left": [5], "right": {"accuracy": 2}}
    assert value(Kind.COMPARISON, PAIR, **said) == "left"
    for missing in said:
        with pytest.raises(RowError):
            validate(Kind.COMPARISON, PAIR, {k: v for k, v in said.items() if k != missing})


@pytest.mark.parametrize("order", ["2>1>3", [2, 1, 3], "B, A, C", ["beta", "alpha", "gamma"]])
def test_a_ranking_names_items_by_number_letter_or_text(order: object) -> None:
    assert value(Kind.RANKING, ITEMS, order=order) == "2>1>3"


@pytest.mark.parametrize("order", ["2>1", "2>1>1", "2>1>4", "", [0, 1, 2], "delta>1>2", 3, [True]])
def test_what_does_not_order_every_item_once_is_refused(order: object) -> None:
    with pytest.raises(RowError):
        validate(Kind.RANKING, ITEMS, {"order": order})


def test_rankings_agree_by_their_pairs() -> None:
    assert near(Kind.RANKING, ("a",) * 5, "1>2>3>5>4", "1>2>3>4>5")
    assert not near(Kind.RANKING, ITEMS, "2>1>3", "1>2>3")


@pytest.mark.parametrize(
    "spans",
    [
        [{"start": 0, "end": 11, "label": "person"}, {"start": 14, "end": 16, "label": "place"}],
        "place 14-16\nperson 0-12",  # in order, and without the space at its end
        'person "Marie Curie"\nplace “华沙”',
        [[0, 11, "person"], [14, 16, "place"]],
    ],
)
def test_spans_are_read_by_places_and_by_words(spans: object) -> None:
    assert value(Kind.SPANS, TEXT, spans=spans) == "0-11:person 14-16:place"


@pytest.mark.parametrize(
    "spans",
    [
        "person 0-99", "city 0-5", "person 5-5", "person 0-5\nperson 4-8", 'person "Pierre"', "x",
        [{"start": 0, "end": 5}], [{"start": -1, "end": 5, "label": "person"}], "person 11-12", 4,
        [{"start": True, "end": 5, "label": "person"}], [[0, 5, "person", 1]],
    ],
)  # fmt: skip
def test_spans_that_do_not_fit_the_text_are_refused(spans: object) -> None:
    with pytest.raises(RowError):
        validate(Kind.SPANS, TEXT, {"spans": spans})


def test_nothing_to_mark_is_an_answer_and_labels_may_overlap() -> None:
    assert value(Kind.SPANS, TEXT, spans=[]) == value(Kind.SPANS, TEXT, spans="none") == "none"
    assert value(Kind.SPANS, TEXT, spans="person 0-11\nplace 6-11") == "0-11:person 6-11:place"
    assert overlap("none", "none") == 1
    assert overlap("0-10:person", "5-15:person") == 0.5
    assert overlap("0-10:person", "0-10:place") == 0


@pytest.mark.parametrize(
    ("kind", "options", "key", "read"),
    [
        (Kind.NUMBER, KG, "200 g", "0.2"), (Kind.NUMBER, KG, "many", None),
        (Kind.RUBRIC, TWO, "accuracy=4 tone=1", "accuracy=4 tone=1"),
        (Kind.RUBRIC, TWO, "accuracy=9 tone=1", None), (Kind.RANKING, ITEMS, "C>A>B", "3>1>2"),
        (Kind.RANKING, ITEMS, "C>A", None), (Kind.SPANS, TEXT, "person 0-11", "0-11:person"),
        (Kind.SPANS, TEXT, "person 0-99", None), (Kind.COMPARISON, PAIR, "左", "left"),
    ],
)  # fmt: skip
def test_keys_are_read_as_answers_are(
    kind: Kind, options: tuple[str, ...], key: str, read: str | None
) -> None:
    assert canonical_key(kind, options, key).value == read


@given(st.data())
def test_canonical_scores_orders_and_spans_read_as_themselves(data: st.DataObject) -> None:
    order = data.draw(st.permutations([1, 2, 3]))
    said = value(Kind.RANKING, ITEMS, order=order)
    assert value(Kind.RANKING, ITEMS, order=said) == said
    levels = [data.draw(st.integers(1, 5)), data.draw(st.integers(0, 2))]
    said = value(Kind.RUBRIC, TWO, scores=levels)
    assert value(Kind.RUBRIC, TWO, scores=said) == said
    start = data.draw(st.integers(0, 10))
    end = data.draw(st.integers(start + 1, 11))
    words = TEXT[0][start:end]
    if words.strip():
        said = value(Kind.SPANS, TEXT, spans=[[start, end, "person"]])
        place, _, label = str(said).partition(":")
        assert value(Kind.SPANS, TEXT, spans=f"{label} {place}") == said


SCHEME = """
[[criteria]]
key = "accuracy"
low = 1
high = 5
en = "Accuracy"
zh = "准确性"
anchors = [{ level = 1, en = "Wrong" }, { level = 5, zh = "全对" }]

[[labels]]
key = "pos"
en = "Positive"
zh = "正面"
"""


def test_a_scheme_says_what_keys_are_called_and_mean() -> None:
    scheme = parse(SCHEME)
    (rated,) = scheme.criteria
    assert (rated.name("en"), rated.name("zh"), rated.meaning(5, "en")) == (
        "Accuracy", "准确性", "全对",
    )  # fmt: skip
    assert [scheme.label(key, "zh") for key in ("pos", "other")] == ["正面", "other"]
    assert scheme.options(Kind.RUBRIC) == ("accuracy:1-5",)
    assert EMPTY.options(Kind.NUMBER) == ()


def test_old_answers_come_along_when_a_label_is_renamed() -> None:
    scheme = parse(SCHEME.replace("Positive", "Praise"))
    assert scheme.keyed(ChoiceAnswer(option="praise")) == ChoiceAnswer(option="pos")
    assert scheme.keyed(ChoiceAnswer(option="pos")) == ChoiceAnswer(option="pos")
    given = RubricAnswer(scores=(Score(criterion="准确性", score=4),))
    assert scheme.keyed(given) == RubricAnswer(scores=(Score(criterion="accuracy", score=4),))
    assert scheme.lacks(parse(SCHEME)) == []
    assert Scheme().lacks(scheme) == ["accuracy:1-5", "pos"]
    assert parse(SCHEME.replace("high = 5", "high = 7")).lacks(scheme) == ["accuracy:1-5"]


@pytest.mark.parametrize(
    "text",
    [
        "[[criteria]]\nkey = 'a b'\nlow = 1\nhigh = 5", "[[criteria]]\nkey='a'\nlow=5\nhigh=1",
        "[[criteria]]\nkey='a'\nlow=0\nhigh=90", "x = 1", "[measure]\nlow = 5\nhigh = 1", "\0",
        "[[labels]]\nkey='a'\n[[labels]]\nkey='a'", "[[labels]]\nkey=''", "[" * 5000,
        "[[criteria]]\nkey='a'\nlow=1\nhigh=3\nanchors=[{level=9}]", "measure = 'kg'",
    ],
)  # fmt: skip
def test_what_is_no_scheme_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(text, "scheme.toml")
    assert "scheme.toml" in raised.value.say("en")


HARD = 'Tab\t, "quoted", \\ back, \x7f, \n line, [x], # no comment, 准确'


def test_a_scheme_written_as_a_file_reads_as_the_same() -> None:
    said = {
        "criteria": [
            {"key": "a", "low": 0, "high": 9, "en": HARD, "about": {"zh": HARD},
             "anchors": [{"level": 3, "en": HARD, "zh": HARD}]},
        ],
        "labels": [{"key": HARD, "en": HARD}, {"key": "b"}],
        "measure": {"unit": "kg", "low": 0, "high": "1/2", "within": 0.25},
    }  # fmt: skip
    scheme = Scheme.model_validate(said)
    assert parse(write(scheme)) == scheme
    assert write(EMPTY) == ""
    plan = Plan(name="p", kind=Kind.RUBRIC, en="x", zh="y", scheme=scheme)
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("kind", "options", "payload", "key", "outcome"),
    [
        (Kind.NUMBER, KG, {"value": "72.4"}, "72 kg", Outcome.VERIFIED),
        (Kind.NUMBER, KG, {"value": "73"}, "72 kg", Outcome.REFUTED),
        (Kind.RUBRIC, TWO, {"scores": [4, 1]}, "accuracy=5 tone=1", Outcome.VERIFIED),
        (Kind.RANKING, ITEMS, {"order": "1>2>3"}, "2>1>3", Outcome.REFUTED),
        (Kind.SPANS, TEXT, {"spans": "person 0-10"}, "person 0-11", Outcome.VERIFIED),
        (Kind.SPANS, TEXT, {"spans": "none"}, "rubbish", Outcome.UNDECIDED),
        (Kind.NUMBER, KG, {"value": "72"}, None, Outcome.UNDECIDED),
    ],
)
def test_an_answer_near_its_key_is_verified(
    kind: Kind, options: tuple[str, ...], payload: Any, key: str | None, outcome: Outcome
) -> None:
    verifier = for_kind(kind)
    assert verifier is not None
    found = verifier.check(validate(kind, options, payload), key, kind, options)
    assert found.outcome is outcome


def test_words_that_many_lines_quote_are_found_in_their_own_places() -> None:
    lines = ['p 3*"ab"', 'p "ab"', 'q 2*"ab"', 'p 2*"ab"']
    found = spans.read("\n".join(lines), ("ab ab ab", "p", "q"))
    assert found is not None
    assert [(one.start, one.label) for one in found] == [(0, "p"), (3, "p"), (3, "q"), (6, "p")]
    for bad in ('p 4*"ab"', 'p 0*"ab"', 'p 1000*"a"'):
        assert spans.read(bad, ("ab ab ab" + "a" * 2_000, "p")) is None


def test_offsets_count_characters_and_end_with_the_text() -> None:
    """Not the halves of which a browser makes an emoji, nor bytes; and nothing lies beyond."""
    text = "😀 华沙"
    assert spans.read("place 2-4", (text, "place")) == (Span(start=2, end=4, label="place"),)
    assert spans.read("face 0-1", (text, "face")) == (Span(start=0, end=1, label="face"),)
    for bad in ("place 3-5", "place 2-999999999", "place 4-4", "place 3-2", "place 1-2", "x 2-4"):
        assert spans.read(bad, (text, "place")) is None, bad
    for listed in (
        [{"label": "place", "start": -1, "end": 2}],
        [{"label": "place", "start": 2, "end": 4, "gold": 1}],
        [[True, 2, "place"]],
        [[0, 10**20, "place"]],
    ):
        assert spans.read(listed, (text, "place")) is None, listed


CURIE = "👩‍🔬 居里夫人（Marie）生于华沙。"
"""Three code points make the first sign, which are five UTF-16 units and eleven bytes."""


def quoted(words: str, width: str) -> dict[str, object]:
    """A span around ``words``, counted as ``width`` has it, that quotes them."""
    start, end = CURIE.index(words), CURIE.index(words) + len(words)
    if width == "UTF-16":
        start, end = (len(CURIE[:at].encode("utf-16-le")) // 2 for at in (start, end))
    if width == "UTF-8":
        start, end = (len(CURIE[:at].encode()) for at in (start, end))
    return {"start": start, "end": end, "label": "place", "text": words}


@pytest.mark.parametrize("width", ["UTF-16", "UTF-8"])
@pytest.mark.parametrize("words", ["居里夫人", "Marie", "华沙"])
def test_places_counted_otherwise_are_told_by_the_words_there(words: str, width: str) -> None:
    options = (CURIE, "place")
    right = quoted(words, "characters")
    bare = {name: part for name, part in right.items() if name != "text"}
    assert value(Kind.SPANS, options, spans=[right]) == value(Kind.SPANS, options, spans=[bare])
    with pytest.raises(RowError) as caught:
        validate(Kind.SPANS, options, {"spans": [right, quoted(words, width)]})
    facts = caught.value.facts
    assert (caught.value.key, facts["reason"]) == ("error.kinds.span_words", Reason.MISALIGNED)
    with pytest.raises(RowError) as caught:
        validate(Kind.SPANS, options, {"spans": [quoted(words, width)]})
    assert (caught.value.key, caught.value.facts["counted"]) == ("error.kinds.span_counted", width)
    assert width in caught.value.say("en")
    assert width in caught.value.say("zh")


def test_words_that_stand_nowhere_are_told_and_edges_are_no_matter() -> None:
    options = (CURIE, "place")
    start = CURIE.index("Marie")
    for words, at in (("Marie ", start), (" Marie", start), ("Marie", start)):
        one = {"start": at, "end": at + 5, "label": "place", "text": words}
        assert value(Kind.SPANS, options, spans=[one]) == f"{start}-{start + 5}:place"
    for words in ("marie", "Mari", "", "Mar\u0131e"):
        one = {"start": start, "end": start + 5, "label": "place", "text": words}
        with pytest.raises(RowError) as caught:
            validate(Kind.SPANS, options, {"spans": [one]})
        assert caught.value.key == "error.kinds.span_words"
    for words in (5, ["Marie"], True):
        one = {"start": start, "end": start + 5, "label": "place", "text": words}
        with pytest.raises(RowError, match=r"span"):
            validate(Kind.SPANS, options, {"spans": [one]})
