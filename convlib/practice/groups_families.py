"""Questions of the lesson on groups."""

from convlib.practice.families import Family, Mistake, Place, Show

EVERY_OUTPUT = Place("groups", "Every output reads every input channel")
SPLIT = Place("groups", "Split the channels into groups")
MATRIX = Place("groups", "The weight matrix is block-diagonal")
SAVES = Place("groups", "What it saves")
PARAMETERS = Place("cost", "Parameters, and the two kinds of memory")
FLOPS = Place("cost", "MACs and FLOPs: one word, two numbers")
_WIRING = {"in_channels": "c1", "out_channels": "c2", "groups": "groups"}

FAMILIES = (
    Family(
        name="outputs-moved",
        lesson="groups",
        kind="cells",
        title="which outputs a disturbed channel moves",
        asks="A grouped convolution has {c1} input channels, {c2} output channels and {groups} "
        "groups. Input channel {channel} is disturbed. Which outputs move? (Channels are counted "
        "from 1.)",
        grid=(1, "c2"),
        first=1,
        mistakes=(
            Mistake(
                "All outputs move when g = 1. Here an output reads only the {reads} inputs of its "
                "own group.",
                EVERY_OUTPUT,
            ),
            Mistake(
                "You dealt the outputs out in turn, like cards. Groups are neighbours: the first "
                "{makes} {makes|output is|outputs are} group 1, and so on.",
                SPLIT,
            ),
            Mistake(
                "You gave the outputs the numbers of the group's inputs. There are {c2} outputs in "
                "{groups} groups: {makes} in each, not {reads}.",
                SPLIT,
            ),
            Mistake(
                "Only the output of the same number moves in a depthwise convolution. Here groups "
                "are larger, and each output reads its whole group.",
                SPLIT,
            ),
        ),
        hint="In which group of {reads} is input {channel}? Which outputs belong to that group?",
        solution="The groups have {c1} / {groups} = {reads} {reads|input|inputs} and {c2} / "
        "{groups} = {makes} {makes|output|outputs}. Input {channel} is in group {group}, which "
        "has {makes|output|outputs} {answer#}.",
        where=SPLIT,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            {**_WIRING, "disturbed": "channel", "asked": 0},
            "The outputs that move have a dot.",
        ),
    ),
    Family(
        name="legal-groups",
        lesson="groups",
        kind="cells",
        title="legal numbers of groups",
        asks="A convolution has {c1} input and {c2} output channels. Which numbers of groups g are "
        "legal?",
        grid=(1, "most"),
        first=1,
        mistakes=(
            Mistake(
                "Those divide {c1}. They must divide the {c2} output channels as well.",
                SPLIT,
            ),
            Mistake(
                "Those divide {c2}. They must divide the {c1} input channels as well.",
                SPLIT,
            ),
            Mistake(
                "Small enough is not enough: groups must be alike, so that g divides {c1} and "
                "{c2}.",
                SPLIT,
            ),
            Mistake(
                "g = 1 is legal, too: it is the ordinary convolution, with all channels in one "
                "group.",
                SPLIT,
            ),
        ),
        hint="Groups must be alike, on both sides. Which numbers divide {c1}, and which of them "
        "divide {c2}?",
        solution="g must divide {c1} and {c2}. {several?Their only common divisor is 1: only the "
        "ordinary convolution is left.|Their common divisors are {answer#}.}",
        where=SPLIT,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            {"in_channels": "c1", "out_channels": "c2", "groups": "largest"},
            "Illegal buttons are struck through.",
        ),
    ),
    Family(
        name="grouped-weights",
        lesson="groups",
        kind="number",
        title="weights of a grouped convolution",
        asks="A {kernel} × {kernel} convolution goes from {c1} to {c2} channels in {groups} "
        "groups, without biases. How many weights has it?",
        product=True,
        unit="weights",
        mistakes=(
            Mistake(
                "That is the layer without groups. Each output reads only {c1} / {groups} = "
                "{reads} {reads|channel|channels}.",
                SAVES,
            ),
            Mistake(
                "That is one group alone. There are {groups} of them.",
                SAVES,
            ),
            Mistake(
                "You counted one weight for each pair of channels. Each pair has a kernel of "
                "{kernel} × {kernel} = {area}.",
                MATRIX,
            ),
            Mistake(
                "You counted a bias for each output. This layer has none.",
                PARAMETERS,
            ),
        ),
        hint="How many input channels does one output read? How many weights is that for each "
        "output?",
        solution="An output reads {c1} / {groups} = {reads} {reads|channel|channels} through "
        "{area} weights each. {c2} outputs: {c2} × {reads} × {area} = {answer}.",
        where=SAVES,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            _WIRING,
            "Each cell of the matrix is a kernel of {area}.",
        ),
    ),
    Family(
        name="grouped-macs",
        lesson="groups",
        kind="number",
        title="MACs of a grouped convolution",
        asks="A {kernel} × {kernel} convolution from {c1} to {c2} channels in {groups} groups has "
        "an output of {size} × {size}. How many MACs does it take?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "That is the layer without groups: {groups} groups divide it by {groups}.",
                SAVES,
            ),
            Mistake(
                "That is one group alone. There are {groups} of them.",
                SAVES,
            ),
            Mistake(
                "Those are the weights. Each is used at every place of the output: {size} × "
                "{size} times.",
                EVERY_OUTPUT,
            ),
            Mistake(
                "Those are FLOPs: a MAC is a multiplication and an addition, 2 FLOPs. The question "
                "asks for MACs.",
                FLOPS,
            ),
        ),
        hint="How many products are summed for one output number? How many output numbers are "
        "there?",
        solution="An output number sums {area} × {reads} = {sum} {sum|product|products}. There are "
        "{places} × {c2} of them: {places} × {c2} × {sum} = {answer}.",
        where=SAVES,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            _WIRING,
            "The sentence has the MACs of one place.",
        ),
    ),
    Family(
        name="shape-read",
        lesson="groups",
        kind="number",
        title="reading a weight's shape",
        asks="A layer with groups={groups} has a weight of shape ({c2}, {reads}, {kernel}, "
        "{kernel}). How many input channels does the layer have?",
        product=True,
        unit="channels",
        mistakes=(
            Mistake(
                "The second number is C1 / g: what one group reads. There are {groups} groups.",
                MATRIX,
            ),
            Mistake(
                "The first number counts the output channels.",
                MATRIX,
            ),
            Mistake(
                "{c2} / {groups} is how many outputs a group has. The inputs are in the second "
                "number.",
                SPLIT,
            ),
            Mistake(
                "You multiplied the outputs by g, but the first number counts all outputs already. "
                "It is the second that counts one group only.",
                MATRIX,
            ),
        ),
        hint="The shape is (C2, C1 / g, h, w). Which number is C1 / g?",
        solution="The second number, {reads}, is C1 / g. With g = {groups}: C1 = {reads} × "
        "{groups} = {answer}.",
        where=MATRIX,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            {"in_channels": "answer", "out_channels": "c2", "groups": "groups"},
            "A row of the matrix has {reads} {reads|cell that is|cells that are} not zero.",
        ),
    ),
    Family(
        name="shape-second",
        lesson="groups",
        kind="number",
        title="the second number of a weight's shape",
        asks="A {kernel} × {kernel} convolution goes from {c1} to {c2} channels in {groups} "
        "groups. Its weight has the shape ({c2}, ?, {kernel}, {kernel}). Which number is missing?",
        mistakes=(
            Mistake(
                "{c1} are all input channels. An output reads those of its own group only, and the "
                "zeros of the others are not stored.",
                MATRIX,
            ),
            Mistake(
                "You divided the output channels. All {c2} of them are in the first number; it is "
                "the inputs that are divided.",
                MATRIX,
            ),
            Mistake(
                "{c2} stands in the first place already. The second counts input channels.",
                MATRIX,
            ),
            Mistake(
                "The number of groups is not in the shape. It divides the input channels.",
                SPLIT,
            ),
        ),
        hint="How many input channels does one output read?",
        solution="An output reads {c1} / {groups} = {answer} {answer|channel|channels}: that is "
        "the second number.",
        where=MATRIX,
        show=Show(
            "fig-groups-wiring",
            "GroupWiring",
            _WIRING,
            "Count the cells of a row that are not zero.",
        ),
    ),
    Family(
        name="group-budget",
        lesson="groups",
        kind="number",
        title="spending what groups save",
        asks="An ordinary layer has {channels} channels in and out. Now it is to have {groups} "
        "groups, and the same number of MACs. How many channels in and out can it have?",
        product=True,
        unit="channels",
        mistakes=(
            Mistake(
                "{groups} times the channels on both sides are {groups} × {groups} times the MACs, "
                "and the groups take back only one {groups}.",
                SAVES,
            ),
            Mistake(
                "With as many channels as before, {groups} groups take a part of the MACs only. "
                "There is more to spend.",
                SAVES,
            ),
            Mistake(
                "You divided. Groups save MACs, so that the layer may become wider.",
                SAVES,
            ),
            Mistake(
                "You added the groups to the channels. Compare products: C × C / g is to stay as "
                "it was.",
                SAVES,
            ),
        ),
        hint="C × C / {groups} is to be {channels} × {channels}. What does that say about C?",
        solution="{groups} groups divide the MACs by {groups}, which is {root} × {root}. So both "
        "sides may have {root} times as many channels: {root} × {channels} = {answer}.",
        where=SAVES,
        show=Show(
            "fig-cost-comparison",
            "CostComparison",
            {
                "in_channels": "answer", "out_channels": "answer", "height": 14, "width": 14,
                "kernel_height": 3, "kernel_width": 3, "groups": "groups", "layer": 0,
            },
            "The grouped layer has the MACs of an ordinary one with {channels} channels.",
        ),
    ),
)  # fmt: skip
