"""qinglan (青蓝): the post-training data supply chain.

``ws = qinglan.open(path)`` opens a workspace; its methods are the verbs. Everything is loaded on
first use, so that ``import qinglan`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qinglan.errors import (
        CheckFailed,
        EndpointError,
        InputError,
        IntegrityError,
        LimitError,
        MissingPart,
        PermissionDenied,
        QinglanError,
        Refused,
        RowError,
        StorageError,
        UsageError,
        WorkspaceError,
    )  # fmt: skip
    from qinglan.flow.terms import Terms
    from qinglan.records import Actor, Kind, Purpose, Role
    from qinglan.workspace import (
        Workspace,
        check_release,
        init,
        open,
        restore,
        show_release,
        upgrade,
    )

_HOMES = {
    "Actor": "records",
    "CheckFailed": "errors",
    "EndpointError": "errors",
    "InputError": "errors",
    "IntegrityError": "errors",
    "Kind": "records",
    "LimitError": "errors",
    "MissingPart": "errors",
    "PermissionDenied": "errors",
    "Purpose": "records",
    "QinglanError": "errors",
    "Refused": "errors",
    "Role": "records",
    "RowError": "errors",
    "StorageError": "errors",
    "Terms": "flow.terms",
    "UsageError": "errors",
    "Workspace": "workspace",
    "WorkspaceError": "errors",
    "check_release": "workspace",
    "init": "workspace",
    "open": "workspace",
    "restore": "workspace",
    "show_release": "workspace",
    "upgrade": "workspace",
}

__all__ = [
    "Actor", "CheckFailed", "EndpointError", "InputError", "IntegrityError", "Kind", "LimitError",
    "MissingPart", "PermissionDenied", "Purpose", "QinglanError", "Refused", "Role", "RowError",
    "StorageError", "Terms", "UsageError", "Workspace", "WorkspaceError", "check_release", "init",
    "open", "restore", "show_release", "upgrade",
]  # fmt: skip


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'qinglan' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"qinglan.{home}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
