"""Asking the gate on behalf of a workspace. Not a verb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from qinglan import policy
from qinglan.flow.context import Context
from qinglan.policy import Permit
from qinglan.records import Origin, Purpose


def ask(context: Context, origins: Iterable[Origin], purpose: Purpose) -> Permit:
    """A permit to use material of all ``origins`` for ``purpose``, by the workspace's terms.

    They are held against the day of asking, whatever time is recorded for what is made: back-dating
    must not revive terms.

    Raises:
        NotPermitted: at least one origin is refused; lists all that are.
    """
    return policy.judge(
        origins, purpose, today=datetime.now(UTC).date(),
        registry=policy.load(context.folder / "policy.toml"),
    )  # fmt: skip
