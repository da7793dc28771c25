"""Start the app as a visitor would, wait until it serves its page, say how long that took, and end it.

python .ci/serves.py python darkroom.py app
"""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

PATIENCE = 90  # seconds


def main(command: list[str]) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    app = subprocess.Popen([*command, "--port", str(port)], start_new_session=True)
    try:
        while time.monotonic() - begun < PATIENCE:
            if app.poll() is not None:
                print(f"the app ended by itself, with {app.returncode}")
                return 1
            page = fetch(f"http://127.0.0.1:{port}/")
            if page is not None:
                print(f"the page is served after {time.monotonic() - begun:.1f} s, {len(page):,} bytes")
                return 0 if b"Darkroom" in page else 1  # and not some other server
            time.sleep(0.1)
        print(f"no page after {PATIENCE} s")
        return 1
    finally:
        app.terminate()
        try:
            app.wait(15)
        except subprocess.TimeoutExpired:
            print("the app did not end when asked to")
            os.killpg(app.pid, signal.SIGKILL)


def fetch(address: str) -> bytes | None:
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
            return answer.read()
    except (URLError, OSError):
        return None  # not up yet


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
