"""What chapters/beyond.md claims in prose."""

import dask
import dask.array
import numpy as np
import pytest

from convlib import Conv2d, conv2d, receptive_field
from convlib.distributed import Layer, measured, price, stack
from convlib.distributed import conv2d as distributed_conv2d

FUSES = 1, 2, 4, 8
CASE = "8 x 3x3, 16 channels"
LAYER = Layer(np.ones((16, 16, 3, 3), np.float32), padding=1)


def image(shape=(16, 512, 512)):
    return dask.array.ones((16, 2048, 2048), chunks=shape, dtype=np.float32)


def model():
    """Return seconds for each MAC and each piece, fitted to one worker, and the work by fuse."""
    costs = [price(image()[:, :1024], [LAYER] * 8, fuse) for fuse in FUSES]
    work = np.array([[one.macs, one.pieces] for one in costs])
    return np.linalg.lstsq(work, seconds(1))[0], work


def seconds(workers):
    return [measured(CASE, workers)[f"convlib, fuse={fuse}"].fastest for fuse in FUSES]


def test_44_of_144_outputs_are_wrong_and_none_with_halos():
    values = np.random.default_rng(0).integers(1, 9, (1, 12, 12)).astype(np.float32)
    kernel = np.ones((1, 1, 3, 3), np.float32)
    whole = conv2d(values, kernel, padding=1)
    chunks = dask.array.from_array(values, chunks=(1, 6, 6))
    with dask.config.set(scheduler="synchronous"):
        alone = chunks.map_blocks(conv2d, kernel, padding=1, dtype=np.float32).compute()
        together = distributed_conv2d(chunks, kernel, padding=1).compute()
    wrong = np.argwhere(alone != whole)
    assert len(wrong) == 44 == 2 * 12 + 2 * 12 - 4
    assert all({5, 6} & set(place[1:].tolist()) for place in wrong)
    assert together.tobytes() == whole.tobytes()


def test_four_layers_need_four_pixels_on_each_side():
    field = receptive_field([Conv2d(1, 1, 3, padding=1)] * 4)
    assert (field.size, field.stride) == ((9, 9), (1, 1))


def test_fusing_leaves_the_bytes_and_costs_few_macs():
    costs = [price(image(), [LAYER] * 8, fuse) for fuse in FUSES]
    assert [one.exchanges for one in costs] == [8, 4, 2, 1]
    assert [one.pieces for one in costs] == [128, 64, 32, 16]
    assert 1 < costs[-1].bytes / costs[0].bytes < 1.011
    shares = [one.repeated / (one.macs - one.repeated) for one in costs]
    assert shares == sorted(shares)
    assert shares[-1] < 0.03


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_formulas_hold_for_a_tile_inside(k):
    t, h, c = 10, 3, 2
    layer = Layer(np.ones((c, c, h, h), np.float32))
    lazy = dask.array.ones((c, 3 * t, 3 * t), chunks=(c, t, t), dtype=np.float32)
    # A tile inside the image reads the whole of its halo: what the middle chunk's graph says.
    output = stack(lazy, [layer] * k, k)
    middle = output.dask[(output.name, 0, 1, 1)]
    (piece,) = (one for one in middle.args if hasattr(one, "stages"))
    rows, columns = (stage.read for stage in piece.stages[0])
    assert rows == columns == (t - k * (h - 1) // 2, 2 * t + k * (h - 1) // 2)
    made = [stage.made[1] - stage.made[0] for stage, _ in piece.stages]
    assert made[::-1] == [t + i * (h - 1) for i in range(k)]


def test_the_model_fits_one_worker_and_pieces_cost_something():
    (a_mac, a_piece), work = model()
    assert a_mac > 0
    assert a_piece > 0
    assert work @ [a_mac, a_piece] == pytest.approx(seconds(1), rel=0.02)


def test_two_workers_need_a_quarter_to_two_fifths_longer_than_half_and_send_more_than_edges():
    numbers, work = model()
    for fuse, row, took in zip(FUSES, work, seconds(2), strict=True):
        sent = measured(CASE, 2)[f"convlib, fuse={fuse}"].sent_mb
        assert 1 < sent / price(image()[:, :1024], [LAYER] * 8, fuse).bytes * 1e6 < 7.5
        assert 1.25 < took / (row @ numbers / 2) < 1.43
    one, two = (measured(CASE, workers)["hand"].fastest for workers in (1, 2))
    assert 1.25 < two / (one / 2) < 1.3


def test_fewest_exchanges_are_faster_than_map_overlap_with_pytorch():
    for workers in (1, 2):
        found = measured(CASE, workers)
        fused = min(found[f"convlib, fuse={fuse}"].fastest for fuse in FUSES)
        assert fused < found["map_overlap, PyTorch"].fastest


def test_all_layers_in_one_piece_take_7_percent_longer_than_by_hand_and_on_two_workers_3():
    for workers, share in ((1, 0.07), (2, 0.03)):
        found = measured(CASE, workers)
        longer = found["convlib, fuse=8"].fastest / found["hand"].fastest - 1
        assert longer == pytest.approx(share, abs=0.01)


def test_one_layer_for_each_exchange_takes_most_time():
    for workers in (1, 2):
        assert seconds(workers) == sorted(seconds(workers), reverse=True)


def test_the_scheduler_is_slower_than_a_thousand_workers():
    (a_mac, a_piece), work = model()
    a_task = measured("tasks that do nothing", 2)["2000 tasks"].fastest / 2000
    for macs, pieces in work:
        assert 1000 * 2 * pieces * a_task > 2 * (macs * a_mac + pieces * a_piece)


def test_bands_send_more_than_squares_and_single_channels_most():
    shapes = (16, 512, 512), (16, 128, 2048), (1, 2048, 2048)
    assert {np.prod(shape) * 4 for shape in shapes} == {16 << 20}
    squares, bands, channels = (price(image(shape), [LAYER]).bytes for shape in shapes)
    assert squares < bands < channels / 50


def test_nothing_is_sent_for_what_a_layer_does_not_mix():
    depthwise = Layer(np.ones((16, 1, 3, 3), np.float32), None, 1, 1, groups=16)
    pointwise = Layer(np.ones((16, 16, 1, 1), np.float32))
    channels = (1, 2048, 2048)
    assert price(image(), [depthwise]).bytes > 0 == price(image(channels), [depthwise]).bytes
    assert price(image(channels), [pointwise]).bytes > 0 == price(image(), [pointwise]).bytes


def test_chunks_that_are_no_multiples_of_the_stride_are_off_by_one():
    strided = Layer(np.ones((8, 16, 3, 3), np.float32), None, 2, 1)
    outputs = {
        length: stack(image()[:, :300, :300].rechunk((16, length, 300)), [strided]).chunks[1]
        for length in (96, 100, 75)
    }
    assert outputs == {96: (48, 48, 48, 6), 100: (50, 50, 50), 75: (38, 37, 38, 37)}
    alone = Conv2d(16, 8, 3, 2, 1).output_size(75)[0]
    assert 4 * alone == 152
    assert Conv2d(16, 8, 3, 2, 1).output_size(300)[0] == 150


def test_solutions():
    conv, pool = Conv2d(1, 1, 3, padding=1), Conv2d(1, 1, 2, stride=2)
    vgg = receptive_field([conv, conv, pool, conv, conv])
    assert (vgg.size[0], vgg.stride[0]) == (14, 2)
    again = [np.mean([(1 + i * 2 / 64) ** 2 for i in range(k)]) - 1 for k in (14, 15)]
    assert again[0] < 0.5 <= again[1]
