"""The dataset card: what a person reads first, in both languages, and what the Hub reads.

The card speaks with the lab's authority, so nobody else may write in it: names of sources,
licences, models and guidelines come from files, and every character of theirs that means
something to YAML, Markdown or HTML, or that turns the direction of writing, is made harmless.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence

from qinglan.kinds import number
from qinglan.kinds.scheme import Scheme
from qinglan.policy import Permit
from qinglan.records import Split
from qinglan.releases.manifest import Manifest
from qinglan.releases.tables import parquet_name
from qinglan.wording import LANGUAGES, Language, say

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_HUB_LICENCES = {
    "mit": "mit", "apache-2.0": "apache-2.0", "cc0-1.0": "cc0-1.0", "cc-by-4.0": "cc-by-4.0",
    "cc-by-sa-4.0": "cc-by-sa-4.0", "cc-by-3.0": "cc-by-3.0", "bsd-2-clause": "bsd-2-clause",
    "bsd-3-clause": "bsd-3-clause", "odc-by-1.0": "odc-by",
}  # fmt: skip
_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
)  # fmt: skip


def render(manifest: Manifest, permit: Permit) -> bytes:
    """The card of a release, ``README.md``."""
    parts = [_front_matter(manifest), f"# {plain(manifest.name)}"]
    for language in LANGUAGES:
        parts.append("\n\n".join(_body(manifest, permit, language)))
    return ("\n\n".join(parts) + "\n").encode()


def plain(text: str) -> str:
    """Another's text on one line, as text and nothing else, inside Markdown."""
    return _PUNCTUATION.sub(r"\\\1", _visible(text))


def quoted(text: str) -> str:
    """Another's text as a YAML double-quoted scalar on one line."""
    return json.dumps(_visible(text), ensure_ascii=False)


def fenced(text: str) -> str:
    """Another's text of several lines, in a fence that it cannot close."""
    lines = "\n".join(_visible(line) for line in text.splitlines())
    longest = max((len(run) for run in re.findall(r"`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{lines}\n{fence}"


def _visible(text: str) -> str:
    """One line: controls, line ends and marks of direction become spaces."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else c
        for c in text
    )


def _front_matter(manifest: Manifest) -> str:
    licences = _licences(manifest)
    lines = ["---", f"pretty_name: {quoted(manifest.name)}", f"license: {licences[0]}"]
    if licences[0] == "other":
        lines += ["license_name: per-source", f"license_link: {quoted('permit.json')}"]
    size = next((name for limit, name in _SIZES if manifest.counts.rows < limit), "n>100M")
    lines += ["size_categories:", f"- {size}", "tags:", "- qinglan", "- post-training"]
    lines += ["- reasoning", f"- {manifest.project.kind.value}"]
    if manifest.simulated_rows:
        lines.append("- simulated")
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for split, rows in manifest.splits.rows:
        if rows:
            lines += [f"  - split: {_HUB_SPLITS[split]}", f"    path: {parquet_name(split)}"]
    return "\n".join([*lines, "---"])


_HUB_SPLITS = {Split.TRAIN: "train", Split.DEV: "validation", Split.TEST: "test"}


def _licences(manifest: Manifest) -> list[str]:
    """The Hub's word for the licence where all sources share one that it knows."""
    stated = {(count.origin.licence or "").casefold() for count in manifest.sources}
    if len(stated) == 1:
        return [_HUB_LICENCES.get(stated.pop(), "other")]
    return ["other"]


def _body(manifest: Manifest, permit: Permit, language: Language) -> list[str]:
    def word(key: str, **facts: object) -> str:
        return say(f"card.{key}", language, **facts)

    counts = manifest.counts
    purpose = say(f"policy.purpose.{manifest.purpose.value}", language)
    body = [
        f"## {word('title')}",
        word("about", name=plain(manifest.name), project=plain(manifest.project.name),
             rows=counts.rows, purpose=purpose),
        word("built", built=manifest.built.isoformat(), code=plain(manifest.code)),
    ]  # fmt: skip
    if manifest.simulated_rows:
        body.append(word("simulated", simulated=manifest.simulated_rows, rows=counts.rows))
    body += [
        f"### {word('counts')}",
        word("sum", tasks=counts.tasks, rows=counts.rows, aside=counts.aside),
        _table(
            (word("split"), word("rows")),
            [(split.value, str(rows)) for split, rows in manifest.splits.rows],
        ),
    ]
    if manifest.images:
        body.append(word("images", images=manifest.images))
    if counts.set_aside:
        body.append(
            _table(
                (word("stage"), word("reason"), word("number")),
                [
                    (word(f"stage.{c.stage}"), say(f"reason.{c.reason.value}", language),
                     str(c.count))
                    for c in counts.set_aside
                ],
            )
        )  # fmt: skip
    body += [
        f"### {word('sources')}",
        word(f"path.{manifest.purpose.value}"),
        _sources(manifest, permit, language),
    ]
    if permit.obligations:
        owed = [f"- {say(f'obligation.{name}', language)}" for name in permit.obligations]
        body += [f"### {word('obligations')}", "\n".join(owed)]
    asked = (manifest.guideline.zh if language == "zh" else manifest.guideline.en).strip()
    if asked:
        version = manifest.guideline.version
        body += [f"### {word('guideline', version=version)}", fenced(asked)]
    if manifest.scheme is not None:
        body += [f"### {word('scheme')}", _scheme(manifest.scheme, language)]
    body += [f"### {word('proof')}", word("verify", root=manifest.root)]
    return body


def _scheme(scheme: Scheme, language: Language) -> str:
    """Criteria with their scales and labels, each by its key, its name and what it means."""
    rows = []
    for rated in scheme.criteria:
        levels = [(n, rated.meaning(n, language)) for n in rated.criterion.levels]
        meant = [f"{n}: {text}" for n, text in levels if text]
        about = "; ".join([text for text in [rated.about.say(language), *meant] if text])
        rows.append((plain(str(rated.criterion)), plain(rated.name(language)), plain(about or "–")))
    rows += [
        (plain(one.key), plain(one.name(language)), plain(one.about.say(language) or "–"))
        for one in scheme.labels
    ]
    if scheme.measure.options:
        measure = number.read_measure(scheme.measure.options)
        rows.append(("–", plain(str(measure)), "–"))
    return _table(tuple(say(f"card.{head}", language) for head in ("key", "name", "meaning")), rows)


def _sources(manifest: Manifest, permit: Permit, language: Language) -> str:
    decisions = {decision.origin: decision for decision in permit.decisions}
    heads = ("source", "channel", "licence", "family", "rows", "ruling")
    lines = []
    for count in manifest.sources:
        origin, decision = count.origin, decisions[count.origin]
        ruling = ", ".join(decision.rules)
        if not decision.reviewed:
            ruling += f" ({say('policy.unreviewed', language)})"
        lines.append(
            (
                plain(origin.source),
                say(f"card.channel.{origin.channel}", language),
                plain(origin.licence or "–"),
                plain(origin.family or "–"),
                str(count.rows),
                ruling,
            )
        )
    return _table(tuple(say(f"card.{head}", language) for head in heads), lines)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
