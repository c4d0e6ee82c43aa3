"""Which space a request selects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_tenants.hosts import BadHost, BadSelection, host_name, is_slug, label_under, select

SPACES = {"east": "East School", "west": "West School"}
HOSTS = {"east.localhost": "East School", "west.localhost": "West School", "east.example": "East School"}


def chosen(host: str | None, header: str | None) -> tuple[bool, str | None]:
    return select(host, header, by_host=HOSTS.get, by_slug=SPACES.get)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("east.localhost", "east.localhost"),
        ("East.LocalHost:8000", "east.localhost"),
        ("east.localhost.", "east.localhost"),
        ("east.localhost.:443", "east.localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[::1]:8000", "[::1]"),
        ("xn--trng-3pa.example", "xn--trng-3pa.example"),
    ],
)
def test_a_host_header_gives_a_name(value: str, expected: str) -> None:
    assert expected == host_name(value)


@pytest.mark.parametrize(
    "value",
    ["", " ", ":8000", "east.localhost:", "east.localhost:http", "east.localhost:99999", "east_1.localhost",
     "-east.localhost", "east..localhost", "east.localhost/x", "a@b", "east.localhost:80:80", "trường.example",
     "x" * 64, "[::1", "::1", "east.localhost\r\nX: y", "a." * 130 + "b"],
)  # fmt: skip
def test_what_is_no_host_name_is_refused(value: str) -> None:
    with pytest.raises(BadHost):
        host_name(value)


@given(st.text(max_size=40))
def test_a_host_name_is_refused_or_plain(text: str) -> None:
    try:
        name = host_name(text)
    except BadHost:
        return
    assert name == host_name(name)
    assert set("abcdefghijklmnopqrstuvwxyz0123456789.-[]:") >= set(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("east.localhost", "east"), ("localhost", None), ("a.east.localhost", None), ("eastlocalhost", None),
     ("east.example", None)],
)  # fmt: skip
def test_a_short_name_is_right_under_the_base_domain(name: str, expected: str | None) -> None:
    assert expected == label_under(name, "localhost")


@pytest.mark.parametrize("slug", ["a", "east", "thcs-le-loi", "p1", "a" * 63])
def test_a_short_name_is_one_label(slug: str) -> None:
    assert is_slug(slug)


@pytest.mark.parametrize("slug", ["", "East", "-a", "a-", "a.b", "a_b", "trường", "a" * 64, "a\n"])
def test_other_texts_are_no_short_names(slug: str) -> None:
    assert not is_slug(slug)


def test_the_host_name_selects() -> None:
    assert (True, "East School") == chosen("east.localhost:8000", None)
    assert (True, "East School") == chosen("east.example", None)


def test_the_header_selects_where_the_host_name_does_not() -> None:
    assert (True, "West School") == chosen("localhost:8000", "west")
    assert (True, "West School") == chosen("127.0.0.1", " West ")
    assert (True, "West School") == chosen(None, "west")


def test_both_may_say_the_same() -> None:
    assert (True, "East School") == chosen("east.localhost", "east")


@pytest.mark.parametrize("header", ["west", "nowhere", "", "EAST/../west"])
def test_both_may_not_disagree(header: str) -> None:
    with pytest.raises(BadSelection):
        chosen("east.localhost", header)


def test_nothing_that_exists_is_still_a_selection() -> None:
    assert (True, None) == chosen("localhost", "nowhere")
    assert (False, None) == chosen("nowhere.localhost", None)
    assert (False, None) == chosen(None, None)
