"""Telling other systems what happened: where a message may go, and how it gets there.

A webhook's address comes from a person and is called from inside the lab's network, so it is
believed in nothing: it is resolved once, each address it leads to must be one of the open
internet, and exactly that address is connected to. Nobody is followed elsewhere.
"""
