"""Questions of the lesson on stride: sizes, and which cells are read."""

from convlib.practice.families import Family, Mistake, Place, Show

EVERY = Place("stride", "Stride: compute only every s-th output")
CUT = Place("stride", "Rounding: exactly what is cut")
FRAME = Place("padding", "Padding puts a frame around the input")
_SQUARE = {
    "height": "size", "width": "size", "kernel_height": "kernel", "kernel_width": "kernel",
    "pad_h": "pad", "pad_w": "pad", "stride_h": "stride", "stride_w": "stride", "rule": 0,
}  # fmt: skip

# One row of cells: nothing happens down.
_ROW = {
    "height": 1, "width": "size", "kernel_height": 1, "kernel_width": "kernel",
    "pad_h": 0, "pad_w": 0, "stride_h": 1, "stride_w": "stride", "rule": 0, "row": 0, "column": 0,
}  # fmt: skip

FAMILIES = (
    Family(
        name="size-strided",
        lesson="stride",
        kind="number",
        title="output size at a stride",
        asks="{size} × {size} pixels, padded by {pad} {pad|cell|cells} on every side, a {kernel} × "
        "{kernel} kernel, stride {stride}. How many rows has the output?",
        unit="rows",
        mistakes=(
            Mistake(
                "That is the output at stride 1. Of its {wrong} rows only every "
                "{stride?|1st|2nd|3rd|4th} one is computed.",
                EVERY,
            ),
            Mistake(
                "{room} / {stride} = {steps} counts the steps that the window takes. The place "
                "where it starts counts as well: one more.",
                EVERY,
            ),
            Mistake(
                "You subtracted the stride. The window makes steps of {stride}: divide by it.",
                EVERY,
            ),
            Mistake(
                "You left out the padding: there are {padded} rows to slide over, not {size}.",
                FRAME,
            ),
        ),
        hint="How far can the window go from its first place to its last? How many steps of "
        "{stride} is that?",
        solution="With the padding there are {padded} rows, and the window can go {padded} − "
        "{kernel} = {room} on. In steps of {stride} that is {room} / {stride} = {steps}, and the "
        "first place makes {answer}.",
        where=EVERY,
        show=Show("fig-stride-grid", "StrideGrid", _SQUARE, "Solid cells are computed."),
    ),
    Family(
        name="size-rounding",
        lesson="stride",
        kind="number",
        title="output size when the stride does not divide",
        asks="{size} × {size} pixels, {pad?without padding|padded by 1 cell on every side|padded "
        "by 2 cells on every side}, a {kernel} × {kernel} kernel, stride {stride}. How many rows "
        "has the output?",
        unit="rows",
        mistakes=(
            Mistake(
                "You rounded up. One more step needs {stride} rows, and only {rest} {rest|is|are} "
                "left: there is no window.",
                CUT,
            ),
            Mistake(
                "{room} / {stride}, rounded down, is {steps}: these are the steps. The place where "
                "the window starts counts as well: one more.",
                EVERY,
            ),
            Mistake(
                "That is the output at stride 1. Only every {stride?|1st|2nd|3rd|4th} row of it "
                "is computed.",
                EVERY,
            ),
            Mistake(
                "A stride that does not divide is not illegal: the size is rounded down, and the "
                "rest is cut.",
                CUT,
            ),
        ),
        hint="How far can the window go? How many whole steps of {stride} fit into that?",
        solution="The window can go {padded} − {kernel} = {room} rows on: {steps} "
        "{steps|step|steps} of {stride}, and {rest} {rest|row|rows} left over. With the first "
        "place that makes {answer}.",
        where=CUT,
        show=Show("fig-stride-grid", "StrideGrid", _SQUARE, "What is left over is crossed out."),
    ),
    Family(
        name="strided-reads",
        lesson="stride",
        kind="cells",
        title="which cells a strided output reads",
        asks="{height} × {width} cells, padded by {pad} on every side, a kernel of {kh} rows and "
        "{kw} columns, stride {stride}. Rows and columns are counted from 0. Which cells of the "
        "input does the output in row {row}, column {column} read?",
        grid=("height", "width"),
        mistakes=(
            Mistake(
                "You moved the window by one cell an output. At stride {stride} it moves by "
                "{stride}.",
                EVERY,
            ),
            Mistake(
                "You forgot the padding: the first window starts {pad} above and {pad} to the left "
                "of the input.",
                FRAME,
            ),
            Mistake(
                "You took row {row} for the column, and column {column} for the row. The row comes "
                "first.",
                EVERY,
            ),
            Mistake(
                "That is only one cell, at the output's own place. The output reads a window of "
                "{kh} × {kw}, and its place in the input is not its own number.",
                EVERY,
            ),
        ),
        hint="In which row of the padded input does this output's window start? And in which row "
        "of the input is that?",
        solution="The window starts at {stride} × {row} − {pad} = {first_row} down and {stride} × "
        "{column} − {pad} = {first_column} across, and covers {kh} × {kw} cells. Those in the "
        "input are {answer#}.",
        where=EVERY,
        show=Show(
            "fig-stride-grid",
            "StrideGrid",
            {
                "height": "height", "width": "width", "kernel_height": "kh", "kernel_width": "kw",
                "pad_h": "pad", "pad_w": "pad", "stride_h": "stride", "stride_w": "stride",
                "rule": 0, "row": "place_row", "column": "place_column",
            },
            "The window of this output is drawn on the input.",
        ),
    ),
    Family(
        name="cut-pixels",
        lesson="stride",
        kind="cells",
        title="which pixels a stride cuts",
        asks="A row of {size} pixels, without padding, a window of {kernel}, stride {stride}. "
        "The pixels are counted from 0. Which of them does no window read?",
        grid=(1, "size"),
        mistakes=(
            Mistake(
                "The last window starts on pixel {start} and ends on pixel {end}. Is there a pixel "
                "after that?",
                CUT,
            ),
            Mistake(
                "A stride skips outputs, not pixels: the windows of neighbouring outputs touch or "
                "overlap.",
                EVERY,
            ),
            Mistake(
                "The windows start on pixel 0. What is left over lies at the other end.",
                CUT,
            ),
            Mistake(
                "You cut a whole stride of {stride}. What is cut is the remainder: {rest} "
                "{rest|pixel|pixels}.",
                CUT,
            ),
        ),
        hint="Write down where the windows start: 0, {stride}, and so on. Which is the last one "
        "that fits, and where does it end?",
        solution="The last window that fits starts on {start} and ends on {end}; one on {beyond} "
        "would not fit. What lies behind {end} is cut: {answer#}.",
        where=CUT,
        show=Show("fig-stride-grid", "StrideGrid", _ROW, "No window reads the crossed-out pixels."),
    ),
    Family(
        name="jumped-pixels",
        lesson="stride",
        kind="cells",
        title="pixels between windows",
        asks="A row of {size} pixels, without padding, a window of {kernel}, stride {stride}. "
        "The pixels are counted from 0. Which of them does no window read?",
        grid=(1, "size"),
        mistakes=(
            Mistake(
                "Those at the end are right. But the stride is larger than the window: between two "
                "windows {gap} {gap|pixel is|pixels are} jumped over.",
                EVERY,
            ),
            Mistake(
                "Those between the windows are right. At the end {rest} {rest|pixel|pixels} more "
                "{rest|is|are} cut: the last window starts on {start}.",
                CUT,
            ),
            Mistake(
                "The windows are {kernel} wide and stand {stride} apart. They do not touch.",
                EVERY,
            ),
            Mistake(
                "Those are the pixels that are read. The question is about the others.",
                EVERY,
            ),
        ),
        hint="Cross off what each window covers: the first one from 0 on, the next from {stride} "
        "on. What remains?",
        solution="The windows start on 0, {stride} and so on; the last of {outputs} starts on "
        "{start}. Between two of them {gap} {gap|pixel is|pixels are} jumped over, and "
        "{rest} at the end {rest|is|are} cut: {answer#}.",
        where=EVERY,
        show=Show("fig-stride-grid", "StrideGrid", _ROW, "Crossed-out pixels are not read."),
    ),
)  # fmt: skip
