"""The published worked examples, where this machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from homeroom.worked_examples import read_examples, run_examples
from homeroom_vn import VIETNAM

FILE = Path(
    os.environ.get(
        "HOMEROOM_TEST_EXAMPLES",
        str(Path(__file__).resolve().parents[3] / "shared" / "domain" / "vietnam_examples.json"),
    )
)


@pytest.mark.skipif(not FILE.is_file(), reason=f"no examples file at {FILE}; set HOMEROOM_TEST_EXAMPLES")
def test_every_published_example_comes_out() -> None:
    examples = read_examples(FILE)
    assert len(examples) >= 51
    assert [] == [str(mismatch) for mismatch in run_examples(examples, VIETNAM.runners)]
