"""Receptive fields against reads that are followed back pixel by pixel, without convlib."""

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

import convlib
from convlib import Conv2d, Linear, MaxPool2d, conv2d_output_size, receptive_field, unread_pixels
from convlib.blocks import BatchNorm2d, Flatten
from convlib.branches import Residual
from convlib.kernels import field_rules
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d
from convlib.receptive_field import ReceptiveField

# The reference: one axis, a layer is (kernel, stride, before, after, dilation). Padding words
# are worked out here as ONNX describes them.


def sizes_of(size, layers):
    """Return the sizes at the input and after every layer, counting windows one by one."""
    sizes = [size]
    for kernel, stride, before, after, dilation in layers:
        padded, start, windows = sizes[-1] + before + after, 0, 0
        while start + (kernel - 1) * dilation < padded:
            start, windows = start + stride, windows + 1
        sizes.append(windows)
    return sizes


def positions_seen(output, layers):
    """Return the set of input positions behind one output, those in the padding included."""
    seen = {output}
    for kernel, stride, before, _, dilation in reversed(layers):
        seen = {
            position * stride - before + tap * dilation
            for position in seen
            for tap in range(kernel)
        }
    return seen


def pixels_read(size, layers):
    """Return a mask of the input pixels that some output reads, leaving padding on the way."""
    sizes = sizes_of(size, layers)
    needed = np.ones(sizes[-1], bool)
    for layer, its_size in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        kernel, stride, before, _, dilation = layer
        read = np.zeros(its_size, bool)
        for output in np.flatnonzero(needed):
            for tap in range(kernel):
                position = output * stride - before + tap * dilation
                if 0 <= position < its_size:
                    read[position] = True
        needed = read
    return needed


def same_ends(size, kernel, stride, dilation, lower):
    """Return ONNX's SAME padding: the fewest cells that give ceil(size / stride) outputs."""
    total = 0
    while sizes_of(size, [(kernel, stride, total, 0, dilation)])[1] < -(-size // stride):
        total += 1
    small, large = total // 2, total - total // 2
    return (large, small) if lower else (small, large)


def ceil_ends(size, kernel, stride, before, after, dilation):
    """Return an axis with as much padding after it as the last window under ceil_mode needs."""
    starts = reference.pool_starts(size, kernel, stride, before, after, dilation, True)
    reached = max([start + dilation * (kernel - 1) + 1 for start in starts], default=0)
    return kernel, stride, before, max(after, reached - size), dilation


AXIS = st.tuples(
    st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 3), st.integers(1, 2)
)


@st.composite
def stacks(draw):
    """Draw an input size (H, W), the layers, and each axis as the reference takes it."""
    sizes = [draw(st.integers(1, 40)), draw(st.integers(1, 40))]
    input_size, layers, axes = tuple(sizes), [], ([], [])
    for _ in range(draw(st.integers(1, 4))):
        drawn = [draw(AXIS), draw(AXIS)]
        kernel, stride, _, _, dilation = zip(*drawn, strict=True)
        word = draw(st.sampled_from([None, None, "same_upper", "same_lower"]))
        if word:
            drawn = [
                (k, s, *same_ends(n, k, s, d, word == "same_lower"), d)
                for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True)
            ]
        padding = word or tuple(axis[2:4] for axis in drawn)
        is_pool = draw(st.booleans()) and all(
            max(axis[2:4]) <= ((axis[0] - 1) * axis[4] + 1) // 2 for axis in drawn
        )
        ceil_mode = is_pool and draw(st.booleans())
        if ceil_mode:
            drawn = [ceil_ends(n, *axis) for n, axis in zip(sizes, drawn, strict=True)]
        behind = [sizes_of(sizes[i], [drawn[i]])[1] for i in (0, 1)]
        if 0 in behind:
            continue  # the window does not fit
        if is_pool:
            layers.append(MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil_mode))
        else:
            layers.append(Conv2d(2, 2, kernel, stride, padding, dilation))
        sizes = behind
        for axis, one in zip(axes, drawn, strict=True):
            axis.append(one)
    return input_size, layers, axes


@given(stacks())
def test_field_is_what_is_measured_on_either_axis(stack):
    input_size, layers, axes = stack
    field = receptive_field(layers, input_size)
    first, third = field.window(0), field.window(2)
    for axis in (0, 1):
        seen, later = positions_seen(0, axes[axis]), positions_seen(2, axes[axis])
        assert first[axis] == (min(seen), max(seen))
        assert third[axis] == (min(later), max(later))
        assert field.size[axis] == max(seen) - min(seen) + 1
        assert 2 * field.stride[axis] == min(later) - min(seen)
        assert field.padding[axis][0] == -min(seen)
        assert field.center[axis] == (min(seen) + max(seen)) / 2
        cell = range(field.stride[axis])
        assert field.shift[axis] == (min(seen) + max(seen)) / 2 - sum(cell) / len(cell)


@given(stacks())
def test_a_stack_has_the_output_size_of_one_layer_with_its_field(stack):
    input_size, layers, axes = stack
    field = receptive_field(layers, input_size)
    expected = tuple(sizes_of(input_size[axis], axes[axis])[-1] for axis in (0, 1))
    got = conv2d_output_size(input_size, field.size, field.stride, field.padding)
    assert got == expected


@given(stacks())
def test_unread_pixels_are_those_that_no_read_reaches(stack):
    input_size, layers, axes = stack
    rows, columns = (pixels_read(input_size[axis], axes[axis]) for axis in (0, 1))
    np.testing.assert_array_equal(unread_pixels(layers, input_size), ~np.outer(rows, columns))


def test_only_pixels_in_the_window_change_the_output():
    # The same through convlib's own convolution: nudge one pixel after the other.
    sizes, paddings = (13, 11), (((2, 0), (0, 1)), "same_upper", 1)
    layers = [Conv2d(1, 1, 3, 2, p, bias=False) for p in paddings]

    def output(image):
        for layer in layers:
            image = convlib.conv2d(
                image, np.ones((1, 1, 3, 3)), stride=layer.stride, padding=layer.padding
            )
        return image[0]

    before = output(np.zeros((1, *sizes)))
    field, unread = receptive_field(layers, sizes), unread_pixels(layers, sizes)
    for pixel in np.ndindex(sizes):
        image = np.zeros((1, *sizes))
        image[0][pixel] = 1
        changed = output(image) != before
        for index in np.ndindex(changed.shape):
            windows = field.window(index)
            inside = all(low <= at <= high for at, (low, high) in zip(pixel, windows, strict=True))
            assert changed[index] <= inside
        assert changed.any() != unread[pixel]


def test_gaps_and_dropped_remainders_are_unread():
    every_third = unread_pixels(Conv2d(1, 1, 1, stride=3), 8)
    assert np.flatnonzero(~every_third[0]).tolist() == [0, 3, 6]
    # A dilated kernel that steps by its dilation never meets the pixels between.
    dilated = unread_pixels(Conv2d(1, 1, 3, stride=2, dilation=2), 9)
    assert np.flatnonzero(dilated[0]).tolist() == [1, 3, 5, 7]
    # Deeper layers can drop what the first one read: 11 -> 5 -> 2 leaves 10 - 3 + 1 rows.
    dropped = unread_pixels([Conv2d(1, 1, 3, stride=2), MaxPool2d(2)], 11)
    assert np.flatnonzero(dropped[0]).tolist() == [9, 10]


def test_symmetric_padding_at_stride_2_never_reads_the_far_padding_of_an_even_input():
    layer = Conv2d(1, 1, 3, stride=2, padding=1)
    last_window = receptive_field(layer).window(layer.output_size(224)[0] - 1)
    assert last_window == ((221, 223), (221, 223))
    assert receptive_field(layer).window(0) == ((-1, 1), (-1, 1))


def test_a_stride_on_1x1_skips_three_pixels_of_four():
    paper = Residual(
        [Conv2d(8, 4, 1, stride=2), Conv2d(4, 4, 3, padding=1), Conv2d(4, 16, 1)],
        [Conv2d(8, 16, 1, stride=2)],
    )
    torchvision = Residual(
        [Conv2d(8, 4, 1), Conv2d(4, 4, 3, stride=2, padding=1), Conv2d(4, 16, 1)],
        [Conv2d(8, 16, 1, stride=2)],
    )
    assert unread_pixels(paper, 56).mean() == 0.75
    assert not unread_pixels(torchvision, 56).any()


def test_unread_pixels_counts_what_only_a_shortcut_or_a_classifier_reads():
    main = [Conv2d(4, 4, 1, stride=2)]
    assert unread_pixels(main, 6).mean() == 0.75
    wider = Residual(main, [Conv2d(4, 4, 2, stride=2)])
    assert not unread_pixels(wider, 6).any()
    assert not unread_pixels([BatchNorm2d(4), AdaptiveAvgPool2d(2)], 7).any()
    head = [Conv2d(4, 4, 2, stride=3), BatchNorm2d(4), Linear(16, 3)]
    assert unread_pixels(head, 5).sum() == 25 - 16


def test_shift_is_zero_exactly_for_half_of_kernel_minus_stride():
    # An odd kernel cannot be centred at stride 2; kernels of 2 and 4 can.
    shifts = {
        (kernel, padding): receptive_field(Conv2d(1, 1, kernel, 2, padding)).shift[0]
        for kernel in (1, 2, 3, 4)
        for padding in (0, 1)
    }
    assert {key for key, shift in shifts.items() if shift == 0} == {(2, 0), (4, 1)}
    assert shifts[3, 0] == 0.5
    assert shifts[3, 1] == -0.5


@pytest.mark.parametrize(("padding", "outputs"), [(1, 7), ("same_upper", 7), ("same_lower", 7)])
def test_shift_is_the_distance_of_the_windows_from_the_images_middle(padding, outputs):
    layers = [Conv2d(1, 1, 3, 2, padding)] * 5
    field = receptive_field(layers, 224)
    middles = [sum(field.window(o)[0]) / 2 for o in range(outputs)]
    assert np.mean(middles) - (224 - 1) / 2 == field.shift[0]


def test_outputs_at_32k_plus_1_pixels_lie_evenly_in_spite_of_their_shift():
    field = receptive_field([Conv2d(1, 1, 3, 2, 1)] * 5, 225)
    assert [sum(field.window(o)[0]) / 2 for o in range(8)] == list(range(0, 225, 32))
    assert field.shift == (-15.5, -15.5)


def test_axes_and_ends_stay_apart():
    layers = [Conv2d(1, 1, (3, 5), (1, 2), ((1, 2), (3, 0))), AvgPool2d((2, 1), (2, 1))]
    assert receptive_field(layers) == ReceptiveField((4, 5), (2, 2), ((1, 2), (3, 0)))
    assert receptive_field(layers).center == (0.5, -1.0)
    assert receptive_field(layers).window((1, 2)) == ((1, 4), (1, 5))


def test_pointwise_layers_change_nothing():
    assert receptive_field([]) == receptive_field([BatchNorm2d(4), Conv2d(4, 8, 1)])
    assert receptive_field([]) == ReceptiveField((1, 1), (1, 1), ((0, 0), (0, 0)))


def test_words_that_do_not_depend_on_the_size_need_none():
    for word in ("valid", "same", "same_upper", "same_lower"):
        layer = Conv2d(1, 1, 4, padding=word)
        assert receptive_field(layer) == receptive_field(layer, 30)
    strided = [("stem", Conv2d(1, 1, 3, 2, "same_upper"))]
    assert receptive_field(strided, 8).padding[0] == (0, 1)
    assert receptive_field(strided, 9).padding[0] == (1, 1)
    with pytest.raises(ValueError, match=r"stem: padding='same_upper' at stride=\(2, 2\).*give"):
        receptive_field(strided)


def test_ceil_mode_needs_the_size_where_it_may_run_past_the_input():
    pool = [("pool", MaxPool2d(3, 2, ceil_mode=True))]
    assert receptive_field(pool, 7).padding == ((0, 0), (0, 0))
    assert receptive_field(pool, 8).padding == ((0, 1), (0, 1))
    with pytest.raises(ValueError, match=r"pool: .*ceil_mode=True at stride=\(2, 2\).*give input"):
        receptive_field(pool)
    assert receptive_field(MaxPool2d(3, 1, 1, ceil_mode=True)).padding == ((1, 1), (1, 1))
    # 8 pixels at stride 2: without the last window, the last row and column would be cut.
    assert unread_pixels(MaxPool2d(3, 2), 8).sum() == 15
    assert not unread_pixels(pool, 8).any()


def test_residual_blocks_follow_the_main_path_and_refuse_a_wider_shortcut():
    conv, stride_2 = Conv2d(4, 4, 3, padding=1), Conv2d(4, 4, 3, stride=2, padding=1)
    block = Residual([conv, stride_2], [Conv2d(4, 4, 1, stride=2)])
    assert receptive_field([block, block]) == receptive_field([conv, stride_2] * 2)
    with pytest.raises(ValueError, match=r"0: the shortcut sees pixels -1 to 1, beyond .* 0 to 0"):
        receptive_field(Residual([Conv2d(4, 4, 1)], [conv]))
    before, after = (Conv2d(4, 4, 2, padding=(e, e)) for e in ((1, 0), (0, 1)))
    with pytest.raises(ValueError, match=r"sees pixels 0 to 1, beyond the main path's -1 to 0"):
        receptive_field(Residual([before], [after]))
    with pytest.raises(ValueError, match=r"b: the shortcut's stride is \(1, 1\)"):
        receptive_field([("b", Residual([stride_2]))])
    with pytest.raises(ValueError, match=r"the shortcut's output has size \(8, 8\)"):
        receptive_field(Residual([Conv2d(4, 4, 3)]), 8)


def test_layers_that_see_everything_have_no_field():
    for layer in (AdaptiveAvgPool2d(1), Linear(4, 4), Flatten()):
        name = type(layer).__name__
        with pytest.raises(ValueError, match=f"head: {name} sees its whole input.*features"):
            receptive_field([("head", layer)])


def test_windows_beyond_the_input_are_refused_by_name():
    with pytest.raises(ValueError, match=r"pool: kernel_size=9 .* legal spans are 1 to 6"):
        receptive_field([("conv", Conv2d(1, 1, 3)), ("pool", MaxPool2d(9))], 8)
    with pytest.raises(ValueError, match=r"pool: kernel_size=9"):
        unread_pixels([("conv", Conv2d(1, 1, 3)), ("pool", MaxPool2d(9))], 8)
    with pytest.raises(ValueError, match="output=-1 is out of range"):
        ReceptiveField().window(-1)


def test_rules_compile_to_what_python_computes():
    # The pages get them through Numba; numbers beyond 32 bits must come out whole.
    for rule, arguments in [
        (field_rules.grown_field, (1, 2**31, 4, 3)),
        (field_rules.grown_jump, (2**31, 3)),
        (field_rules.grown_padding, (7, 2**31, 3)),
        (field_rules.twice_center, (7, 2**33)),
        (field_rules.twice_shift, (7, 2**34, 2**33)),
    ]:
        expected = rule(*arguments)
        assert abs(expected) > 2**31
        assert njit(rule)(*arguments) == expected
