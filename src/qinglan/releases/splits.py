"""Which part of a release a group of tasks belongs to.

By hash of the group, so that related tasks never straddle two parts, and so that a task stays in
its part from one release of a project to the next: what was held out once is never trained on
later. Growing ``dev`` moves nothing into or out of ``test``.
"""

from __future__ import annotations

import hashlib

from qinglan.errors import UsageError
from qinglan.records import Split

PER_MILLE = 1000


def split(group: str, *, salt: str, dev: int, test: int) -> Split:
    """The part of ``group``.

    Args:
        group: what tasks share that must stay together.
        salt: another salt gives another draw; a project keeps its own.
        dev: share of the dev part, per mille of groups.
        test: share of the test part, per mille of groups.

    Raises:
        UsageError: the shares are negative or sum to more than 1000.
    """
    if dev < 0 or test < 0 or dev + test > PER_MILLE:
        raise UsageError("releases.bad_shares", dev=dev, test=test)
    digest = hashlib.sha256(f"{len(salt)} {salt} {group}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % PER_MILLE
    if place < test:
        return Split.TEST
    return Split.DEV if place < test + dev else Split.TRAIN
