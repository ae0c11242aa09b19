"""Units of measure as people write them after a number, in Chinese and English.

A canonical answer drops its unit: "18 dollars", "18 元" and "18" are one vote. A verifier may
not: "3 m" answers "300 cm", and whether it answers a bare "300" nobody can say. So the unit is
read, and two units compare as equal, as convertible by an exact factor, or as unknown to each
other. Only exact conversions are listed; "pound" (money or weight), "ton" and 分 (money, time
or marks) mean several things and convert to nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

__all__ = ["COUNTERS", "Measure", "factor", "is_listed", "measure", "scales"]


class Measure(NamedTuple):
    """What a unit measures, and how many of that dimension's base unit it is."""

    dimension: str
    scale: Fraction


_TABLE: dict[str, tuple[tuple[str, str], ...]] = {
    "length": (
        ("1/1000", "mm 毫米 millimeter millimeters millimetre millimetres"),
        ("1/100", "cm 厘米 公分 centimeter centimeters centimetre centimetres"),
        ("1/10", "dm 分米 decimeter decimeters decimetre decimetres"),
        ("1", "m 米 meter meters metre metres"),
        ("1000", "km 千米 公里 kilometer kilometers kilometre kilometres"),
        ("127/5000", "inch inches 英寸"),
        ("381/1250", "ft foot feet 英尺"),
        ("1143/1250", "yd yard yards 码"),
        ("201168/125", "mi mile miles 英里"),
    ),
    "mass": (
        ("1/1000", "mg 毫克 milligram milligrams"),
        ("1", "g 克 gram grams"),
        ("500", "斤"),
        ("1000", "kg kgs 千克 公斤 kilogram kilograms kilo kilos"),
        ("1000000", "吨 tonne tonnes"),
    ),
    "volume": (
        ("1/1000", "ml 毫升 milliliter milliliters millilitre millilitres cm3 立方厘米"),
        ("1", "l 升 公升 liter liters litre litres dm3 立方分米"),
        ("1000", "m3 立方米"),
    ),
    "area": (
        ("1/10000", "cm2 平方厘米"),
        ("1/100", "dm2 平方分米"),
        ("1", "m2 平方米 平米"),
        ("10000", "ha 公顷 hectare hectares"),
        ("1000000", "km2 平方千米 平方公里"),
    ),
    "time": (
        ("1", "s sec secs second seconds 秒 秒钟"),
        ("60", "min mins minute minutes 分钟"),
        ("3600", "h hr hrs hour hours 小时 个小时 时"),
        ("86400", "day days 天 日"),
        ("604800", "week weeks 周 星期 个星期"),
    ),
    "year": (
        ("1", "month months 月 个月"),
        ("12", "year years yr yrs 年"),
    ),
    "dollar": (
        ("1/100", "cent cents ¢ 美分"),
        ("1", "$ dollar dollars usd us$ 美元 美金"),
    ),
    "yuan": (
        ("1/10", "角 毛"),
        ("1", "¥ 元 圆 块 块钱 元钱 yuan rmb cny 人民币"),
    ),
    "euro": (("1", "€ euro euros eur 欧元"),),
    "sterling": (("1", "£ gbp 英镑"),),
}

_MEASURES: dict[str, Measure] = {
    name: Measure(dimension, Fraction(scale))
    for dimension, rows in _TABLE.items()
    for scale, names in rows
    for name in names.split()
}

_COUNTING = (
    "个 只 条 张 本 支 枝 人 名 位 次 倍 棵 朵 件 套 辆 台 架 艘 间 座 幢 层 页 字 题 道 行 列 排 "
    "组 队 班 箱 袋 盒 瓶 杯 桶 包 筐 盘 碗 粒 颗 根 匹 头 尾 对 双 副 把 岁 种 分 步 圈 户 句 篇 "
    "度 厘 盆 堆 筒 罐 节 段 ° 人次"
)
COUNTERS = frozenset(_COUNTING.split())
"""Chinese counting words: they say what is counted, never how much."""

_SQUARE = re.compile(r"^(?:square|sq\.?) ([a-z]+)$")
_CUBIC = re.compile(r"^(?:cubic|cu\.?) ([a-z]+)$")


def measure(unit: str) -> Measure | None:
    """The measure that ``unit`` names (any case), or ``None`` for a word that counts things."""
    name = unit.casefold().replace("^", "").rstrip(".")
    if name in _MEASURES:
        return _MEASURES[name]
    for pattern, power, dimension in ((_SQUARE, 2, "area"), (_CUBIC, 3, "volume")):
        found = pattern.match(name)
        base = _MEASURES.get(found[1]) if found else None
        if base is not None and base.dimension == "length":
            litres = 1000 if dimension == "volume" else 1  # the base of volume is the litre
            return Measure(dimension, base.scale**power * litres)
    return None


def is_listed(unit: str) -> bool:
    """Whether ``unit`` is a measure or a counting word that we know."""
    return unit in COUNTERS or measure(unit) is not None


def factor(unit: str, other: str) -> Fraction | None:
    """By what to multiply a number of ``unit`` to have it in ``other``; ``None`` if unknown.

    Unlisted units are alike when one's words are among the other's ("eggs", "duck eggs"), or,
    in Chinese, when one contains the other (个, 个苹果).
    """
    left, right = measure(unit), measure(other)
    if left is not None and right is not None:
        return left.scale / right.scale if left.dimension == right.dimension else None
    if left is not None or right is not None:
        return None
    small, large = sorted((unit.casefold(), other.casefold()), key=len)
    words = set(small.split()) <= set(large.split())
    spelled = small.isascii() or large.isascii()
    return Fraction(1) if words or (not spelled and small in large) else None


def scales(unit: str) -> tuple[Fraction, ...]:
    """Factors from ``unit`` into each other unit of its dimension; empty for a counting word."""
    found = measure(unit)
    if found is None:
        return ()
    dimension = {m.scale for m in _MEASURES.values() if m.dimension == found.dimension}
    return tuple(sorted(found.scale / scale for scale in dimension if scale != found.scale))
