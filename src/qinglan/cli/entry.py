"""Where the process begins: the language is settled before any help text is built."""

from __future__ import annotations

import gc
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
    if arguments is None:
        if sys.getfilesystemencoding() == "ascii":
            _start_again_in_utf8()
        # What a command loads stays to its end: to look through it for garbage at every thousandth
        # new object was a tenth of a start, and a quarter of an import.
        gc.set_threshold(50_000, 20, 20)
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
    except BrokenPipeError:
        # Whoever read this (``| head``) has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _start_again_in_utf8() -> None:
    """Where the locale knows no letters but ASCII, the words of the command line are unreadable.

    Python does this by itself for most such locales; where it was told not to, names of files
    could still be used, but never stored, hashed or shown. The process becomes a new one.
    """
    if sys.executable:
        # The first of two -X utf8 counts.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def _language(words: list[str]) -> str | None:
    """The value of ``--lang``, wherever it stands."""
    for index, word in enumerate(words):
        if word == "--lang" and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None
