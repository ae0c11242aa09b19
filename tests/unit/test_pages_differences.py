"""What was changed in a text: nothing is lost of either, and one changed word is one change."""

import time

from hypothesis import given
from hypothesis import strategies as st

from qinglan.pages.differences import MOST, compare

TEXT = st.text(alphabet="ab 一二\n<>&", max_size=40)


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert "".join(p.text for p in pieces if p.change != "new") == before
    assert "".join(p.text for p in pieces if p.change != "gone") == after
    assert all(p.text for p in pieces)


def test_a_word_and_a_character_are_one_change() -> None:
    assert compare("It is 8 now.", "It is 7 now.") == (
        ("same", "It is "), ("gone", "8"), ("new", "7"), ("same", " now."),
    )  # fmt: skip
    assert compare("所以是八。", "所以是七。") == (
        ("same", "所以是"), ("gone", "八"), ("new", "七"), ("same", "。"),
    )  # fmt: skip
    assert compare("same", "same") == (("same", "same"),)


def test_long_hostile_texts_are_compared_in_bounded_work() -> None:
    words = MOST + 500
    before = " ".join(f"w{n}" for n in range(words))
    after = " ".join(f"w{n}" for n in reversed(range(words)))
    started = time.process_time()
    assert compare(before, after) == (("gone", before), ("new", after))
    before, after = "a\n" * 3 * MOST + "b", "c\n" + "a\n" * 3 * MOST + "d"
    assert "".join(p.text for p in compare(before, after) if p.change != "gone") == after
    assert time.process_time() - started < 20  # what has no bound takes minutes
