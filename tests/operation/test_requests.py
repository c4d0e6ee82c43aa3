"""What operators see of a request: its id, its line, its numbers, its span; and nothing of a person."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.logs import configure_logs
from homeroom.operation.observed import Observed
from homeroom.operation.tracing import Traced, exporting
from homeroom.settings import Settings, SettingsError
from homeroom.testing.client import Client
from homeroom.testing.people import People

QUERY = "query WhoAmI { viewer { login } }"


def client_of(app: Any, host: Host, space: Space, signed_in: Client) -> Client:
    """The same person, but through another shell of the application."""
    client = Client(app, space, host.settings)
    client.http.cookies = signed_in.http.cookies
    return client


async def test_a_line_says_school_and_operation_and_nothing_of_a_person(
    app: Litestar, host: Host, as_role: People, school_a: Space, school_b: Space, capsys: pytest.CaptureFixture[str]
) -> None:
    observed = Observed(app, msgspec.structs.replace(host.settings, log_format="json"))
    signed_in = await as_role(school_a, "admin")
    client = client_of(observed, host, school_a, signed_in)
    answer = await client.http.post("/graphql", json={"query": QUERY}, headers={"X-Request-Id": "from-the-proxy-1"})
    assert 200 == answer.status_code
    other = Client(observed, school_b, host.settings)
    refused = await other.http.get("/no/such/place?password=opensesame")
    assert 404 == refused.status_code
    observed.flush()
    written = capsys.readouterr().err
    first, second = (json.loads(line) for line in written.splitlines())
    assert "from-the-proxy-1" == answer.headers["x-request-id"] == first["request_id"]
    assert (school_a.slug, "query", "WhoAmI", "/graphql", 200) == (
        first["school"], first["kind"], first["operation"], first["route"], first["status"],
    )  # fmt: skip
    assert first["milliseconds"] > 0
    assert (404, "") == (second["status"], second["route"])
    assert second["request_id"] == refused.headers["x-request-id"]
    for secret in (signed_in.login, "opensesame", "no/such", *signed_in.http.cookies.values()):
        assert secret not in written


@pytest.mark.parametrize("given", ["short", "with spaces in it", "x" * 65, 'quote"and{brace}', ""])
async def test_an_id_that_has_no_form_is_replaced(app: Litestar, host: Host, school_a: Space, given: str) -> None:
    client = Client(Observed(app, host.settings), school_a, host.settings)
    answers = [await client.http.get("/health/live", headers={"X-Request-Id": given}) for _ in range(2)]
    ids = [each.headers["x-request-id"] for each in answers]
    assert all(re.fullmatch(r"[0-9a-f]{12}-[0-9a-f]{6,}", each) for each in ids)
    assert 2 == len(set(ids))


async def test_log_lines_of_a_request_carry_its_id_and_school(
    app: Litestar, host: Host, as_role: People, school_a: Space, capsys: pytest.CaptureFixture[str]
) -> None:
    async def logging_app(scope: Any, receive: Any, send: Any) -> None:
        await host.directory.authenticate(scope)
        logging.getLogger("some.plugin").warning("something is odd")
        await app(scope, receive, send)

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    settings = msgspec.structs.replace(host.settings, log_format="json", access_log="off")
    try:
        configure_logs(settings)
        client = client_of(Observed(logging_app, settings), host, school_a, await as_role(school_a, "admin"))
        await client.http.post("/graphql", json={"query": QUERY}, headers={"X-Request-Id": "12345678"})
    finally:
        root.handlers = handlers
        root.setLevel(level)
    written = capsys.readouterr().err
    [line] = (json.loads(each) for each in written.splitlines() if "odd" in each)
    assert ("12345678", school_a.slug, "warning") == (line["request_id"], line["school"], line["level"])


@pytest.mark.parametrize(
    ("access_log", "level", "lines"), [("problems", "info", 1), ("off", "info", 0), ("all", "warning", 0)]
)
async def test_lines_may_be_fewer(
    app: Litestar,
    host: Host,
    school_a: Space,
    capsys: pytest.CaptureFixture[str],
    access_log: Any,
    level: Any,
    lines: int,
) -> None:
    settings = msgspec.structs.replace(host.settings, access_log=access_log, log_level=level)
    observed = Observed(app, settings)
    client = Client(observed, school_a, settings)
    await client.http.get("/health/live")
    await client.http.get("/nowhere")
    observed.flush()
    written = capsys.readouterr().err
    assert lines == len(written.splitlines())


async def test_a_span_is_sent_to_the_collector(app: Litestar, host: Host, as_role: People, school_a: Space) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = msgspec.structs.replace(
            host.settings, trace_endpoint=f"http://127.0.0.1:{server.server_port}/v1/traces"
        )
        provider = exporting(settings)
        client = client_of(Observed(Traced(app, provider), settings), host, school_a, await as_role(school_a, "admin"))
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await client.http.post("/graphql", json={"query": QUERY}, headers={"traceparent": parent})
        provider.shutdown()
        server.shutdown()
    request = ExportTraceServiceRequest()
    request.ParseFromString(b"".join(received))
    [span] = request.resource_spans[0].scope_spans[0].spans
    attributes = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
    assert "POST /graphql" == span.name
    assert "0af7651916cd43dd8448eb211c80319c" == span.trace_id.hex()
    assert (school_a.slug, "WhoAmI", "query", 200) == (
        attributes["homeroom.school"],
        attributes["graphql.operation.name"],
        attributes["graphql.operation.type"],
        attributes["http.response.status_code"],
    )


@pytest.mark.parametrize(("name", "value"), [("metrics_token", "short"), ("trace_endpoint", "localhost:4318")])
def test_settings_are_checked(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"HOMEROOM_{name.upper()}"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_a_token_is_never_shown() -> None:
    token = "a token of the metrics that is long enough"
    assert token not in repr(Settings(metrics_token=token))


async def test_an_error_is_noted_all_the_same(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("said by somebody")

    observed = Observed(broken, host.settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=observed, raise_app_exceptions=False), base_url="http://school.example"
    ) as client:
        await client.get("/")
    observed.flush()
    written = capsys.readouterr().err
    assert "GET - 500" in written
    assert "somebody" not in written


NOISE = """
import logging, threading, warnings
from homeroom.logs import configure_logs
from homeroom.settings import Settings
configure_logs(Settings(log_format="json"))
warnings.warn("of a library")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
logging.getLogger("_granian").error("of the server")
try:
    raise ValueError("with two\\nlines")
except ValueError:
    logging.getLogger("elsewhere").exception("a failure")
raise RuntimeError("that nobody catches")
"""


def test_every_line_of_a_log_for_programs_is_json() -> None:
    ended = subprocess.run([sys.executable, "-c", NOISE], capture_output=True, text=True, check=False, timeout=900)
    assert 1 == ended.returncode
    lines = [msgspec.json.decode(line) for line in (ended.stdout + ended.stderr).splitlines()]
    assert ["py.warnings", "homeroom.logs", "_granian", "elsewhere", "homeroom.logs"] == [
        each["logger"] for each in lines
    ]
    assert "ZeroDivisionError" in lines[1]["exception"]
    assert "RuntimeError: that nobody catches" in lines[-1]["exception"]
