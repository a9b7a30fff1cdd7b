"""A practice question from its family's number and a seed, and the families of a mixed set."""

from numba.extending import register_jitable

from convlib.kernels import (
    practice_channels,
    practice_costs,
    practice_places,
    practice_shifts,
    practice_sizes,
)
from convlib.kernels.practice_draws import LENGTH, STATE, pick, refuse, start, usable

TOPICS = (practice_sizes, practice_places, practice_shifts, practice_channels, practice_costs)
# A family's number is its topic's times this, plus its number in the topic. A new family at the
# end of a topic leaves the numbers of all others as they were, and so the questions of old links.
STEP = 32
# More draws than any family has needed for any seed, by far.
MOST_DRAWS = 2000
SET_LENGTH = 5


@register_jitable
def draw(family, q):
    """Draw once."""
    topic, number = family // STEP, family % STEP
    if topic == 0:
        practice_sizes.draw(number, q)
    elif topic == 1:
        practice_places.draw(number, q)
    elif topic == 2:
        practice_shifts.draw(number, q)
    elif topic == 3:
        practice_channels.draw(number, q)
    else:
        practice_costs.draw(number, q)


@register_jitable
def question(family, seed, q):
    """Write into `q` (LENGTH,) the first usable question of a family's draws from this seed.

    Returns how many draws it took. Slots that the family does not use are left 0.
    """
    start(q, family, seed)
    for draws in range(1, MOST_DRAWS + 1):
        for slot in range(STATE + 1, LENGTH):
            q[slot] = 0
        draw(family, q)
        if usable(q):
            return draws
    refuse(q)
    return 0


@register_jitable
def mixed_set(lesson, families, seed, q, chosen):
    """Write into `chosen` which of a lesson's families ask, each with the seed after it.

    There are SET_LENGTH such pairs; families are counted from 0. None comes twice before all have
    come once. `q` is room for `question`'s numbers, of which the generator and as many as there
    are families are used.
    """
    start(q, -1 - lesson, seed)
    left = 0
    for at in range(SET_LENGTH):
        if left == 0:
            left = families
            for i in range(families):
                q[1 + i] = i
        place = pick(q, 0, left - 1)
        chosen[2 * at] = q[1 + place]
        left -= 1
        q[1 + place] = q[1 + left]
        chosen[2 * at + 1] = pick(q, 1, 9999)
