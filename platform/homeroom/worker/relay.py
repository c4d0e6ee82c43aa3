"""Messages on their way from the outbox to RabbitMQ.

A command puts its message into the table of the queue, whatever broker there is. With RabbitMQ a thread of every
worker process takes messages from there, hands them over, waits until the broker confirms that it keeps them, and then
commits their removal. If the broker or the process dies in between, the messages are still there; one that was handed
over before may then come twice, and a job that has ended, or runs, passes it over.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

import dramatiq
import psycopg
from dramatiq.errors import BrokerConnectionError

from homeroom.worker.brokers import begin_session
from homeroom.worker.queue import QUEUE

if TYPE_CHECKING:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    from homeroom.database.walls import ContextSigner

__all__ = ["Relay"]

logger = logging.getLogger(__name__)

_BATCH: Final = 100
_POLL_SECONDS: Final = 1.0
_TAKE = f"""
DELETE FROM homeroom.job_queue WHERE message_id IN (
    SELECT message_id FROM homeroom.job_queue
    WHERE queue_name = '{QUEUE}' AND available_at <= now()
    ORDER BY available_at, position LIMIT {_BATCH} FOR UPDATE SKIP LOCKED)
RETURNING message::text
"""


class Relay:
    """Carries messages over, in a thread. Any number of them may work at the same time.

    Args:
        database_url: Where the outbox is.
        signer: Signs the proof that the outbox wants.
        broker: Where messages go; with confirms.
    """

    def __init__(self, database_url: str, signer: ContextSigner, broker: RabbitmqBroker) -> None:
        self._url = database_url
        self._signer = signer
        self._broker = broker
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="homeroom-relay", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not confirmed stays in the outbox."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, application_name="homeroom relay") as connection:
                    begin_session(connection, self._signer)
                    connection.execute(f'LISTEN "dramatiq.{QUEUE}.enqueue"')
                    while not self._ending.is_set():
                        if self._carry(connection) == 0:
                            for _ in connection.notifies(timeout=_POLL_SECONDS, stop_after=1):
                                pass
            except (psycopg.Error, BrokerConnectionError, OSError) as error:
                logger.warning("messages wait in the outbox: %s", type(error).__name__)
                self._ending.wait(_POLL_SECONDS)
            except Exception:
                logger.exception("messages wait in the outbox")
                self._ending.wait(_POLL_SECONDS)

    def _carry(self, connection: psycopg.Connection[tuple[str]]) -> int:
        """Hand over one batch. What raises leaves it in the outbox."""
        with connection.transaction():
            taken = connection.execute(_TAKE.encode()).fetchall()
            for (message,) in taken:
                self._broker.enqueue(dramatiq.Message.decode(message.encode()))
        return len(taken)
