"""A campaign while it is sent: `dispatch` moves it on, `expansion` writes the ledger, `ledger` adds it up,
`sparing` and `brake` hold a message back.
"""
