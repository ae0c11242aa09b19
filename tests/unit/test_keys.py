"""Keys: made once, readable by their owner only, never overwritten."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qinglan.errors import WorkspaceError
from qinglan.provenance import keys
from qinglan.provenance.keys import PublicKey


def test_a_key_signs_and_its_public_part_verifies(tmp_path: Path) -> None:
    public = keys.create(tmp_path / "keys")
    private = keys.load_private(tmp_path / "keys")
    assert private.public == public == keys.load_public(tmp_path / "keys")
    signature = private.sign(b"data")
    assert signature == private.sign(b"data")
    assert public.holds(signature, b"data")
    assert not public.holds(signature, b"date")
    assert not public.holds(signature[:-1], b"data")
    assert not PublicKey(bytes(32)).holds(signature, b"data")


def test_modes_keep_others_out(tmp_path: Path) -> None:
    os.umask(0)  # the loosest there is
    try:
        keys.create(tmp_path / "keys")
        keys.secret(tmp_path / "keys")
    finally:
        os.umask(0o022)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "keys").iterdir()}
    assert modes == {keys.PRIVATE: 0o600, keys.PUBLIC: 0o644, keys.SECRET: 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keys.create(tmp_path)
    before = (tmp_path / keys.PRIVATE).read_bytes()
    with pytest.raises(WorkspaceError, match="never overwritten"):
        keys.create(tmp_path)
    assert (tmp_path / keys.PRIVATE).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [keys.PRIVATE, keys.PUBLIC]


def test_a_creation_that_was_cut_off_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / keys.PUBLIC).write_text("left over")
    public = keys.create(tmp_path)
    assert keys.load_public(tmp_path) == public


def test_a_creation_cut_off_between_the_files_is_completed(tmp_path: Path) -> None:
    public = keys.ensure(tmp_path)
    (tmp_path / keys.PUBLIC).unlink()
    assert keys.ensure(tmp_path) == public == keys.load_public(tmp_path)


def test_two_that_create_at_once_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: keys.ensure(tmp_path), range(16)))
    assert found == {keys.load_public(tmp_path)} == {keys.load_private(tmp_path).public}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    keys.create(tmp_path)
    keys.secret(tmp_path)
    for name, use in ((keys.PRIVATE, keys.load_private), (keys.SECRET, keys.secret)):
        (tmp_path / name).chmod(mode)
        with pytest.raises(WorkspaceError, match=f"chmod 600 .*{name}"):
            use(tmp_path)


def test_a_link_to_a_key_is_refused(tmp_path: Path) -> None:
    keys.create(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / keys.PRIVATE).symlink_to(tmp_path / "a" / keys.PRIVATE)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        keys.load_private(tmp_path / "b")


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / keys.PRIVATE
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(WorkspaceError, match=keys.PRIVATE):
        keys.load_private(tmp_path)


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    other = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "ec.pem"
    file.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    with pytest.raises(WorkspaceError, match="Ed25519"):
        keys.load_private(file)
    pem = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ec.pub").write_bytes(pem)
    with pytest.raises(WorkspaceError, match="Ed25519"):
        keys.load_public(tmp_path / "ec.pub")


def test_missing_keys_name_the_remedy(tmp_path: Path) -> None:
    for use in (keys.load_private, keys.load_public):
        with pytest.raises(WorkspaceError, match="qinglan init"):
            use(tmp_path)
    with pytest.raises(WorkspaceError, match="backup"):
        keys.secret(tmp_path, make=False)
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    first = keys.secret(tmp_path)
    assert len(first) == 32
    assert keys.secret(tmp_path) == first == keys.secret(tmp_path, make=False)
    assert keys.secret(tmp_path / "other") != first


def test_many_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: keys.secret(tmp_path), range(64)))
    assert len(found) == 1
    assert [p.name for p in tmp_path.iterdir()] == [keys.SECRET]


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    keys.secret(tmp_path)
    (tmp_path / keys.SECRET).write_bytes(b"short")
    with pytest.raises(WorkspaceError, match="5 bytes"):
        keys.secret(tmp_path)


def test_a_private_key_shows_itself_to_nobody(tmp_path: Path) -> None:
    keys.create(tmp_path)
    private = keys.load_private(tmp_path)
    assert "PRIVATE" not in repr(private)
    assert "_key" not in repr(private)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(private)


@pytest.mark.parametrize("place", [0, 30, 40, 80, 100])
def test_a_public_key_has_one_spelling(tmp_path: Path, place: int) -> None:
    pem = keys.create(tmp_path).to_pem()
    assert keys.parse_public(pem) == keys.load_public(tmp_path)
    touched = bytearray(pem)
    touched[place] ^= 1
    try:
        other = keys.parse_public(bytes(touched))
    except ValueError:
        return
    assert other != keys.parse_public(pem)  # a change inside the key gives another key


@pytest.mark.parametrize("extra", [b"\n", b" ", b"x", b"\r\n"])
def test_a_public_key_in_a_release_bears_nothing_extra(tmp_path: Path, extra: bytes) -> None:
    pem = keys.create(tmp_path).to_pem()
    with pytest.raises(ValueError, match="not an Ed25519 public key"):
        keys.parse_public(pem + extra)


def test_other_tools_read_it_and_name_it_alike(tmp_path: Path) -> None:
    signer = pytest.importorskip("securesystemslib.signer")
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    public = keys.create(tmp_path)
    theirs = signer.SSlibKey.from_crypto(load_pem_public_key(public.to_pem()))
    assert theirs.keyid == public.id


def test_openssl_reads_it(tmp_path: Path) -> None:
    keys.create(tmp_path)
    try:
        told = subprocess.run(
            ["openssl", "pkey", "-pubin", "-in", str(tmp_path / keys.PUBLIC), "-noout", "-text"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    assert "ED25519" in told.stdout.upper()
