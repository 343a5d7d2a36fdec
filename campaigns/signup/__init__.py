"""Signing up with a code, twice agreed.

`codes` are made by staff and printed by `posters`; `optin` hears one in a text and asks; `consent` writes
down who agreed. `codewords` says what can be a code.
"""
