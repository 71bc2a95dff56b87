"""How often Python looks for cycles in a process that answers requests."""

import gc

# A page of a large table makes some hundred thousand objects, none of them in a cycle; at the usual
# 700 looking through them, and through all that was loaded, takes a third of the page's time.
OBJECTS_BETWEEN = 50_000


def seek_cycles_seldom() -> None:
    """Look for cycles after so many new objects, and no more among what the start has loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN, *gc.get_threshold()[1:])
