"""``python -m bench data`` fills, once; ``python -m bench run`` measures and writes the results."""

import sys

from bench.ground import make_data
from bench.run import run


def main() -> None:
    match sys.argv[1:]:
        case ["data"]:
            make_data()
        case ["run", *parts]:
            run(frozenset(parts))
        case _:
            sys.exit(f"{__doc__}")


main()
