"""Safe reading of files that others wrote.

Files come from strangers and are large. They are read as a stream, within limits, and every row
is accounted for: it comes out good, or set aside with its place and reason.
"""

from qinglan.intake.files import fingerprint
from qinglan.intake.limits import DEFAULT_LIMITS, Limits
from qinglan.intake.rows import Format, rows
from qinglan.intake.values import JsonValue, Row

__all__ = ["DEFAULT_LIMITS", "Format", "JsonValue", "Limits", "Row", "fingerprint", "rows"]
