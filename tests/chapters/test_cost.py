"""What chapters/cost.md claims in prose. No time is asserted: those are the machine's."""

import csv
from pathlib import Path
from statistics import median

import numpy as np
import pytest

import convlib
from convlib import Conv2d, Linear, compare_convolutions, conv2d, conv2d_cost, network_cost
from convlib import networks as nets
from convlib.fast.choice import choose
from convlib.plots.cost import layer_kind, plot_roofline, plot_speeds
from convlib.timing import Machine, convolution_times, machine_limits


def by_name(*arguments, **options):
    return {v.name: v.cost for v in compare_convolutions(*arguments, **options)}


def intensities(network, kind):
    """Return the intensities of a network's layers of one kind, each by itself at its size."""
    rows = nets.layer_table(network, 224)
    layers = dict(network)
    shape, found = (3, 224, 224), []
    for row in rows:
        if layer_kind(layers[row.name]) == kind:
            found.append(network_cost(layers[row.name], shape[1:]).intensity)
        shape = row.output_shape
    return found


def test_pair_needs_less_than_an_eighth_of_the_multiplications():
    costs = by_name(512, 512, 3, 14, groups=32)
    assert costs["depthwise + 1 × 1"].macs < costs["vanilla"].macs / 8
    assert costs["grouped"].macs * 32 == costs["vanilla"].macs
    assert costs["depthwise"].macs * 512 == costs["vanilla"].macs
    # Most of what is left is the 1 x 1 convolution.
    assert costs["depthwise"].macs < 0.02 * costs["depthwise + 1 × 1"].macs


def test_as_many_pixels_in_another_shape_cost_the_same():
    assert by_name(512, 512, 3, 14, groups=32) == by_name(512, 512, 3, (2, 98), groups=32)


def test_stride_2_costs_a_quarter():
    one, two = (Conv2d(8, 8, 3, stride=s, padding=1).macs(28) for s in (1, 2))
    assert one == 4 * two


def test_resnet_50_in_macs_and_flops():
    cost = network_cost(nets.resnet50(), 224)
    assert f"{cost.macs / 1e9:.2f}" == "4.09"
    assert cost.flops == 2 * cost.macs


def test_weights_do_not_depend_on_the_picture():
    layer = Conv2d(64, 64, 3, padding=1)
    assert conv2d_cost(layer, 224).weight_bytes == conv2d_cost(layer, 7).weight_bytes


def test_vggs_first_layers_are_picture_and_its_last_ones_weights():
    layers, first, last = dict(nets.vgg16()), ("conv1_2", 224), ("conv5_3", 14)
    assert (layers["conv1_2"].in_channels, layers["conv1_2"].out_channels) == (64, 64)
    assert (layers["conv3_2"].in_channels, layers["conv3_2"].out_channels) == (256, 256)
    assert (layers["conv5_3"].in_channels, layers["conv5_3"].out_channels) == (512, 512)
    sizes = {row.name: row.output_shape[1] for row in nets.layer_table(nets.vgg16(), 224)}
    assert [sizes[name] for name in ("conv1_2", "conv3_2", "conv5_3")] == [224, 56, 14]
    early, late = (conv2d_cost(layers[name], size) for name, size in (first, last))
    assert early.weight_bytes < 0.01 * early.bytes
    assert late.weight_bytes > 0.9 * late.bytes
    classifier = network_cost(Linear(512 * 7 * 7, 4096), 1)
    assert classifier.weight_bytes > 0.99 * classifier.bytes


@pytest.mark.parametrize("channels", [16, 64, 256])
def test_intensities_on_a_large_picture(channels):
    vanilla = conv2d_cost(Conv2d(channels, channels, 3, padding=1, bias=False), 224)
    point = conv2d_cost(Conv2d(channels, channels, 1, bias=False), 224)
    depth = conv2d_cost(Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False), 224)
    assert vanilla.intensity == pytest.approx(9 * channels / 4, rel=0.03)
    assert point.intensity == pytest.approx(channels / 4, rel=0.01)
    assert depth.intensity == pytest.approx(9 / 4, rel=0.001)


def test_mobilenets_depthwise_layers_stand_left_of_its_other_convolutions():
    network = nets.mobilenet_v1()
    depthwise = intensities(network, "depthwise")
    others = intensities(network, "1 × 1") + intensities(network, "k × k")
    assert (len(depthwise), len(others)) == (13, 14)
    assert max(depthwise) < 2.26 < 9 < min(others)
    (classifier,) = intensities(network, "fully connected")
    assert classifier < min(depthwise)
    assert classifier == pytest.approx(0.5, rel=0.01)


def test_the_pair_moves_more_bytes_than_the_vanilla_layer():
    costs = by_name(128, 128, 3, 28, groups=4)
    assert costs["depthwise + 1 × 1"].bytes > costs["vanilla"].bytes
    assert costs["vanilla"].macs == 128 * costs["depthwise"].macs
    assert costs["vanilla"].bytes < 2 * costs["depthwise"].bytes


def test_exercise_1():
    cost = conv2d_cost(Conv2d(3, 64, 7, stride=2, padding=3, bias=False), 224)
    assert (cost.macs, cost.params) == (118_013_952, 9_408)
    assert (round(cost.output_bytes / 1e6, 1), round(cost.weight_bytes / 1e3)) == (3.2, 38)


def test_exercise_2():
    early, late = (nets.layer_table(nets.resnet50(stride_on=s), 224) for s in ("1x1", "3x3"))
    pairs = [(a.macs, b.macs) for a, b in zip(early, late, strict=True) if a.macs != b.macs]
    assert len(pairs) == 3
    assert all(b == 4 * a for a, b in pairs)
    totals = [sum(row.macs for row in rows) for rows in (early, late)]
    assert [f"{total / 1e9:.3f}" for total in totals] == ["3.858", "4.089"]
    assert round((totals[1] - totals[0]) / 1e9, 2) == 0.23
    assert [row.params for row in early] == [row.params for row in late]


def test_exercise_3():
    costs = by_name(512, 512, 3, 14, groups=32)
    vanilla, grouped = costs["vanilla"], costs["grouped"]
    assert vanilla.params == 32 * grouped.params
    assert round(100 * vanilla.weight_bytes / vanilla.bytes) == 92
    assert round(vanilla.bytes / grouped.bytes, 1) == 9.3
    assert [round(cost.intensity, 1) for cost in (vanilla, grouped)] == [90.3, 26.3]


def test_exercise_4():
    layer = Conv2d(4096, 4096, 1, bias=False)
    one, many = (conv2d_cost(layer, (1, n)) for n in (1, 64))
    assert one.intensity == pytest.approx(0.5, rel=0.01)
    assert 60 < many.intensity / one.intensity < 64
    assert one.bytes == network_cost(Linear(4096, 4096, bias=False), 1).bytes
    # A batch of fully connected layers is a 1 x 1 convolution over as many pixels.
    rng = np.random.default_rng(0)
    weight, batch = rng.random((4, 6)), rng.random((5, 6))
    pixels = conv2d(batch.T[:, np.newaxis], weight[:, :, np.newaxis, np.newaxis])
    np.testing.assert_allclose(pixels[:, 0].T, batch @ weight.T)


@pytest.mark.parametrize(("out_channels", "kernel"), [(64, 1), (1, 3), (2, 3), (64, 3)])
def test_exercise_5(out_channels, kernel):
    costs = by_name(64, out_channels, kernel, 14, groups=1)
    more = costs["depthwise + 1 × 1"].macs > costs["vanilla"].macs
    assert more == (1 / out_channels + 1 / kernel**2 > 1) == (out_channels == 1 or kernel == 1)


def test_exercise_6():
    depthwise = [
        conv2d_cost(Conv2d(40, 40, k, padding=k // 2, groups=40, bias=False), 512).intensity
        for k in (3, 5, 7)
    ]
    assert depthwise[1] < 10 < depthwise[2]
    # 40 channels are where C / 4 is 10; the weights take a little of it.
    point = conv2d_cost(Conv2d(40, 40, 1, bias=False), 512).intensity
    assert point == pytest.approx(10, rel=0.001)


def measured(way):
    """Return the committed measurements of one way by (channels, size, library)."""
    with open(Path(convlib.__file__).parent / "measurements/depthwise.csv") as file:
        return {
            (int(row["channels"]), int(row["size"]), row["library"]): row
            for row in csv.DictReader(file)
            if row["way"] == way
        }


def test_the_table_has_the_macs_of_its_layers():
    for (channels, size, _), row in measured("depthwise").items():
        costs = by_name(channels, channels, 3, size, groups=1)
        share = costs["depthwise"].macs / costs["vanilla"].macs
        assert float(row["macs"]) == pytest.approx(share, rel=1e-3)
        assert (row["rounds"], bool(row["processor"])) == ("15", True)
        assert float(row["low"]) <= float(row["time"]) <= float(row["high"])


def test_what_the_page_says_of_the_measurements():
    # Not of this machine: of the committed table. Made anew, it may ask for other words.
    copies = measured("new memory")
    part = {"convlib": {}, "PyTorch": {}}
    for (channels, size, library), row in measured("depthwise").items():
        kept = float(row["macs"]) / float(row["time"])
        if library == "plain loops":
            assert 0.8 < kept < 1
            continue
        assert 1 / 55 < kept < 1 / 4
        copy = copies[channels, size, "copy"]
        part[library][size] = float(copy["milliseconds"]) / float(row["milliseconds"])
    assert max(part["PyTorch"].values()) < 1 / 6
    assert 1 / 8 < part["convlib"][14] < part["convlib"][56] < 0.22
    assert all(0.45 < part["convlib"][size] < 0.55 for size in (112, 224))
    assert 0.8 < part["convlib"][1024] < 1
    assert 4 * 64 * 1024**2 > 260e6


def speeds(instructions, threads="1"):
    """Return the committed comparison with PyTorch by layer."""
    with open(Path(convlib.__file__).parent / "measurements/conv2d_vs_pytorch.csv") as file:
        return {
            row["layer"]: row
            for row in csv.DictReader(file)
            if (row["instructions"], row["threads"]) == (instructions, threads)
        }


def test_what_the_page_says_of_half_the_width():
    # As above: of the committed table.
    wide, narrow = speeds("AVX-512"), speeds("AVX2")
    assert list(wide) == list(narrow)
    assert len(wide) == 21
    for library in ("torch_ms", "convlib_ms"):
        ratios = {
            name: float(narrow[name][library]) / float(row[library]) for name, row in wide.items()
        }
        other = " dw ", "g32", "1x1"
        vanilla = [r for name, r in ratios.items() if not any(kind in name for kind in other)]
        assert 1.6 < median(vanilla) < 2.1
        depthwise = median(r for name, r in ratios.items() if " dw " in name)
        assert 1.15 < depthwise < 1.35 if library == "torch_ms" else 1.4 < depthwise < 1.6
        pointwise = [r for name, r in ratios.items() if name.startswith("1x1") and "s2" not in name]
        if library == "torch_ms":
            assert all(0.9 < r < 1.1 for r in pointwise)


def test_winograds_algorithm_is_taken_on_request_only():
    layer = (64, 64, 3, 3), 1
    assert "winograd" not in {
        name for size in (1, 14, 224) for name in choose(*layer, (1, 64, size, size), (1, 1))
    }


def test_roof_has_a_slope_and_is_then_flat():
    machine = Machine(100e9, 10e9)
    assert machine.balance == 10
    assert [machine.attainable(x) / 1e9 for x in (1, 5, 10, 20, 40)] == [10, 50, 100, 100, 100]


def test_roofline_says_which_layers_are_under_the_slope():
    variants = compare_convolutions(8, 8, 3, 16, groups=2)
    timings = convolution_times(variants, 16, repeats=1)
    machine = Machine(100e9, 20e9)
    said = plot_roofline(
        nets.mobilenet_v1(), 224, machine, list(zip(variants, timings, strict=True))
    )
    assert "rises to 100 GFLOP/s at 5 FLOPs per byte" in said.alt
    assert "Under the slope: 13 depthwise (0.87 to 2.2 FLOPs per byte), 1 fully" in said.alt
    assert all(f"{variant.name}, measured: " in said.alt for variant in variants)
    everything = plot_roofline(nets.mobilenet_v1(), 224, Machine(1e9, 1e12)).alt
    assert "Under the slope: no layer." in everything


def test_speeds_say_what_they_show_and_tell_depthwise_layers_apart():
    rows = [
        {
            "layer": name,
            "flops_per_byte": x,
            "torch_gflops": theirs,
            "gflops": ours,
            "peak_gflops": peak,
        }
        for name, x, theirs, ours, peak in (
            ("3x3 64-64 @56", "131.9", "80", "150", "205"),
            ("3x3 dw 64 @112", "2.249", "9.5", "12", "210"),
        )
    ]
    picture = plot_speeds(rows)
    assert "2 layers of 2.25 to 132 FLOPs per byte" in picture.alt
    assert "PyTorch: 9.5 to 80 GFLOP/s. convlib: 12 to 150." in picture.alt
    assert "A large matrix product: 210." in picture.alt
    (axes,) = picture.figure.axes
    roof, *marks = axes.lines
    assert list(roof.get_ydata()) == [210, 210]
    drawn = {line.get_label(): (*line.get_xdata(), *line.get_ydata()) for line in marks}
    assert drawn == {
        "PyTorch": (131.9, 80),
        "PyTorch, depthwise": (2.249, 9.5),
        "convlib": (131.9, 150),
        "convlib, depthwise": (2.249, 12),
    }
    with pytest.raises(ValueError, match="rows="):
        plot_speeds([])


def test_measurements_are_positive_and_belong_to_their_layers():
    machine = machine_limits(repeats=1, side=32, megabytes=1)
    assert 0 < machine.flops_per_second < float("inf")
    assert 0 < machine.bytes_per_second < float("inf")
    variants = compare_convolutions(6, 4, (3, 5), (9, 12), groups=2, stride=2)
    timings = convolution_times(variants, (9, 12), repeats=2)
    for variant, timing in zip(variants, timings, strict=True):
        assert timing.name == variant.name
        assert 0 < timing.seconds < float("inf")
        assert timing.flops_per_second == pytest.approx(variant.cost.flops / timing.seconds)


def test_measurements_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="repeats=0 is out of range"):
        machine_limits(repeats=0)
    with pytest.raises(ValueError, match="side=0"):
        machine_limits(side=0)
    with pytest.raises(TypeError, match="repeats='many'"):
        convolution_times(compare_convolutions(2, 2, 3, 8, groups=1), 8, repeats="many")
