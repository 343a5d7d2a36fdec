"""A file of subscribers on its way in: read, checked row by row, sealed, written.

`intake` runs it; `sheets` and `workbooks` open the file, `rows` reads a row, `batches` and `staging` write,
`rejects` keeps what could not be used.
"""
