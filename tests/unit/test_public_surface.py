"""The public surface is what is listed here, exactly."""

import subprocess
import sys

import pytest

import qinglan

SURFACE = [
    "Actor", "CheckFailed", "EndpointError", "InputError", "IntegrityError", "Kind", "LimitError",
    "MissingPart", "PermissionDenied", "Purpose", "QinglanError", "Refused", "Role", "RowError",
    "StorageError", "Terms", "UsageError", "Workspace", "WorkspaceError", "check_release", "init",
    "open", "restore", "show_release", "upgrade",
]  # fmt: skip


def test_the_surface_is_exactly_this_and_sorted() -> None:
    assert qinglan.__all__ == SURFACE
    assert dir(qinglan) == SURFACE
    assert sorted(SURFACE) == SURFACE


@pytest.mark.parametrize("name", SURFACE)
def test_every_name_is_there_and_documented(name: str) -> None:
    assert getattr(qinglan, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        qinglan.nonsense  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, qinglan\n"
        "heavy = {'numpy', 'scipy', 'sqlalchemy', 'pydantic', 'polars', 'pyarrow', 'altair'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
