"""Messages go by TLS to anyone who proves to be the host of the address, and to nobody else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from hearing.asking import EVENT, deliveries, do, register
from hearing.office import Office
from hearing.receiver import Receiver, receiving, verify

from homeroom.testing import Client

NAME = "localhost"  # the one name that stands for this machine everywhere


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts, as an operator's own."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def identity(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def named(receiver: Receiver, host: str) -> str:
    """The receiver's address under another name."""
    return receiver.url.replace("127.0.0.1", host)


@pytest.fixture
def proved(authority: trustme.CA) -> Iterator[Receiver]:
    """A receiver with a certificate of the authority for its name and its address."""
    with receiving(identity(authority.issue_cert(NAME, "127.0.0.1"))) as made:
        yield made


@pytest.mark.parametrize("place", [NAME, "127.0.0.1"])
async def test_anyone_who_proves_to_be_the_host_is_informed(
    office: Office, admin: Client, proved: Receiver, place: str
) -> None:
    made = await register(admin, named(proved, place), EVENT)
    await do(admin, "Proved")
    await office.deliver()
    ((headers, body),) = proved.came
    assert 1 == verify(made["secret"], headers, body)
    assert f"{place}:{urlsplit(proved.url).port}" == headers["host"]
    assert [("DELIVERED", 204)] == [(each["state"], each["responseStatus"]) for each in await deliveries(admin)]


def of_another_authority(_: trustme.CA) -> trustme.LeafCert:
    """By somebody whom this machine does not trust."""
    return trustme.CA().issue_cert(NAME)


def for_another_name(authority: trustme.CA) -> trustme.LeafCert:
    """Of somebody else."""
    return authority.issue_cert("elsewhere.example")


def over(authority: trustme.CA) -> trustme.LeafCert:
    """That was good until yesterday."""
    now = datetime.now(UTC)
    return authority.issue_cert(NAME, not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))


@pytest.mark.parametrize(
    ("certificate", "fault"),
    [(of_another_authority, "issuer"), (for_another_name, "mismatch"), (over, "expired")],
)
async def test_anyone_who_proves_to_be_somebody_else_is_informed_of_nothing(
    office: Office, admin: Client, authority: trustme.CA, certificate: object, fault: str
) -> None:
    assert callable(certificate)
    with receiving(identity(certificate(authority))) as impostor:
        await register(admin, named(impostor, NAME), EVENT)
        await do(admin, "Unproved")
        await office.deliver()
        assert [] == impostor.came
    (found,) = await deliveries(admin)
    assert ("WAITING", None) == (found["state"], found["responseStatus"])
    assert found["error"].startswith("the certificate is not to be trusted: ")
    assert fault in found["error"].lower()


async def test_one_that_mends_its_certificate_gets_what_has_waited(
    office: Office, admin: Client, authority: trustme.CA
) -> None:
    served = identity(over(authority))
    with receiving(served) as receiver:
        await register(admin, named(receiver, NAME), EVENT)
        await do(admin, "Patience")
        await office.deliver()
        assert [] == receiver.came
        authority.issue_cert(NAME).configure_cert(served)
        office.wait(seconds=7)
        await office.deliver()
        assert 1 == len(receiver.came)
    assert [("DELIVERED", 2)] == [(each["state"], each["attempts"]) for each in await deliveries(admin)]
