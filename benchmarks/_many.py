"""Many visitors' browsers, for pages.py: `python -m benchmarks._many PORT TIMES ENCODING [again] PATH …`.

Each path is asked for so often over a connection of its own, all at once; `again`: with the ETag of what came first.
Prints the bytes of the largest answer, or of the last one.
"""

import asyncio
import sys


async def ask(port: int, path: str, takes: str, times: int, again: bool) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, size = f"GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: {takes}\r\naccept-language: en\r\n", 0
    for turn in range(times):
        writer.write(f"{head}\r\n".encode())
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        assert status.split()[1] == ("304" if again and turn else "200"), status
        length = int(headers.get("content-length", 0))
        await reader.readexactly(length)
        if again and turn == 0:
            head += f"if-none-match: {headers['etag']}\r\n"
        size = length if again else max(size, length)
    writer.close()
    return size


async def main() -> None:
    port, times, takes, *paths = sys.argv[1:]
    again = paths[0] == "again"
    asked = [ask(int(port), path, takes, int(times), again) for path in paths[again:]]
    print(max(await asyncio.gather(*asked)))


if __name__ == "__main__":
    asyncio.run(main())
