"""The demo: the whole journey on questions made on the spot, through the public face.

Everything that is simulated says so: the annotators' names, their records, the report, the card.
"""
