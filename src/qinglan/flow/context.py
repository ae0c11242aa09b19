"""What every verb is given: the opened workspace, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import settings as settings_file
from qinglan.flow.settings import Settings
from qinglan.provenance import identity, keys
from qinglan.records import Activity, Actor, Guideline, Project, Role
from qinglan.storage import activities, history, projects
from qinglan.storage.engine import Storage

T = TypeVar("T")

Progress = Callable[[int, int | None], None]
"""Called with the rows done and the rows in all (``None`` where unknown)."""

_WRITERS = frozenset({Role.OWNER, Role.LEAD})
_EVERYONE = frozenset(Role) - {Role.ANNOTATOR}
MAY: dict[str, frozenset[Role]] = {
    "import": _WRITERS,
    "generate": _WRITERS,
    "verify": _WRITERS | {Role.REVIEWER},
    "judge": _WRITERS,
    "release": _WRITERS,
    "train": _WRITERS,
    "evaluate": _WRITERS,
    "headroom": _EVERYONE,
    "trace": _EVERYONE,
    "status": _EVERYONE,
    "read": _EVERYONE,
    "export": _WRITERS | {Role.AUDITOR},
    "scheme": _WRITERS,
    "desk": _WRITERS,
    "annotate": frozenset(Role) - {Role.AUDITOR},
    "review": _WRITERS | {Role.REVIEWER},
    "look": _EVERYONE,
    "decide": _WRITERS | {Role.REVIEWER},
    "pose": _WRITERS,
    "contest": _WRITERS | {Role.REVIEWER},
    "dispute": frozenset(Role) - {Role.AUDITOR},
    "conduct": _WRITERS | {Role.REVIEWER, Role.AUDITOR},
    "people": _WRITERS,
    "tokens": _WRITERS,
    "webhooks": _WRITERS,
    "rate": _WRITERS,
    "pay": _WRITERS | {Role.AUDITOR},
    "report": _EVERYONE,
    "doctor": _EVERYONE,
    "history": _EVERYONE,
    "audit": _WRITERS | {Role.AUDITOR},
    "withdraw": _WRITERS,
    "backup": frozenset({Role.OWNER}),
    "restore": frozenset({Role.OWNER}),
    "upgrade": frozenset({Role.OWNER}),
}
"""Which roles may do which verb. At the desk the role is not enough: a seat is needed too."""


def quiet(done: int, total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Context:
    """An opened workspace. Close it, or use it as a context manager."""

    folder: Path
    settings: Settings
    storage: Storage
    secret: bytes
    guidelines: dict[str, Guideline | None] = field(default_factory=dict, compare=False)
    """Those read so far, by id: a guideline is a record, and never changes."""

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the writes under way and let go of the database."""
        self.storage.close()

    @property
    def key_folder(self) -> Path:
        """Where the workspace's signing key and id secret lie."""
        return self.folder / "keys"

    def signer(self) -> str:
        """Id of the workspace's public key."""
        return keys.load_public(self.key_folder).id

    def project(self, name: str) -> Project:
        """The project of that name.

        Raises:
            UsageError: there is none.
        """
        with self.storage.read() as conn:
            project = projects.get(conn, name)
            known = ", ".join(p.name for p in projects.all(conn))
        if project is None:
            raise UsageError("flow.no_project", name=name, known=known or "—")
        return project

    def begin(self, verb: str, actor: Actor, /, **facts: identity.Json) -> Activity:
        """Check that ``actor`` may do ``verb``, and record that it begins.

        ``facts`` tell the audit log what it is about, where no project's history does.

        Raises:
            PermissionDenied: the actor's role may not.
        """
        allow(verb, actor)
        activity = Activity(
            id=identity.random_id("act"),
            verb=verb,
            actor=actor.name,
            code=version(),
            started=datetime.now(UTC),
        )

        def keep(conn: Connection) -> None:
            activities.add(conn, activity)
            if facts:
                activities.tell(conn, activity.id, facts)

        self.storage.write(keep)
        return activity

    def write(self, project: Project, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in one transaction while no other process writes to ``project``.

        What ``fn`` reads stays true until the commit, on PostgreSQL as on SQLite; see
        ``Storage.write`` for what it must not do.
        """

        def alone(conn: Connection) -> T:
            projects.lock(conn, project.id)
            return fn(conn)

        return self.storage.write(alone)

    def note(
        self, conn: Connection, project: Project, activity: Activity, **facts: identity.Json
    ) -> str:
        """Append what a verb did to the project's hash-chained history; the new head.

        In the transaction of the rows it speaks of: whatever a crash leaves, history and
        tables tell the same.
        """
        event: dict[str, identity.Json] = {
            "verb": activity.verb,
            "activity": activity.id,
            "actor": activity.actor,
            "code": activity.code,
            "time": activity.started.isoformat(),
            **facts,
        }
        activities.tell(conn, activity.id, {"project": project.name})
        return history.append(conn, project.id, event)

    def remember(self, project: Project, activity: Activity, **facts: identity.Json) -> str:
        """``note`` in a transaction of its own, for what leaves no rows."""
        return self.storage.write(lambda conn: self.note(conn, project, activity, **facts))


def allow(verb: str, actor: Actor) -> None:
    """Raise ``PermissionDenied`` unless the actor's role may do ``verb``."""
    if actor.role not in MAY[verb]:
        raise PermissionDenied("flow.not_allowed", actor=actor.name, role=actor.role, verb=verb)


def open_context(folder: Path, *, serving: bool = False) -> Context:
    """Open the workspace in ``folder``; ``serving`` as in ``Storage.open``, for a server.

    Raises:
        WorkspaceError: no workspace is there, or its settings or keys cannot be used.
        StorageError: its database cannot be opened, or another server has it.
    """
    folder = folder.resolve()
    settings = settings_file.read(folder)
    secret = keys.secret(folder / "keys", make=False)
    storage = Storage.open(settings_file.database_url(settings, folder), serving=serving)
    return Context(folder=folder, settings=settings, storage=storage, secret=secret)


@cache
def version() -> str:
    """The version of this code, as it enters provenance."""
    return f"qinglan {metadata.version('qinglan')}"
