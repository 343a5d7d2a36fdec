"""A campaign to as many people as you like, through the real processes: `python -m bench.campaign`."""
