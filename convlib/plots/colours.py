"""The book's colours in still pictures; `widgets/shared/colours.css` has the explorers'.

The first four are those of the roles, and nothing else is drawn in them. Lines, bars and marks of
charts are in `INK`, which becomes the page's text colour, and in `ACCENT`, its accent; marks,
dashes and hatches tell them apart.
"""

INPUT, KERNEL, OUTPUT, PADDING = "#0072B2", "#D55E00", "#009E73", "#888888"
INK, ACCENT = "#000000", "#8a2468"
# How much of the ink a rule between cells, or a bar beside one in the accent, has.
RULE, PALE = (INK, 0.35), (INK, 0.45)
