"""Writes docs/reference from the code, so that the reference cannot say what the code does not do.

Run it after changing a command, a setting, an error, a record, an extension point, a name of the
public Python surface or a make target: ``make docs``. With ``--check`` it writes nothing and
exits 1 naming the pages that are behind. Pages are English; messages stand in both languages.
"""

from __future__ import annotations

import ast
import enum
import inspect
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from command_reference import commands_page
from markdown_page import docstring, page, table

if TYPE_CHECKING:
    from qinglan.errors import QinglanError

# Help texts are made at import, in the language that is set then.
os.environ["QINGLAN_LANG"] = "en"

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
NOTE = (
    "<!-- Written by scripts/make_reference.py from the code; change the code, not this page. -->"
)

VARIABLES = {
    "QINGLAN_LANG": "Language of every face: `en` or `zh`. Unset: the locale decides.",
    "QINGLAN_WORKSPACE": "Workspace folder, where `--workspace` is not given.",
    "QINGLAN_ACTOR": "Name written into history. Unset: the name of the logged-in user.",
    "QINGLAN_DATA": "Folder of real data for tests and examples. Unset: `../shared/data`.",
    "QINGLAN_PICTURES": "Folder in which the test of every page keeps a picture of each.",
}
"""Variables that are no settings of a workspace. A new one in the code must be explained here."""


# --- errors and reasons -----------------------------------------------------------------------


def error_classes() -> list[type[QinglanError]]:
    """Our error classes, in the order of the source."""
    from qinglan import errors

    return [
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, errors.QinglanError)
    ]


def errors_page() -> str:
    """The tree of errors, every message, and every reason for setting a record aside."""
    from qinglan import errors, wording
    from qinglan.records import Reason

    phrases = wording.catalogue()
    tree = (errors.__doc__ or "").split("::\n", 1)[1].split("\n\nAn error", 1)[0]
    classes = [(f"`{c.__name__}`", str(c.exit_code), docstring(c)) for c in error_classes()]
    messages = [
        (f"`{key.removeprefix('error.')}`", phrase.en, phrase.zh)
        for key, phrase in sorted(phrases.items())
        if key.startswith("error.")
    ]
    reasons = [(f"`{r.value}`", *phrases[f"reason.{r.value}"]) for r in Reason]
    return page(
        "Errors and reasons",
        "Every error is one line that names the remedy; with `--json` it is an object with `error` "
        "(the key below, after `error.`) and `message`.",
        "```text\n" + inspect.cleandoc(tree.strip("\n")) + "\n```",
        table(("class", "exit code", "meaning"), classes),
        "## Messages",
        table(("key", "English", "中文"), messages),
        "## Reasons",
        "Why a record was set aside, or why a verifier would not decide.",
        table(("reason", "English", "中文"), reasons),
    )


# --- records ----------------------------------------------------------------------------------


def attribute_docs(module: ModuleType) -> dict[tuple[str, str], str]:
    """Strings that stand below an attribute, by class and attribute."""
    found: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            for before, after in zip(node.body, node.body[1:], strict=False):
                target: ast.expr | None = None
                if isinstance(before, ast.AnnAssign):
                    target = before.target
                elif isinstance(before, ast.Assign):
                    target = before.targets[0]
                if (
                    isinstance(target, ast.Name)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                ):
                    found[node.name, target.id] = inspect.cleandoc(str(after.value.value))
    return found


def model_sources(thing: type) -> dict[str, str]:
    """Each field's type as it is written."""
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in ast.parse(inspect.getsource(thing)).body[0].body  # type: ignore[attr-defined]
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def records_page() -> str:
    """Every record and every closed set of words, with its fields."""
    from qinglan import records

    docs = attribute_docs(records)
    parts: list[str] = [inspect.getdoc(records) or ""]
    for name in records.__all__:
        thing = getattr(records, name)
        if not isinstance(thing, type):
            continue
        parts += [f"## {name}", docstring(thing)]
        if issubclass(thing, enum.Enum):
            parts.append(", ".join(f"`{member.value}`" for member in thing))
            continue
        if not issubclass(thing, records.Record):
            continue
        sources = model_sources(thing)
        rows = [
            (
                f"`{field}`" + (" #" if field in thing.identity else ""),
                f"`{sources.get(field, '')}`",
                "*required*" if info.is_required() else f"`{info.default!r}`",
                docs.get((name, field), "").replace("``", "`"),
            )
            for field, info in thing.model_fields.items()
        ]
        if rows:
            parts.append(table(("field", "type", "default", "meaning"), rows))
    parts.insert(1, "Fields marked # are covered by the record's commitment.")
    return page("Records", *(part.replace("``", "`") for part in parts))


# --- settings ---------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting of a workspace, and every variable beside them."""
    from qinglan.flow.settings import FILE, Settings

    rows = [
        (
            f"`{name}`",
            f"`QINGLAN_{name.upper()}`",
            "unset" if info.default is None else f"`{info.default}`",
            info.description or "",
        )
        for name, info in Settings.model_fields.items()
    ]
    variables = [(f"`{name}`", text) for name, text in VARIABLES.items()]
    return page(
        "Settings",
        f"A workspace's settings stand in `{FILE}`; a variable wins over the file. "
        "A name that is not listed here is refused.",
        table(("setting", "variable", "default", "meaning"), rows),
        "## Other variables",
        table(("variable", "meaning"), variables),
    )


# --- Python -----------------------------------------------------------------------------------


def signature(thing: Callable[..., object]) -> str:
    """The call as written, types included."""
    return re.sub(r"qinglan\.[\w.]+\.(\w+)", r"\1", str(inspect.signature(thing))).replace("'", "")


def python_page() -> str:
    """The public surface: what ``import qinglan`` gives, and the methods of its classes."""
    import qinglan

    parts = ["What is not listed here may change without notice."]
    for name in sorted(qinglan.__all__):
        thing = getattr(qinglan, name)
        if isinstance(thing, type):
            parts += [f"## qinglan.{name}", docstring(thing)]
            for method, member in inspect.getmembers(thing):
                if method.startswith("_") or not inspect.getdoc(member):
                    continue
                if inspect.isfunction(member) and member.__qualname__.startswith(name):
                    parts += [f"### {name}.{method}{signature(member)}", docstring(member)]
                elif isinstance(member, property) and method in vars(thing):
                    parts += [f"### {name}.{method}", docstring(member)]
        elif callable(thing):
            parts += [f"## qinglan.{name}{signature(thing)}", docstring(thing)]
        else:
            parts += [f"## qinglan.{name}", f"`{type(thing).__name__}`"]
    return page("Python", *parts)


# --- the API --------------------------------------------------------------------------------


def api_page() -> str:
    """Every route of the API, and every model that goes over the wire."""
    from qinglan.client import models, office, own, people, reports, review, routing
    from qinglan.flow import tokens
    from qinglan.web.api.app import PREFIX, ROUTERS, routes

    meanings = attribute_docs(tokens)
    named = [(f"`{one.value}`", meanings["Scope", one.name]) for one in tokens.Scope]
    parts = [
        f"Under `{PREFIX}`; the whole description is served at `{PREFIX}/openapi.json`.",
        table(("scope", "what for"), named),
    ]
    for router in ROUTERS:
        rows = [
            (
                f"`{method} {path}`",
                "" if wanted is None else f"`{wanted.scope.value}`",
                docstring(endpoint).split("\n")[0],
            )
            for method, path, endpoint, wanted in routes(router)
        ]
        parts += [f"## {str(router.tags[0]).capitalize()}", table(("route", "scope", ""), rows)]
    parts.append("## Models")
    docs: dict[tuple[str, str], str] = {}
    found: dict[str, object] = {}
    for module in (models, own, office, review, people, reports, routing):
        docs |= attribute_docs(module)
        ours = {
            n: t for n, t in vars(module).items() if getattr(t, "__module__", "") == module.__name__
        }
        if found.keys() & ours.keys():
            raise SystemExit(f"two models are called {min(found.keys() & ours.keys())}")
        found |= ours
    for name, thing in found.items():
        if isinstance(thing, type) and issubclass(thing, (models.Sent, models.Asked)):
            sources = model_sources(thing)
            fields = [
                (
                    f"`{field}`",
                    f"`{sources.get(field, '')}`",
                    "*required*" if info.is_required() else f"`{info.default!r}`",
                    docs.get((name, field), "").replace("``", "`"),
                )
                for field, info in thing.model_fields.items()
            ]
            if fields:
                parts += [f"### {name}", docstring(thing)]
                parts.append(table(("field", "type", "default", "meaning"), fields))
    return page("API", *(part.replace("``", "`") for part in parts))


# --- extension points and make ----------------------------------------------------------------


def extension_page() -> str:
    """Every entry-point group, with the built-ins registered in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = ["A package of your own adds to a room by naming an entry point in its group."]
    for group, entries in sorted(project.get("entry-points", {}).items()):
        rows = [(f"`{name}`", f"`{target}`") for name, target in sorted(entries.items())]
        parts += [f"## {group}", table(("name", "object"), rows)]
    if len(parts) == 1:
        parts.append("No group is open yet.")
    return page("Extension points", *parts)


def make_targets() -> dict[str, str]:
    """Each target that `make help` lists, with its English line."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z-]+):.*?## (.*?) \| (.*)$", text, re.M)
    return {name: english for name, english, _ in found}


def make_page() -> str:
    """Every make target."""
    rows = [(f"`make {name}`", text) for name, text in make_targets().items()]
    return page("Make targets", table(("command", "what it does"), rows))


PAGES = {
    "api.md": api_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "extension-points.md": extension_page,
    "make.md": make_page,
    "python.md": python_page,
    "records.md": records_page,
    "settings.md": settings_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; the exit code."""
    behind = []
    for name, write in PAGES.items():
        path = FOLDER / name
        text = write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            behind.append(name)
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if "--check" in arguments and behind:
        print(f"docs/reference is behind the code: {', '.join(behind)}; run: make docs")
        return 1
    print("docs/reference: " + (f"wrote {', '.join(behind)}" if behind else "up to date"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
