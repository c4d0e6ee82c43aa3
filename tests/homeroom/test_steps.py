"""Steps from state to state, as they are declared."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from homeroom.errors import ConfigurationError
from homeroom.nouns import Step


class Door(StrEnum):
    """The states of a door."""

    OPEN = "open"
    SHUT = "shut"


@pytest.mark.parametrize("given", [(Door.OPEN, Door.SHUT, "Shut it."), ("Shut it.", "open", Door.SHUT)])
def test_a_step_whose_arguments_are_in_another_order_is_refused(given: tuple[Any, ...]) -> None:
    with pytest.raises(ConfigurationError, match="takes what it does, then states before"):
        Step("shut", *given)
    assert [Door.OPEN] == list(Step("shut", "Shut it.", Door.OPEN, Door.SHUT).begins)
