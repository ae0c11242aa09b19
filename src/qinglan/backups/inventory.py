"""What is in a backup: every file with its size and digest, signed with the workspace's key.

The inventory is read before any file of the backup is. Its names decide where a restore writes,
so they are judged as an attacker's: plain relative names below the parts of a workspace, each
once, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from qinglan.errors import IntegrityError
from qinglan.provenance.attestation import loads, pre_authentication
from qinglan.provenance.identity import canonical
from qinglan.provenance.keys import PrivateKey, PublicKey
from qinglan.records import Digest

FORMAT: Literal["qinglan-backup/1"] = "qinglan-backup/1"
INVENTORY = "inventory.json"
SIGNATURE = "inventory.sig"
SIGNED_AS = "application/vnd.qinglan.backup+json"
"""The type under which an inventory is signed, so that no other signature passes for one."""

MAX_BYTES = 256 * 2**20

_NAME = re.compile(r"[^/\\\x00-\x1f:]{1,200}")


def _harmless(name: str) -> str:
    """A relative name without ways up, out or around, whatever the system."""
    parts = name.split("/")
    if len(parts) > 16 or not all(
        _NAME.fullmatch(part) and part.strip(". ") and part == part.strip() for part in parts
    ):
        raise ValueError("not a plain relative name")
    return name


class Listed(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(_harmless)]
    sha256: Digest
    bytes: int = Field(ge=0)


class Inventory(BaseModel):
    """All of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[Literal["qinglan-backup/1"], Field()] = FORMAT
    made: AwareDatetime
    code: str
    engine: Literal["sqlite", "postgresql"]
    revision: str
    """The database's schema."""
    workspace: Digest
    """Id of the workspace's public key."""
    files: tuple[Listed, ...] = Field(min_length=1)

    def render(self) -> bytes:
        """The file: canonical JSON on one line."""
        return canonical(self.model_dump(mode="json")) + b"\n"


def sign(data: bytes, key: PrivateKey) -> bytes:
    """The signature over an inventory, as the file beside it."""
    signature = key.sign(pre_authentication(SIGNED_AS, data))
    body = {"keyid": key.public.id, "sig": base64.b64encode(signature).decode()}
    return canonical(body) + b"\n"


def parse(data: bytes) -> Inventory:
    """The inventory in ``data``, which must be byte for byte as ``render`` writes it.

    Raises:
        IntegrityError: it is not, or lists a name that leads out of the backup, or one twice.
    """
    try:
        loads(data)
        found = Inventory.model_validate_json(data)
        if found.render() != data:
            raise ValueError("not written as an inventory is")
        names = [listed.name for listed in found.files]
        if names != sorted(set(names)):
            raise ValueError("files are not sorted, or one is listed twice")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise IntegrityError("backups.inventory_unreadable", why=why) from None
    except (ValueError, RecursionError) as error:
        raise IntegrityError("backups.inventory_unreadable", why=str(error)[:200]) from error
    return found


def verify(data: bytes, signature: bytes, key: PublicKey) -> None:
    """Whether ``signature`` is that of ``key`` over the inventory ``data``.

    Raises:
        IntegrityError: it is not.
    """
    try:
        body: Any = loads(signature)
        claimed, text = body["keyid"], body["sig"]
        raw = base64.b64decode(text, validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise IntegrityError("backups.not_signed") from error
    if claimed != key.id or not key.holds(raw, pre_authentication(SIGNED_AS, data)):
        raise IntegrityError("backups.not_signed")
