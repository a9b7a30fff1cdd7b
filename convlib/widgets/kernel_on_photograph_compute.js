// KernelOnPhotograph: what convlib computes for it, and the places of its figures.

// The photograph in grey: the mean of its colours, a 1 × 1 convolution, in whole levels.
function greyOf(kernels, { channels, height, width, levels }) {
  const memory = kernels.scratch();
  const share = memory.floats(Array(channels).fill(1 / channels));
  const out = memory.reserve(height * width);
  kernels.conv2d_fast(memory.floats(levels), share, memory.floats([0]), out, channels, height, width, 1, 1, 1, 1, 1, 1, 1, 1);
  return { height, width, levels: memory.readFloats(out, height * width).map(Math.round) };
}

// Convolves a grey picture, by convlib: the padded picture and the output.
function convolveGrey(kernels, { height, width, levels }, weights, padding, padValue) {
  const memory = kernels.scratch();
  const [oh, ow] = [height, width].map((length) => kernels.output_length(length, SIDE, 1, padding, padding, 1));
  const [ph, pw] = [height, width].map((length) => length + 2 * padding);
  const padded = memory.reserve(ph * pw);
  const out = memory.reserve(oh * ow);
  kernels.pad(memory.floats(levels), 1, height, width, padding, padding, padding, padding, padValue, padded);
  kernels.conv2d_fast(padded, memory.floats(weights), memory.floats([0]), out, 1, ph, pw, 1, SIDE, SIDE, 1, 1, 1, 1, 1);
  return { oh, ow, pw, padded: memory.readFloats(padded, ph * pw), output: memory.readFloats(out, oh * ow) };
}

// The products of a window with the weights, by convlib: a convolution with a kernel for each weight, all others 0.
function productsOf(kernels, window, weights) {
  const memory = kernels.scratch();
  const count = SIDE * SIDE;
  const apart = weights.flatMap((weight, k) => Array.from({ length: count }, (_, at) => (at === k ? weight : 0)));
  const out = memory.reserve(count);
  kernels.conv2d(memory.floats(window), memory.floats(apart), memory.floats(Array(count).fill(0)), out, 1, SIDE, SIDE, count, SIDE, SIDE, 1, 1, 1, 1, 1);
  return [...memory.readFloats(out, count)];
}

const PHOTO_CAPTION = 26;
const KERNEL_CELL = 44;

// Where everything stands. `room` is the box that a photograph is fitted into, `cell` a cell of the enlarged window.
function placesOn({ width, narrow }) {
  const kernel = SIDE * KERNEL_CELL + 6;
  if (narrow) {
    const room = { width: (width - 10) / 2, height: 192 };
    const second = PHOTO_CAPTION + room.height + 6;
    const third = second + PHOTO_CAPTION + SIDE * 44 + 6;
    return {
      room, input: [0, 0], output: [room.width + 10, 0], kernel: [0, second], window: [kernel + 8, second],
      cell: { width: Math.min(84, (width - kernel - 10) / SIDE), height: 44 }, sum: [0, third], file: [kernel + 8, third + 22],
    };
  }
  const room = { width: Math.min(260, (width - kernel) / 2 - 16), height: 305 };
  const second = PHOTO_CAPTION + room.height + 8;
  const cell = { width: 84, height: 46 };
  return {
    room, cell, input: [0, 0], kernel: [room.width + 16, (room.height - kernel) / 2], output: [room.width + kernel + 30, 0],
    window: [0, second], sum: [SIDE * cell.width + 24, second + cell.height], file: [room.width + kernel + 30, second + 30],
  };
}
