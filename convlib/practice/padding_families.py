"""Questions of the lesson on padding: sizes, and how often a pixel is read."""

from convlib.practice.families import Family, Mistake, Place, Show

FRAME = Place("padding", "Padding puts a frame around the input")
READS = Place("padding", "How often each pixel is read")
ODD = Place("padding", "Pad to retain size, and why kernels are odd")
SMALLER = Place("padding", "Why the output is smaller")
# The buttons of ContextShift: 0 is both sides.

FAMILIES = (
    Family(
        name="size-padded",
        lesson="padding",
        kind="number",
        title="output size with padding",
        asks="A picture of {size} × {size} pixels is padded by {pad} {pad|cell|cells} on every "
        "side. A {kernel} × {kernel} kernel slides over it at stride 1. How many rows has the "
        "output?",
        unit="rows",
        mistakes=(
            Mistake(
                "You added h = {kernel} to 2p = {both}, but the window itself takes h: subtract "
                "it.",
                FRAME,
            ),
            Mistake(
                "You counted the padding once. There is padding above and below: 2 × {pad} = "
                "{both}.",
                FRAME,
            ),
            Mistake(
                "That is the output without padding. The window may stand on the padding, too.",
                FRAME,
            ),
            Mistake(
                "{padded} − {kernel} = {room} counts steps. The place where the window starts "
                "counts as well: one more.",
                SMALLER,
            ),
            Mistake(
                "That is the input's size. Only a padding of half of {kernel} − 1 on each side "
                "keeps it.",
                ODD,
            ),
            Mistake(
                "That is the padded input. The window takes {kernel} rows of it: it has fewer "
                "places.",
                FRAME,
            ),
        ),
        hint="How many rows are there with the padding? In how many places can a window of "
        "{kernel} rows stand there?",
        solution="With the padding there are {size} + 2 × {pad} = {padded} rows. The window has "
        "{padded} − {kernel} + 1 = {answer} places.",
        where=FRAME,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {
                "height": "size", "width": "size",
                "kernel_height": "kernel", "kernel_width": "kernel", "pad_top": "pad",
                "pad_bottom": "pad", "pad_left": "pad", "pad_right": "pad",
                "stride_h": 1, "stride_w": 1, "reads": False,
            },
            "Let the window slide down, and count its places.",
        ),
    ),
    Family(
        name="size-unequal",
        lesson="padding",
        kind="number",
        title="output size with unequal paddings",
        asks="A picture has {size} rows. It is padded by {top} {top|row|rows} at the top and "
        "{bottom} {bottom|row|rows} at the bottom. A window of {kernel} rows slides over it at "
        "stride 1. How many rows has the output?",
        unit="rows",
        mistakes=(
            Mistake(
                "You counted the top's padding twice. At the bottom it is {bottom}: together "
                "{both}.",
                FRAME,
            ),
            Mistake(
                "You counted the bottom's padding twice. At the top it is {top}: together {both}.",
                FRAME,
            ),
            Mistake(
                "That is the output without padding. Each row of padding adds one row.",
                FRAME,
            ),
            Mistake(
                "{padded} − {kernel} = {room} counts steps. The place where the window starts "
                "counts as well: one more.",
                SMALLER,
            ),
            Mistake(
                "That is the input's size. It is kept only if both paddings together are "
                "{kernel} − 1, and here they are {both}.",
                ODD,
            ),
        ),
        hint="How many rows are there in all, with both paddings? In how many places can the "
        "window stand?",
        solution="There are {top} + {size} + {bottom} = {padded} rows. The window has {padded} − "
        "{kernel} + 1 = {answer} places.",
        where=FRAME,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {
                "height": "size", "width": "size", "kernel_height": "kernel", "kernel_width": 1,
                "pad_top": "top", "pad_bottom": "bottom", "pad_left": 0, "pad_right": 0,
                "stride_h": 1, "stride_w": 1, "reads": False,
            },
            "Change one padding: each row of it adds one row.",
        ),
    ),
    Family(
        name="keep-size",
        lesson="padding",
        kind="choice",
        title="the padding that keeps the size",
        asks="A {kernel} × {kernel} kernel at stride 1, on {size} × {size} pixels. Which padding, "
        "the same on all four sides, keeps the size?",
        options=(
            "0", "1", "2", "3", "4", "5", "none: no equal padding does",
        ),
        mistakes=(
            Mistake(
                "{odd?You rounded: two sides of {half} make {kernel} − 2, one less than is lost. "
                "An even kernel needs an odd number in all.|There is one: {kernel} is odd, so "
                "{kernel} − 1 can be halved.}",
                ODD,
            ),
            Mistake(
                "{total} is what the kernel takes in all. Padding is added on both sides: halve "
                "it, if it can be halved.",
                ODD,
            ),
            Mistake(
                "You padded by the kernel's size. A {kernel} × {kernel} kernel takes one less, "
                "and both sides together make up for that.",
                FRAME,
            ),
        ),
        hint="How many rows does the kernel take? Can they be shared between top and bottom?",
        solution="The kernel takes {kernel} − 1 = {total} {total|row|rows}. "
        "{odd?That is odd, and cannot be the same on both sides: no equal padding keeps the size."
        "|Half of that goes on each side.}",
        where=ODD,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {
                "height": "size", "width": "size",
                "kernel_height": "kernel", "kernel_width": "kernel", "pad_top": "half",
                "pad_bottom": "half", "pad_left": "half", "pad_right": "half",
                "stride_h": 1, "stride_w": 1, "reads": False,
            },
            "{odd?One row and one column are missing: the kernel is even."
            "|The output is as large as the input.}",
        ),
    ),
    Family(
        name="keep-rest",
        lesson="padding",
        kind="number",
        title="the rest of the padding that keeps the size",
        asks="A picture has {size} {axis?rows|columns}, the window {kernel}, the stride is 1. "
        "{first} {first|cell|cells} of padding already {first|stands|stand} "
        "{axis?at the top|on the left}. How many {axis?at the bottom|on the right} keep the size?",
        unit="cells",
        mistakes=(
            Mistake(
                "The same again makes 2 × {first}. But the window takes {total}, so that both ends "
                "together must add {total}.",
                ODD,
            ),
            Mistake(
                "You filled up to {kernel}. A window of {kernel} takes one less, {total}.",
                SMALLER,
            ),
            Mistake(
                "With {first} {first|cell|cells} alone the output has {short} "
                "{axis?rows|columns}, not {size}.",
                FRAME,
            ),
        ),
        hint="How many {axis?rows|columns} does the window take? Which part of them is not yet "
        "made up for?",
        solution="The window takes {kernel} − 1 = {total}. {first} of them {first|is|are} there "
        "already: {total} − {first} = {answer}.",
        where=ODD,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {
                "height": "size", "width": "size",
                "kernel_height": "kh", "kernel_width": "kw",
                "pad_top": "top", "pad_bottom": "bottom", "pad_left": "left", "pad_right": "right",
                "stride_h": 1, "stride_w": 1, "reads": False,
            },
            "Take away a cell of padding: the output loses {axis?a row|a column}.",
        ),
    ),
    Family(
        name="pixel-reads",
        lesson="padding",
        kind="number",
        title="how often a pixel is read",
        asks="A {kernel} × {kernel} kernel slides over {size} × {size} pixels, padded by {pad} "
        "{pad|cell|cells} on every side, at stride 1. How many outputs read the pixel in row "
        "{row}, column {column}? (The first row and column are 0.)",
        product=True,
        unit="outputs",
        mistakes=(
            Mistake(
                "{wrong} is how often a pixel in the middle is read. Near the border fewer windows "
                "reach it.",
                READS,
            ),
            Mistake(
                "You added rows and columns. {down} {down|row|rows} of windows times {across} "
                "{across|column|columns} of windows reach the pixel: multiply.",
                READS,
            ),
            Mistake(
                "That is without padding. On the padded input more windows reach a pixel near the "
                "border.",
                READS,
            ),
            Mistake(
                "Those are all outputs. Only those whose window covers the pixel read it.",
                READS,
            ),
            Mistake(
                "The windows overlap, so that a pixel is read by more than one output.",
                READS,
            ),
        ),
        hint="Take rows and columns apart: in how many places of the window, down, does row {row} "
        "lie under it? And across?",
        solution="Down, the windows in {down} {down|place|places} cover row {row}; across, those "
        "in {across} {across|place|places} cover column {column}: {down} × {across} = {answer}.",
        where=READS,
        show=Show(
            "fig-padding-reads",
            "OutputSize",
            {
                "height": "size", "width": "size",
                "kernel_height": "kernel", "kernel_width": "kernel", "pad_top": "pad",
                "pad_bottom": "pad", "pad_left": "pad", "pad_right": "pad",
                "stride_h": 1, "stride_w": 1, "reads": True,
            },
            "Each cell shows how often it is read.",
        ),
    ),
)  # fmt: skip
