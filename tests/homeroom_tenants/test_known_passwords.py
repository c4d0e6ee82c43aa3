"""Passwords that others know are refused: the commonest, and those of a file of leaked ones."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_tenants.known_passwords import KnownPasswords


def _write(path: Path, passwords: Collection[str], *, end: str = "\n", count: bool = True) -> Path:
    digests = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in passwords)
    lines = [f"{each}:{number}{end}" if count else f"{each}{end}" for number, each in enumerate(digests, 1)]
    path.write_bytes("".join(lines).encode())
    return path


@pytest.mark.parametrize("password", ["12345678", "password1", "iloveyou1", "PASSWORD1", "Football1"])
def test_the_commonest_are_known(password: str) -> None:
    assert KnownPasswords().knows(password)


def test_others_are_not() -> None:
    assert not KnownPasswords().knows("con chim xanh hót trên cành cây")


@given(
    leaked=st.sets(st.text(min_size=1, max_size=12), max_size=60),
    others=st.sets(st.text(min_size=1, max_size=12), max_size=20),
    end=st.sampled_from(["\n", "\r\n"]),
    count=st.booleans(),
)
def test_of_a_file_every_line_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, leaked: set[str], others: set[str], end: str, count: bool
) -> None:
    # What cannot be written in UTF-8 nobody can type.
    leaked = {each for each in leaked if each.isprintable()}
    path = _write(tmp_path_factory.mktemp("leaked") / "digests", leaked, end=end, count=count)
    known, common = KnownPasswords(path), KnownPasswords()
    for each in leaked | {each for each in others if each.isprintable()}:
        assert (each in leaked or common.knows(each)) == known.knows(each)


def test_a_file_that_is_not_there_lets_nothing_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KnownPasswords(tmp_path / "nowhere").knows("con chim xanh hót trên cành cây")
