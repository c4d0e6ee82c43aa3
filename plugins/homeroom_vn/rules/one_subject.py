"""The mercy for a single subject, which TT58/2011 (article 13.6) and TT22/2021 (article 9.3) share.

Where one subject alone makes the level fall by two or more, the level is raised by one step from where it
fell to. TT58 lists its cases (G to Tb gives K, G to Y gives Tb, K to Y gives Tb, K to Kém gives Y): each is
one step up. Its list leaves out G to Kém; the step up (Y) is what the case K to Kém gives, and such a mean
satisfies K too.

What "because of one subject" means is open. ``removal`` asks for the level with that subject left out;
``had_been_good`` asks for the level if that subject met every condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from homeroom_gradebook.schemes import SchemeSetting

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["COMMENT_SUBJECT_COUNTS", "READING", "Reading", "raised"]

Reading = Literal["removal", "had_been_good"]

READING = SchemeSetting(
    "adjustment_reading",
    "removal",
    ("removal", "had_been_good"),
    "How to tell that a level fell because of one subject: by leaving it out, or by taking it as good.",
)
COMMENT_SUBJECT_COUNTS = SchemeSetting(
    "failed_comment_subject_counts",
    "yes",
    ("yes", "no"),
    "Whether the one subject may be one that is judged by comment only.",
)


def raised(unadjusted: int, candidates: int, without: Callable[[int], int], *, reachable: int) -> int:
    """The level after the mercy for one subject.

    Args:
        unadjusted: place of the level in the list of levels, best first, so that 0 is the best.
        candidates: how many subjects may be the one; each is asked by its place.
        without: the level with the subject at a place left out, or taken as good.
        reachable: the last place that counts as "would have been" (the two best levels: 1).

    Returns:
        ``unadjusted``, or the next better place.
    """
    if unadjusted < 2:
        return unadjusted
    highest = min(reachable, unadjusted - 2)
    for place in range(candidates):
        if without(place) <= highest:
            return unadjusted - 1
    return unadjusted


def reading_of(value: str) -> Reading:
    """The reading that a checked setting names."""
    return cast("Reading", value)
