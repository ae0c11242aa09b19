"""Several answers of one annotator to one task are one vote."""

import pytest

from qinglan.flow.labels import Vote, one_vote_each


@pytest.mark.parametrize(
    ("given", "cast"),
    [
        ("", []),
        ("a1", [("a", "1")]),
        ("a1 b2", [("a", "1"), ("b", "2")]),
        ("a1 a1 a2 b2", [("a", "1"), ("b", "2")]),
        ("a1 a2 b2", [("b", "2")]),
        ("a1 a2 a2 a1 a3", []),
        ("a- a- a1", [("a", "1")]),
        ("a- b-", []),
    ],
)
def test_each_casts_its_most_frequent_value_or_none(
    given: str, cast: list[tuple[str, str]]
) -> None:
    votes = [
        Vote(
            annotation=f"ann_{place}", annotator=who, value=None if value == "-" else value,
            outcome=None, reason=None,
        )
        for place, (who, value) in enumerate(given.split())
    ]  # fmt: skip
    assert one_vote_each(votes) == cast
