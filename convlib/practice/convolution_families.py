"""Questions of the lesson on convolution."""

from convlib.practice.families import Family, Mistake, Place, Show

WINDOW = Place("convolution", "Nine weights and a photograph")
MATRIX = Place("convolution", "One window, many places")
SMALL = Place("convolution", "Fast and small")
FLIP = Place("convolution", "Convolution or cross-correlation?")
NETWORK = Place("convolution", "The convolutional network")
SHRINKS = Place("convolution", "Issue 1 appears")
SMALLER = Place("padding", "Why the output is smaller")
LOSS = Place("padding", "The loss compounds")
WAYS = ("up", "down", "left", "right", "up left", "up right", "down left", "down right")


def _one_at(place):
    """Return the 3 x 3 kernel whose single 1 is that way from its middle."""
    kernel = [[0, 0, 0] for _ in range(3)]
    down = ("down" in WAYS[place]) - ("up" in WAYS[place])
    right = ("right" in WAYS[place]) - ("left" in WAYS[place])
    kernel[1 + down][1 + right] = 1
    return kernel


_PLACES = (
    "above|below|to the left of|to the right of|up left of|up right of|down left of|down right of"
)
_WAYS = "|".join(WAYS)

FAMILIES = (
    Family(
        name="size-valid",
        lesson="convolution",
        kind="number",
        title="output size without padding",
        asks="A {kh} × {kw} kernel slides over {height} rows and {width} columns, without padding, "
        "one pixel at a time. How many {axis?rows|columns} has the output?",
        unit="{axis?rows|columns}",
        mistakes=(
            Mistake(
                "With {size} − {kernel} = {room} you counted the steps that the window can take. "
                "The place where it starts counts as well: one more.",
                SMALLER,
            ),
            Mistake(
                "You subtracted the kernel's {axis?width|height}. For {axis?rows|columns}, its "
                "{axis?height|width} matters: {kernel}.",
                SMALLER,
            ),
            Mistake(
                "Those are the output's {axis?columns|rows}. The question is about its "
                "{axis?rows|columns}.",
                SMALLER,
            ),
            Mistake(
                "That is the input's size. A window of {kernel} {axis?rows|columns} cannot start "
                "on the last {axis?row|column}, so the output is smaller.",
                SHRINKS,
            ),
            Mistake(
                "You laid the windows side by side. They overlap: each starts one pixel after the "
                "one before.",
                WINDOW,
            ),
        ),
        hint="The window's first {axis?row|column} can stand on 0, 1, 2 and so on. Up to "
        "which one?",
        solution="The window's first {axis?row|column} can stand on 0 to {size} − {kernel} = "
        "{room}. With place 0 that makes {room} + 1 = {answer}.",
        where=SMALLER,
        show=Show(
            "fig-padding-sizes",
            "OutputSize",
            {"height": "height", "width": "width", "kernel_height": "kh", "kernel_width": "kw"},
            "Let the window slide, and count its places.",
        ),
    ),
    Family(
        name="output-reads",
        lesson="convolution",
        kind="cells",
        title="which input cells an output reads",
        asks="A kernel of {kh} {kh|row|rows} and {kw} {kw|column|columns} slides over {height} × "
        "{width} cells, without padding, one cell at a time. Rows and columns are counted from 0. "
        "Which cells does the output in row {row}, column {column} read?",
        grid=("height", "width"),
        mistakes=(
            Mistake(
                "You took row {row} for the column, and column {column} for the row. The row comes "
                "first.",
                MATRIX,
            ),
            Mistake(
                "The place is right, the window is turned: it has {kh} {kh|row|rows} and {kw} "
                "{kw|column|columns}.",
                WINDOW,
            ),
            Mistake(
                "You started one row too high and one column too far left, as if counting from 1 "
                "or centring a 3 × 3 window. Output ({row}, {column}) starts on cell ({row}, "
                "{column}).",
                MATRIX,
            ),
            Mistake(
                "You laid the windows side by side. They overlap: from one output to the next, the "
                "window moves by a single cell.",
                WINDOW,
            ),
            Mistake(
                "That is only the cell at the output's own place. The whole window of {kh} × {kw} "
                "is read.",
                WINDOW,
            ),
        ),
        hint="The upper left cell of the window lies in row {row}, column {column}. How far does "
        "the window reach from there?",
        solution="The window starts in row {row} and column {column}, and covers {kh} "
        "{kh|row|rows} and {kw} {kw|column|columns}: up to row {last_row} and column "
        "{last_column}. These are the cells {answer#}.",
        where=MATRIX,
        show=Show(
            "fig-convolution-matrix",
            "ConvolutionMatrix",
            {
                "height": "height", "width": "width", "kernel_height": "kh", "kernel_width": "kw",
                "padding": 0, "stride": 1, "row": "index",
            },
            "The chosen output is row {index} of the matrix.",
        ),
    ),
    Family(
        name="matrix-weights",
        lesson="convolution",
        kind="number",
        title="the weights in a convolution's matrix",
        asks="A {kh} × {kw} kernel slides over {height} × {width} pixels, without padding, one "
        "pixel at a time. Written as a matrix, with a row for each output and a column for each "
        "pixel: how many of its entries hold a weight?",
        product=True,
        unit="entries",
        mistakes=(
            Mistake(
                "{wrong} is how many different weights there are. Every row of the matrix holds "
                "them, and there is a row for each output.",
                MATRIX,
            ),
            Mistake(
                "Those are all entries, as in a dense layer. A convolution's matrix is sparse: a "
                "row holds weights only where the window lies.",
                MATRIX,
            ),
            Mistake(
                "You gave each pixel a window. There are as many windows as outputs, {oh} × {ow}, "
                "not as pixels.",
                SHRINKS,
            ),
            Mistake(
                "{wrong} is how many rows the matrix has. Each of them holds "
                "{weights} {weights|weight|weights}.",
                MATRIX,
            ),
        ),
        hint="How many outputs are there, and how many weights does each of them use?",
        solution="There are {oh} × {ow} = {outputs} {outputs|output|outputs}. Each uses "
        "{kh} × {kw} = {weights} {weights|weight|weights}: {outputs} × {weights} = {answer}.",
        where=MATRIX,
        show=Show(
            "fig-convolution-matrix",
            "ConvolutionMatrix",
            {
                "height": "height", "width": "width", "kernel_height": "kh", "kernel_width": "kw",
                "padding": 0, "stride": 1, "row": 0,
            },
            "Count the entries of one row, and the rows.",
        ),
    ),
    Family(
        name="kernel-moves",
        lesson="convolution",
        kind="choice",
        title="where a single 1 moves the picture",
        asks=f"A 3 × 3 kernel holds a single 1, {{place?{_PLACES}}} its middle, and zeros "
        "elsewhere. Which way does it move the photograph?",
        options=(*WAYS, "it stays where it is"),
        mistakes=(
            Mistake(
                f"The 1 lies {{place?{_WAYS}}}, but the picture does not go to it: each output "
                "fetches the pixel under the 1, so the content comes from there.",
                FLIP,
            ),
            Mistake(
                "It would stay if the 1 were in the middle. Here each output fetches a neighbour.",
                WINDOW,
            ),
            Mistake(
                f"The output fetches the pixel that lies {{place?{_WAYS}}} of its own. Which way "
                "does that pixel travel, in rows and in columns?",
                WINDOW,
            ),
        ),
        hint=f"An output fetches the pixel that lies {{place?{_WAYS}}} of its own place. Follow "
        "one pixel: where does it come out?",
        solution=f"Each output shows the pixel that lies {{place?{_WAYS}}} of its own place. So "
        f"that pixel comes out further {{answer?{_WAYS}}}, and with it all others.",
        where=WINDOW,
        show=Show(
            "fig-convolution-photograph",
            "KernelOnPhotograph",
            {"weights": ("place", [_one_at(place) for place in range(len(WAYS))])},
            "Compare the frame around the photograph on both sides.",
        ),
    ),
    Family(
        name="joint-kernel",
        lesson="convolution",
        kind="number",
        title="layers in a row as one layer",
        asks="{layers} layers with {kernel} × {kernel} kernels follow each other at stride 1, with "
        "nothing between them. One layer could do the same. How many pixels wide is its kernel?",
        unit="pixels",
        mistakes=(
            Mistake(
                "You added whole kernels, {layers} × {kernel}. The windows overlap: each further "
                "layer adds {lost}, not {kernel}.",
                NETWORK,
            ),
            Mistake(
                "Each layer adds {lost}, and you counted that. The pixel that you start from is "
                "missing: one more.",
                NETWORK,
            ),
            Mistake(
                "You multiplied the kernels' sizes. At stride 1 each layer adds {lost} pixels; "
                "nothing multiplies.",
                NETWORK,
            ),
            Mistake(
                "That is the window of a single layer. The second layer's window reads outputs of "
                "the first, which have windows of their own.",
                NETWORK,
            ),
        ),
        hint="One layer sees {kernel} pixels. How many more does a second layer's window reach?",
        solution="Each layer adds {kernel} − 1 = {lost} pixels to the one that you start from: "
        "1 + {layers} × {lost} = {answer}.",
        where=NETWORK,
        show=Show(
            "fig-stride-field",
            "ReceptiveField",
            {
                "network": 0, "depth": "layers", "strides": 0,
                "kernel": "kernel", "padding": 0, "size": 224,
            },
            "The frame grows by {lost} pixels a layer.",
        ),
    ),
    Family(
        name="layers-left",
        lesson="convolution",
        kind="number",
        title="layers until nothing is left",
        asks="A picture of {size} × {size} pixels goes through layers with {kernel} × {kernel} "
        "kernels, without padding, at stride 1. How many layers fit until less than a window is "
        "left?",
        unit="layers",
        mistakes=(
            Mistake(
                "You divided by {kernel}. A layer does not take its whole window of {kernel} "
                "pixels away, but one less: {lost}.",
                LOSS,
            ),
            Mistake(
                "One too many: after {answer} layers {left} {left|pixel is|pixels are} left, and "
                "a window of {kernel} does not fit.",
                LOSS,
            ),
            Mistake(
                "You took {lost} pixels away at both ends. {lost} is what a layer takes in all.",
                LOSS,
            ),
            Mistake(
                "That is the output's size after one layer. Go on from there, layer by layer.",
                SHRINKS,
            ),
        ),
        hint="How many pixels does one layer take? Go on as long as a window of {kernel} fits.",
        solution="A layer takes {kernel} − 1 = {lost} pixels. After {answer} layers {size} − "
        "{taken} = {left} {left|is|are} left, less than the {kernel} that a window needs.",
        where=LOSS,
        show=Show(
            "fig-stride-field",
            "ReceptiveField",
            {
                "network": 0, "depth": "answer", "strides": 0,
                "kernel": "kernel", "padding": 2, "size": "size",
            },
            "This is the last layer that fits.",
        ),
    ),
)  # fmt: skip
