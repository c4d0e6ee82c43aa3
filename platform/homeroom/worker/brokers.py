"""Where a worker takes its messages from: PostgreSQL itself, or RabbitMQ."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any, Final

from dramatiq_postgres import PostgresBroker
from psycopg_pool import ConnectionPool

from homeroom.database.walls import PROOF, SESSION, ContextSigner

if TYPE_CHECKING:
    import dramatiq
    from psycopg import Connection

    from homeroom.settings import Settings

__all__ = ["begin_session", "broker_of", "rabbitmq_broker"]

#: Seconds between two heartbeats of a worker, of silence after which one is dead, and between two looks for dead ones.
_HEARTBEAT: Final = 2.0
_DEAD_AFTER: Final = 10.0
_LOOK_FOR_DEAD: Final = 3.0
#: Seconds, and how often: a connection that broke without a word is noticed (libpq's names).
_KEEPALIVE: Final = {"keepalives": 1, "keepalives_count": 2, "keepalives_idle": 5, "keepalives_interval": 2}


class _ProvedBroker(PostgresBroker):  # type: ignore[misc] # it has no types
    """The queue in the database, whose walls want proof; a broker does not close a pool that it is given."""

    def close(self) -> None:
        super().close()
        self.pool.close()


def begin_session(connection: Connection[Any], signer: ContextSigner) -> None:
    """Give a session the proof that it serves the queue, for as long as it lasts; nobody else's SQL runs in it."""
    # As parameters: the text of a statement can be read by other sessions of the role.
    [(pid, number)] = connection.execute(
        f"SELECT pg_backend_pid(), set_config('{SESSION}', %s, false)".encode(), [secrets.token_hex(16)]
    ).fetchall()
    connection.execute(f"SELECT set_config('{PROOF}', %s, false)".encode(), [signer.prove(f"{pid}.{number}")])
    connection.commit()


def broker_of(settings: Settings, middleware: list[dramatiq.Middleware]) -> dramatiq.Broker:
    """The broker that the settings name.

    Args:
        settings: With the database URL.
        middleware: What surrounds each message, the first outermost.
    """
    if settings.broker_url is not None:
        return rabbitmq_broker(settings.broker_url, middleware)
    assert settings.database_url is not None
    assert settings.secret_key is not None
    signer = ContextSigner(settings.secret_key.encode())
    broker: dramatiq.Broker = _ProvedBroker(
        pool=ConnectionPool(
            settings.database_url,
            kwargs={"application_name": "homeroom queue", **_KEEPALIVE},
            min_size=0,
            max_size=16,
            open=True,
            check=ConnectionPool.check_connection,
            configure=lambda connection: begin_session(connection, signer),
        ),
        results=False,
        schema="homeroom",
        prefix="job_",
        heartbeat_interval=_HEARTBEAT,
        heartbeat_ttl=_DEAD_AFTER,
        maintenance_interval=_LOOK_FOR_DEAD,
        middleware=middleware,
    )
    return broker


def rabbitmq_broker(url: str, middleware: list[dramatiq.Middleware]) -> dramatiq.Broker:
    """RabbitMQ, which confirms every message before it counts as handed over."""
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    # It tells every step of every connection, and says again as an error what is raised anyway.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    return RabbitmqBroker(url=url, confirm_delivery=True, middleware=middleware)
