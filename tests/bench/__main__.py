"""`python -m tests.bench [NAME …]`: measure, and print what was found beside what was promised.

Nothing is kept, and a figure over its limit is shown, not failed: the exit code is 1 only when a measurement broke.
Times of this kind are worth something on a machine that does nothing else meanwhile.
"""

import argparse
import os
import sys
import time
import traceback
from importlib import import_module

from pipeline import log
from tests.bench.figures import Figure, table

# Each is a module here with a function `measure`. Those that load torch into this process come last.
MEASUREMENTS = (
    "start",
    "search",
    "request",
    "listed",
    "load",
    "rotation",
    "first_chunk",
    "urgent",
    "imports",
    "stage_sound",
    "stage_picture",
    "separation",
    "preparation",
    "gpu",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure what Encore promises."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    names = parser.parse_args().names or MEASUREMENTS
    for unknown in set(names) - set(MEASUREMENTS):
        parser.error(f"{unknown} is not measured here; {', '.join(MEASUREMENTS)} are")
    log.configure("warning", "console", "bench")
    found, broken = [], []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            figures: list[Figure] = import_module(f"tests.bench.{name}").measure()
            found += figures
        except Exception:  # noqa: BLE001 - the outermost edge: the others are still measured
            traceback.print_exc()
            broken.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    load = " ".join(f"{share:.1f}" for share in os.getloadavg())
    print(f"\n{table(found)}\n\n{os.cpu_count()} cores, load at the end {load}")
    if broken:
        print(f"broke: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
