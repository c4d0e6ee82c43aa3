"""Whether a process lives, whether it is ready, and what it counted."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from homeroom import Plugin, hookimpl
from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.health import HealthCheck
from homeroom.host import Host
from homeroom.operation.health import ready_in_time
from homeroom.operation.observed import observed
from homeroom.operation.run_dir import say_stopping
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom_graphql.schemas import known_operations

DEPLOY = Path(__file__).parents[2] / "deploy"
TOKEN = secrets.token_urlsafe(32)
#: As many threads as a loop's executor has at most.
_THREADS = 32


@pytest.fixture
async def second(host: Host, database_settings: Settings, tmp_path: Path) -> Host:
    """Another host of the same database, as a process of its own would have it."""
    settings = msgspec.structs.replace(database_settings, metrics_token=TOKEN, run_dir=tmp_path, database_pool=2)
    return build_host(settings, PluginRegistry.discover())


async def test_it_is_ready_until_it_is_asked_to_stop(second: Host, school_a: Space) -> None:
    client = Client(create_app(second), school_a, second.settings)
    assert {"live": True} == (await client.http.get("/health/live")).json()
    assert 503 == (await client.http.get("/health/ready")).status_code  # not open yet
    await second.open()
    try:
        answer = await client.http.get("/health/ready")
        assert (200, True) == (answer.status_code, answer.json()["ready"])
        assert {"running", "database", "migrations", "directory"} <= answer.json()["checks"].keys()
        say_stopping(second.settings)
        answer = await client.http.get("/health/ready")
        assert (503, {"running": False}) == (answer.status_code, answer.json()["checks"])
        assert 200 == (await client.http.get("/health/live")).status_code
    finally:
        await second.close()


async def test_it_is_not_ready_before_the_schemas_are_built(second: Host, school_a: Space) -> None:
    """The first request of a school would wait for its schema, and the server that was restarted next would be gone."""
    patient = build_host(msgspec.structs.replace(second.settings, warm_seconds=600), second.registry)
    client = Client(create_app(patient), school_a, second.settings)
    # Schemas are built in the loop's threads. None is built before the first answer while those do something else.
    free, loop = threading.Event(), asyncio.get_running_loop()
    others = [loop.run_in_executor(None, free.wait) for _ in range(_THREADS)]
    try:
        await patient.open()
        answer = await client.http.get("/health/ready")
        assert (503, False) == (answer.status_code, answer.json()["checks"]["schemas"])
        free.set()
        assert await ready_in_time(patient, 300)
        assert 200 == (await client.http.get("/health/ready")).status_code
        for space in await patient.directory.spaces():
            assert known_operations(patient.variant_of(space)) is not None, space.slug
    finally:
        free.set()
        await asyncio.gather(*others)
        await patient.close()


async def test_without_time_for_it_no_schema_is_built_before_a_school_asks(second: Host, school_a: Space) -> None:
    assert 0 == second.settings.warm_seconds
    await second.open()
    try:
        await second.directory.spaces()
        await asyncio.sleep(0.1)
        assert "warming" not in {task.get_name() for task in asyncio.all_tasks()}
        assert await ready_in_time(second, 300)
        assert known_operations(second.variant_of(school_a)) is None
    finally:
        await second.close()


async def test_it_is_not_ready_while_it_receives_nothing(second: Host, school_a: Space) -> None:
    client = Client(create_app(second), school_a, second.settings)
    await second.open()
    await second.hooks.each("shutdown", failed=lambda _plugin, _error: None, host=second)  # listening ends first
    try:
        answer = await client.http.get("/health/ready")
        assert (503, False) == (answer.status_code, answer.json()["checks"]["directory"])
    finally:
        await second.database.close()


async def test_it_is_not_ready_without_a_migration(second: Host, school_a: Space) -> None:
    await second.open()
    owner = second.settings.owner_database_url
    assert owner is not None
    client = Client(create_app(second), school_a, second.settings)
    with psycopg.connect(owner, autocommit=True) as connection:
        [(plugin, name)] = connection.execute(
            "SELECT plugin, name FROM homeroom.migration WHERE plugin = 'school' ORDER BY name DESC LIMIT 1"
        ).fetchall()
        connection.execute("DELETE FROM homeroom.migration WHERE plugin = %s AND name = %s", (plugin, name))
        try:
            answer = await client.http.get("/health/ready")
            assert (503, False) == (answer.status_code, answer.json()["checks"]["migrations"])
        finally:
            connection.execute("INSERT INTO homeroom.migration (plugin, name) VALUES (%s, %s)", (plugin, name))
    await second.close()


async def test_metrics_are_read_with_the_token_alone(second: Host, host: Host, school_a: Space) -> None:
    app = observed(create_app(second), second)
    client = Client(app, school_a, second.settings)
    await second.open()
    try:
        await client.http.post("/graphql", json={"query": "{ viewer { login } }"})
        await client.http.get("/this/is/not/there")
        app.flush()
        assert 401 == (await client.http.get("/metrics")).status_code
        assert 401 == (await client.http.get("/metrics", headers={"Authorization": "Bearer x"})).status_code
        answer = await client.http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert 200 == answer.status_code
    finally:
        await second.close()
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    counted = {
        (each.labels["route"], each.labels["status"]): each.value
        for each in families["homeroom_request_seconds"].samples
        if each.name.endswith("_count") and each.labels["route"] != "/metrics"  # asked for a moment ago
    }
    assert {("/graphql", "401"): 1.0, ("none", "404"): 1.0} == counted
    states = {each.labels["state"] for each in families["homeroom_jobs"].samples}
    assert {"queued", "running", "retrying", "failed", "forbidden"} == states
    assert {"used", "idle", "waited_for"} == {
        each.labels["state"] for each in families["homeroom_database_connections"].samples
    }
    assert 1.0 == families["homeroom_directory_hearing"].samples[0].value
    assert "gradebook" in {each.labels["plugin"] for each in families["homeroom_hook_seconds"].samples}
    assert school_a.slug not in answer.text
    assert "this/is" not in answer.text


async def test_alerts_and_dashboard_ask_for_what_is_reported(second: Host, school_a: Space) -> None:
    """A metric or a label that has another name would make an alert that never comes."""
    dashboard = msgspec.json.decode((DEPLOY / "grafana" / "homeroom.json").read_bytes())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked.append((DEPLOY / "prometheus" / "homeroom.rules.yml").read_text(encoding="utf-8"))
    await second.open()
    try:
        app = observed(create_app(second), second)
        client = Client(app, school_a, second.settings)  # type: ignore[arg-type]
        await client.http.get("/health/live")
        app.flush()
        reported = (await client.http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    finally:
        await second.close()
    metrics = {
        each for each in re.findall(r"^# TYPE (\S+) ", reported, flags=re.MULTILINE) if not each.endswith("_created")
    }
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(reported):
        for sample in family.samples:
            labels.setdefault(_family(sample.name), set()).update(sample.labels)
    named = {_family(name) for text in asked for name in re.findall(r"\bhomeroom_\w+", text)}
    assert metrics == named  # and each that is informed is looked at
    for text in asked:
        for name, given in re.findall(r"\b(homeroom_\w+)\{([^}]*)\}", text):
            used = set(re.findall(r"(\w+)\s*=", given)) - {"instance"}
            assert used <= labels.get(_family(name), used), name


def _family(name: str) -> str:
    return re.sub(r"_(count|sum|bucket)$", "", name)


async def test_without_a_token_there_are_no_metrics(host: Host, school_a: Space) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(host)),  # type: ignore[arg-type]
        base_url="http://school.example",
    ) as client:
        assert 404 == (await client.get("/metrics")).status_code


async def test_a_plugin_has_a_say_in_whether_the_process_is_ready(
    database_settings: Settings, school_a: Space, tmp_path: Path
) -> None:
    """The hook `health_checks`: what must hold is waited for, what is only reported is reported."""
    holds = {"stove": False, "kettle": False}

    async def stove() -> bool:
        return holds["stove"]

    async def kettle() -> bool:
        raise OSError("cold")

    class KitchenPlugin(Plugin):
        name = "kitchen"
        title = "Kitchen"

        @hookimpl
        def health_checks(self) -> list[HealthCheck]:
            return [HealthCheck("stove", stove), HealthCheck("kettle", kettle, required=False)]

    settings = msgspec.structs.replace(database_settings, run_dir=tmp_path, database_pool=2)
    host = build_host(settings, PluginRegistry.discover([KitchenPlugin()]))
    client = Client(create_app(host), school_a, settings)
    await host.open()
    try:
        answer = await client.http.get("/health/ready")
        assert (503, False, False) == (
            answer.status_code, answer.json()["checks"]["stove"], answer.json()["checks"]["kettle"],
        )  # fmt: skip
        holds["stove"] = True
        answer = await client.http.get("/health/ready")
        assert (200, True, False) == (
            answer.status_code, answer.json()["checks"]["stove"], answer.json()["checks"]["kettle"],
        )  # fmt: skip
    finally:
        await host.close()
