"""What must be so before any test module is loaded."""

import os

# Spinning threads starve each other on a busy machine; torch reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from postgresql_server import postgresql, postgresql_url

__all__ = ["postgresql", "postgresql_url"]
