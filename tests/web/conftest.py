"""A server, a lead, a browser, and passwords that cost milliseconds, not a fifth of a second."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from web_example import Client, join, serving

from qinglan.flow import passwords
from qinglan.flow.context import Context
from qinglan.records import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on the path")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def port(context: Context) -> Iterator[int]:
    """Where the module's own ``context`` is served."""
    with serving(context) as number:
        yield number


@pytest.fixture(scope="module")
def lead(context: Context, port: int) -> Client:
    """Somebody who runs its projects, signed in."""
    return Client(port, join(context, "lee", Role.LEAD))
