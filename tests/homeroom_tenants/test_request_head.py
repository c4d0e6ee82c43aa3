"""What the directory takes from a request's head."""

from __future__ import annotations

import pytest

from homeroom_tenants.request_head import BadHead, RequestHead, fingerprint
from homeroom_tenants.tokens import new_token


def head(*headers: tuple[str, str]) -> RequestHead:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return RequestHead.of({"type": "http", "method": "POST", "headers": raw})


def test_the_head_is_read() -> None:
    found = head(("host", "east.localhost"), ("accept", "*/*"), ("origin", "https://east.localhost"))
    assert ("POST", "east.localhost") == (found.method, found.host)
    assert "https://east.localhost" == found.origin
    assert found.tenant is None


@pytest.mark.parametrize("name", ["host", "x-homeroom-tenant", "authorization", "origin", "content-type"])
def test_a_header_that_decides_may_be_there_once(name: str) -> None:
    with pytest.raises(BadHead):
        head((name, "a"), (name, "b"))


def test_a_cookie_may_be_split_but_not_doubled() -> None:
    token = new_token("session")
    assert token == head(("cookie", "a=b"), ("cookie", f"__Host-homeroom={token}")).session_token()
    assert head(("cookie", f"__Host-homeroom={token}"), ("cookie", "__Host-homeroom=x")).session_token() is None
    assert head(("cookie", f"__Host-homeroom={new_token('token')}")).session_token() is None


@pytest.mark.parametrize("sign", ["\xa0", "\x85", "\x1f", "\x0b", "\x0c"])
def test_a_sibling_domain_plants_no_session(sign: str) -> None:
    planted, own = new_token("session"), new_token("session")

    def cookie(value: str) -> RequestHead:
        return RequestHead.of({"type": "http", "headers": [(b"cookie", value.encode("latin-1"))]})

    # Browsers refuse other domains a name that begins with __Host-, and let these through.
    assert cookie(f"{sign}__Host-homeroom={planted}").session_token() is None
    assert own == cookie(f"{sign}__Host-homeroom={planted}; __Host-homeroom={own}").session_token()


def test_only_bearer_tokens_are_read() -> None:
    assert "abc" == head(("authorization", "bearer abc")).bearer()
    assert head(("host", "x")).bearer() is None
    for value in ("", "Basic abc", "Bearer", "Bearer  "):
        with pytest.raises(BadHead):
            head(("authorization", value)).bearer()


def test_a_fingerprint_tells_apart_whatever_decides_and_nothing_else() -> None:
    def of(*headers: tuple[str, str], method: str = "POST") -> bytes:
        raw = [(name.encode(), value.encode()) for name, value in headers]
        return fingerprint({"type": "http", "method": method, "headers": raw})

    base = (("host", "east.localhost"), ("cookie", "a=b"), ("content-type", "application/json"))
    same = of(*base)
    assert same == of(*base, ("user-agent", "another"), ("accept", "text/html"), ("content-length", "7"))
    others = {
        of(*base, method="GET"),
        of(*base, ("origin", "https://evil.example")),
        of(*base, ("x-homeroom-tenant", "west")),
        of(*base, ("x-homeroom-csrf", "1")),
        of(*base, ("authorization", "Bearer x")),
        of(*base, ("cookie", "c=d")),
        of(("host", "west.localhost"), *base[1:]),
        of(base[1], base[0], base[2]),
        of(("host", "east.localhost"), ("cookie", "a=b"), ("content-type", "text/plain")),
        of(*base[:2]),
    }
    assert 10 == len(others)
    assert same not in others
