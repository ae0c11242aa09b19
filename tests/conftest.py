"""What must be so before any test module is loaded, and the luck of the draw."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

# Spinning threads starve each other on a busy machine; torch reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

from postgresql_server import postgresql, postgresql_url

# The same examples each run, and no verdict by the clock; new ones: --hypothesis-profile=explore.
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")

__all__ = ["postgresql", "postgresql_url"]


@pytest.fixture(scope="session", autouse=True)
def repeated_draws() -> Iterator[None]:
    """A workspace's secret follows from its place in the test, so each run draws alike.

    The secret decides which turns are gold, which side is shown first, who is looked at again. A
    test of a dozen such draws, with fresh ones each time, would fail once in some hundred runs
    and say nothing. Secrets made outside a workspace's ``keys`` stay as random as they are.
    """
    from qinglan.provenance import keys

    place = keys._place

    def foretold(path: Path, data: bytes, mode: int) -> bool:
        if path.name == keys.SECRET and path.parent.name == "keys":
            workspace = path.parent.parent
            named = f"{workspace.parent.name.rstrip('0123456789')}/{workspace.name}"
            data = hashlib.sha256(named.encode()).digest()
        return place(path, data, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_place", foretold)
        yield
