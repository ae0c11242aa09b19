"""One model on one set of items: what it got right, and how sure the figure is.

Every item is asked once greedily and ``k`` times with chance. A verifier says of each text
whether it is right, wrong, or beyond its judgement; what is beyond judgement is counted apart and
enters no rate. An interval over items speaks of one checkpoint, never of a method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import Field

from qinglan.endpoints.completion import Endpoint
from qinglan.errors import UsageError
from qinglan.intervals import bootstrap_mean, pass_at_k, wilson
from qinglan.records import Outcome, Record

Verify = Callable[[str, str], Outcome]
"""(text of the answer, key) → outcome."""

ALL = "all"
"""The name under which all skills together are reported."""


class Item(Record):
    """One question of an evaluation set."""

    id: str
    skill: str
    prompt: str = Field(min_length=1)
    key: str


class Scored(Record):
    """The outcomes of one item: one greedy answer, and any number of sampled ones."""

    id: str
    skill: str
    greedy: Outcome
    samples: tuple[Outcome, ...] = ()

    def right(self) -> float | None:
        """1 for a verified greedy answer, 0 for a refuted one, ``None`` where undecided."""
        return None if self.greedy is Outcome.UNDECIDED else float(self.greedy is Outcome.VERIFIED)

    def within(self, k: int) -> float | None:
        """Unbiased pass@k of this item, ``None`` where undecided samples leave it open.

        The decided samples suffice if there are k of them; otherwise the item counts only where
        its undecided samples could not change it.
        """
        won = self.samples.count(Outcome.VERIFIED)
        open_ = self.samples.count(Outcome.UNDECIDED)
        n = len(self.samples)
        if n < k:
            return None
        if n - open_ >= k:
            return pass_at_k(n - open_, won, k)
        low, high = pass_at_k(n, won, k), pass_at_k(n, won + open_, k)
        return low if low == high else None


class Rate(Record):
    """A share with its 95 % interval. ``n`` items decided, ``undecided`` kept apart."""

    n: int
    undecided: int
    value: float | None
    low: float
    high: float


class Scores(Record):
    """All outcomes of one model on one set, in the order of the items."""

    model: str
    items: tuple[Scored, ...]
    k: int

    def skills(self) -> tuple[str, ...]:
        """The skills in order of appearance."""
        return tuple(dict.fromkeys(item.skill for item in self.items))

    def of(self, skill: str = ALL) -> tuple[Scored, ...]:
        """The items of ``skill``."""
        return tuple(item for item in self.items if skill in (ALL, item.skill))

    def pass_at_1(self, skill: str = ALL) -> Rate:
        """Share of items whose greedy answer is right, with Wilson's interval."""
        right = [item.right() for item in self.of(skill)]
        decided = [value for value in right if value is not None]
        _, low, high, _ = wilson(sum(decided), len(decided))
        return _rate(decided, len(right), low, high)

    def pass_at_k(self, skill: str = ALL) -> Rate:
        """Mean unbiased pass@k; its interval is a bootstrap over items.

        Where every item has the same value the bootstrap has nothing to draw from, and Wilson's
        interval stands in.
        """
        within = [item.within(self.k) for item in self.of(skill)]
        decided = [value for value in within if value is not None]
        if set(decided) <= {0.0, 1.0}:
            _, low, high, _ = wilson(sum(decided), len(decided))
        else:
            _, low, high, _ = bootstrap_mean(decided, draws=2_000)
        return _rate(decided, len(within), low, high)


def score(
    endpoint: Endpoint,
    items: Sequence[Item],
    verify: Verify,
    *,
    k: int = 8,
    temperature: float = 0.7,
    max_tokens: int = 256,
    seed: int = 0,
    told: Callable[[Mapping[str, str]], None] | None = None,
) -> Scores:
    """Ask ``endpoint`` every item, once greedily and ``k`` times with chance.

    Args:
        endpoint: the model.
        items: the set; ids are unique.
        verify: judges a text against a key.
        k: samples an item; 0 leaves pass@k out.
        temperature: of the samples.
        max_tokens: most tokens an answer.
        seed: of the samples.
        told: is given the greedy text of every item, by id.

    Raises:
        UsageError: no items, an id twice, or ``k`` below 0.
        EndpointError: the model failed for good.
    """
    if not items or k < 0 or len({item.id for item in items}) != len(items):
        raise UsageError("evaluation.bad_items", items=len(items), k=k)
    prompts = [item.prompt for item in items]
    greedy = endpoint.complete(prompts, max_tokens=max_tokens)
    sampled: list[list[str]] = [[] for _ in items]
    if k:
        sampled = endpoint.complete(
            prompts, n=k, temperature=temperature, max_tokens=max_tokens, seed=seed
        )
    if told is not None:
        told({item.id: texts[0] for item, texts in zip(items, greedy, strict=True)})
    return Scores(
        model=endpoint.name,
        k=k,
        items=tuple(
            Scored(
                id=item.id,
                skill=item.skill,
                greedy=verify(once[0], item.key),
                samples=tuple(verify(text, item.key) for text in many),
            )
            for item, once, many in zip(items, greedy, sampled, strict=True)
        ),
    )


def _rate(decided: Sequence[float], of: int, low: float, high: float) -> Rate:
    value = sum(decided) / len(decided) if decided else None
    return Rate(n=len(decided), undecided=of - len(decided), value=value, low=low, high=high)
