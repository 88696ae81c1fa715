"""Lets a process that separates keep the memory it works in, from one layer of the network to the next.

Every layer wants a few dozen megabytes for a moment. The C library would return each of them to the system at once
and ask for it anew, and the system hands out memory page by page, filled with zeros: on a processor that took a
quarter of the time of a song.
"""

import ctypes

# mallopt's parameters, from glibc's <malloc.h>.
TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
EVERYTHING = 2**31 - 1


def keep() -> None:
    """From now on nothing is returned before `give_back`. Called before there is a second thread, which would get an
    arena of its own. Does nothing where the C library is not glibc.
    """
    adjust = getattr(ctypes.CDLL(None), "mallopt", None)
    if adjust is not None:
        adjust(ARENA_MAX, 1)
        adjust(MMAP_MAX, 0)
        adjust(TRIM_THRESHOLD, EVERYTHING)


def give_back() -> None:
    """Return what is not in use, when there is nothing to do: others on this box can use it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
