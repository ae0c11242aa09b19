"""What must be so before any test module is loaded."""

import os

# Spinning threads starve each other on a busy machine; torch reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")
