"""Others that text many people, against the same stub: `python -m bench.peers`."""
