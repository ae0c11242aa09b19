"""Tables, migrations, and one module of plain functions per aggregate.

Only ``flow`` comes here. ``Storage`` hides the engine: ``write`` hands a function to the one
writer thread and answers after the fsync, ``read`` gives a consistent snapshot. Everything else
is a function that takes a connection first and records after it.
"""

from qinglan.storage.engine import Storage

__all__ = ["Storage"]
