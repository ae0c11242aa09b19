"""Releases: verdicts frozen into a signed folder, and the check that needs nothing else."""

from qinglan.releases.anchors import anchor, folders
from qinglan.releases.assembly import build
from qinglan.releases.failure import Failure
from qinglan.releases.holdings import Held, holdings
from qinglan.releases.manifest import Manifest
from qinglan.releases.rows import ReleaseRow
from qinglan.releases.splits import split
from qinglan.releases.summary import Summary, show
from qinglan.releases.verification import Verification, check

__all__ = [
    "Failure",
    "Held",
    "Manifest",
    "ReleaseRow",
    "Summary",
    "Verification",
    "anchor",
    "build",
    "check",
    "folders",
    "holdings",
    "show",
    "split",
]
