"""Which circular governs a grade in a year: the new ones came grade by grade."""

from __future__ import annotations

import pytest

from homeroom_gradebook.scheme_choice import resolve_scheme
from homeroom_gradebook.schemes import GradingScheme
from homeroom_vn import VIETNAM

# p and P are the older and the newer primary circular, s and S the secondary ones.
LETTERS = {"TT30/2014+TT22/2016": "p", "TT27/2020": "P", "TT58/2011+TT26/2020": "s", "TT22/2021": "S"}


@pytest.mark.parametrize(
    ("year", "letters"),
    [
        (2020, "Ppppp" + "sssssss"),
        (2021, "PPppp" + "Ssssss" + "s"),
        (2022, "PPPpp" + "SSssSss"),
        (2023, "PPPPp" + "SSSsSSs"),
        (2024, "PPPPP" + "SSSSSSS"),
        (2030, "PPPPP" + "SSSSSSS"),
    ],
)
def test_every_grade_of_a_year_has_exactly_one_circular(year: int, letters: str) -> None:
    found = [resolve_scheme(VIETNAM.schemes, grade, year).version for grade in range(1, 13)]
    assert letters == "".join(LETTERS[version] for version in found)


def test_schemes_keep_the_contract_and_have_names_of_their_own() -> None:
    assert all(isinstance(scheme, GradingScheme) for scheme in VIETNAM.schemes)
    assert len(VIETNAM.schemes) == len({scheme.name for scheme in VIETNAM.schemes})
    assert len(VIETNAM.schemes) == len({scheme.stamp for scheme in VIETNAM.schemes})
