"""What the command line says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
}
