"""Workers, PostgreSQL and RabbitMQ are killed while jobs run: nothing is lost, nothing happens twice.

A small storm; ``python tests/faults/mill/storm.py`` is the whole one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from mill.plugin import EXPLOSIONS
from mill.rabbit import rabbitmq_script
from mill.storm import storm

JOBS, KILLS = 150, 8


@pytest.mark.slow
@pytest.mark.parametrize("broker", ["postgresql", "rabbitmq"])
async def test_nothing_is_lost_and_nothing_happens_twice(broker: str, tmp_path: Path) -> None:
    if broker == "rabbitmq" and rabbitmq_script() is None:
        reported = "there is no RabbitMQ here: apt-get install rabbitmq-server"
        if os.environ.get("HOMEROOM_TEST_RABBITMQ") == "required":
            pytest.fail(reported)
        pytest.skip(reported)
    outcome = await storm(JOBS, KILLS, rabbitmq=broker == "rabbitmq", seconds=1500, log=tmp_path / "workers.log")
    reported = str(outcome)
    assert (JOBS, JOBS) == (outcome.asked, outcome.succeeded), reported
    assert (0, 0, 0) == (outcome.lost, outcome.doubled, outcome.open), reported
    assert [("failed", EXPLOSIONS)] == [each[:2] for each in outcome.poison], reported
    assert (KILLS, 2, 2 if broker == "rabbitmq" else 0) == (
        outcome.kills,
        outcome.database_kills,
        outcome.broker_kills,
    )
