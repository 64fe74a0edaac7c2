"""``python -m bot`` and ``motcua``."""

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. What is imported lives as long as the program: the collector, which would look through all
    of it again and again meanwhile, waits, and never looks at it later."""
    gc.disable()
    from bot.cli import main as command_line

    gc.freeze()
    gc.enable()
    command_line()


if __name__ == "__main__":
    main()
