"""Safe reading of files that others wrote: streaming, within limits, every bad row accounted for."""

from qinglan.intake.files import fingerprint
from qinglan.intake.limits import DEFAULT_LIMITS, Limits
from qinglan.intake.rows import Format, rows
from qinglan.intake.values import JsonValue, Row

__all__ = ["DEFAULT_LIMITS", "Format", "JsonValue", "Limits", "Row", "fingerprint", "rows"]
