"""Backups: a workspace as one folder, with an inventory that is signed and checked.

A room of its own because it knows files and nothing of tables: ``storage`` writes the database's
part, ``flow`` brings both together.
"""

from qinglan.backups.inventory import Inventory, Listed
from qinglan.backups.packing import DATABASE, PARTS, pack
from qinglan.backups.unpacking import Opened, open_backup, unpack

__all__ = ["DATABASE", "PARTS", "Inventory", "Listed", "Opened", "open_backup", "pack", "unpack"]
