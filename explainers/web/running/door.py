"""The port that the app listens at: taken before anything slow begins, and never another one than was asked for.

door = listening("127.0.0.1", 7860)       # a socket; Closed, with a sentence for the operator, where there is none
metrics = place("9100")                   # ("127.0.0.1", 9100)
"""

from __future__ import annotations

import errno
import socket


class Closed(Exception):
    """Nobody can listen there; its text says why, and what helps."""


def listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Closed(why(host, port, error)) from None


def why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: another program listens there. End that one, or choose another port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user. Choose one above 1023."
    return f"Nothing can listen at {host}, port {port} ({error.strerror or error}). Choose another address."


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError(f"{text!r} is no port")
    return int(text)


def place(text: str) -> tuple[str, int]:
    """HOST:PORT, or the port alone: then only this machine gets in."""
    host, _, number = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", port(number)
