"""Make README's pictures and tables from actual runs: `python -m docs`, or one part of it.

    python -m docs film           # the moving picture at the top: a run from static to film, and where a cube looks
    python -m docs pages          # a picture of every page, from the running app (needs Chromium)
    python -m docs readme         # the tables: pages from the lessons' words, figures from assets/model

Run it when pages or the model have changed. A test compares README with what `readme` would write.
"""

import argparse

PARTS = ("film", "pages", "readme")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m docs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", metavar="part", choices=[*PARTS, []], help="all of them without one")
    for part in parser.parse_args().part or PARTS:
        if part == "film":
            from docs.film import make
        elif part == "pages":
            from docs.pages import make
        else:
            from docs.readme import make
        make()


if __name__ == "__main__":
    main()
