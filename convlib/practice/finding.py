"""Finding the question that has certain numbers: what a chapter asks its readers to predict."""

from convlib.kernels import practice_draws, practice_questions

# Twenty times the draws that a setting of a thousand takes on average.
_MOST_SEEDS = 20_000


def seed_with(family, setting):
    """Return the first seed whose question has these numbers.

    Parameters
    ----------
    family : Family
        A member of `FAMILIES`.
    setting : dict of str to int
        Some of the family's `numbers`, by name.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If `setting` is not a dict.
    ValueError
        If a name is none of the family's, or no question of 20,000 seeds has these numbers.

    Examples
    --------
    >>> from convlib.practice import FAMILIES
    >>> seed = seed_with(FAMILIES["legal-groups"], {"c1": 12, "c2": 9})
    >>> FAMILIES["legal-groups"].draw(seed).text
    'A convolution has 12 input and 9 output channels. Which numbers of groups g are legal?'
    """
    if not isinstance(setting, dict):
        raise TypeError(f"setting={setting!r} is not a dict")
    names = list(family.numbers)
    unknown = [name for name in setting if name not in names]
    if unknown:
        raise ValueError(f"setting has {unknown[0]!r}; legal names are {', '.join(names)}")
    wanted = [
        (practice_draws.NUMBERS + names.index(name), value) for name, value in setting.items()
    ]
    q = [0] * practice_draws.LENGTH
    for seed in range(_MOST_SEEDS):
        practice_questions.question(family.number, seed, q)
        if all(q[slot] == value for slot, value in wanted):
            return seed
    raise ValueError(f"setting={setting!r}: no question of {family.name!r} has these numbers")
