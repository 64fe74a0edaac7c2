"""``python -m bot`` and ``motcua``."""

import gc
import sys
from typing import NoReturn

from bot.metric_files import share_counters


def main() -> NoReturn:
    """Run the command line. What is imported lives as long as the program: the collector, which would look through all
    of it again and again meanwhile, waits, and never looks at it later."""
    gc.disable()
    if "serve" in sys.argv:
        share_counters()
    from bot.cli import main as command_line

    gc.freeze()
    gc.enable()
    command_line()


if __name__ == "__main__":
    main()
