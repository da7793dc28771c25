"""The network, cut: any Python with this folder on its path may speak to this machine and to nobody else.

Who tries is refused, and written down in the file that DARKROOM_OFFLINE names. It holds for every process that such a
Python starts too, which no setting of one library would.
"""

import os
import sys

HERE = {"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
ASKS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}


def watch(event, arguments):
    if event not in ASKS:
        return
    whom = arguments[ASKS[event]]
    host = whom[0] if isinstance(whom, tuple) else whom if event.startswith("socket.get") else ""
    host = host.decode() if isinstance(host, bytes) else str(host or "")
    if host not in HERE:
        with open(os.environ["DARKROOM_OFFLINE"], "a") as log:
            log.write(f"{event} {host}\n")
        raise OSError(f"the network is cut: {host}")


sys.addaudithook(watch)
