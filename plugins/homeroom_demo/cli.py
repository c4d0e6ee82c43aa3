"""``homeroom demo``."""

from __future__ import annotations

from pathlib import Path

import click

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


COMMANDS = (command,)
