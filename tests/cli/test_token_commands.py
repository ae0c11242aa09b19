"""``qinglan token``: shown once, listed without its words, ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import qinglan
from qinglan.cli import main


def test_a_token_is_made_listed_and_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qinglan.init(tmp_path).close()
    where = ["--workspace", str(tmp_path)]
    assert main(["token", "create", "bot", "--role", "annotator", "--json", *where]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["scopes"] == ["annotate"]
    assert main(["token", "list", *where]) == 0
    shown = capsys.readouterr().out
    assert made["id"] in shown
    assert made["token"] not in shown
    assert main(["token", "revoke", made["id"], *where]) == 0
    capsys.readouterr()
    assert main(["token", "list", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)[0]["ended"] == "revoked"
    assert main(["token", "create", "bot", "--scope", "nonsense", *where]) == 2
    assert "nonsense" in capsys.readouterr().err
