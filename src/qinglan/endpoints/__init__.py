"""Models behind one interface, whether they run here or answer over HTTP."""
