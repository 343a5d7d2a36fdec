"""A port that nobody listens on, for who has to be told theirs and may not be given 0."""

import socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
