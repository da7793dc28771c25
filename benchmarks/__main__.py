"""Everything that README claims about speed, memory and quality, measured here and now: `python -m benchmarks`.

    python -m benchmarks                  # all of them, one after the other, so that none disturbs another
    python -m benchmarks viewer app       # some

Each file of this folder is one benchmark, and says itself what it compares with.
"""

import argparse
import ast
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def benchmarks() -> dict[str, str]:
    """Name of each benchmark, and the first line of what it says about itself."""
    files = sorted(path for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    return {path.stem: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0] for path in files}


def main() -> int:
    known = benchmarks()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="\n".join(f"  {name:10} {says}" for name, says in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="*", metavar="name", choices=[*known, []], help="which; all of them without one")
    names = parser.parse_args().name or list(known)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    failed = []
    for name in names:
        print(f"\n## {name}: {known[name]}\n", flush=True)
        if subprocess.call([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent):
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
