"""A campaign before it is sent, and what people do with it: plan, approve, pause, end.

`states` is the table of its states, `plan` what is done with one, `steering` pause, resume and cancel;
`audience` and `sizing` say whom, `content`, `placeholders` and `prices` what, `series` and `rhythm` how
often.
"""
