"""The command line. Each command calls one function elsewhere.

Exit status: 0 done, 2 unusable input or arguments (one line on stderr), 1 a failure of ours.
"""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from bot.commands import dossiers, knowledge, operations, questions, serve
from bot.commands.shared import UnusableError

app = typer.Typer(
    name="motcua",
    help="Một Cửa: a chat helper for people who deal with Vietnamese public services.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
serve.add_to(app)
questions.add_to(app)
operations.add_to(app)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(dossiers.app, name="dossiers")


@app.callback()
def _start(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log errors only.")] = False,
) -> None:
    serve.set_up(quiet)


def main() -> NoReturn:
    """Run the command in ``sys.argv`` and leave with the contract's exit status."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        code = app(standalone_mode=False)
        sys.exit(code or 0)
    except (UnusableError, ValidationError) as error:
        _leave(_one_line(error))
    except TyperException as error:
        _leave(_usage_line(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        print(f"motcua: a failure of ours: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _usage_line(error: TyperException) -> str:
    # Typer keeps the classes that know their own message to itself.
    message = getattr(error, "format_message", None)
    return str(message() if message else error)


def _one_line(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return f"setting {'.'.join(map(str, first['loc'])).upper()}: {first['msg'].removeprefix('Value error, ')}"


def _leave(message: str) -> NoReturn:
    print(f"motcua: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(2)
