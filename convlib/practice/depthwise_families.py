"""Questions of the lesson on depthwise convolution."""

from convlib.practice.families import Family, Mistake, Place, Show

EXTREME = Place("depthwise", "As many groups as channels")
WRONG = Place("depthwise", "What could go wrong?")
PAIR = Place("depthwise", "The solution: always add a 1 × 1 convolution")
MOBILE = Place("depthwise", "MobileNet, reproduced")
SPLIT = Place("groups", "Split the channels into groups")
COUNTING = Place("cost", "Counting multiplications")
PARAMETERS = Place("cost", "Parameters, and the two kinds of memory")
# Without the groups of the grouped layer, which the questions are not about.
_LAYER = {
    "in_channels": "c1", "out_channels": "c2", "kernel_height": "kernel",
    "kernel_width": "kernel", "groups": 1, "layer": 0,
}  # fmt: skip

FAMILIES = (
    Family(
        name="depthwise-weights",
        lesson="depthwise",
        kind="number",
        title="weights of a depthwise convolution",
        asks="A depthwise {kernel} × {kernel} convolution reads {c1} channels and makes "
        "{multiplier} outputs of each, {c2} in all, without biases. How many weights has it?",
        product=True,
        unit="weights",
        mistakes=(
            Mistake(
                "You let each output read all {c1} channels. A depthwise output reads one.",
                EXTREME,
            ),
            Mistake(
                "You forgot the multiplier: each channel has {multiplier} kernels, not one.",
                EXTREME,
            ),
            Mistake(
                "Those are the kernels of one channel. There are {c1} channels.",
                EXTREME,
            ),
            Mistake(
                "That is the number of kernels. Each of them has {kernel} × {kernel} = {area} "
                "weights.",
                PARAMETERS,
            ),
        ),
        hint="How many kernels are there, if each output has one? How many weights has each?",
        solution="Each of the {c1} × {multiplier} = {c2} outputs has one kernel of {area} "
        "weights: {c2} × {area} = {answer}.",
        where=EXTREME,
        show=Show(
            "fig-depthwise-wiring",
            "GroupWiring",
            {"in_channels": "c1", "out_channels": "c2", "groups": "c1"},
            "Each output has one wire, and one kernel.",
        ),
    ),
    Family(
        name="depthwise-macs",
        lesson="depthwise",
        kind="number",
        title="MACs of a depthwise convolution",
        asks="A depthwise {kernel} × {kernel} convolution reads {c1} channels and makes "
        "{multiplier} {multiplier|output|outputs} of each. Its output has {size} × {size} places. "
        "How many MACs does it take?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "You let each output read all {c1} channels. A depthwise output reads one.",
                EXTREME,
            ),
            Mistake(
                "Those are the weights. Each is used at every place: {size} × {size} times.",
                COUNTING,
            ),
            Mistake(
                "That is a single input channel. There are {c1} of them.",
                EXTREME,
            ),
            Mistake(
                "Those are the output numbers. Each is a sum of {kernel} × {kernel} = {area} "
                "products.",
                COUNTING,
            ),
        ),
        hint="How many output numbers are there? How many products is each the sum of?",
        solution="There are {places} × {c2} output numbers, each a sum of {area} products: "
        "{places} × {c2} × {area} = {answer}.",
        where=EXTREME,
        show=Show(
            "fig-depthwise-wiring",
            "GroupWiring",
            {"in_channels": "c1", "out_channels": "c2", "groups": "c1"},
            "Each output has one wire: its numbers are sums of {area} products.",
        ),
    ),
    Family(
        name="depthwise-outputs",
        lesson="depthwise",
        kind="cells",
        title="which outputs a channel makes",
        asks="A depthwise convolution makes {multiplier} outputs of each of its {c1} channels. "
        "Which outputs does input channel {channel} make? (Channels are counted from 1.)",
        grid=(1, "c2"),
        first=1,
        mistakes=(
            Mistake(
                "You dealt the outputs out in turn, like cards. Outputs of one channel are "
                "neighbours: the first {multiplier} are channel 1's.",
                SPLIT,
            ),
            Mistake(
                "All outputs read channel {channel} in an ordinary convolution. In a depthwise "
                "one, channels do not meet.",
                WRONG,
            ),
            Mistake(
                "Output {channel} has the channel's number. But each channel makes {multiplier} "
                "outputs, so that the numbers no longer agree.",
                EXTREME,
            ),
        ),
        hint="The outputs 1 to {multiplier} are channel 1's. Whose are the next ones?",
        solution="Each channel has {multiplier} outputs in a row. Channel {channel} has "
        "{answer#}.",
        where=EXTREME,
        show=Show(
            "fig-depthwise-wiring",
            "GroupWiring",
            {
                "in_channels": "c1", "out_channels": "c2", "groups": "c1",
                "disturbed": "channel", "asked": 0,
            },
            "The outputs that move have a dot.",
        ),
    ),
    Family(
        name="pair-weights",
        lesson="depthwise",
        kind="number",
        title="weights of depthwise + 1 × 1",
        asks="A depthwise {kernel} × {kernel} convolution on {c1} channels is followed by a 1 × 1 "
        "convolution to {c2} channels, both without biases. How many weights have the two "
        "together?",
        product=True,
        unit="weights",
        mistakes=(
            Mistake(
                "That is the full convolution from {c1} to {c2} channels, which the pair stands in "
                "for.",
                PAIR,
            ),
            Mistake(
                "That is the depthwise one alone. The 1 × 1 convolution has weights, too.",
                PAIR,
            ),
            Mistake(
                "That is the 1 × 1 convolution alone. The depthwise one has weights, too.",
                PAIR,
            ),
            Mistake(
                "You gave the 1 × 1 convolution one weight an output. Each output has one for each "
                "of the {c1} channels.",
                PAIR,
            ),
            Mistake(
                "You counted one depthwise kernel. Each of the {c1} channels has its own.",
                EXTREME,
            ),
        ),
        hint="Count them apart: a kernel for each channel, then a weight for each pair of "
        "channels.",
        solution="Depthwise: {c1} × {area} = {depthwise}. 1 × 1: {c1} × {c2} = {mixing}. Together "
        "{answer}.",
        where=PAIR,
        show=Show(
            "fig-cost-comparison",
            "CostComparison",
            {**_LAYER, "height": 14, "width": 14},
            "Compare the parameters of depthwise + 1x1 with vanilla's.",
        ),
    ),
    Family(
        name="pair-macs",
        lesson="depthwise",
        kind="number",
        title="MACs of depthwise + 1 × 1",
        asks="A depthwise {kernel} × {kernel} convolution on {c1} channels is followed by a 1 × 1 "
        "convolution to {c2} channels. Both have outputs of {size} × {size} places. How many MACs "
        "do the two take together?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "Those are the weights. Each is used at every place: {size} × {size} times.",
                COUNTING,
            ),
            Mistake(
                "That is the full convolution from {c1} to {c2} channels, which the pair stands in "
                "for.",
                PAIR,
            ),
            Mistake(
                "That is the depthwise one alone. The 1 × 1 convolution multiplies, too.",
                MOBILE,
            ),
            Mistake(
                "That is the 1 × 1 convolution alone. The depthwise one multiplies, too.",
                PAIR,
            ),
        ),
        hint="Count one place first: {area} products a channel, then one product for each pair of "
        "channels.",
        solution="Depthwise: {places} × {c1} × {area} = {depthwise}. 1 × 1: {places} × {c1} × "
        "{c2} = {mixing}. Together {answer}.",
        where=PAIR,
        show=Show(
            "fig-cost-comparison",
            "CostComparison",
            {**_LAYER, "height": "size", "width": "size"},
            "Compare the MACs of depthwise + 1x1 with vanilla's.",
        ),
    ),
    Family(
        name="pair-share",
        lesson="depthwise",
        kind="number",
        title="the pair's share of the full convolution",
        asks="At one place and for one input channel, a full {kernel} × {kernel} convolution to "
        "{c2} output channels takes {area} × {c2} = {full} MACs. How many of these does depthwise "
        "+ 1 × 1 need?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "That is the full convolution. In the pair, all outputs share one depthwise kernel "
                "for this channel.",
                PAIR,
            ),
            Mistake(
                "That is the depthwise part. Mixing the channel into {c2} outputs takes more.",
                PAIR,
            ),
            Mistake(
                "That is the 1 × 1 part. Filtering the channel comes before, with {area} products.",
                PAIR,
            ),
            Mistake(
                "The filtered channel is mixed into {c2} outputs, not into one: {c2} products.",
                PAIR,
            ),
        ),
        hint="Once through the kernel, and then once for each output.",
        solution="{area} for the depthwise kernel and {c2} for the 1 × 1 convolution: {answer} of "
        "{full}. As a share that is 1/{c2} + 1/{area}.",
        where=PAIR,
        show=Show(
            "fig-cost-comparison",
            "CostComparison",
            {
                "in_channels": 64, "out_channels": "c2", "height": 14, "width": 14,
                "kernel_height": "kernel", "kernel_width": "kernel", "groups": 1, "layer": 0,
            },
            "Compare the MACs of depthwise + 1x1 with vanilla's.",
        ),
    ),
)  # fmt: skip
