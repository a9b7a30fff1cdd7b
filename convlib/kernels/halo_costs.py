"""What it costs to compute layers on an image that is cut into tiles, and what a tile reads.

All layers are alike, with stride 1 and the padding that keeps the size, so a layer's outputs and
its inputs are cut at the same places. From Python these are ordinary functions; the page of the
book that draws halos calls them as WebAssembly.
"""

from numba.extending import register_jitable

from convlib.kernels.cost_rules import conv2d_macs, tensor_bytes
from convlib.kernels.halo_rules import end_read, first_read
from convlib.kernels.size_rules import same_before, window_span

# What `halo_costs` writes, in order: exchanges of halos; bytes that tiles get from others, and
# multiply-accumulates, of all tiles and layers together; and those that one piece would not need.
COSTS = ("exchanges", "bytes", "macs", "repeated")


@register_jitable
def tiles_along(size, tile):
    """Return into how many tiles an axis is cut; the last one may be shorter."""
    return (size + tile - 1) // tile


@register_jitable
def tile_read(begin, end, size, kernel, layers):
    """Return the range (begin, end) of an axis that `layers` read, one after the other."""
    before, span = same_before(size, kernel, 1, 1), window_span(kernel, 1)
    for _ in range(layers):
        begin, end = first_read(begin, size, 1, before), end_read(end, size, span, 1, before)
    return begin, end


@register_jitable
def lengths_read(size, tile, kernel, layers):
    """Return the sum, over all tiles of an axis, of the lengths that `layers` read."""
    total = 0
    for at in range(tiles_along(size, tile)):
        begin, end = tile_read(at * tile, min((at + 1) * tile, size), size, kernel, layers)
        total += end - begin
    return total


@register_jitable
def halo_costs(height, width, tile_h, tile_w, kernel, layers, fuse, channels, itemsize, costs):
    """Write `COSTS` of `layers` with `channels` in and out, `fuse` of them for each exchange."""
    costs[:] = 0
    done = 0
    while done < layers:
        together = min(fuse, layers - done)
        for back in range(together + 1):
            rows = lengths_read(height, tile_h, kernel, back)
            columns = lengths_read(width, tile_w, kernel, back)
            if back < together:
                costs[2] += conv2d_macs(rows, columns, kernel, kernel, channels, channels, 1)
            elif rows > height or columns > width:
                # What is read, less what each tile has.
                costs[0] += 1
                costs[1] += tensor_bytes(channels, rows, columns, itemsize)
                costs[1] -= tensor_bytes(channels, height, width, itemsize)
        done += together
    alone = conv2d_macs(height, width, kernel, kernel, channels, channels, 1)
    costs[3] = costs[2] - layers * alone
