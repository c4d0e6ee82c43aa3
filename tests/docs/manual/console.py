"""Console blocks: command lines after ``$``, and what they print."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import click
from manual.answers import fits
from manual.blocks import Block

__all__ = ["Line", "lines_of", "misuse", "unexpected"]


@dataclass(frozen=True, slots=True)
class Line:
    """One command line of a console block.

    Args:
        words: As a shell would split it; variables before the command are left out.
        environment: Those variables.
        output: The lines under it.
        typed: The line as it is written, for a shell.
    """

    words: tuple[str, ...]
    environment: dict[str, str]
    output: tuple[str, ...]
    typed: str = ""

    @property
    def homeroom(self) -> tuple[str, ...] | None:
        """The arguments of ``homeroom``, if the line runs it."""
        if self.words and self.words[0] in ("homeroom", "./run", ".venv/bin/homeroom"):
            # "test" is the script's own word; every other one is handed on.
            return None if self.words[:2] == ("./run", "test") else self.words[1:]
        return None


def lines_of(block: Block) -> Iterator[Line]:
    """The command lines of a block. A line that ends with a backslash continues."""
    command: str | None = None
    output: list[str] = []
    for line in [*block.text.replace("\\\n", " ").splitlines(), "$ "]:
        if not line.startswith("$ "):
            assert command is not None, f"{block}: a console block begins with $"
            output.append(line)
            continue
        if command is not None:
            words = shlex.split(command, comments=True)
            environment: dict[str, str] = {}
            while words and "=" in words[0] and words[0].partition("=")[0].isupper():
                name, _, environment[name] = words.pop(0).partition("=")
            # What a shell does with the output is no argument.
            words = words[: min((words.index(each) for each in (">", "|") if each in words), default=None)]
            yield Line(tuple(words), environment, tuple(output), command)
        command, output = line[2:], []


@functools.cache
def _inner(group: click.Group, name: str) -> click.Command | None:
    """A command of a group; the outermost one looks for plugins each time that it is asked."""
    return group.get_command(click.Context(group), name)


def misuse(arguments: tuple[str, ...], group: click.Group) -> str:
    """What is wrong with the arguments of ``homeroom``: an unknown command, option, choice; or nothing."""
    command: click.Command = group
    context = click.Context(group, info_name="homeroom")
    rest = list(arguments)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        inner = _inner(command, rest[0])
        if inner is None:
            return f"there is no command {rest[0]!r}"
        command = inner
        context = click.Context(command, info_name=rest.pop(0), parent=context)
    if rest in (["--help"], ["-h"], ["--version"]):
        return ""
    if isinstance(command, click.Group):
        return f"{' '.join(arguments)!r} names no command"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.prompt and not set(parameter.opts) & set(rest):
            rest += [parameter.opts[0], "asked for"]
    try:
        command.parse_args(context, rest)
    except click.UsageError as error:
        # Files of an example need not lie where the tests run, and an id may be cut short.
        left_open = isinstance(error, click.BadParameter) and (
            "does not exist" in error.message or "…" in error.message
        )
        return "" if left_open else error.format_message()
    return ""


def unexpected(written: tuple[str, ...], printed: str) -> str:
    """How an output differs from the lines under a command; a lone ``…`` stands for any lines."""
    if not any(line.strip() for line in written):
        return ""
    wanted = "\n".join(line.rstrip() for line in written).strip()
    found = "\n".join(line.rstrip() for line in printed.splitlines()).strip()
    return "" if fits(wanted, found) else f"expected:\n{wanted}\nprinted:\n{found}"
