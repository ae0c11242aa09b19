"""What may be spent on calls, and stopping before it is overspent.

A call's price is known only when its reply is there. So the most that it can cost is set aside
before it leaves, and what it did cost takes that place when it ends: with hundreds of calls under
way at once, the limit still holds. What a call cut off may have cost counts as spent. The limits
are for all calls in a journal, not for one run: running a command again does not double them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from qinglan.endpoints.journal import Tally, Tokens
from qinglan.errors import UsageError

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Money a million tokens, in whatever currency the person pays."""

    prompt: Decimal
    completion: Decimal

    def cost(self, prompt: int, completion: int) -> Decimal:
        """What so many tokens cost."""
        return (self.prompt * prompt + self.completion * completion) / MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that may be spent; ``None`` is no limit."""

    calls: int | None = None
    tokens: int | None = None
    money: Decimal | None = None
    prices: Prices | None = None

    def __post_init__(self) -> None:
        """Raises ``UsageError`` for limits and prices that cannot be kept to."""
        if self.money is not None and self.prices is None:
            raise UsageError("endpoints.no_prices")
        prices = () if self.prices is None else (self.prices.prompt, self.prices.completion)
        for limit in (self.calls, self.tokens, self.money, *prices):
            if limit is not None and not (Decimal(limit).is_finite() and limit >= 0):
                raise UsageError("endpoints.bad_budget", limit=limit)


class Purse:
    """Spends a budget, from what was spent before."""

    def __init__(self, budget: Budget, spent: Tally) -> None:
        self.budget = budget
        self.spent = replace(spent)
        self.under_way = 0
        """Calls that began and have not ended."""
        self.exhausted = False
        """A call was not made because it might have cost too much."""
        self._prompt = self._completion = 0  # set aside for calls under way

    @property
    def cost(self) -> Decimal | None:
        """What was spent in money, calls cut off at their most; ``None`` without prices."""
        if self.budget.prices is None:
            return None
        spent = self.spent
        return self.budget.prices.cost(
            spent.prompt_tokens + spent.lost_prompt_tokens,
            spent.completion_tokens + spent.lost_completion_tokens,
        )

    def reserve(self, most: Tokens) -> bool:
        """Set aside the most that a call can use; ``False`` where the budget does not hold it."""
        spent, budget = self.spent, self.budget
        prompt = spent.prompt_tokens + spent.lost_prompt_tokens + self._prompt + most[0]
        completion = (
            spent.completion_tokens + spent.lost_completion_tokens + self._completion + most[1]
        )
        if (
            (budget.calls is not None and spent.calls + self.under_way >= budget.calls)
            or (budget.tokens is not None and prompt + completion > budget.tokens)
            or (
                budget.money is not None
                and budget.prices is not None
                and budget.prices.cost(prompt, completion) > budget.money
            )
        ):
            return False
        self.under_way += 1
        self._prompt += most[0]
        self._completion += most[1]
        return True

    def pay(self, most: Tokens, prompt: int | None, completion: int | None) -> None:
        """The call was answered, and used so many tokens; its most where the server is silent."""
        self._release(most)
        self.spent.replies += 1
        self.spent.prompt_tokens += most[0] if prompt is None else prompt
        self.spent.completion_tokens += most[1] if completion is None else completion

    def free(self, most: Tokens) -> None:
        """The call was refused, and cost nothing."""
        self._release(most)
        self.spent.refused += 1

    def lose(self, most: Tokens) -> None:
        """The call was cut off, and may have cost its most."""
        self._release(most)
        self.spent.cut_off += 1
        self.spent.lost_prompt_tokens += most[0]
        self.spent.lost_completion_tokens += most[1]

    def _release(self, most: Tokens) -> None:
        self.under_way -= 1
        self._prompt -= most[0]
        self._completion -= most[1]
