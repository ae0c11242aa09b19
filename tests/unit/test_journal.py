"""The journal of replies under power cuts, torn lines, other processes and withdrawal."""

import json
import multiprocessing
import os
import random
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qinglan.endpoints import journal as module
from qinglan.endpoints.journal import Journal, began, erase, refused, replied
from qinglan.errors import StorageError
from qinglan.records import Reply

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)


def reply(number: int, body: str = '{"青": "蓝\\n"}', tokens: int | None = 7) -> Reply:
    return Reply(
        id=f"rpl_{number}", task=f"tsk_{number}", number=1, request=f"{number:064x}", model="m",
        endpoint="http://127.0.0.1/v1", time=NOW, status=200, body=body, prompt_tokens=tokens,
        completion_tokens=tokens,
    )  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replies" / "ant_x.jsonl"


def fill(path: Path, count: int = 3) -> list[Reply]:
    made = [reply(number) for number in range(count)]
    with Journal.open(path) as journal:
        for one in made:
            journal.write([began(one.id, (100, 50))])
            journal.write([replied(one)])
    return made


def test_what_was_written_comes_back_as_it_came(path: Path) -> None:
    odd = [
        "", "line\nline\r\n", "\x00\x1f\u2028\u2029\ufeff", "青" * 5_000, '"\\', "\ud7ff\U0010ffff",
        b"\xff\xfe\x00bytes".decode("latin-1"),
    ]  # fmt: skip
    made = [reply(number, body) for number, body in enumerate(odd)]
    with Journal.open(path) as journal:
        journal.write([replied(one) for one in made])
    with Journal.open(path) as journal:
        assert [found for _, found in journal.replies()] == made
        assert [line for line, _ in journal.replies()] == list(range(1, len(odd) + 1))
        assert all(journal.answered(one.request) for one in made)
        assert not journal.answered("f" * 64)


def test_the_tally_counts_what_was_paid_refused_and_cut_off(path: Path) -> None:
    with Journal.open(path) as journal:
        for number in range(6):
            journal.write([began(f"rpl_{number}", (100, 50))])
        journal.write([replied(reply(0)), replied(reply(1, tokens=None)), refused("rpl_2", 429)])
    with Journal.open(path) as journal:
        tally = journal.tally
    assert (tally.replies, tally.refused, tally.cut_off, tally.torn) == (2, 1, 3, 0)
    assert tally.calls == 5
    # The server of the second did not count, so the most that it can have used counts.
    assert (tally.prompt_tokens, tally.completion_tokens) == (107, 57)
    assert (tally.lost_prompt_tokens, tally.lost_completion_tokens) == (300, 150)


def test_a_power_cut_at_any_byte_loses_nothing_that_was_flushed(path: Path) -> None:
    kept = fill(path)
    flushed = path.stat().st_size
    with Journal.open(path) as journal:
        journal.write([began("rpl_8", (100, 50)), replied(reply(8)), began("rpl_9", (100, 50))])
    whole = path.read_bytes()
    for cut in range(flushed, len(whole) + 1):
        path.write_bytes(whole[:cut])
        with Journal.open(path) as journal:
            found = [one for _, one in journal.replies()]
            assert found[:3] == kept, cut
            assert journal.tally.torn <= 1
            journal.write([replied(reply(7))])
        with Journal.open(path) as journal:
            again = [one for _, one in journal.replies()]
            assert again == [*found, reply(7)], cut
            assert all(journal.answered(one.request) for one in again)


def test_blocks_that_never_reached_the_disk_cost_only_their_own_lines(path: Path) -> None:
    fill(path)
    flushed = path.stat().st_size
    with Journal.open(path) as journal:
        journal.write([replied(reply(number, "x" * 700)) for number in range(10, 30)])
    whole = bytearray(path.read_bytes())
    dice = random.Random(5)
    for _ in range(50):
        torn = bytearray(whole)
        # Blocks reach the disk in any order: zeros, or what the block held before.
        for start in range(flushed, len(torn), 512):
            if dice.random() < 0.3:
                end = min(start + 512, len(torn))
                torn[start:end] = dice.choice([bytes(end - start), dice.randbytes(end - start)])
        path.write_bytes(torn)
        with Journal.open(path) as journal:
            found = [one for _, one in journal.replies()]
            assert found[:3] == [reply(0), reply(1), reply(2)]
            assert all(one == reply(int(one.id[4:]), "x" * 700) for one in found[3:])
            assert journal.tally.torn > 0 or len(found) == 23


def test_a_failed_write_stops_the_journal_until_it_is_opened_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = fill(path)
    real = os.write
    with Journal.open(path) as journal:

        def full(handle: int, data: memoryview) -> int:
            if len(data) > 60:
                return real(handle, data[:60])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(module.os, "write", full)
        with pytest.raises(StorageError, match="No space left"):
            journal.write([replied(reply(5))])
        monkeypatch.undo()
        # A line after the torn one would be lost with it.
        with pytest.raises(StorageError, match="earlier write"):
            journal.write([replied(reply(6))])
    with Journal.open(path) as journal:
        assert [one for _, one in journal.replies()] == kept
        assert journal.tally.torn == 1


def test_a_disk_that_does_not_confirm_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal.open(path) as journal:

        def lie(_: int) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(module.os, "fsync", lie)
        with pytest.raises(StorageError, match="Input/output"):
            journal.write([replied(reply(5))])


def test_the_file_is_its_owners_alone(path: Path) -> None:
    fill(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    erase(path, {"rpl_1"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _try_to_open(path: Path) -> None:
    try:
        Journal.open(path)
    except StorageError as error:
        os._exit(7 if error.key == "error.endpoints.journal_busy" else 1)
    os._exit(0)


def test_two_processes_do_not_write_one_journal(path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    codes = []
    with Journal.open(path):
        other = spawn.Process(target=_try_to_open, args=(path,))
        other.start()
        other.join()
        codes.append(other.exitcode)
        with pytest.raises(StorageError, match="another process"):
            erase(path, set())
    with Journal.open(path):
        pass
    assert codes == [7]


def test_withdrawal_takes_the_text_and_leaves_that_it_was_paid(path: Path) -> None:
    secret = "the text that has to go"
    with Journal.open(path) as journal:
        journal.write([began("rpl_1", (9, 9)), replied(reply(1, secret)), replied(reply(2))])
    with path.open("ab") as torn:
        torn.write(replied(reply(3, secret))[:-30])
    assert erase(path, {"rpl_1", "rpl_unknown"}) == 1
    assert secret.encode() not in path.read_bytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with Journal.open(path) as journal:
        one, two = (found for _, found in journal.replies())
        assert (one.body, one.gone) == (None, "withdrawn")
        assert two == reply(2)
        assert journal.answered(one.request)
        assert (journal.tally.replies, journal.tally.torn) == (2, 1)
        journal.write([replied(reply(4))])
    assert erase(path, {"rpl_1"}) == 0
    with Journal.open(path) as journal:
        assert (journal.tally.replies, journal.tally.torn) == (3, 1)


def test_a_withdrawal_cut_off_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = fill(path)
    real = module.replied

    def stop(one: Reply) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "replied", stop)
    with pytest.raises(KeyboardInterrupt):
        erase(path, {"rpl_1"})
    monkeypatch.setattr(module, "replied", real)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with Journal.open(path) as journal:
        assert [one for _, one in journal.replies()] == kept
    assert erase(path, {"rpl_1"}) == 1


@pytest.mark.parametrize(
    "event", [{"paid": 1}, {"replied": {"id": 1}}, {"began": "rpl_1"}, {"torn": "x"}]
)
def test_a_sound_line_of_another_version_is_an_error_and_not_torn(
    path: Path, event: dict[str, object]
) -> None:
    fill(path)
    content = json.dumps(event).encode()
    with path.open("ab") as lines:
        lines.write(b"%08x %s\n" % (module.zlib.crc32(content), content))
    before = path.read_bytes()
    with pytest.raises(StorageError, match="line 7"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_a_folder_in_its_place_is_one_clear_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match="directory"):
        Journal.open(path)
