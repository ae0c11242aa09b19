"""The registry of terms: what is known about who may use what, as dated rules.

``registry.toml`` in this package holds the rules that ship; a workspace may add its own. Rules
are only ever added: where several match, the strictest counts, so a workspace can close what is
open here but cannot open what is closed. What nobody has read is absent, not guessed: a rule
without a reviewer says that it is unreviewed, and a use that nobody has read about is
``unread``, which refuses.
"""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qinglan.errors import InputError
from qinglan.records import Digest, Purpose
from qinglan.wording import catalogue

Channel = Literal["own", "published", "weights", "api", "person", "simulated"]
_OURS = frozenset({"own", "person", "simulated"})
_MAX_BYTES = 2**20

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Use(StrEnum):
    """What a rule says of one use. ``unread`` refuses: nobody has read what the terms say."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"
    UNREAD = "unread"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Uses(_Frozen):
    """What a rule says of each purpose."""

    training: Annotated[Use, Field(strict=False)]
    evaluation: Annotated[Use, Field(strict=False)]

    def of(self, purpose: Purpose) -> Use:
        """What is said of ``purpose``."""
        return self.training if purpose is Purpose.TRAINING else self.evaluation


class Rule(_Frozen):
    """One version of one set of terms, as somebody has read it.

    For ``weights`` and ``api`` the rule speaks of model families; for ``published`` either of
    licences of data sets or of families whose output was published. A family may end in ``*``.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")
    channel: Channel
    families: tuple[Name, ...] = Field(default=(), strict=False)
    licences: tuple[Name, ...] = Field(default=(), strict=False)
    version: Name
    uses: Uses
    obligations: tuple[Name, ...] = Field(default=(), strict=False)
    terms: str | None = Field(default=None, pattern=r"^https://[!-~]{1,490}$")
    sha256: Digest | None = None
    """Of the terms' text as retrieved; ``None`` where it was not kept."""
    retrieved: date | None = None
    reviewer: Name | None = None
    expires: date | None = None
    """The last day on which this reading counts. Only rules of our own have none."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.channel in _OURS:
            if self.families or self.licences:
                raise ValueError(f"a rule for {self.channel} names no families or licences")
        elif self.channel == "published":
            if bool(self.families) == bool(self.licences):
                raise ValueError("a rule for published names licences or families, one of them")
        elif not self.families:
            raise ValueError(f"a rule for {self.channel} names its families")
        if self.channel == "weights" and not self.licences:
            raise ValueError("a rule for weights names the licences it speaks of")
        if self.channel not in _OURS and (self.terms is None or self.expires is None):
            raise ValueError("terms and expires are needed where the terms are another's")
        for name in (*self.families, *self.licences):
            if "*" in name[:-1] or name == "*" or (name[-1] == "*" and name in self.licences):
                raise ValueError(f"{name!r}: only a family may end in *, and not be only that")
        for name in self.obligations:
            if f"obligation.{name}" not in catalogue():
                raise ValueError(f"{name!r} is not a known obligation; known: {_known()}")
        if Use.CONDITIONAL in (self.uses.training, self.uses.evaluation) and not self.obligations:
            raise ValueError("a conditional use states its obligations")
        return self

    @property
    def reviewed(self) -> bool:
        """Whether a named person has checked this reading against the terms."""
        return self.reviewer is not None

    def names_family(self, family: str | None) -> bool:
        """Whether this rule speaks of ``family``."""
        if family is None:
            return False
        asked = folded(family)
        return any(
            asked.startswith(folded(f[:-1])) if f.endswith("*") else asked == folded(f)
            for f in self.families
        )

    def names_licence(self, licence: str | None) -> bool:
        """Whether this rule speaks of ``licence``."""
        return licence is not None and folded(licence) in map(folded, self.licences)


class Registry(_Frozen):
    """All rules that count, in the order they were read."""

    rules: tuple[Rule, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over all rules: which registry a permit was judged by."""
        body: Any = self.model_dump(mode="json")
        return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def folded(name: str) -> str:
    """``name`` as compared: width, case, and the space, underscore and dash made one."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    return "-".join(plain.replace("_", " ").replace("-", " ").split())


def load(workspace: Path | None = None) -> Registry:
    """The rules that ship, and those that the file ``workspace`` adds, where there is one.

    Raises:
        InputError: the file cannot be read, or a rule in it cannot be used; names the file, the
            number of the rule in it, and the field.
    """
    shipped = _shipped()
    if workspace is None or not (workspace.exists() or workspace.is_symlink()):
        return shipped
    try:
        with workspace.open("rb") as opened:
            data = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError("policy.unreadable", file=workspace, why=error.strerror) from error
    added = _rules(data, str(workspace))
    known = {rule.id for rule in shipped.rules}
    for number, rule in enumerate(added, 1):
        if rule.id in known:
            why = f"{rule.id} is the id of another rule"
            raise InputError("policy.bad_rule", file=workspace, number=number, field="id", why=why)
        known.add(rule.id)
    return Registry(rules=(*shipped.rules, *added))


@cache
def _shipped() -> Registry:
    file = resources.files("qinglan.policy").joinpath("registry.toml")
    return Registry(rules=_rules(file.read_bytes(), "registry.toml"))


def _rules(data: bytes, file: str) -> tuple[Rule, ...]:
    if len(data) > _MAX_BYTES:
        raise InputError("policy.unreadable", file=file, why="larger than 1 MiB")
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0]
        raise InputError("policy.unreadable", file=file, why=why) from error
    unknown = sorted(content.keys() - {"rule"})
    if unknown:
        why = f"unknown field {unknown[0]!r}; rules are written as [[rule]]"
        raise InputError("policy.unreadable", file=file, why=why)
    found = content.get("rule", [])
    if not isinstance(found, list):
        raise InputError("policy.unreadable", file=file, why="rules are written as [[rule]]")
    return tuple(_rule(item, file, number) for number, item in enumerate(found, 1))


def _rule(item: object, file: str, number: int) -> Rule:
    try:
        return Rule.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "rule"
        why = first["msg"].removeprefix("Value error, ")
        raise InputError(
            "policy.bad_rule", file=file, number=number, field=field, why=why
        ) from None


def _known() -> str:
    prefix = "obligation."
    return ", ".join(
        sorted(key.removeprefix(prefix) for key in catalogue() if key.startswith(prefix))
    )
