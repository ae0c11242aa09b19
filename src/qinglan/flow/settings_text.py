"""Changing the database's address in a settings file, leaving the rest as its owner wrote it."""

from __future__ import annotations

import re
import tomllib

from qinglan.provenance.identity import canonical

_LINE = re.compile(r"^[ \t]*database[ \t]*=.*$", re.MULTILINE)


def with_database(text: str, url: str) -> str:
    """``text`` with ``url`` as its database; comments stay where they can.

    Raises:
        tomllib.TOMLDecodeError: ``text`` is no TOML.
    """
    wanted = {**tomllib.loads(text), "database": url}
    line = f"database = {_quoted(url)}"
    found = _LINE.search(text)
    made = text[: found.start()] + line + text[found.end() :] if found else f"{line}\n{text}"
    try:
        if tomllib.loads(made) == wanted:
            return made
    except tomllib.TOMLDecodeError:
        pass  # an address over several lines: written out below
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in wanted.items())


def without(text: str, secret: str, url: str) -> str:
    """As ``with_database``, where ``secret`` may not be left anywhere, comments included."""
    made = with_database(text, url)
    if secret in made:
        settings = {**tomllib.loads(text), "database": url}
        made = "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())
    return made


def _quoted(value: str | int) -> str:
    """A TOML value: settings are strings and whole numbers, which JSON spells alike."""
    return canonical(value).decode()
