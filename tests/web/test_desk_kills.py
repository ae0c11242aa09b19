"""The server is killed while a crowd works: nothing acknowledged is lost, nothing there twice.

More of it, on both engines, is ``kill_trials`` by hand.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kill_trials import trial


@pytest.mark.skipif(not hasattr(os, "fork"), reason="servers are forked")
def test_what_was_acknowledged_survives_the_server(tmp_path: Path) -> None:
    trial(tmp_path / "ws", kills=5, people=10, tasks=100, database=None)
