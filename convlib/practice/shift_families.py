"""Questions of the lesson on padding: where the content goes."""

from convlib.practice.families import Family, Mistake, Place, Show

SHIFT = Place("padding", "Padding on one side moves the picture")
ODD = Place("padding", "Pad to retain size, and why kernels are odd")
STACK = Place("padding", "The padding of a whole stack")
WAYS = ("up", "down", "left", "right")
SIDES = "top|bottom|left|right"
PLACES = "at the top|at the bottom|on the left|on the right"
# The buttons of ContextShift: 0 is both sides; 6 and 7 are sides in turn.
SIDE = ("side", [1, 2, 3, 4])

FAMILIES = (
    Family(
        name="shift-direction",
        lesson="padding",
        kind="choice",
        title="which way one-sided padding moves the picture",
        asks="Each of {layers} layers with a {kernel} × {kernel} kernel puts all the padding that "
        f"keeps the size on one side: {{pad}} cells {{side?{PLACES}}}. Which way has the "
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
                f"Padding {{side?{PLACES}}} adds {{side?rows|rows|columns|columns}}: it "
                "moves the picture along the other axis.",
                SHIFT,
            ),
        ),
        hint=f"Padding {{side?{PLACES}}} lies before or after the picture. Where does the "
        "picture's first row or column come out?",
        solution=f"The padding {{side?{PLACES}}} pushes the picture away from it, layer "
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
        f"{{pad}} cells of padding {{side?{PLACES}}} and none opposite, so that the size "
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
        "cells of padding {axis?at the top|on the left}, the second {pad} "
        "{axis?at the bottom|on the right}, and so on. By how many pixels is the picture out of "
        "its place in the end?",
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
            {"layers": "layers", "kernel": "menu", "side": ("axis", [6, 7])},
            "The grey bands grow in turn. The arrow is as long as the shift: "
            "{odd?all layers cancel in pairs|one layer is left over}.",
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
