"""Each sentence stands at the wrong number that it speaks of: kernels and words in one order.

The reference counts the wrong numbers in the order written here; what a reader did to get each is
told by a few words of its sentence.
"""

from dataclasses import replace

import pytest

from convlib.practice import FAMILIES

IDEAS = {
    "size-valid": "counted the steps | You subtracted the | question is about | input's size | "
    "by side",
    "output-reads": "row comes first | is turned | one row too high | by side | only the cell",
    "matrix-weights": "different weights | dense layer | each pixel a window | how many rows",
    "kernel-moves": "comes from there | would stay | Which way does that pixel",
    "joint-kernel": "added whole kernels | start from is missing | multiplied | single layer",
    "layers-left": "divided by | One too many | at both ends | after one layer",
    "size-padded": "You added h | counted the padding once | without padding | "
    "steps | input's size | "
    "padded input",
    "size-unequal": "the top's padding twice | the bottom's padding twice | "
    "without padding | steps | "
    "input's size",
    "keep-size": "You rounded | takes in all | padded by the kernel's size",
    "keep-rest": "The same again | You filled up | alone",
    "pixel-reads": "in the middle | You added | without padding | all outputs | overlap",
    "shift-direction": "the other way | is kept | other axis",
    "shift-pixels": "one layer's | whole padding | kernel's size | 3 × 3 | size is kept",
    "shift-alternating": "added all layers | They cancel in pairs | padding of one layer | "
    "a pixel for each",
    "shift-even": "size is kept | whole pixel | on one side | added up all",
    "size-strided": "at stride 1 | steps that | subtracted the stride | left out the padding",
    "size-rounding": "rounded up | rounded down | at stride 1 | not illegal",
    "strided-reads": "by one cell | forgot the padding | row comes first | only one cell",
    "cut-pixels": "Is there a pixel | skips outputs | other end | whole stride",
    "jumped-pixels": "at the end are right | between the windows are right | do not touch | "
    "are read",
    "field-strided": "stride 1 throughout | own stride | start from is missing | "
    "effective stride | "
    "multiplied",
    "effective-stride": "added the strides | one layer's stride | One doubling too many | "
    "windows add",
    "even-input": "no window reads the last cell | Half of | distance between | pixel a layer",
    "outputs-moved": "when g = 1 | in turn | numbers of the group's inputs | same number",
    "legal-groups": "output channels as well | input channels as well | Small enough | "
    "g = 1 is legal",
    "grouped-weights": "without groups | one group | one weight for each pair | bias",
    "grouped-macs": "without groups | one group | weights | FLOPs",
    "shape-read": "C1 / g | output channels | outputs a group has | multiplied the outputs",
    "shape-second": "all input channels | divided the output | first place | number of groups",
    "group-budget": "both sides are | as before | You divided | added the groups",
    "depthwise-weights": "each output read all | forgot the multiplier | one channel | "
    "number of kernels",
    "depthwise-macs": "each output read all | weights | single input channel | output numbers",
    "depthwise-outputs": "in turn | All outputs | has the channel's number",
    "pair-weights": "full convolution | depthwise one alone | "
    "1 × 1 convolution alone | one weight an "
    "output | one depthwise kernel",
    "pair-macs": "weights | full convolution | depthwise one alone | 1 × 1 convolution alone",
    "pair-share": "full convolution | depthwise part | 1 × 1 part | not into one",
    "parameters": "Those are the weights | inputs | one bias | one kernel | "
    "one weight for each pair",
    "strided-macs": "input's size | halved one axis | read one channel | one output channel | "
    "weights",
    "flops": "Those are MACs | first addition | halved the MACs | one sum only",
    "activation-bytes": "the numbers | one channel | bits | one row",
    "bytes-moved": "the numbers | weights are read | output is written | anew",
    "intensity": "1 × 1 layer | MACs for each byte | input only | numbers, not bytes",
    "intensity-channels": "not C | are read | counted MACs",
    "roof": "higher of two | added the limits | GB/s | balance",
    "size-dilated": "left out the dilation | You let the kernel span | once | is subtracted",
    "scaled-macs": "divided by | multiplied by | left out the size | left out the channels",
    "scaled-weights": "multiplied by | becomes of the MACs | channels have | that is right",
    "scaled-activations": "both sides' | left out the channels | left out the size",
    "constant-cost": "as many channels as before | pay for | narrower",
}


def test_every_family_is_told():
    assert list(IDEAS) == list(FAMILIES)


@pytest.mark.parametrize("name", list(IDEAS))
def test_sentences_are_in_the_order_of_the_wrong_numbers(name):
    ideas, says = IDEAS[name].split(" | "), [mistake.says for mistake in FAMILIES[name].mistakes]
    assert len(ideas) == len(says)
    for idea, sentence in zip(ideas, says, strict=True):
        assert idea in sentence


ONE = {
    "rows": "row", "columns": "column", "cells": "cell", "pixels": "pixel", "outputs": "output",
    "layers": "layer", "entries": "entry", "channels": "channel", "weights": "weight",
    "parameters": "parameter", "numbers": "number", "MACs": "MAC", "FLOPs": "FLOP",
    "bytes": "byte", "FLOPs per byte": "FLOP per byte", "GFLOP/s": "GFLOP/s",
}  # fmt: skip


def test_an_answer_of_one_counts_one():
    for family in FAMILIES.values():
        if family.kind == "number":
            question = family.draw(3)
            one = replace(question, answer=1).solved
            assert one == f"1 {ONE[question.unit]}" if question.unit else one == "1"
            assert replace(question, answer=2).solved == f"2 {question.unit}".rstrip()
