"""Where the process begins: the language is settled before any help text is built."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from qinglan import wording
from qinglan.errors import QinglanError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code.

    0 done; 1 a check failed or the gate refused; 2 bad input, with one line that names the
    remedy; 130 stopped by the person, with what was finished kept.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = _language(words)
    if language:
        os.environ["QINGLAN_LANG"] = language
    for stream in (sys.stdout, sys.stderr):
        # Under the C locale a Chinese sentence must not end in a UnicodeEncodeError.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # After the language is known, since help texts are made at import.
    from qinglan.cli import app

    try:
        return app.run(words)
    except QinglanError as error:
        app.complain(error.say(), as_json="--json" in words, key=error.key)
        return error.exit_code
    except KeyboardInterrupt:
        app.complain(wording.say("cli.stopped"), as_json=False, key="stopped")
        return 130


def _language(words: list[str]) -> str | None:
    """The value of ``--lang``, wherever it stands."""
    for index, word in enumerate(words):
        if word == "--lang" and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None
