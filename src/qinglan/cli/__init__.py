"""The command line: thin commands over ``flow``, in English and Chinese."""

from qinglan.cli.entry import main

__all__ = ["main"]
