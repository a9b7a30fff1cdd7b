"""Networks against published numbers, and why some of those differ.

Sources: torchvision's weight metadata (torchvision/models/*.py, "num_params" and "_ops", the
latter in GMACs with three decimals); the papers' tables; RECEPTIVE_FIELD_TABLE.md in
google-research/receptive_field, the data of Araujo et al., Distill 2019; mobilenet_v1.md and
mobilenet/README.md in tensorflow/models, research/slim/nets. `truncated` and `round` say how a
source shortened its digits.
"""

import math

import pytest

from convlib import (
    Conv2d,
    Linear,
    MaxPool2d,
    compare_convolutions,
    conv2d_cost,
    network_cost,
    networks,
    receptive_field,
    unread_pixels,
)
from convlib.blocks import BatchNorm2d, Flatten
from convlib.branches import Residual
from convlib.networks import (
    convolutions,
    features,
    googlenet,
    layer_table,
    mobilenet_v1,
    mobilenet_v2,
    resnet,
    resnet18,
    resnet50,
    resnext50_32x4d,
    squeezenet,
    until,
    vgg16,
)
from convlib.pool import AdaptiveAvgPool2d

VGG_11 = ((64,), (128,), (256, 256), (512, 512), (512, 512))
VGG_13 = ((64, 64), (128, 128), (256, 256), (512, 512), (512, 512))
VGG_19 = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4)


def truncated(value, digits):
    return math.floor(value * 10**digits) / 10**digits


def millions(network, size, kind="macs"):
    return getattr(network_cost(network, size), kind) / 1e6


def rows_of(network, size=224):
    return {row.name: row for row in layer_table(network, size)}


@pytest.mark.parametrize(
    ("network", "gmacs", "params"),
    [
        (vgg16(stages=VGG_11), 7.609, 132_863_336),
        (vgg16(stages=VGG_13), 11.308, 133_047_848),
        (vgg16(), 15.47, 138_357_544),
        (vgg16(stages=VGG_19), 19.632, 143_667_240),
        (resnet18(), 1.814, 11_689_512),
        (resnet((3, 4, 6, 3), bottleneck=False), 3.664, 21_797_672),
        (resnet50(), 4.089, 25_557_032),
        (resnet((3, 4, 23, 3)), 7.801, 44_549_160),
        (resnet((3, 8, 36, 3)), 11.514, 60_192_808),
        (resnext50_32x4d(), 4.23, 25_028_904),
        (resnet((3, 4, 23, 3), groups=32, width_per_group=8), 16.414, 88_791_336),
        (resnet((3, 4, 6, 3), width_per_group=128), 11.398, 68_883_240),
        (mobilenet_v2(), 0.301, 3_504_872),
        (googlenet(), 1.498, 6_624_904),
        (squeezenet(), 0.819, 1_248_424),
        (squeezenet("1.1"), 0.349, 1_235_496),
    ],
    ids=[
        *("vgg11", "vgg13", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet101"),
        *("resnet152", "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "mobilenet_v2"),
        *("googlenet", "squeezenet1_0", "squeezenet1_1"),
    ],
)
def test_torchvision_metadata(network, gmacs, params):
    cost = network_cost(network, 224)
    assert round(cost.macs / 1e9, 3) == gmacs
    assert cost.params == params


def test_torchvisions_googlenet_with_its_auxiliary_classifiers():
    # GoogLeNet(aux_logits=True) has 13,004,888 parameters.
    heads = [
        [
            AdaptiveAvgPool2d(4),
            Conv2d(channels, 128, 1, bias=False),
            BatchNorm2d(128),
            Flatten(),
            Linear(2048, 1024),
            Linear(1024, 1000),
        ]
        for channels in (512, 528)
    ]
    extra = sum(network_cost(head, 14).params for head in heads)
    assert network_cost(googlenet(), 224).params + extra == 13_004_888
    rows = rows_of(googlenet())
    assert [shape for name, shape in ends_of_modules(rows) if name in ("4a", "4d")] == [
        (512, 14, 14),
        (528, 14, 14),
    ]


def ends_of_modules(rows):
    """Return (name, output shape) of each inception module, from its four branches' last layers."""
    ends = {}
    for name, row in rows.items():
        module, _, inside = name.partition(".")
        if module.startswith("inception"):
            branch = inside.partition(".")[0]
            ends.setdefault(module.removeprefix("inception"), {})[branch] = row.output_shape
    return [
        (module, (sum(shape[0] for shape in branches.values()), *branches["branch1"][1:]))
        for module, branches in ends.items()
    ]


def test_googlenet_paper_table_1():
    # Szegedy et al., Table 1, "output size" and "ops". The paper's K is 1024, its M a million.
    rows = rows_of(googlenet("paper"))
    macs = {}
    for name, row in rows.items():
        macs[name.split(".")[0]] = macs.get(name.split(".")[0], 0) + row.macs
    assert dict(ends_of_modules(rows)) == {
        "3a": (256, 28, 28), "3b": (480, 28, 28), "4a": (512, 14, 14), "4b": (512, 14, 14),
        "4c": (512, 14, 14), "4d": (528, 14, 14), "4e": (832, 14, 14), "5a": (832, 7, 7),
        "5b": (1024, 7, 7),
    }  # fmt: skip
    modules = {name: macs[f"inception{name}"] / 1e6 for name, _ in ends_of_modules(rows)}
    printed = {"3a": 128, "3b": 304, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}
    assert {name: round(modules[name]) for name in printed} == printed
    assert truncated(modules["4a"], 0) == 73  # cut: 73.6
    # Out of line with the table's own channels: 5a, printed 54, and the first layer, printed 34
    # with 2.7 K weights where 7 x 7 x 3 x 64 are 9.2 K and make 118.
    assert (round(modules["5a"]), round(macs["conv1"] / 1e6)) == (51, 118)
    assert round((macs["conv2"] + macs["conv3"]) / 1e6) == 360
    weights = {
        name: sum(conv.params - conv.out_channels for conv in convolutions(part)) / 1024
        for name, part in googlenet("paper")
    }
    assert weights["conv2.conv"] + weights["conv3.conv"] == 112
    assert truncated(weights["inception3a"], 0) == 159
    # "a computational budget of 1.5 billion multiply-adds": with 34 for the first layer.
    total = network_cost(googlenet("paper"), 224).macs - macs["conv1"] + 34e6
    assert round(total / 1e9, 1) == 1.5


def test_squeezenet_paper_table_1():
    # Iandola et al., Table 1: output sizes, and parameters before pruning, by layer. The paper's
    # conv1 makes 111 x 111 of 224, as if padded; its released model, and torchvision's, 109.
    rows = rows_of(squeezenet(), 227)
    printed = {
        "conv1": 14_208, "fire2": 11_920, "fire3": 12_432, "fire4": 45_344, "fire5": 49_440,
        "fire6": 104_880, "fire7": 111_024, "fire8": 188_992, "fire9": 197_184,
        "conv10": 513_000,
    }  # fmt: skip
    params = dict.fromkeys(printed, 0)
    for name, row in rows.items():
        if row.layer == "Conv2d":
            params[name.split(".")[0]] += row.params
    assert params == printed
    sizes = {"conv1": 111, "maxpool1": 55, "maxpool4": 27, "maxpool8": 13, "conv10": 13}
    assert {name: rows[name].output_shape[1] for name in sizes} == sizes
    # Without padding, stride 2 drops the last row and column of 224 pixels, and none of 227.
    assert unread_pixels(squeezenet(), 224).sum() == 224 + 223
    assert not unread_pixels(squeezenet(), 227).any()


def test_exact_macs():
    assert network_cost(mobilenet_v2(), 224).macs == 300_774_272
    # The digits that torchvision's three decimals hide.
    assert network_cost(resnet18(), 224).macs == 1_814_073_344
    assert network_cost(resnet50(), 224).macs == 4_089_184_256


def test_what_torchvision_counts_and_what_not():
    cost = network_cost(resnet50(), 224)
    rows = layer_table(resnet50(), 224)
    by_kind = {
        kind: sum(row.params for row in rows if row.layer == kind)
        for kind in ("Conv2d", "BatchNorm2d", "Linear")
    }
    # Scales and offsets of batch normalisation are parameters; its running statistics, which
    # would be another 53,120, are not. Only the classifier has biases.
    assert by_kind == {"Conv2d": 23_454_912, "BatchNorm2d": 53_120, "Linear": 2_049_000}
    assert cost.params == sum(by_kind.values())
    # Counting the classifier's biases as MACs would not change the three decimals.
    assert round((cost.macs + 1000) / 1e9, 3) == 4.089
    # VGG has biases everywhere; as additions they are under one part in a thousand.
    vgg = [(layer, row) for (_, layer), row in zip(vgg16(), layer_table(vgg16(), 224), strict=True)]
    biases = sum(math.prod(row.output_shape) for layer, row in vgg if isinstance(layer, Conv2d))
    assert 0 < biases / network_cost(vgg16(), 224).macs < 1e-3


def test_resnet_paper_counts_macs_with_the_stride_on_the_1x1():
    # He et al., Table 1, "FLOPs": 1.8, 3.6, 3.8, 7.6, 11.3 e9. The last two are rounded; 3.6
    # and 3.8 are cut (3.664 and 3.858).
    paper = {
        18: network_cost(resnet18(), 224),
        34: network_cost(resnet((3, 4, 6, 3), bottleneck=False), 224),
        50: network_cost(resnet50("1x1"), 224),
        101: network_cost(resnet((3, 4, 23, 3), stride_on="1x1"), 224),
        152: network_cost(resnet((3, 8, 36, 3), stride_on="1x1"), 224),
    }
    assert paper[50].macs == 3_857_973_248
    assert [truncated(paper[depth].macs / 1e9, 1) for depth in (18, 34, 50)] == [1.8, 3.6, 3.8]
    assert [round(paper[depth].macs / 1e9, 1) for depth in (18, 101, 152)] == [1.8, 7.6, 11.3]


def test_where_the_stride_is_changes_three_1x1_layers_and_nothing_else():
    paper, torchvision = rows_of(resnet50("1x1")), rows_of(resnet50("3x3"))
    different = {
        name: (torchvision[name].macs, paper[name].macs)
        for name in paper
        if paper[name].macs != torchvision[name].macs
    }
    assert set(different) == {"layer2.0.conv1", "layer3.0.conv1", "layer4.0.conv1"}
    assert all(late == 4 * early for late, early in different.values())
    totals = [sum(pair) for pair in zip(*different.values(), strict=True)]
    assert totals[0] - totals[1] == 4_089_184_256 - 3_857_973_248
    # The paper's 1x1 layers and shortcuts read one cell of four, torchvision's blocks all.
    block = dict(resnet50("1x1"))["layer2.0"]
    assert unread_pixels(block, 56).mean() == 0.75
    assert not unread_pixels(dict(resnet50("3x3"))["layer2.0"], 56).any()


def test_resnext_paper():
    # Xie et al., Table 1: 25.5e6 and 25.0e6 parameters, 4.1e9 and 4.2e9 "FLOPs" (MACs).
    ours = [network_cost(network, 224) for network in (resnet50(), resnext50_32x4d())]
    assert [truncated(cost.params / 1e6, 1) for cost in ours] == [25.5, 25.0]
    assert [round(cost.macs / 1e9, 1) for cost in ours] == [4.1, 4.2]
    # Section 3.3: a block of 256 channels has about 70k parameters either way.
    blocks = [dict(network)["layer1.1"].main for network in (resnet50(), resnext50_32x4d())]
    weights = [sum(x.params for _, x in main if isinstance(x, Conv2d)) for main in blocks]
    assert weights == [256 * 64 + 9 * 64 * 64 + 64 * 256, 32 * (256 * 4 + 9 * 4 * 4 + 4 * 256)]


def test_vgg_paper_parameters():
    # Simonyan and Zisserman, Table 2: 133, 133, 138, 144 million for A, B, D, E.
    stages = (VGG_11, VGG_13, None, VGG_19)
    nets = [vgg16(stages=s) if s else vgg16() for s in stages]
    assert [round(millions(net, 224, "params")) for net in nets] == [133, 133, 138, 144]


VGG_16_FIELDS = {  # Distill: end point, FLOPs / 1e9 at 224, RF, stride, padding
    "conv1_1": (0.177, 3, 1, 1),
    "pool1": (3.882, 6, 2, 2),
    "conv2_1": (5.734, 10, 2, 4),
    "pool2": (9.436, 16, 4, 6),
    "conv3_1": (11.287, 24, 4, 10),
    "conv3_2": (14.987, 32, 4, 14),
    "pool3": (18.688, 44, 8, 18),
    "conv4_1": (20.538, 60, 8, 26),
    "conv4_2": (24.238, 76, 8, 34),
    "pool4": (27.938, 100, 16, 42),
    "conv5_1": (28.863, 132, 16, 58),
    "conv5_2": (29.788, 164, 16, 74),
    "pool5": (30.713, 212, 32, 90),
}


@pytest.mark.parametrize("name", VGG_16_FIELDS)
def test_distill_vgg16_by_layer(name):
    gflops, size, stride, padding = VGG_16_FIELDS[name]
    part = until(vgg16(), name)
    field = receptive_field(part)
    assert field.size == (size, size)
    assert field.stride == (stride, stride)
    assert field.padding == ((padding, padding), (padding, padding))
    assert (rows_of(vgg16())[name].field, rows_of(vgg16())[name].stride) == (
        (size, size),
        (stride, stride),
    )
    # TensorFlow's profiler, which they used, counts 2 FLOPs per MAC, one for each added bias and
    # four for each output of a 2x2 pooling.
    extras = 0
    for (_, layer), row in zip(part, layer_table(part, 224), strict=True):
        extras += math.prod(row.output_shape) * (4 if isinstance(layer, MaxPool2d) else 1)
    assert round((network_cost(part, 224).flops + extras) / 1e9, 3) == gflops


def test_distill_vgg_a():
    expected = {"pool1": (4, 2, 1), "pool2": (10, 4, 3), "pool3": (30, 8, 11)}
    expected |= {"pool4": (70, 16, 27), "pool5": (150, 32, 59)}
    for name, (size, stride, padding) in expected.items():
        field = receptive_field(until(vgg16(stages=VGG_11), name))
        assert (field.size[0], field.stride[1], field.padding[0][0]) == (size, stride, padding)


MOBILENET_V1_FIELDS = [  # Distill: RF, stride, padding at 224, padding at 321, by 1x1 layer
    (7, 2, 2, 3),
    (11, 4, 2, 5),
    (19, 4, 6, 9),
    (27, 8, 6, 13),
    (43, 8, 14, 21),
    (59, 16, 14, 29),
    (91, 16, 30, 45),
    (123, 16, 46, 61),
    (155, 16, 62, 77),
    (187, 16, 78, 93),
    (219, 16, 94, 109),
    (251, 32, 94, 125),
    (315, 32, 126, 157),
]


@pytest.mark.parametrize("index", range(1, 14))
def test_distill_mobilenet_v1_by_layer(index):
    size, stride, at_224, at_321 = MOBILENET_V1_FIELDS[index - 1]
    part = until(mobilenet_v1(), f"conv{index}_pw")
    for input_size, padding in ((224, at_224), (321, at_321)):
        field = receptive_field(part, input_size)
        assert field.size == (size, size)
        assert field.stride == (stride, stride)
        assert field.padding[0][0] == field.padding[1][0] == padding
    # Their padding is the one before; the one after equals the one before at size 321.
    assert receptive_field(part, 224).padding[0] == (at_224, at_321)
    with pytest.raises(ValueError, match=r"conv0: padding='same_upper'.*give input_size"):
        receptive_field(part)


RESNET_FIELDS = {  # Distill: blocks, and by stage RF, stride, padding at 224 and at 321
    (3, 4, 6, 3): [(35, 8, 15, 17), (99, 16, 47, 49), (291, 32, 143, 145), (483, 32, 239, 241)],
    (3, 4, 23, 3): [(35, 8, 15, 17), (99, 16, 47, 49), (835, 32, 415, 417), (1027, 32, 511, 513)],
    (3, 8, 36, 3): [
        (35, 8, 15, 17),
        (163, 16, 79, 81),
        (1315, 32, 655, 657),
        (1507, 32, 751, 753),
    ],
}


@pytest.mark.parametrize("blocks", RESNET_FIELDS)
def test_distill_resnet_v1_by_stage(blocks):
    # Their networks are slim's: stride on the 3x3 of a stage's last block, TensorFlow's pooling.
    slim = resnet(blocks, stride_on="last 3x3", pool_padding="same_upper")
    for stage, (count, row) in enumerate(zip(blocks, RESNET_FIELDS[blocks], strict=True), 1):
        size, stride, at_224, at_321 = row
        for input_size, padding in ((224, at_224), (321, at_321)):
            field = receptive_field(until(slim, f"layer{stage}.{count - 1}"), input_size)
            got = (field.size[0], field.stride[0], field.padding[0][0])
            assert got == (size, stride, padding)


def test_distill_resnet_v1_50_flops():
    # 1.323, 2.974, 5.498, 6.963 GFLOPs by stage at 224: with that stride, and the max-pooling's
    # nine operations an output, and one for a pixel that a shortcut subsamples.
    slim = resnet50("last 3x3", pool_padding="same_upper")
    for stage, gflops in [("1.2", 1.323), ("2.3", 2.974), ("3.5", 5.498), ("4.2", 6.963)]:
        part = until(slim, f"layer{stage}")
        rows = layer_table(part, 224)
        pooled = sum(
            math.prod(row.output_shape) * (9 if row.name == "maxpool" else 1)
            for row in rows
            if row.layer == "MaxPool2d"
        )
        assert round((network_cost(part, 224).flops + pooled) / 1e9, 3) == gflops


def test_resnet_fields_depend_on_where_the_stride_is():
    torchvision = receptive_field(features(resnet50()))
    paper = receptive_field(features(resnet50("1x1")))
    assert (torchvision.size[0], paper.size[0]) == (427, 483)
    # Distill's 239 is TensorFlow's pooling, which pads an even size at its end only; padding
    # both ends adds the 2 that one cell before the pooling is worth.
    assert paper.padding[0] == (241, 241)
    tensorflow = receptive_field(features(resnet50("1x1", pool_padding="same_upper")), 224)
    assert tensorflow.padding[0] == (239, 241)
    assert tensorflow.shift[0] == paper.shift[0] + 2


def test_context_shift_of_mobilenet_at_224():
    one_sided = receptive_field(features(mobilenet_v1(padding="same_upper")), 224)
    symmetric = receptive_field(features(mobilenet_v1(padding=1)), 224)
    lower = receptive_field(features(mobilenet_v1(padding="same_lower")), 224)
    cell = (32 - 1) / 2
    assert one_sided.center == (31, 31)
    assert symmetric.center == (0, 0)
    assert one_sided.shift == (31 - cell, 31 - cell) == (15.5, 15.5)
    assert symmetric.shift == (0 - cell, 0 - cell) == (-15.5, -15.5)
    # On even sizes symmetric padding acts as padding at the beginning only.
    assert lower.center == symmetric.center
    # Poolings of 2 by 2 are centred; that is why VGG is not shifted, and strided 3x3 layers are.
    assert receptive_field(features(vgg16())).shift == (0, 0)
    assert receptive_field(features(resnet50())).shift == (-15.5, -15.5)


@pytest.mark.parametrize(
    "network",
    [vgg16(), resnet50(), mobilenet_v1(), mobilenet_v2(), googlenet(), googlenet("paper")],
)
def test_every_pixel_of_an_image_is_read(network):
    assert not unread_pixels(network, (224, 200)).any()


def test_mobilenet_v1_table_4():
    full, separable = mobilenet_v1(separable=False), mobilenet_v1()
    assert round(millions(separable, 224)) == 569
    assert round(millions(separable, 224, "params"), 1) == 4.2
    assert round(millions(full, 224, "params"), 1) == 29.3
    # 4866 leaves the classifier's million out, which the 569 beside it needs.
    assert round(millions(full, 224)) == 4867
    assert round(millions(features(full), 224)) == 4866
    assert round(millions(features(separable), 224)) == 568


def test_mobilenet_v1_table_5_shallow():
    # "Shallow MobileNet" leaves out the five separable layers at 14x14x512: 307 M, 2.9 M.
    left_out = tuple(f"conv{index}_" for index in range(7, 12))
    shallow = [pair for pair in mobilenet_v1() if not pair[0].startswith(left_out)]
    assert round(millions(shallow, 224)) == 307
    assert round(millions(shallow, 224, "params"), 1) == 2.9


def test_mobilenet_v1_table_6_width():
    widths = [mobilenet_v1(width) for width in (1, 0.75, 0.5, 0.25)]
    assert [round(millions(network, 224)) for network in widths] == [569, 325, 149, 41]
    params = [round(millions(network, 224, "params"), 1) for network in widths]
    assert params == [4.2, 2.6, 1.3, 0.5]


def test_mobilenet_v1_table_7_resolution():
    # The paper cuts 290.675 to 290 where it rounds 568.74 to 569; slim's page prints 291.
    ours = [millions(mobilenet_v1(), size) for size in (224, 192, 160, 128)]
    assert [round(macs) for macs in ours] == [569, 418, 291, 186]
    assert truncated(ours[2], 0) == 290


def test_mobilenet_v1_table_2_misprint():
    rows = layer_table(mobilenet_v1(), 224)
    macs = sum(row.macs for row in rows)
    params = sum(row.params for row in rows if row.layer != "BatchNorm2d")

    def share(matches):
        chosen = [row for row in rows if matches(row.name)]
        return (
            round(100 * sum(row.macs for row in chosen) / macs, 2),
            round(100 * sum(row.params for row in chosen) / params, 2),
        )

    pointwise = share(lambda name: name.endswith("_pw"))
    depthwise = share(lambda name: name.endswith("_dw"))
    first, classifier = share(lambda name: name == "conv0"), share(lambda name: name == "fc")
    assert (pointwise[0], depthwise[0], classifier[0]) == (94.86, 3.06, 0.18)
    assert first == (1.91, 0.02)  # the paper prints 1.19 % of mult-adds
    assert round(94.86 + 3.06 + 1.19 + 0.18, 2) == 99.29
    assert depthwise[1] == 1.06
    # The paper has 74.59 and 24.33 %: it leaves out the classifier's 1000 biases.
    assert (pointwise[1], classifier[1]) == (74.57, 24.35)
    unbiased = params - 1000
    assert round(100 * 1024 * 1000 / unbiased, 2) == 24.33
    assert round(pointwise[1] * params / unbiased, 2) == 74.59


def test_mobilenet_v1_table_1_misprint():
    rows = rows_of(mobilenet_v1())
    assert rows["conv12_pw"].output_shape == rows["conv13_dw"].output_shape == (1024, 7, 7)
    assert dict(mobilenet_v1())["conv13_dw"].stride == (1, 1)


def test_slim_mobilenet_v1_page():
    # Million MACs by width and resolution. Not asserted: 0.50_224, printed 150 (149.5 here), and
    # 0.25_192, printed 34, which is out of line with its neighbours (30.2 here).
    printed = {
        1.0: {224: 569, 192: 418, 160: 291, 128: 186},
        0.5: {192: 110, 160: 77, 128: 49},
        0.25: {224: 41, 160: 21, 128: 14},
    }
    for width, by_size in printed.items():
        for size, expected in by_size.items():
            assert round(millions(mobilenet_v1(width), size)) == expected
    # The row of width 0.75 leaves out the first convolution.
    for size, expected in {224: 317, 192: 233, 160: 162, 128: 104}.items():
        network = mobilenet_v1(0.75)
        stem = conv2d_cost(dict(network)["conv0"], size).macs / 1e6
        assert round(millions(network, size) - stem) == expected


SLIM_MOBILENET_V2 = {  # width: million parameters, and million MACs at 224, 192, 160, 128, 96
    1.4: (6.06, [582]),
    1.3: (5.34, [509]),
    1.0: (3.47, [300, 221, 154, 99, 56]),
    0.75: (2.61, [209, 153, 107, 69, 39]),
    0.5: (1.95, [97, 71, 50, 32, 18]),
    0.35: (1.66, [59, 43, 30, 20, 11]),
}


@pytest.mark.parametrize("width", SLIM_MOBILENET_V2)
def test_slim_mobilenet_v2_page(width):
    # MACs are cut, not rounded; parameters are rounded, and without batch normalisation's.
    params, macs = SLIM_MOBILENET_V2[width]
    network = mobilenet_v2(width, padding="same_upper")
    ours = [millions(network, size) for size in (224, 192, 160, 128, 96)][: len(macs)]
    assert [truncated(value, 0) for value in ours] == macs
    folded = sum(row.params for row in layer_table(network, 224) if row.layer != "BatchNorm2d")
    assert round(folded / 1e6, 2) == params


def test_a_new_network_is_a_list():
    network = [Conv2d(3, 8, 3, stride=2), ("norm", BatchNorm2d(8)), MaxPool2d(2), Linear(392, 10)]
    rows = layer_table(network, 31)
    assert [(row.name, row.layer, row.output_shape) for row in rows] == [
        ("0", "Conv2d", (8, 15, 15)),
        ("norm", "BatchNorm2d", (8, 15, 15)),
        ("2", "MaxPool2d", (8, 7, 7)),
        ("3", "Linear", (10, 1, 1)),
    ]
    assert [row.field for row in rows] == [(3, 3), (3, 3), (5, 5), None]
    assert [row.stride for row in rows] == [(2, 2), (2, 2), (4, 4), None]
    assert sum(row.macs for row in rows) == network_cost(network, 31).macs
    assert sum(row.params for row in rows) == network_cost(network, 31).params


def test_table_rows_follow_their_own_path():
    rows = rows_of(resnet50())
    assert rows["layer2.0.downsample.0"].field == rows["layer1.2.conv3"].field
    assert rows["layer2.0.downsample.0"].stride == rows["layer2.0.conv3"].stride == (8, 8)
    assert rows["layer2.1.conv1"].field == rows["layer2.0.conv3"].field
    assert rows["avgpool"].field is rows["avgpool"].stride is rows["fc"].shift is None


def test_tables_agree_with_receptive_field():
    for network in (vgg16(), resnet18(), resnet50("1x1"), mobilenet_v1(), mobilenet_v2()):
        rows = [row for row in layer_table(network, 224) if row.field and "sample" not in row.name]
        field = receptive_field(features(network), 224)
        last = rows[-1]
        assert (last.field, last.stride, last.shift) == (field.size, field.stride, field.shift)


def test_mobilenet_v2_blocks_add_where_the_shape_stays():
    blocks = [name for name, layer in mobilenet_v2() if isinstance(layer, Residual)]
    # Sandler et al., Table 2: n - 1 of each n repeated blocks.
    assert blocks == [f"block{n}" for n in (3, 5, 6, 8, 9, 10, 12, 13, 15, 16)]


def test_numbers_of_the_lecture_table_come_from_a_network():
    # The layer that MobileNet's Table 3 singles out is one of MobileNet's own.
    rows = rows_of(mobilenet_v1())
    separable = compare_convolutions(512, 512, 3, 14, groups=1)[3].cost.macs
    assert rows["conv8_dw"].macs + rows["conv8_pw"].macs == separable


def test_errors_name_the_argument_the_value_and_what_is_legal():
    with pytest.raises(ValueError, match="stride_on='5x5' is not known; legal values are '3x3'"):
        resnet50("5x5")
    with pytest.raises(ValueError, match=r"version='2' is not known; legal .* '1.0', '1.1'"):
        squeezenet("2")
    with pytest.raises(ValueError, match="version='v1' is not known; legal values are 'torchv"):
        googlenet("v1")
    with pytest.raises(ValueError, match=r"name='pool9' is not in the network; legal are conv1_1"):
        until(vgg16(), "pool9")
    with pytest.raises(ValueError, match=r"width=0.0 is out of range; .* positive"):
        mobilenet_v1(0)
    with pytest.raises(TypeError, match="width='wide' is of type str"):
        mobilenet_v2("wide")
    with pytest.raises(ValueError, match="fc: in_features=2048"):
        network_cost(networks.until(resnet50(), "layer3.5") + resnet50()[-1:], 224)
