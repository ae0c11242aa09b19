"""``python -m qinglan.cli``: the command line without the installed script."""

import sys

from qinglan.cli import main

sys.exit(main())
