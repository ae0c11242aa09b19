"""Which verifiers there are: entry points of the group ``qinglan.verifiers``.

The built-ins register the same way as a plug-in would. They are also known by themselves, so
that a source tree without installed metadata verifies too. A name stands for one program: two
that claim it are an error, for a stored outcome must say who found it.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from qinglan.errors import UsageError
from qinglan.records import Kind
from qinglan.verifiers.choice import Choice
from qinglan.verifiers.finding import Verifier
from qinglan.verifiers.near import Near
from qinglan.verifiers.numeric import Numeric

__all__ = ["GROUP", "for_kind", "named", "registered"]

GROUP = "qinglan.verifiers"
_BUILT_IN: tuple[type[Verifier], ...] = (Numeric, Choice, Near)


@cache
def registered() -> dict[str, Verifier]:
    """All verifiers by their pinned name, built-ins first.

    Raises:
        UsageError: a plug-in cannot be loaded, is no verifier, or takes a name already taken.
    """
    found: dict[str, Verifier] = {made.name: made for made in (made() for made in _BUILT_IN)}
    for point in entry_points(group=GROUP):
        try:
            loaded = point.load()
            made = loaded() if isinstance(loaded, type) else loaded
        except Exception as error:
            raise UsageError("verifiers.broken", plugin=point.value, why=repr(error)) from error
        if not isinstance(made, Verifier) or not isinstance(made.name, str):
            raise UsageError("verifiers.not_one", plugin=point.value)
        if type(found.get(made.name, made)) is not type(made):
            raise UsageError("verifiers.name_taken", plugin=point.value, name=made.name)
        found.setdefault(made.name, made)
    return found


def named(name: str) -> Verifier:
    """The verifier called ``name``, with its version (``numeric/1``) or without (``numeric``).

    Raises:
        UsageError: there is none.
    """
    verifiers = registered()
    for known, verifier in verifiers.items():
        if name in (known, known.partition("/")[0]):
            return verifier
    raise UsageError("verifiers.unknown", name=name, known=", ".join(verifiers))


def for_kind(kind: Kind) -> Verifier | None:
    """The built-in verifier of ``kind``, else a plug-in's; ``None`` where keys do not decide."""
    return next((v for v in registered().values() if kind in v.kinds), None)
