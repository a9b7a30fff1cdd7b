"""Questions of the lesson on stride: what deep outputs see."""

from convlib.practice.families import Family, Mistake, Place, Show

SEES = Place("stride", "What you gain: later layers see more")
TRAP = Place("stride", "The trap: an even input at stride 2")
_EACH = "each layer has|every 2nd layer has|every 3rd layer has"
_OWN = {"network": 0, "depth": "layers", "kernel": "kernel", "padding": 0, "size": 224}

FAMILIES = (
    Family(
        name="field-strided",
        lesson="stride",
        kind="number",
        title="the receptive field of a stack with strides",
        asks="{layers} layers with {kernel} × {kernel} kernels, one after the other; "
        f"{{period?|{_EACH}}} stride 2, the others stride 1. How many pixels wide is the field of "
        "one output at the end?",
        unit="pixels",
        mistakes=(
            Mistake(
                "That is the field at stride 1 throughout. After a stride of 2, neighbours are two "
                "pixels apart, and a window reaches twice as far.",
                SEES,
            ),
            Mistake(
                "You let each layer's own stride count for its own window. It counts only for the "
                "layers after it.",
                SEES,
            ),
            Mistake(
                "The steps are right. The pixel that you start from is missing: one more.",
                SEES,
            ),
            Mistake(
                "{wrong} is the effective stride, the distance between neighbouring outputs. The "
                "field is how far one of them sees.",
                SEES,
            ),
            Mistake(
                "You multiplied the field at stride 1 by all strides. Early layers work on pixels "
                "that are still close together.",
                SEES,
            ),
        ),
        hint="How far apart are neighbours before each layer? Each layer adds {lost} times that.",
        solution="Before the layers, neighbours are 1, {second}"
        "{four? and {third}|, {third} and {fourth}} pixels apart. Each distance counts "
        "{lost} times, and the first pixel once: {answer}.",
        where=SEES,
        show=Show(
            "fig-stride-field",
            "ReceptiveField",
            {**_OWN, "strides": "period"},
            "The frame is the field.",
        ),
    ),
    Family(
        name="effective-stride",
        lesson="stride",
        kind="number",
        title="the effective stride of a stack",
        asks="{layers} layers with {kernel} × {kernel} kernels, one after the other; "
        f"{{period?|{_EACH}}} stride 2, the others stride 1. How many pixels apart are the "
        "fields of two neighbouring outputs: what is the effective stride?",
        unit="pixels",
        mistakes=(
            Mistake(
                "You added the strides of 2. A step of 2 in steps of 2 is a step of 4: multiply.",
                SEES,
            ),
            Mistake(
                "That is one layer's stride. Each of the {strided} {strided|layer|layers} with "
                "stride 2 doubles the distance.",
                SEES,
            ),
            Mistake(
                "One doubling too many: {strided} of the {layers} layers "
                "{strided|has|have} stride 2.",
                SEES,
            ),
            Mistake(
                "You counted what the windows add, which is about how far an output sees. The "
                "kernel has no say in the distance between outputs.",
                SEES,
            ),
        ),
        hint="How many layers have stride 2? What does each of them do to the distance?",
        solution="{strided} {strided|layer has|layers have} stride 2, and each doubles the "
        "distance: 2 to the power of {strided} is {answer}.",
        where=SEES,
        show=Show(
            "fig-stride-field",
            "ReceptiveField",
            {**_OWN, "strides": "period"},
            "The cell of an output is as wide as the effective stride.",
        ),
    ),
    Family(
        name="even-input",
        lesson="stride",
        kind="number",
        title="even and odd inputs at stride 2",
        asks="{layers} layers with a 3 × 3 kernel, stride 2 and padding 1 look at {size} × {size} "
        "pixels. Output 0 is centred on pixel 0. How many pixels lie to the right of the one "
        "that the last output is centred on?",
        unit="pixels",
        mistakes=(
            Mistake(
                "{odd?The padding is the same at both ends, but with an even input no window "
                "reads the last cell of it. The last output stops short of the end."
                "|That would be so for {last} pixels. With {size} each layer's input is odd, and "
                "the padding is read at both ends.}",
                TRAP,
            ),
            Mistake(
                "Half of {stride} is about how far outputs look beside their own cell. The "
                "question is about the end of the picture.",
                TRAP,
            ),
            Mistake(
                "{stride} is the distance between two outputs. If so much were left, one more "
                "output would fit.",
                SEES,
            ),
            Mistake(
                "You counted one pixel a layer. A later layer's steps are longer: 2, 4, 8 pixels "
                "of the input.",
                TRAP,
            ),
        ),
        hint="How many outputs are there, and how many pixels apart are they? Where does the last "
        "one lie?",
        solution="There are {outputs} outputs, {stride} pixels apart: the last is centred on "
        "({outputs} − 1) × {stride} = {center}. The last pixel is {last}: {last} − {center} = "
        "{answer}.",
        where=TRAP,
        show=Show(
            "fig-stride-field",
            "ReceptiveField",
            {
                "network": 0, "depth": "layers", "kernel": 3, "strides": 1, "padding": 0,
                "size": "size", "row": "last", "column": "last",
            },
            "This is the last output. Where is the middle of its frame?",
        ),
    ),
)  # fmt: skip
