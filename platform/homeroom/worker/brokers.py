"""Where a worker takes its messages from: PostgreSQL itself, or RabbitMQ."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from dramatiq_postgres import PostgresBroker

if TYPE_CHECKING:
    import dramatiq

    from homeroom.settings import Settings

__all__ = ["broker_of", "rabbitmq_broker"]

#: Seconds between two signs of life of a worker, after which silence one is dead, and between two looks for dead ones.
_SIGN_OF_LIFE: Final = 2.0
_DEAD_AFTER: Final = 10.0
_LOOK_FOR_DEAD: Final = 3.0


def broker_of(settings: Settings, middleware: list[dramatiq.Middleware]) -> dramatiq.Broker:
    """The broker that the settings name.

    Args:
        settings: With the database URL.
        middleware: What surrounds each message, the first outermost.
    """
    if settings.broker_url is not None:
        return rabbitmq_broker(settings.broker_url, middleware)
    broker: dramatiq.Broker = PostgresBroker(
        url=settings.database_url,
        results=False,
        schema="homeroom",
        prefix="job_",
        heartbeat_interval=_SIGN_OF_LIFE,
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
