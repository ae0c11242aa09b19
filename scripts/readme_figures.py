"""Puts what the demo really prints between the markers in README.md and README.zh.md.

The demo runs once in each language, with the same seed, in a throw-away folder; nothing is typed
by hand. Both runs must compute the same results, or neither README is touched: figures that one
run cannot repeat have no place in a README.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
BEGIN = "<!-- demo:begin -->"
END = "<!-- demo:end -->"

OF_ONE_RUN = {"seconds", "root", "release", "report", "traced", "folder", "run", "weights"}
"""What two runs differ in by right: time, place, and what a workspace's salts and ids make."""


def run(language: str, arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """The demo's printed text and its JSON, from a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from qinglan.cli import main; sys.exit(main())",
             "demo", "--json", "--lang", language, *arguments],
            cwd=folder, capture_output=True, text=True,
            env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1"},
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"the demo failed (exit {done.returncode}):\n{done.stderr}")
        places = {str(Path(folder).resolve()) + "/", folder + "/"}
        text = done.stderr
        for place in places:
            text = text.replace(place, "")
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()), json.loads(
            done.stdout
        )


def lasting(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """``value`` without what belongs to one run only.

    Floats are compared at nine digits: ids order the sums, and each workspace has its own ids.
    """
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: lasting(item) for key, item in value.items() if key not in OF_ONE_RUN}
    if isinstance(value, list):
        return [lasting(item) for item in value]
    return value


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, object]]:  # noqa: ANN401
    """Each single value with the path that leads to it, so that a difference can be named."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, f"{place}.{key}" if place else str(key))
    else:
        yield place, value


def figures(text: str) -> set[str]:
    """The measured figures that a text names: percentages, decimals and large numbers.

    Hashes, ids, times and places belong to one run. Bare whole numbers are left out as well,
    since seconds stand among them in a table; that the runs agree on counts is told by the JSON.
    """
    for other in (
        r"\b[a-z]{3}_[a-z2-7]{26}\b",
        r"\b[0-9a-f]{12,64}\b",
        r"\d+(?:\.\d+)?\s?(?:seconds|s\b|秒)",
        r"\S*/\S*",
    ):
        text = re.sub(other, " ", text)
    # English typography may put a space before the sign; the figure is the same.
    return {
        found.replace(" ", "") for found in re.findall(r"\d+(?:[.,]\d+)* ?%|\d+(?:[.,]\d+)+", text)
    }


def block(path: Path) -> str:
    """What stands between the markers of a README."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{path.name}: needs {BEGIN} and {END}, once each")
    return text.split(BEGIN)[1].split(END)[0]


def put(path: Path, shown: str) -> None:
    """Replace what stands between the markers by ``shown``, as a block of text."""
    text = path.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n```text\n{shown}\n```\n{END}{after}", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run the demo in both languages and write both READMEs; extra arguments go to the demo."""
    for path in READMES.values():
        block(path)
    shown = {language: run(language, arguments) for language in READMES}
    english, chinese = (dict(leaves(lasting(shown[language][1]))) for language in READMES)
    places = english.keys() | chinese.keys()
    differing = sorted(p for p in places if english.get(p, "") != chinese.get(p, ""))
    if differing:
        print(f"the runs differ in {', '.join(differing)}; no README was touched", file=sys.stderr)
        return 1
    only = figures(shown["en"][0]) ^ figures(shown["zh"][0])
    if only:
        print(f"only one language shows {sorted(only)}; no README was touched", file=sys.stderr)
        return 1
    for language, path in READMES.items():
        put(path, shown[language][0])
    print("README.md and README.zh.md hold the output of this run")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
