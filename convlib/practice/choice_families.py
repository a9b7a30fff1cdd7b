"""Questions of the lesson on the illusion of choice."""

from convlib.practice.cost_families import layer_cost
from convlib.practice.families import Family, Mistake, Place, Show

KNOBS = Place("choice", "Every knob")
CONSTANT = Place("choice", r"Why $C_2 = s\,C_1$")
NOT_CONSTANT = Place("choice", "Where it does not hold")
GROWS = Place("stride", "What grows when C grows")
MEMORY = Place("cost", "Parameters, and the two kinds of memory")
SMALLER = Place("padding", "Why the output is smaller")
# What CostComparison shows of a layer that has been scaled.
_SCALED = ("after", ("wide", "wide"), 1)

FAMILIES = (
    Family(
        name="size-dilated",
        lesson="choice",
        kind="number",
        title="output size of a dilated kernel",
        asks="{size} × {size} pixels, padded by {pad} {pad|cell|cells} on every side, a {kernel} × "
        "{kernel} kernel with dilation {dilation}, stride 1. How many rows has the output?",
        unit="rows",
        mistakes=(
            Mistake(
                "You left out the dilation. With gaps the kernel spans {span} rows, not {kernel}.",
                KNOBS,
            ),
            Mistake(
                "You let the kernel span {dilation} × {kernel}. It has {gaps} steps between its "
                "{kernel} rows, and one row to start from: {span}.",
                KNOBS,
            ),
            Mistake(
                "You added {dilation} once to the kernel. Every one of its {gaps} steps is "
                "{dilation} rows long.",
                KNOBS,
            ),
            Mistake(
                "The span of {span} is subtracted. The place where the window starts counts as "
                "well: one more.",
                SMALLER,
            ),
        ),
        hint="From its first to its last row, how many rows does the kernel span?",
        solution="The kernel spans {dilation} × {gaps} + 1 = {span} rows. Of {padded} rows that "
        "leaves {padded} − {span} + 1 = {answer} places.",
        where=KNOBS,
        show=Show(
            "fig-choice-designer",
            "NetworkDesigner",
            {
                "network": 0,
                "layer": 1,
                "size": "size",
                "width": 100,
                "kernel": "kernel",
                "stride": 1,
                "padding": "pad",
                "dilation": "dilation",
            },
            "The output's size is in the layer's row.",
        ),
    ),
    Family(
        name="scaled-macs",
        lesson="choice",
        kind="number",
        title="what scaling does to MACs",
        asks="A layer takes {macs} MACs. Now its height and width are divided by {stride}, and its "
        "channels, in and out, multiplied by {factor}. How many MACs does it take?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "You divided by {stride} once. Height and width both shrink: a pixel is left of "
                "every {fewer}.",
                GROWS,
            ),
            Mistake(
                "You multiplied by {factor} once. The channels grow on both sides: the product C1 "
                "× C2 becomes {more} times as large.",
                GROWS,
            ),
            Mistake(
                "You left out the size. There are fewer places: one of {fewer}.",
                CONSTANT,
            ),
            Mistake(
                "You left out the channels. C1 and C2 both grow.",
                CONSTANT,
            ),
        ),
        hint="MACs are W H w h C1 C2. Which of these change, and by which factor?",
        solution="The places become one of {stride} × {stride} = {fewer}, the pairs of channels "
        "{factor} × {factor} = {more} times as many: {macs} / {fewer} × {more} = {answer}.",
        where=GROWS,
        show=layer_cost(
            *_SCALED,
            "Vanilla's MACs, of a layer with {wide} channels and {after} × {after} places.",
        ),
    ),
    Family(
        name="scaled-weights",
        lesson="choice",
        kind="number",
        title="what scaling does to weights",
        asks="A layer has {weights} weights. Now its height and width are divided by {stride}, and "
        "its channels, in and out, multiplied by {factor}. How many weights has it?",
        product=True,
        unit="weights",
        mistakes=(
            Mistake(
                "You multiplied by {factor} once. The channels grow on both sides, and there is a "
                "kernel for each pair.",
                NOT_CONSTANT,
            ),
            Mistake(
                "That is what becomes of the MACs. Weights do not depend on the picture's size: "
                "nothing makes them fewer.",
                NOT_CONSTANT,
            ),
            Mistake(
                "The picture's size has no say in the weights, and the channels have.",
                MEMORY,
            ),
            Mistake(
                "The picture's size has no say, that is right. But there is a kernel for each pair "
                "of channels.",
                MEMORY,
            ),
        ),
        hint="Weights are w h C1 C2. Which of these change?",
        solution="There are {factor} × {factor} = {more} times as many pairs of channels, and the "
        "size has no say: {weights} × {more} = {answer}.",
        where=NOT_CONSTANT,
        show=layer_cost(
            *_SCALED,
            "Vanilla's parameters, of a layer with {wide} channels in and out.",
        ),
    ),
    Family(
        name="scaled-activations",
        lesson="choice",
        kind="number",
        title="what scaling does to activations",
        asks="A layer's output has {numbers} numbers. Now height and width are divided by "
        "{stride}, and the channels, in and out, multiplied by {factor}. How many numbers has the "
        "output?",
        product=True,
        unit="numbers",
        mistakes=(
            Mistake(
                "You counted both sides' channels, as for MACs. The output holds its own channels "
                "only.",
                NOT_CONSTANT,
            ),
            Mistake(
                "You left out the channels. There are {factor} times as many pictures.",
                NOT_CONSTANT,
            ),
            Mistake(
                "You left out the size. Of every {fewer} pixels one is left.",
                NOT_CONSTANT,
            ),
        ),
        hint="An output has C2 × H × W numbers. Which of these change?",
        solution="{factor} times the channels, and of {stride} × {stride} = {fewer} pixels one is "
        "left: {numbers} × {factor} / {fewer} = {answer}.",
        where=NOT_CONSTANT,
        show=layer_cost(
            *_SCALED,
            "One part of the bytes is the output: {wide} × {after} × {after} numbers of 4.",
        ),
    ),
    Family(
        name="constant-cost",
        lesson="choice",
        kind="number",
        title="channels that keep the cost",
        asks="Layers with {channels} channels in and out work on {size} × {size} pixels. After a "
        "stride of {stride} the picture has {after} × {after}. How many channels, in and out, make "
        "a layer there cost as many MACs?",
        product=True,
        unit="channels",
        mistakes=(
            Mistake(
                "With as many channels as before, a layer costs {fewer} times less: there are "
                "{fewer} times fewer places. The channels can make up for that.",
                CONSTANT,
            ),
            Mistake(
                "{fewer} times fewer places pay for {fewer} times the product C1 × C2. Both sides "
                "grow, so that {stride} times on each is enough.",
                CONSTANT,
            ),
            Mistake(
                "You made the layer narrower. Fewer places leave MACs to spend: channels may grow.",
                GROWS,
            ),
        ),
        hint="How many times fewer places are there? By how much may C1 × C2 grow, and so each of "
        "them?",
        solution="There are {stride} × {stride} = {fewer} times fewer places, so C1 × C2 may be "
        "{fewer} times as large: {stride} times on each side, {stride} × {channels} = {answer}.",
        where=CONSTANT,
        show=layer_cost(
            "after",
            ("answer", "answer"),
            "kernel",
            "Vanilla's MACs: those of {channels} channels at {size} × {size} pixels.",
        ),
    ),
)
