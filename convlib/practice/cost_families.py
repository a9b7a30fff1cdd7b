"""Questions of the lesson on cost."""

from convlib.practice.families import Family, Mistake, Place, Show

COUNTING = Place("cost", "Counting multiplications")
FLOPS = Place("cost", "MACs and FLOPs: one word, two numbers")
MEMORY = Place("cost", "Parameters, and the two kinds of memory")
INTENSITY = Place("cost", "Arithmetic intensity")
ROOFLINE = Place("cost", "The roofline")
STRIDED = Place("stride", "Stride: compute only every s-th output")


def layer_cost(height, channels, kernel, note):
    """Return what shows a layer in CostComparison; `channels` are C1 and C2."""
    return Show(
        "fig-cost-comparison",
        "CostComparison",
        {
            "in_channels": channels[0], "out_channels": channels[1], "height": height,
            "width": height, "kernel_height": kernel, "kernel_width": kernel, "groups": 1,
            "layer": 0,
        },
        note,
    )  # fmt: skip


FAMILIES = (
    Family(
        name="parameters",
        lesson="cost",
        kind="number",
        title="parameters of a layer",
        asks="A {kernel} × {kernel} convolution from {c1} to {c2} channels works on {size} × "
        "{size} pixels, with biases. How many parameters has it?",
        product=True,
        unit="parameters",
        mistakes=(
            Mistake(
                "Those are the weights. The biases are parameters, too: one for each of the {c2} "
                "outputs.",
                MEMORY,
            ),
            Mistake(
                "You added a bias for each of the {c1} inputs. A bias belongs to an output: {c2} "
                "of them.",
                MEMORY,
            ),
            Mistake(
                "You added one bias. There is one for each of the {c2} outputs.",
                MEMORY,
            ),
            Mistake(
                "You gave each output one kernel. It has one for each of the {c1} inputs.",
                MEMORY,
            ),
            Mistake(
                "You counted one weight for each pair of channels. Each pair has a kernel of "
                "{kernel} × {kernel} = {area}.",
                MEMORY,
            ),
        ),
        hint="The picture's size has no say. How many kernels are there, and what comes on top for "
        "each output?",
        solution="{c1} × {c2} kernels of {area} are {weights} weights, and {c2} biases: {answer}. "
        "The {size} × {size} pixels have no say.",
        where=MEMORY,
        show=layer_cost(
            "size", ("c1", "c2"), "kernel", "Vanilla's parameters, without the {c2} biases."
        ),
    ),
    Family(
        name="strided-macs",
        lesson="cost",
        kind="number",
        title="MACs of a strided layer",
        asks="A {kernel} × {kernel} convolution with padding 1 and stride 2 reads {size} × {size} "
        "pixels of {c1} {c1|channel|channels} and makes {c2} channels. How many MACs does it take?",
        product=True,
        unit="MACs",
        mistakes=(
            Mistake(
                "You took the input's size. What is computed is the output: {after} × {after} "
                "places.",
                STRIDED,
            ),
            Mistake(
                "You halved one axis. A stride of 2 halves rows and columns: {after} × {after}.",
                STRIDED,
            ),
            Mistake(
                "You let each output read one channel. It reads all {c1} of them.",
                COUNTING,
            ),
            Mistake(
                "That is one output channel. There are {c2} of them.",
                COUNTING,
            ),
            Mistake(
                "Those are the weights. Each is used at every place of the output: {after} × "
                "{after} times.",
                COUNTING,
            ),
        ),
        hint="How large is the output? How many products is each of its numbers the sum of?",
        solution="The output has {after} × {after} = {places} places and {c2} channels. Each "
        "number sums {area} × {c1} = {sum} products: {places} × {c2} × {sum} = {answer}.",
        where=COUNTING,
        show=layer_cost(
            "after", ("c1", "c2"), "kernel", "Vanilla, with the size that the stride leaves."
        ),
    ),
    Family(
        name="flops",
        lesson="cost",
        kind="number",
        title="MACs and FLOPs",
        asks="A layer has {outputs} output numbers. Each is a sum of {sum} products. How many "
        "FLOPs does the layer take?",
        product=True,
        unit="FLOPs",
        mistakes=(
            Mistake(
                "Those are MACs. A MAC is a multiplication and an addition: 2 FLOPs.",
                FLOPS,
            ),
            Mistake(
                "You left out the first addition of each sum. By custom it counts: 1 MAC = 2 FLOPs "
                "(the first product is added to the bias, or to 0).",
                FLOPS,
            ),
            Mistake(
                "You halved the MACs. A MAC is two operations: double them.",
                FLOPS,
            ),
            Mistake(
                "You took the additions for one sum only. Every product of every output is added.",
                COUNTING,
            ),
        ),
        hint="How many MACs are there? How many operations is each?",
        solution="{outputs} × {sum} = {macs} MACs, and a MAC is 2 FLOPs: {answer}.",
        where=FLOPS,
        show=layer_cost("size", ("c1", "c2"), "kernel", "Vanilla takes {macs} MACs."),
    ),
    Family(
        name="activation-bytes",
        lesson="cost",
        kind="number",
        title="bytes of an activation",
        asks="An activation has {channels} channels of {size} × {size} pixels, in float32. How "
        "many bytes does it take?",
        product=True,
        unit="bytes",
        mistakes=(
            Mistake(
                "Those are the numbers. In float32 each takes 4 bytes.",
                MEMORY,
            ),
            Mistake(
                "That is one channel. There are {channels} of them.",
                MEMORY,
            ),
            Mistake(
                "Those are bits. 32 bits are 4 bytes.",
                MEMORY,
            ),
            Mistake(
                "You counted one row of {size}. There are {size} rows.",
                MEMORY,
            ),
        ),
        hint="How many numbers are there? How many bytes does a float32 take?",
        solution="{channels} × {places} = {numbers} numbers of 4 bytes: {answer}.",
        where=MEMORY,
        show=layer_cost(
            "size", ("channels", "channels"), 3, "Each picture is one part of the bytes."
        ),
    ),
    Family(
        name="bytes-moved",
        lesson="cost",
        kind="number",
        title="bytes that a layer moves",
        asks="A 1 × 1 convolution goes from {c1} to {c2} channels at {size} × {size} pixels, in "
        "float32, without biases. How many bytes does it move, if each number is moved once?",
        product=True,
        unit="bytes",
        mistakes=(
            Mistake(
                "Those are the numbers. In float32 each takes 4 bytes.",
                MEMORY,
            ),
            Mistake(
                "The weights are read as well: {c1} × {c2} = {weights} numbers.",
                INTENSITY,
            ),
            Mistake(
                "The output is written as well: {output} numbers.",
                INTENSITY,
            ),
            Mistake(
                "You read the weights anew at each place. We count them once, as if they stayed "
                "at hand.",
                INTENSITY,
            ),
        ),
        hint="Three things move: the input, the weights and the output. How many numbers has each?",
        solution="Input {input}, weights {weights}, output {output}: {numbers} numbers of 4 bytes, "
        "{answer}.",
        where=INTENSITY,
        show=layer_cost("size", ("c1", "c2"), 1, "Vanilla's bytes moved."),
    ),
    Family(
        name="intensity",
        lesson="cost",
        kind="number",
        title="arithmetic intensity",
        asks="A dense {kernel} × {kernel} layer goes from {channels} to {channels} channels, in "
        "float32, on a picture so large that its weights hardly count. What is its intensity, in "
        "FLOPs per byte?",
        product=True,
        unit="FLOPs per byte",
        mistakes=(
            Mistake(
                "That is a 1 × 1 layer. With {kernel} × {kernel} each number is used {area} times "
                "as often.",
                INTENSITY,
            ),
            Mistake(
                "You counted MACs for each byte. A MAC is 2 FLOPs.",
                FLOPS,
            ),
            Mistake(
                "You counted the input only. The output is written as well, and has as many bytes.",
                INTENSITY,
            ),
            Mistake(
                "You counted numbers, not bytes: a float32 takes 4 bytes.",
                MEMORY,
            ),
        ),
        hint="Take one pixel of one channel: how many MACs make its output? How many bytes are "
        "read and written for it?",
        solution="One output number takes {area} × {channels} = {product} MACs, twice as many "
        "FLOPs. For each, 4 bytes are read and 4 written: 2 × {product} / 8 = {answer}.",
        where=INTENSITY,
        show=layer_cost(
            112, ("channels", "channels"), "kernel", "Here the weights take away a little of it."
        ),
    ),
    Family(
        name="intensity-channels",
        lesson="cost",
        kind="number",
        title="channels that reach the flat roof",
        asks="A machine's balance is {balance} FLOPs per byte. From how many channels on, the same "
        "in and out, can a 1 × 1 layer on a large picture, in float32, reach the flat roof?",
        unit="channels",
        mistakes=(
            Mistake(
                "The intensity is C / 4, not C: an output number takes 2 C FLOPs, and 8 bytes are "
                "moved for it.",
                INTENSITY,
            ),
            Mistake(
                "You counted the bytes that are read. As many are written.",
                INTENSITY,
            ),
            Mistake(
                "You counted MACs. A MAC is 2 FLOPs, so that half as many channels will do.",
                FLOPS,
            ),
        ),
        hint="What is the intensity of a 1 × 1 layer with C channels in and out? When is it "
        "{balance}?",
        solution="One output number takes C MACs, 2 C FLOPs, for 4 bytes read and 4 written: C / "
        "4. That is {balance} at C = 4 × {balance} = {answer}.",
        where=ROOFLINE,
        show=layer_cost(112, ("answer", "answer"), 1, "FLOPs per byte: close to the balance."),
    ),
    Family(
        name="roof",
        lesson="cost",
        kind="number",
        title="which roof binds",
        asks="A machine does at most {flops} GFLOP/s and moves at most {speed} GB/s. A layer has "
        "an intensity of {intensity} FLOPs per byte. How many GFLOP/s can it not exceed?",
        unit="GFLOP/s",
        mistakes=(
            Mistake(
                "That is the higher of two limits. {binds?Arithmetic|Memory} would allow it, but "
                "{binds?memory|arithmetic} does not.",
                ROOFLINE,
            ),
            Mistake(
                "You added the limits. A layer must keep both: the lower one binds.",
                ROOFLINE,
            ),
            Mistake(
                "{speed} is in GB/s. With each byte the layer does {intensity} operations.",
                ROOFLINE,
            ),
            Mistake(
                "{balance} is the machine's balance, {flops} / {speed}: the intensity at which the "
                "two roofs meet. It is no speed.",
                ROOFLINE,
            ),
        ),
        hint="How many FLOPs a second does memory feed, at {intensity} for each byte? How many can "
        "the machine do?",
        solution="Memory feeds {speed} × {intensity} = {fed} GFLOP/s, arithmetic does {flops}. "
        "The lower one is {answer}: {binds?memory|arithmetic} is the limit.",
        where=ROOFLINE,
        show=layer_cost(112, (64, 64), 3, "The fourth panel has the intensities of four layers."),
    ),
)
