"""The demonstration as a person runs it: it comes up, stops whole, and continues with the same data."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from homeroom.server import free_port
from homeroom_demo.client import Person

pytestmark = pytest.mark.slow


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Variables of an installation of its own."""
    place = Path(tempfile.mkdtemp(prefix="homeroom-test-"))
    place.chmod(0o755)
    yield {
        "PATH": os.environ["PATH"],
        "HOMEROOM_DATA_DIR": str(place / "data"),
        "HOMEROOM_EMBEDDED_DIR": str(place / "postgres"),
        "HOMEROOM_PORT": str(free_port("127.0.0.1")),
        "HOMEROOM_WORKERS": "1",
    }
    shutil.rmtree(place)


class Run:
    """One run of ``homeroom demo``, read up to the line that says that it is up."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "homeroom.cli", "demo"], env=environment, stdout=subprocess.PIPE, text=True
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops everything" in line:
                break
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    @property
    def password(self) -> str:
        """Everybody's."""
        found = re.search(r"password here:\s+(\S+)", self.said)
        assert found is not None, self.said
        return found[1]

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=900)
        self.said += rest


def test_it_comes_up_stops_whole_and_continues(environment: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{environment['HOMEROOM_PORT']}"
    first = Run(environment)
    for slug in ("hoasen", "bauhinia", "ginkgo", "district"):
        assert f"http://{slug}.localhost:{environment['HOMEROOM_PORT']}" in first.said
    for role in ("principal", "registrar", "admin", "homeroom teacher", "teacher", "student", "guardian"):
        assert 3 == len(re.findall(rf"@\S+ +{role} ", first.said))
    signed_in = httpx.post(
        f"{address}/auth/login",
        json={"login": "teacher@hoasen.demo.invalid", "password": first.password},
        headers={"Host": f"hoasen.localhost:{environment['HOMEROOM_PORT']}",
                 "Origin": f"http://hoasen.localhost:{environment['HOMEROOM_PORT']}"},
    )  # fmt: skip
    assert 200 == signed_in.status_code
    head = Person(address, "district", "head@district.demo.invalid")
    assert 200 == head.sign_in(first.password).status_code
    seen = head.ask("{ districtSchools { nodes { slug } } policyRules { nodes { object effect origin } } }").data
    head.close()
    assert ["bauhinia", "ginkgo", "hoasen"] == [each["slug"] for each in seen["districtSchools"]["nodes"]]
    assert {"object": "tenants.origins.set", "effect": "DENY", "origin": "DISTRICT"} in seen["policyRules"]["nodes"]
    first.interrupt()
    assert 0 == first.process.returncode
    assert "stopped" == first.said.splitlines()[-1]
    _, alive = psutil.wait_procs(first.family, timeout=900)
    assert [] == [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    assert not (Path(environment["HOMEROOM_EMBEDDED_DIR"]) / "data" / "postmaster.pid").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)

    second = Run(environment)
    second.interrupt()
    assert first.password == second.password
    assert "generated people" not in second.said

    # Without what it wrote down of them it does not go on with schools that it does not know.
    (Path(environment["HOMEROOM_DATA_DIR"]) / "demo.json").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "homeroom.cli", "demo"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert 1 == done.returncode
    assert "there is a space 'district' already" in done.stderr
