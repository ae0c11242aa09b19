r"""Where a worked text says what its answer is.

People and models end their work in many ways. We look for statements that name the answer, the
most explicit first: ``#### 18``, ``\boxed{18}``, a line ``A: 18``, "the answer is 18", 答案：18,
答：一共18个, and a concluding line 所以…=18. A text of one short line is its own answer. Where
nothing of the kind stands, there is no final answer: taking the last number in sight would
credit and blame people for numbers they never gave as their answer (of the four models'
solutions to GSM8K, those without a statement are runaway text cut off in mid-calculation).
The last statement of a kind counts, for people correct themselves; statements in one line that
contradict each other, and a later statement that contradicts a more explicit one, are handed
on together, so that the reader finds the answer ambiguous.

Every pattern runs in linear time over text of any length.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from qinglan.kinds.quantity import read_quantity
from qinglan.pictures import without

__all__ = ["find_statements", "strip_calculator"]

LONGEST_STATEMENT = 300
"""Characters; beyond it a statement is prose, and no one can say which part is the answer."""

_CALCULATOR = re.compile(r"<<[^<>]*>>")
_HASHES = re.compile(r"^[ \t]*####(?!#)[ \t]?(.*)$", re.MULTILINE)
_BRACES = re.compile(r"\\boxed ?\{|\\fbox ?\{|\\.|[{}]", re.DOTALL)
_COLON = r"[*_]{0,3}[ \t]{0,3}(?:[:：]|(?<=\w)[*_]{2})[*_ \t]{0,4}"
_LINE = re.compile(
    r"^[ \t]*[*_#>]{0,4}[ \t]{0,3}(?:"
    r"(?P<letter>A)|(?i:(?:the )?(?:final )?answer)|(?:最终|最后|参考)?答案|答|解答"
    rf"){_COLON}(?P<said>.*)$",
    re.MULTILINE,
)
_INLINE = re.compile(
    r"(?i:\banswer (?:is|was|=))[ \t]{0,3}[:：]?"
    r"|答案(?:应该|应当|应)?(?:选择|[是为选])[ \t]{0,3}[:：]?|故选[ \t]{0,3}[:：]?"
    r"|(?<=[。；;\n])答[:：]|答案[:：]"
)
_CONCLUDES = re.compile(r"^[ \t]*(?:所以|因此|故|∴|综上|therefore|so|thus|hence)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！!；;]|[.?](?=\s|$|\*)|\n")
_OPTION_B = re.compile(r"^[ \t]*B[:：.]", re.MULTILINE)


def strip_calculator(text: str) -> str:
    """``text`` without calculator annotations such as ``<<3*4=12>>``."""
    return _CALCULATOR.sub("", text) if "<<" in text else text


def find_statements(text: str) -> list[str]:
    """What the text states as its answer: one string, or several that must agree, or none.

    Strings are as written, stripped, of at most ``LONGEST_STATEMENT`` characters; a longer
    statement comes back cut to one character more, so that its reader can tell.
    """
    text = strip_calculator(without(text)).strip()
    best: list[str] = []
    end_of_best = -1
    for tier in (_after_hashes, _boxed, _named):
        found, end = tier(text)
        if not found:
            continue
        if not best:
            best, end_of_best = found, end
        elif end > end_of_best:
            best += found  # said later: it must agree with what was said more plainly
    if not best and "<<" not in text:  # else it was cut off in the middle of a calculation
        best = list(_concluded(text)) or list(_bare(text))
    return [_cut(item) for item in best]


def _cut(statement: str) -> str:
    return statement.strip()[: LONGEST_STATEMENT + 1]


def _after_hashes(text: str) -> tuple[list[str], int]:
    """The last line ``#### x``, unless it is a heading with text under it."""
    last = _last(_HASHES, text)
    if last is None or not last[1].strip():
        return [], -1
    heads_a_section = bool(text[last.end() :].strip()) and read_quantity(last[1]) is None
    return ([], -1) if heads_a_section else ([last[1]], last.end())


def _boxed(text: str) -> tuple[list[str], int]:
    r"""What stands in the outermost ``\boxed{}`` of the last line that has any."""
    if "\\boxed" not in text and "\\fbox" not in text:
        return [], -1
    open_braces: list[tuple[int, bool]] = []
    spans: list[tuple[int, int]] = []
    for found in _BRACES.finditer(text):
        brace = found[0]
        if brace.endswith("{") and brace != "\\{":
            open_braces.append((found.end(), len(brace) > 1))
        elif brace == "}" and open_braces:
            start, is_box = open_braces.pop()
            if is_box:
                while spans and spans[-1][0] > start:
                    spans.pop()  # inside this one
                spans.append((start, found.start()))
    if not spans:
        return [], -1
    line = text.rfind("\n", 0, spans[-1][0])
    same_line = [span for span in spans[-20:] if span[0] > line]
    return [text[a : min(b, a + 1000)] for a, b in same_line], spans[-1][1]


def _named(text: str) -> tuple[list[str], int]:
    """What the last line that names its answer says: "A: x", "the answer is x", 答：x."""
    last = _last(_LINE, text)
    if last is not None and last["letter"] and _OPTION_B.search(text):
        last = None  # a list of options, A: to D:
    recent = deque(_INLINE.finditer(text), maxlen=20)
    inline = [found for found in recent if _sentence(text, found.end())]
    if inline and (last is None or inline[-1].start() >= last.start()):
        line = text.rfind("\n", 0, inline[-1].start())
        found = [item for item in inline if item.start() > line]
        return [_sentence(text, item.end()) for item in found], inline[-1].end()
    if last is None:
        return [], -1
    start = last.start("said")
    if not last["said"].strip():
        start = last.end()  # "Answer:" with the answer on the next line
    payload = _sentence(text, start)
    return ([payload], last.end()) if payload else ([], -1)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = deque(pattern.finditer(text), maxlen=1)
    return found[0] if found else None


def _sentence(text: str, start: int) -> str:
    """From ``start`` to the end of the sentence or line, at most 1,000 characters."""
    window = text[start : start + 1000].lstrip(" \t\n:：*_")
    end = _SENTENCE_END.search(window)
    return (window[: end.start()] if end else window).strip(" \t*_")


def _concluded(text: str) -> Iterator[str]:
    """The number after the last = of the last line, where that concludes: 所以…=18."""
    line = text[text.rfind("\n") + 1 :]
    if "=" in line and _CONCLUDES.match(line):
        side = _sentence(line, line.rfind("=") + 1)
        if read_quantity(side) is not None:
            yield side


def _bare(text: str) -> Iterator[str]:
    """A text of one short line, which is its own answer."""
    if text and "\n" not in text and len(text) <= LONGEST_STATEMENT:
        yield text
