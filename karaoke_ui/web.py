"""The start of the web process, quick: the first page is waited for."""

import gc
import sys


def main() -> None:
    # A start makes a million objects that all stay: looking through them for rubbish takes a sixth of the time.
    gc.disable()
    # The socket library would load its client half, which nobody here uses, and a whole HTTP client with it.
    sys.modules["aiohttp"] = None  # type: ignore[assignment]
    from karaoke_ui import app

    del sys.modules["aiohttp"]
    gc.freeze()
    gc.enable()
    app.main()


if __name__ in {"__main__", "__mp_main__"}:
    main()
