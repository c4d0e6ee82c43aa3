"""``homeroom notices`` and ``homeroom mail``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["COMMANDS", "mail", "notices"]


@click.group("notices")
def notices() -> None:
    """Notices to people, and what became of the mails about them."""


@notices.command("state")
def state() -> None:
    """How many mails of each school wait, are held, have failed and were sent; one line each."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        for space in await host.directory.spaces():
            async with host.database.transaction(space.id, read_only=True) as transaction:
                rows = await transaction.fetch(
                    "SELECT state, error, count(*) AS mails FROM notice_delivery GROUP BY 1, 2 ORDER BY 1, 2"
                )
            for row in rows:
                click.echo("\t".join([space.slug, row["state"], str(row["mails"]), row["error"] or ""]).rstrip("\t"))

    run_with_host(work)


@notices.command("send")
@click.argument("school", required=False)
@click.option("--again", is_flag=True, help="Those, too, that have failed.")
def send(school: str | None, again: bool) -> None:
    """Have workers send the mails that are held, of one school or of all; they do so by themselves within minutes."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> bool:
        from homeroom.audit import AuditTrail
        from homeroom.context import Context
        from homeroom.notices.delivering import resume

        if host.settings.mail_url is None:
            return False
        spaces = [await host.directory.space(school)] if school else await host.directory.spaces()
        for space in spaces:
            async with host.database.transaction(space.id) as transaction:
                trail, caller, now = AuditTrail(resume.name), host.system_caller(space), host.clock()
                context = Context(host, caller, transaction, trail, now)
                asked = await context.run_job(resume, {"again": again})
                await trail.write(transaction, caller, now, None)
            click.echo(f"{space.slug}\t{asked}")
        return True

    if not run_with_host(work):
        raise click.ClickException("no mail server is set: HOMEROOM_MAIL_URL and HOMEROOM_MAIL_FROM")


@click.group("mail")
def mail() -> None:
    """The mail server."""


@mail.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send a trial mail to an address; exits with 1 and says why if the mail server does not take it."""
    import asyncio
    from datetime import UTC, datetime

    from homeroom.database.ids import new_id
    from homeroom.errors import Refusal
    from homeroom.notices.kinds import rendered
    from homeroom.notices.letters import TRIAL
    from homeroom.notices.mail import Mail, checked_address
    from homeroom.notices.smtp import MailDelayed, Mailer, MailRefused
    from homeroom.settings import Settings

    settings = Settings.load()
    if settings.mail_url is None:
        raise click.ClickException("no mail server is set: HOMEROOM_MAIL_URL and HOMEROOM_MAIL_FROM")
    try:
        subject, text = rendered(TRIAL, "en", {})
        trial = Mail(str(new_id()), checked_address(address), subject, f"{text}\n", "Homeroom")
        asyncio.run(Mailer(settings).send(trial, datetime.now(UTC)))
    except (Refusal, MailRefused, MailDelayed) as error:
        raise click.ClickException(str(error)) from None
    click.echo("the mail server took it")


COMMANDS = (notices, mail)
