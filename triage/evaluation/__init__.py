"""How well the triage does what it is for, measured against what was stated or written apart from it.

Four measures: rules against their sources, arithmetic against printed tables, the questionnaire against a
simulated population whose truth is known, and understanding against held-out phrases. Pure: no clock, no
network, no database; what hears is passed in. The same seed gives the same figures.
"""
