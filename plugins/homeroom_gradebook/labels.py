"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "Measure.scored": "By marks",
    "Measure.commented": "By judgement",
    "gradebook.mark.enter.keep_good": "Keep good rows",
    "gradebook.mark.correct": "Correct a mark",
    "gradebook.correction.propose": "Propose the correction of a mark",
}
