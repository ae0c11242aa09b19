"""The other side of the API: what goes over the wire, and a client that speaks it.

``from qinglan.client import Client`` needs no workspace and no database. The server answers with
the models that stand here, so the two cannot drift apart.
"""

from qinglan.client.client import Client
from qinglan.client.failures import ApiError, Unreachable

__all__ = ["ApiError", "Client", "Unreachable"]
