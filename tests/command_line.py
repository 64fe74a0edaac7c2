"""``motcua …`` as a process of its own with its own standard streams, forked from one that has imported the program:
what the tests pay for is the command, not Python's start."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
STREAMS = ("stdin", "stdout", "stderr")
SECONDS = 120
_program = multiprocessing.get_context("forkserver")
_program.set_forkserver_preload(["bot.cli", "tests.command_line"])


def motcua(*arguments: str, url: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the database at ``url``."""
    environment = {**os.environ, "MOTCUA_DATABASE_URL": url, "TELEGRAM_TOKEN": "", **settings}
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in STREAMS}
        files["stdin"].write_text(stdin, encoding="utf-8")
        process = _program.Process(target=_run, args=(arguments, environment, files))
        process.start()
        process.join(SECONDS)
        assert process.exitcode is not None, "the command does not end"
        out, err = (files[name].read_text(encoding="utf-8") for name in STREAMS[1:])
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def _run(arguments: tuple[str, ...], environment: Mapping[str, str], files: Mapping[str, Path]) -> None:
    """In the new process: become the command."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(STREAMS):
        stream = files[name].open("r" if number == 0 else "w")
        os.dup2(stream.fileno(), number)
        setattr(sys, name, stream)
    sys.argv = ["motcua", *arguments]
    from bot.__main__ import main

    main()
