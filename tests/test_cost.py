"""Costs against counted loop iterations, stored arrays, and the papers' formulas."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from convlib import Conv2d, Linear, MaxPool2d, compare_convolutions, conv2d_cost, network_cost
from convlib.blocks import BatchNorm2d
from convlib.branches import Residual
from convlib.cost import Cost
from convlib.kernels import cost_rules
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d


def counted(size, in_channels, out_channels, kernel, stride, padding, dilation, groups):
    """Return the multiplications and the output shape of the obvious loops over a convolution."""
    (top, bottom), (left, right) = padding
    padded = (size[0] + top + bottom, size[1] + left + right)
    rows = columns = multiplications = 0
    row = 0
    while row + dilation[0] * (kernel[0] - 1) < padded[0]:
        rows += 1
        columns = column = 0
        while column + dilation[1] * (kernel[1] - 1) < padded[1]:
            columns += 1
            for _ in range(out_channels):
                for _ in range(in_channels // groups):
                    for _ in range(kernel[0]):
                        for _ in range(kernel[1]):
                            multiplications += 1
            column += stride[1]
        row += stride[0]
    return multiplications, (out_channels, rows, columns)


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


@given(
    size=pairs(6, 9),
    kernel=pairs(1, 3),
    stride=pairs(1, 3),
    padding=st.tuples(pairs(0, 2), pairs(0, 2)),
    dilation=pairs(1, 2),
    groups=st.integers(1, 3),
    per_group=pairs(1, 2),
    bias=st.booleans(),
    dtype=st.sampled_from(["float32", "float64", "float16", "int8"]),
)
def test_cost_is_what_the_loops_do_and_the_arrays_hold(
    size, kernel, stride, padding, dilation, groups, per_group, bias, dtype
):
    in_channels, out_channels = groups * per_group[0], groups * per_group[1]
    layer = Conv2d(in_channels, out_channels, kernel, stride, padding, dilation, groups, bias)
    macs, output_shape = counted(
        size, in_channels, out_channels, kernel, stride, padding, dilation, groups
    )
    weight = np.zeros((out_channels, per_group[0], *kernel), dtype)
    biases = np.zeros(out_channels if bias else 0, dtype)

    got = conv2d_cost(layer, size, dtype)

    assert layer.output_shape((in_channels, *size)) == output_shape
    assert got.macs == macs == layer.macs(size)
    assert got.flops == 2 * macs
    assert got.params == weight.size + biases.size == layer.params
    assert got.input_bytes == np.zeros((in_channels, *size), dtype).nbytes
    assert got.output_bytes == np.zeros(output_shape, dtype).nbytes
    assert got.weight_bytes == weight.nbytes + biases.nbytes
    assert got.activation_bytes == got.input_bytes + got.output_bytes
    assert got.bytes == got.activation_bytes + got.weight_bytes
    assert got.intensity == pytest.approx(2 * macs / got.bytes)


def test_batch_one_classifier_reads_a_weight_for_each_mac():
    cost = network_cost(Linear(4096, 4096, bias=False), 1)
    # Two FLOPs for each 4-byte weight, less a little for the activations.
    assert cost.weight_bytes == 4 * cost.macs
    assert 0.499 < cost.intensity < 0.5


def test_an_empty_cost_has_no_intensity():
    assert Cost().intensity == 0


def test_costs_add_field_by_field():
    assert Cost(1, 2, 3, 4, 5) + Cost(10, 20, 30, 40, 50) == Cost(11, 22, 33, 44, 55)
    with pytest.raises(TypeError):
        Cost(1) + 1


def test_network_cost_is_the_sum_over_both_paths():
    main = [Conv2d(4, 8, 3, stride=2, padding=1), BatchNorm2d(8)]
    shortcut = [Conv2d(4, 8, 1, stride=2)]
    network = [
        Conv2d(3, 4, 3, padding=1),
        Residual(main, shortcut),
        MaxPool2d(2),
        AvgPool2d(2),
        AdaptiveAvgPool2d(1),
        Linear(8, 5),
    ]
    expected = sum(
        [
            conv2d_cost(Conv2d(3, 4, 3, padding=1), 16),
            conv2d_cost(main[0], 16),
            conv2d_cost(shortcut[0], 16),
            Cost(params=16, weight_bytes=64),  # batch normalisation
            Cost(0, 0, 4 * 8 * 8 * 8, 4 * 8 * 4 * 4, 0),  # the two window poolings
            Cost(0, 0, 4 * 8 * 4 * 4, 4 * 8 * 2 * 2, 0),
            Cost(0, 0, 4 * 8 * 2 * 2, 4 * 8, 0),  # global pooling
            Cost(8 * 5, 8 * 5 + 5, 4 * 8, 4 * 5, 4 * (8 * 5 + 5)),
        ],
        Cost(),
    )
    assert network_cost(network, 16) == expected


def test_depthwise_separable_takes_the_share_that_the_paper_derives():
    # Howard et al., equation 5: 1 / N + 1 / D_K^2.
    for in_channels, out_channels, kernel in [(32, 64, 3), (512, 512, 3), (96, 24, 5)]:
        variants = {
            v.name: v for v in compare_convolutions(in_channels, out_channels, kernel, 28, groups=8)
        }
        vanilla = variants["vanilla"].cost.macs
        share = Fraction(variants["depthwise + 1 × 1"].cost.macs, vanilla)
        assert share == Fraction(1, out_channels) + Fraction(1, kernel**2)
        assert variants["grouped"].cost.macs * 8 == vanilla


@pytest.mark.parametrize("stride", [1, 2])
def test_compared_convolutions_make_the_same_size_and_say_how_many_channels(stride):
    variants = compare_convolutions(6, 4, (3, 5), (9, 12), groups=2, stride=stride)
    sizes = set()
    for variant in variants:
        shape = (6, 9, 12)
        for layer in variant.layers:
            shape = layer.output_shape(shape)
        assert shape[0] == variant.out_channels
        sizes.add(shape[1:])
    assert sizes == {(-(-9 // stride), -(-12 // stride))}
    assert [v.out_channels for v in variants] == [4, 4, 6, 4]
    depthwise, separable = variants[2], variants[3]
    assert depthwise.cost.macs == 3 * 5 * 6 * (-(-9 // stride)) * (-(-12 // stride))
    assert separable.cost.macs == depthwise.cost.macs * (1 + Fraction(4, 15))


def test_mobilenet_table_3():
    # Howard et al., Table 3: a 3x3 layer, 512 to 512 channels at 14x14; million MACs and
    # parameters; then with the multipliers 0.75 (384 channels) and 0.714 (10x10) besides.
    full = {v.name: v.cost for v in compare_convolutions(512, 512, 3, 14, groups=1)}
    thin = compare_convolutions(384, 384, 3, 14, groups=1)[3].cost
    small = compare_convolutions(384, 384, 3, 10, groups=1)[3].cost
    costs = [full["vanilla"], full["depthwise + 1 × 1"], thin, small]
    assert [f"{c.macs / 1e6:.3g}" for c in costs] == ["462", "52.3", "29.6", "15.1"]
    assert [f"{c.params / 1e6:.2f}" for c in costs] == ["2.36", "0.27", "0.15", "0.15"]


def test_rules_compile_to_what_python_computes():
    # The pages get them through Numba; numbers beyond 32 bits must come out whole.
    for rule, arguments in [
        (cost_rules.conv2d_macs, (1000, 1000, 7, 7, 512, 2048, 2)),
        (cost_rules.conv2d_params, (7, 7, 8192, 8192, 1, 1)),
        (cost_rules.tensor_bytes, (4096, 3000, 3000, 8)),
    ]:
        expected = rule(*arguments)
        assert expected > 2**31
        assert njit(rule)(*arguments) == expected


def test_errors_name_the_argument_the_value_and_what_is_legal():
    with pytest.raises(TypeError, match=r"MaxPool2d; legal is a Conv2d"):
        conv2d_cost(MaxPool2d(2), 8)
    with pytest.raises(TypeError, match=r"dtype='float99' is not a dtype"):
        conv2d_cost(Conv2d(3, 8, 3), 8, dtype="float99")
    with pytest.raises(TypeError, match="dtype=None is not a dtype"):
        conv2d_cost(Conv2d(3, 8, 3), 8, dtype=None)
    with pytest.raises(TypeError, match="dtype='complex64' is not a dtype of real numbers"):
        conv2d_cost(Conv2d(3, 8, 3), 8, dtype="complex64")
    with pytest.raises(ValueError, match=r"second: in_channels=16 .* legal is in_channels=8"):
        network_cost([("first", Conv2d(3, 8, 3)), ("second", Conv2d(16, 8, 3))], 8)
    with pytest.raises(ValueError, match=r"fc: in_features=10 .*\(8, 6, 6\); .*in_features=288"):
        network_cost([("conv", Conv2d(3, 8, 3)), ("fc", Linear(10, 4))], 8)
    with pytest.raises(ValueError, match=r"^1: num_features=4 .*legal is num_features=8"):
        network_cost([Conv2d(3, 8, 3), BatchNorm2d(4)], 8)
    with pytest.raises(ValueError, match=r"1: kernel_size=9 .* legal spans are 1 to 6"):
        network_cost([Conv2d(3, 8, 3), MaxPool2d(9)], 8)
    with pytest.raises(ValueError, match="groups=4 does not divide out_channels=6"):
        compare_convolutions(8, 6, 3, 8, groups=4)
    with pytest.raises(ValueError, match=r"does not say how many channels.*input_size=\(3, 8, 8\)"):
        network_cost([MaxPool2d(2)], 8)
    with pytest.raises(TypeError, match=r"layers\[1\]='pool' is neither a layer"):
        network_cost([Conv2d(3, 8, 3), "pool"], 8)
    with pytest.raises(TypeError, match="layers=3 is of type int"):
        network_cost(3, 8)
    with pytest.raises(ValueError, match=r"main=\(\) has no layer"):
        Residual([])
    with pytest.raises(ValueError, match=r"more than half of the window.*legal values are 0 to 1"):
        MaxPool2d(3, padding=2)
    with pytest.raises(
        ValueError, match=r"'same' needs stride=1, got stride=\(2, 2\); 'same_upper'"
    ):
        MaxPool2d(2, padding="same")
    with pytest.raises(TypeError, match="bias=1; legal values are True and False"):
        Linear(2, 2, bias=1)
    with pytest.raises(ValueError, match=r"num_features=0 is out of range; .* from 1"):
        BatchNorm2d(0)
    with pytest.raises(TypeError, match=r"layers\[0\]=.*MaxPool2d.* is neither a layer"):
        network_cost([MaxPool2d], 8)
    with pytest.raises(ValueError, match=r"block: the shortcut's output has shape \(4, 8, 8\)"):
        network_cost([("block", Residual([Conv2d(4, 8, 3, padding=1)]))], 8)
