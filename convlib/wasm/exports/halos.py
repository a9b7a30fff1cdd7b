"""What pages may call about tiles and halos, for Halo."""

from numba import carray, int32, void

from convlib.kernels import halo_costs
from convlib.wasm.exports.types import doubles, ints


def costs_of_halos(height, width, tile_h, tile_w, kernel, layers, fuse, channels, itemsize, costs):
    """Write `COSTS` of layers on an image in tiles into `costs` (4,)."""
    halo_costs.halo_costs(
        height, width, tile_h, tile_w, kernel, layers, fuse, channels, itemsize,
        carray(costs, (len(halo_costs.COSTS),)),
    )  # fmt: skip


def tile_ranges(size, tile, at, kernel, layers, ends):
    """Write into `ends` (layers + 1, 2) what 0, 1, ... layers of a tile read along an axis."""
    ranges = carray(ends, (layers + 1, 2))
    end = min((at + 1) * tile, size)
    for back in range(layers + 1):
        first, last = halo_costs.tile_read(at * tile, end, size, kernel, back)
        ranges[back, 0], ranges[back, 1] = first, last


EXPORTS = (
    (halo_costs.tiles_along, int32(*[int32] * 2)),
    (costs_of_halos, void(*[int32] * 9, doubles)),
    (tile_ranges, void(*[int32] * 5, ints)),
)
