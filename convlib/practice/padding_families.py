"""Questions of the lesson on padding."""

from convlib.practice.families import Family, Mistake, Place, Show

FRAME = Place("padding", "Padding puts a frame around the input")
READS = Place("padding", "Which pixels are read how often")
SHIFT = Place("padding", "Padding on one side moves the picture")
ODD = Place("padding", "Pad to retain size, and why kernels are odd")
STACK = Place("padding", "The padding of a whole stack")
SMALLER = Place("padding", "Why the output is smaller")
WAYS = ("up", "down", "left", "right")
SIDES = "top|bottom|left|right"
# The buttons of ContextShift: 0 is both sides.
SIDE = ("side", [1, 2, 3, 4])

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
        "{first} {first|cell|cells} of padding already {first|stands|stand} at the "
        "{axis?top|left}. How many at the {axis?bottom|right} keep the size?",
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
    Family(
        name="shift-direction",
        lesson="padding",
        kind="choice",
        title="which way one-sided padding moves the picture",
        asks="Each of {layers} layers with a {kernel} × {kernel} kernel puts all the padding that "
        f"keeps the size on one side: {{pad}} cells at the {{side?{SIDES}}}. Which way has the "
        "picture moved in the end?",
        options=(*WAYS, "it has not moved"),
        mistakes=(
            Mistake(
                f"The windows look towards the padding, to the {{side?{SIDES}}}. What they see "
                "there comes out further on, so the picture goes the other way.",
                SHIFT,
            ),
            Mistake(
                "The size is kept, and still the picture moves: nothing balances the padding on "
                "the one side.",
                SHIFT,
            ),
            Mistake(
                f"Padding at the {{side?{SIDES}}} adds {{side?rows|rows|columns|columns}}: it "
                "moves the picture along the other axis.",
                SHIFT,
            ),
        ),
        hint=f"Padding at the {{side?{SIDES}}} lies before or after the picture. Where does the "
        "picture's first row or column come out?",
        solution=f"The padding at the {{side?{SIDES}}} pushes the picture away from it, layer "
        "after layer: {answer?up|down|to the left|to the right}.",
        where=SHIFT,
        show=Show(
            "fig-padding-shift",
            "ContextShift",
            {"layers": "layers", "kernel": "menu", "side": SIDE},
            "The arrow shows where the content has gone.",
        ),
    ),
    Family(
        name="shift-pixels",
        lesson="padding",
        kind="number",
        title="how far one-sided padding moves the picture",
        asks="{layers} layers with a {kernel} × {kernel} kernel follow each other. Each puts "
        f"{{pad}} cells of padding at the {{side?{SIDES}}} and none opposite, so that the size "
        "is kept. By how many pixels has the picture moved in the end?",
        unit="pixels",
        mistakes=(
            Mistake(
                "That is one layer's shift. There are {layers} of them, and they add up.",
                SHIFT,
            ),
            Mistake(
                "You took the whole padding, {pad} a layer. Half of it would be right on that "
                "side: only the other half moves the picture.",
                SHIFT,
            ),
            Mistake(
                "You took the kernel's size, {kernel} a layer. What counts is how much more than "
                "half of {kernel} − 1 stands on that side.",
                SHIFT,
            ),
            Mistake(
                "A pixel a layer is the shift of a 3 × 3 kernel. A kernel of {kernel} moves by "
                "{half} a layer.",
                SHIFT,
            ),
            Mistake(
                "The size is kept, the place is not: with padding on one side the window's middle "
                "is not over its output.",
                SHIFT,
            ),
        ),
        hint="How much padding on that side would be right? What stands there beyond that "
        "moves the picture, in every layer.",
        solution="({kernel} − 1) / 2 = {half} would be right; {pad} − {half} = {half} too many. "
        "{layers} layers: {layers} × {half} = {answer}.",
        where=SHIFT,
        show=Show(
            "fig-padding-shift",
            "ContextShift",
            {"layers": "layers", "kernel": "menu", "side": SIDE},
            "The arrow is as long as the shift.",
        ),
    ),
    Family(
        name="shift-alternating",
        lesson="padding",
        kind="number",
        title="layers that take turns with their padding",
        asks="{layers} layers with a {kernel} × {kernel} kernel take turns: the first puts {pad} "
        "cells of padding at the {axis?top|left}, the second {pad} at the {axis?bottom|right}, "
        "and so on. By how many pixels is the picture out of its place in the end?",
        unit="pixels",
        mistakes=(
            Mistake(
                "You added all layers up, as if they padded on the same side. Every second one "
                "moves the picture back.",
                STACK,
            ),
            Mistake(
                "{odd?There are as many layers of one kind as of the other, {bottoms} each: none "
                "is left over.|They cancel in pairs, but {layers} is odd: one layer is left over.}",
                STACK,
            ),
            Mistake(
                "{pad} is the padding of one layer. Half of it would be right there, so a layer "
                "moves the picture by {half}.",
                SHIFT,
            ),
            Mistake(
                "You counted a pixel for each of the {layers} layers. They move in opposite "
                "directions, by {half} {half|pixel|pixels} each.",
                STACK,
            ),
        ),
        hint="By how much does one layer move the picture? And what does the next one do?",
        solution="A layer moves the picture by {pad} − {half} = {half}. {tops} "
        "{tops|goes|go} one way and {bottoms} {bottoms|goes|go} back: {tops} × {half} − "
        "{bottoms} × {half} = {answer}.",
        where=STACK,
        show=Show(
            "fig-padding-shift",
            "ContextShift",
            {"layers": "odd", "kernel": "menu", "side": ("axis", [1, 3])},
            "{odd?All layers cancel in pairs, so that none is shown."
            "|The pairs cancel: this is the layer that is left over.}",
        ),
    ),
    Family(
        name="shift-even",
        lesson="padding",
        kind="number",
        title="even kernels and half pixels",
        asks="{layers} layers with a {kernel} × {kernel} kernel keep the size by padding='same', "
        "which puts {before} {before|cell|cells} before and {after} {after|cell|cells} after. By "
        "how many pixels has the picture moved in the end?",
        unit="pixels",
        mistakes=(
            Mistake(
                "The size is kept, the place is not: {before} and {after} are not equal, and an "
                "even kernel has no middle pixel.",
                ODD,
            ),
            Mistake(
                "You took a whole pixel a layer. {after} is only half a pixel more than half of "
                "{kernel} − 1, which is 1.5.",
                ODD,
            ),
            Mistake(
                "That is the shift with all padding on one side. Here only one cell of it has no "
                "partner.",
                SHIFT,
            ),
            Mistake(
                "You added up all the padding. What stands on both sides moves nothing.",
                SHIFT,
            ),
        ),
        hint="Half of {kernel} − 1 on each side would move nothing. By how much is one side off?",
        solution="1.5 cells on each side would move nothing. With {before} before, each layer is "
        "off by half a pixel: {layers} × 0.5 = {answer}.",
        where=ODD,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {
                "height": "size", "width": "size",
                "kernel_height": "kernel", "kernel_width": "kernel", "pad_top": "before",
                "pad_bottom": "after", "pad_left": "before", "pad_right": "after",
                "stride_h": 1, "stride_w": 1, "reads": False,
            },
            "One of the layers: its window has no middle cell.",
        ),
    ),
)  # fmt: skip
