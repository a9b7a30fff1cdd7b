// ContextShift: how each layer pads, and the picture through all of them.

const SIDES = { both: 0, top: 1, bottom: 2, left: 3, right: 4, none: 5, vertical: 6, horizontal: 7 };
// The sides that layers take in turn, the first layer's first.
const TURNS = { [SIDES.vertical]: [SIDES.top, SIDES.bottom], [SIDES.horizontal]: [SIDES.left, SIDES.right] };

// One layer's padding on an axis, [before, after], so that its output stays as long as its input.
function axisPadding(kernels, side, kernel, first, last) {
  if (side === SIDES.none) return [0, 0];
  if (side === first) return [kernels.full_padding(kernel, 1), 0];
  if (side === last) return [0, kernels.full_padding(kernel, 1)];
  // What stays open on the other axis, or on both, is split.
  return [kernels.same_before(kernel, kernel, 1, 1), kernels.same_after(kernel, kernel, 1, 1)];
}

function paddingOn(kernels, side, kernel) {
  const [top, bottom] = axisPadding(kernels, side, kernel, SIDES.top, SIDES.bottom);
  const [left, right] = axisPadding(kernels, side, kernel, SIDES.left, SIDES.right);
  return { top, bottom, left, right };
}

// The picture through all layers, computed by convlib; null if a layer would have no output.
function convolve(kernels, { channels, height, width, levels }, weights, kernel, paddings) {
  const memory = kernels.scratch();
  const filters = memory.floats(Array(channels).fill(weights).flat());
  const bias = memory.floats(Array(channels).fill(0));
  const largest = (length) => length + paddings.length * kernels.full_padding(kernel, 1);
  const room = channels * largest(height) * largest(width);
  const padded = memory.reserve(room);
  const input = memory.floats(levels);
  const out = memory.reserve(room);
  let [rows, columns, from] = [height, width, input];
  for (const { top, bottom, left, right } of paddings) {
    const oh = kernels.output_length(rows, kernel, 1, top, bottom, 1);
    const ow = kernels.output_length(columns, kernel, 1, left, right, 1);
    if (!oh || !ow) return null;
    kernels.pad(from, channels, rows, columns, top, bottom, left, right, 0, padded);
    kernels.conv2d_fast(
      padded, filters, bias, out, channels, top + rows + bottom, left + columns + right,
      channels, kernel, kernel, 1, 1, 1, 1, channels,
    );
    [rows, columns, from] = [oh, ow, out];
  }
  return { memory, input, out: from, rows, columns };
}
