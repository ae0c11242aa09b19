"""The workspace's own keys: one to sign releases with, one secret to mint ids from.

Both are made once and never overwritten: with a new signing key old releases would have an
unknown signer, and with a new secret the same import would give every record a second id. So a
file appears under its name only when it is complete and on disk, and a key that others on the
machine can read is refused rather than used.

Keys are Ed25519. A key's id is the one securesystemslib computes (SHA-256 over its canonical
description), so that other tools that read in-toto attestations name it alike.
"""

from __future__ import annotations

import base64
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qinglan.durability import make_folder, sync_folder
from qinglan.errors import WorkspaceError
from qinglan.provenance.identity import canonical, sha256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE = "signing.pem"
PUBLIC = "signing.pub"
SECRET = "secret"  # noqa: S105 - a file's name

_SECRET_BYTES = 32
_MAX_BYTES = 4096
_PEM = ("-----BEGIN PUBLIC KEY-----\n", "\n-----END PUBLIC KEY-----\n")
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What precedes the 32 key bytes in a SubjectPublicKeyInfo for Ed25519 (RFC 8410)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: its 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise ValueError("an Ed25519 public key has 32 bytes")

    @property
    def id(self) -> str:
        """The key's id: SHA-256 over its canonical description, in hexadecimal."""
        return sha256(
            canonical(
                {"keytype": "ed25519", "keyval": {"public": self.raw.hex()}, "scheme": "ed25519"}
            )
        )

    def to_pem(self) -> bytes:
        """SubjectPublicKeyInfo in PEM, the form that OpenSSL reads too."""
        return base64.b64encode(_SPKI + self.raw).decode().join(_PEM).encode()

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` over ``data`` is this key's."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError):  # ValueError: the bytes are no point of the curve
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A signing key. Its ``repr`` shows the public part only."""

    public: PublicKey
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    def sign(self, data: bytes) -> bytes:
        """The 64 signature bytes over ``data``; the same for the same data."""
        return self._key.sign(data)

    def __reduce__(self) -> str:
        raise TypeError("a private key is not pickled")


def parse_public(pem: bytes) -> PublicKey:
    """The key in ``pem``, which must be byte for byte as ``to_pem`` writes it.

    Raises:
        ValueError: it is not.
    """
    try:
        body = pem.decode("ascii").removeprefix(_PEM[0]).removesuffix(_PEM[1])
        key = PublicKey(base64.b64decode(body, validate=True).removeprefix(_SPKI))
    except ValueError as error:
        raise ValueError("not an Ed25519 public key in PEM") from error
    if key.to_pem() != pem:
        raise ValueError("not an Ed25519 public key in canonical PEM")
    return key


def create(folder: Path) -> PublicKey:
    """Make the signing key of a workspace in ``folder``: private part 0600, public part beside it.

    Raises:
        WorkspaceError: a key is there already, or the folder cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    private = Ed25519PrivateKey.generate()
    public = PublicKey(private.public_key().public_bytes_raw())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        make_folder(folder, mode=0o700)
        if not _place(folder / PRIVATE, pem, 0o600):
            raise WorkspaceError("keys.exists", file=folder / PRIVATE)
        # A public part left beside no private one belongs to a creation that was cut off.
        (folder / PUBLIC).unlink(missing_ok=True)
        _place(folder / PUBLIC, public.to_pem(), 0o644)
    except OSError as error:
        raise WorkspaceError("keys.cannot_write", folder=folder, why=error.strerror) from error
    return public


def ensure(folder: Path) -> PublicKey:
    """The workspace's signing key: the one that is there, or a new one.

    A creation that was cut off between the two files is completed, and of two processes that
    create at once both get the key of the first.

    Raises:
        WorkspaceError: the folder cannot be written, or the key there cannot be used.
    """
    if not (folder / PRIVATE).exists():
        try:
            return create(folder)
        except WorkspaceError:
            if not (folder / PRIVATE).exists():
                raise
    public = load_private(folder).public
    try:
        if not (folder / PUBLIC).exists():
            _place(folder / PUBLIC, public.to_pem(), 0o644)
    except OSError as error:
        raise WorkspaceError("keys.cannot_write", folder=folder, why=error.strerror) from error
    return public


def load_private(path: Path) -> PrivateKey:
    """The signing key at ``path``, a PEM file or the folder that ``create`` filled.

    Raises:
        WorkspaceError: it is missing, readable by others, or not an Ed25519 key.
    """
    file = path / PRIVATE if path.is_dir() else path
    data = _read_own(file, remedy="keys.no_key")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WorkspaceError("keys.unreadable", file=file) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise WorkspaceError("keys.unreadable", file=file)
    return PrivateKey(PublicKey(private.public_key().public_bytes_raw()), private)


def load_public(path: Path) -> PublicKey:
    """The public key at ``path``, a PEM file or the folder that ``create`` filled.

    Raises:
        WorkspaceError: it is missing or not an Ed25519 public key.
    """
    file = path / PUBLIC if path.is_dir() else path
    try:
        with file.open("rb") as opened:
            pem = opened.read(_MAX_BYTES)
    except FileNotFoundError:
        raise WorkspaceError("keys.no_key", file=file) from None
    except OSError as error:
        raise WorkspaceError("keys.cannot_read", file=file, why=error.strerror) from error
    try:
        # Editors and mail turn line ends; the key itself is held to its exact form.
        return parse_public(pem.replace(b"\r\n", b"\n").rstrip() + b"\n")
    except ValueError as error:
        raise WorkspaceError("keys.not_public", file=file) from error


def secret(folder: Path, *, make: bool = True) -> bytes:
    """The 32 secret bytes that ids are minted from; made on the first call.

    Args:
        folder: where the workspace's keys lie.
        make: make it where it is missing. A workspace that holds records opens with ``False``:
            a fresh secret would give every record a second id.

    Raises:
        WorkspaceError: it is missing, readable by others, or damaged.
    """
    file = folder / SECRET
    if make and not file.exists():
        try:
            make_folder(folder, mode=0o700)
            _place(file, secrets.token_bytes(_SECRET_BYTES), 0o600)  # another may have been first
        except OSError as error:
            raise WorkspaceError("keys.cannot_write", folder=folder, why=error.strerror) from error
    data = _read_own(file, remedy="keys.no_secret")
    if len(data) != _SECRET_BYTES:
        raise WorkspaceError("keys.secret_damaged", file=file, size=len(data))
    return data


def _place(path: Path, data: bytes, mode: int) -> bool:
    """Put ``data`` at ``path``, whole and on disk; ``False`` where something is there already."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    handle = os.open(
        part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode
    )
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(mode)  # whatever the umask took or left
        os.link(part, path)  # unlike a rename, this never replaces
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def _read_own(path: Path, *, remedy: str) -> bytes:
    """The bytes of a file that only its owner can read; judged on the opened file itself."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as opened:
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise WorkspaceError("keys.not_a_file", file=path)
            if os.name == "posix" and found.st_mode & 0o077:
                raise WorkspaceError("keys.others_can_read", file=path)
            return opened.read(_MAX_BYTES)
    except FileNotFoundError:
        raise WorkspaceError(remedy, file=path) from None
    except OSError as error:
        raise WorkspaceError("keys.cannot_read", file=path, why=error.strerror) from error
