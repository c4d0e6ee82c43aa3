"""What pages of other sites can make a browser do: nothing, unless the school lists them."""

from __future__ import annotations

import pytest

from homeroom_tenants.cross_site import CrossSite, check_request, cors_headers, is_origin, own_origin

OURS = "https://east.example"
APP = "https://app.example"
ALLOWED = frozenset({OURS, APP})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_no_proof(method: str) -> None:
    check_request(method, origin=None, content_type=None, csrf=None, allowed=ALLOWED)


@pytest.mark.parametrize("origin", [OURS, APP])
@pytest.mark.parametrize(
    ("content_type", "csrf"),
    [("application/json", None), ("Application/JSON; charset=utf-8", None), ("multipart/form-data; boundary=x", "1"),
     (None, "1")],
)  # fmt: skip
def test_a_page_of_ours_or_a_listed_one_may_write(origin: str, content_type: str | None, csrf: str | None) -> None:
    check_request("POST", origin=origin, content_type=content_type, csrf=csrf, allowed=ALLOWED)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post"])
@pytest.mark.parametrize(
    "origin",
    [None, "", "null", "https://evil.example", "https://east.example.evil.example", "http://east.example",
     "https://east.example:8443", "https://east.example/"],
)  # fmt: skip
def test_another_origin_may_not(method: str, origin: str | None) -> None:
    with pytest.raises(CrossSite):
        check_request(method, origin=origin, content_type="application/json", csrf="1", allowed=ALLOWED)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "text/plain; application/json", "application/jsonp"],
)  # fmt: skip
def test_what_a_plain_form_can_send_is_not_enough(content_type: str | None) -> None:
    with pytest.raises(CrossSite):
        check_request("POST", origin=OURS, content_type=content_type, csrf=None, allowed=ALLOWED)
    with pytest.raises(CrossSite):
        check_request("POST", origin=OURS, content_type=content_type, csrf="", allowed=ALLOWED)


@pytest.mark.parametrize(
    ("scheme", "host", "expected"),
    [("https", "East.Example", "https://east.example"), ("https", "east.example:443", "https://east.example"),
     ("http", "east.localhost:8000", "http://east.localhost:8000"), ("http", "a:80", "http://a")],
)  # fmt: skip
def test_our_own_origin_follows_the_host_header(scheme: str, host: str, expected: str) -> None:
    assert expected == own_origin(scheme, host)


@pytest.mark.parametrize("text", ["https://app.example", "http://localhost:3000", "http://[::1]:3000"])
def test_an_origin_is_scheme_host_and_port(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text", ["*", "null", "", "https://", "https://app.example/", "app.example", "https://*.example"]
)
def test_other_texts_are_no_origins(text: str) -> None:
    assert not is_origin(text)


def test_a_listed_origin_may_read_answers() -> None:
    headers = cors_headers(APP, {APP})
    assert APP == headers["Access-Control-Allow-Origin"]
    assert "true" == headers["Access-Control-Allow-Credentials"]
    assert "Origin" == headers["Vary"]
    assert "X-Homeroom-CSRF" in cors_headers(APP, {APP}, preflight=True)["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_no_other_origin_is_answered(origin: str | None) -> None:
    for preflight in (False, True):
        assert {"Vary": "Origin"} == cors_headers(origin, {APP}, preflight=preflight)
