"""What can go wrong, one class per boundary crossed.

::

    QinglanError
    ├── InputError            what a person or a file gave us (exit 2)
    │   ├── RowError          one row of a file: file, line, field
    │   ├── LimitError        larger, deeper or longer than the stated limit
    │   └── UsageError        a verb asked for in a way that cannot work
    ├── WorkspaceError        the folder, its settings or its keys (exit 2)
    ├── StorageError          the database refused or is damaged (exit 1)
    ├── PermissionDenied      this actor may not do this (exit 1)
    ├── Refused               the gate said no (exit 1)
    ├── IntegrityError        a hash, chain or signature does not hold (exit 1)
    ├── CheckFailed           a claim the command was to show does not hold (exit 1)
    ├── EndpointError         a model's server, or the way to it (exit 1)
    ├── ProcessLost           a process of ours ended before its time (exit 1)
    └── MissingPart           an optional part is not installed (exit 2)

An error carries the key of its phrase and the facts that fill it; ``say`` renders it in either
language, and ``str`` in English. Every phrase names the remedy.
"""

from __future__ import annotations

from typing import ClassVar

from qinglan import wording


class QinglanError(Exception):
    """Base of all our errors."""

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **facts: object) -> None:
        self.key = f"error.{key}"
        self.facts = facts
        super().__init__(key)

    def say(self, language: wording.Language | None = None) -> str:
        """The whole message, with its remedy, in one line."""
        return wording.say(self.key, language, **self.facts)

    def __str__(self) -> str:
        return self.say("en")


class InputError(QinglanError):
    """What a person or a file gave us cannot be used."""

    exit_code = 2


class RowError(InputError):
    """One row of a file cannot be used. Facts: file, line, field."""


class LimitError(InputError):
    """Input beyond a stated limit."""


class UsageError(InputError):
    """A verb asked for in a way that cannot work."""


class WorkspaceError(QinglanError):
    """The workspace folder, its settings or its keys."""

    exit_code = 2


class StorageError(QinglanError):
    """The database refused, or is damaged."""


class PermissionDenied(QinglanError):
    """The actor's role does not allow it."""


class Refused(QinglanError):
    """The gate said no."""


class IntegrityError(QinglanError):
    """A hash, a chain or a signature does not hold."""


class CheckFailed(QinglanError):
    """A claim that the command was to show does not hold."""


class EndpointError(QinglanError):
    """A model's server, or the way to it."""


class ProcessLost(QinglanError):
    """A process of ours ended before its time."""


class MissingPart(QinglanError):
    """An optional part is not installed."""

    exit_code = 2
