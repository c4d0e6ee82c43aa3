"""``homeroom demo``."""

from __future__ import annotations

import click

__all__ = ["COMMANDS", "command"]


@click.command("demo")
@click.option("--check", is_flag=True, help="Play a day of school on throw-away data, and exit with 1 if a step fails.")
def command(check: bool) -> None:
    """Three schools of three regions on this machine, with people to sign in as.

    A second run continues with the same data. The port is a setting (HOMEROOM_PORT); if it is taken, a free one is
    used.
    """
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


COMMANDS = (command,)
