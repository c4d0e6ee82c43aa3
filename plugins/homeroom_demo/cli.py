"""``homeroom demo``."""

from __future__ import annotations

from pathlib import Path

import click

from homeroom.languages import LANGUAGES

__all__ = ["COMMANDS", "command"]


@click.group("demo", invoke_without_command=True)
@click.option("--check", is_flag=True, help="Play a day of school on throw-away data, and exit with 1 if a step fails.")
@click.pass_context
def command(context: click.Context, check: bool) -> None:
    """Three schools of three regions on this machine, with people to sign in as.

    A second run continues with the same data. The port is a setting (HOMEROOM_PORT); if it is taken, a free one is
    used.
    """
    if context.invoked_subcommand is not None:
        return
    import msgspec

    from homeroom.processes import ChildEnded, interruptible
    from homeroom.settings import Settings
    from homeroom_demo.running import demonstration, say

    settings = msgspec.structs.replace(Settings.load(), log_level="warning")
    try:
        with interruptible(), demonstration(settings, passing=check) as running:
            if check:
                from homeroom_demo.scenario import play

                failed = play(running)
                say("")
                say(f"{failed} step(s) failed" if failed else "every step went as it should")
                if failed:
                    raise SystemExit(1)
                return
            from homeroom_demo.show import lines

            for line in lines(running.record, running.settings.port, running.settings.base_domain):
                say(line)
            say("\nCtrl-C stops everything.")
            running.group.wait()
    except KeyboardInterrupt:
        say("\nstopped")
        if check:
            raise SystemExit(130) from None
    except (ChildEnded, TimeoutError) as error:
        raise click.ClickException(str(error)) from None


@command.command("play")
@click.argument("story", type=click.Choice(["talent"]))
@click.option(
    "--papers",
    type=click.Path(path_type=Path, file_okay=False, writable=True),
    default=Path(),
    help="The folder for the papers; by default the current one.",
)
def play_story(story: str, papers: Path) -> None:
    """Play a year of a domain as its different people, on throw-away data; exits with 1 if a step fails.

    `talent` is the talent bank of a school of Hong Kong, from nominations to publication, with the profile of a student
    in three languages.
    """
    import msgspec

    from homeroom.processes import interruptible
    from homeroom.settings import Settings
    from homeroom_demo.running import say
    from homeroom_demo.talent import play_talent
    from homeroom_demo.talent_school import talent_school

    papers.mkdir(parents=True, exist_ok=True)
    settings = msgspec.structs.replace(Settings.load(), log_level="warning")
    say(f"==> a school for the story {story}")
    with interruptible(), talent_school(settings) as school:
        failed = play_talent(school, papers, say)
    say(f"{failed} step(s) failed" if failed else f"every step went as it should; the papers are in {papers}")
    if failed:
        raise SystemExit(1)


@command.command("pictures")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, writable=True))
@click.option(
    "--language",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    default=("en", "vi"),
    show_default=True,
    help="May be given more than once, as all options here.",
)
@click.option(
    "--width",
    "widths",
    type=click.IntRange(240, 4000),
    multiple=True,
    default=(320, 1280),
    show_default=True,
    help="Of the window, in pixels.",
)
@click.option("--only", multiple=True, help="Part of an address, such as /nouns/students; / is the first page.")
@click.option("--as", "people", multiple=True, help="A role or a login; by default everybody.")
@click.option("--dark", is_flag=True, help="In dark colours as well.")
@click.option("--no-axe", is_flag=True, help="Do not check accessibility.")
def pictures(
    folder: Path,
    languages: tuple[str, ...],
    widths: tuple[int, ...],
    only: tuple[str, ...],
    people: tuple[str, ...],
    dark: bool,
    no_axe: bool,
) -> None:
    """Take pictures of every page of the console, with a sheet of them all in FOLDER/index.html.

    Each kind of page is shown once, as the first person who is led to it: the lists of the navigation with one row and
    two forms each, the pages of all plugins, and everybody's first page. The sheet names errors of scripts, violations
    of WCAG 2.2 AA, pages wider than the window, and texts that are the same in all languages.

    A demonstration that runs is used; otherwise one is started on throw-away data. This needs Chromium and the packages
    of homeroom[dev].
    """
    import msgspec

    from homeroom.errors import ConfigurationError
    from homeroom.processes import ChildEnded, interruptible
    from homeroom.settings import Settings
    from homeroom_demo.pictures.running import picture_all
    from homeroom_demo.pictures.taking import Wish

    folder.mkdir(parents=True, exist_ok=True)
    settings = msgspec.structs.replace(Settings.load(), log_level="warning")
    schemes = ("light", "dark") if dark else ("light",)
    wish = Wish(languages, widths, only, people, schemes, checked=not no_axe)
    try:
        with interruptible():
            picture_all(settings, folder, wish)
    except (ChildEnded, TimeoutError, ConfigurationError) as error:
        raise click.ClickException(str(error)) from None


COMMANDS = (command,)
