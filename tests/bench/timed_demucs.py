"""`python -m tests.bench.timed_demucs ARGUMENTS`: the command `python -m demucs`, which also says how long its model ran.

Nothing of it is changed; the one call that computes is timed, and its seconds are the last line that is printed.
"""

import runpy
import time
from typing import Any

from demucs import api, apply

SAYS = "seconds in the model: "


def main() -> None:
    compute, took = apply.apply_model, 0.0

    def timed(*args: Any, **kwargs: Any) -> Any:
        nonlocal took
        began = time.perf_counter()
        try:
            return compute(*args, **kwargs)
        finally:
            took += time.perf_counter() - began

    vars(api)["apply_model"] = timed
    runpy.run_module("demucs", run_name="__main__", alter_sys=True)
    print(f"{SAYS}{took:.3f}")


if __name__ == "__main__":
    main()
