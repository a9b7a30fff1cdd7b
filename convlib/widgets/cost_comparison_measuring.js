// Timing convlib's kernel on the layers of CostComparison, in the browser.

const SAMPLES = 5;
const MOST_MACS = 200e6; // in a run of a layer; of a larger one only some output channels are run
const FIRST_MACS = 1e6; // the first try at a layer, which tells how fast it goes
const MOST_MS = 150; // of a run, by what the first try has told
const SLICE_MS = 25; // between two pauses, in which the page can answer its reader
const LEAST_MS = 10; // of a sample: a browser's clock may tick only once a millisecond

// A layer ready to run: its buffers, the output channels to run, and how many at a time.
function workOf(kernels, geometry, variant, index, macs, memory) {
  const { in_channels, out_channels, height, width, kernel_height, kernel_width, groups } = geometry;
  const sizes = memory.reserve(5);
  kernels.describe_variant(variant, index, kernel_height, kernel_width, in_channels, out_channels, groups, sizes);
  const [kh, kw, c1, c2, g] = memory.readInts(sizes, 5);
  if (!c1) return null;
  const most = (budget) => Math.max(1, Math.min(c2, Math.floor((c2 * budget) / macs)));
  const spans = [[height, kh], [width, kw]];
  const [rows, columns] = spans.map(([n, k]) => n + kernels.same_before(n, k, 1, 1) + kernels.same_after(n, k, 1, 1));
  const [oh, ow] = [[rows, kh], [columns, kw]].map(([n, k]) => kernels.output_length(n, k, 1, 0, 0, 1));
  const channels = most(MOST_MACS);
  const counts = { input: c1 * rows * columns, weights: (channels * c1 * kh * kw) / g, bias: c2, out: channels * oh * ow };
  return { kh, kw, c1, c2, g, rows, columns, oh, ow, channels, step: most(FIRST_MACS), runs: 1, counts };
}

// Runs output channels `first` to `first + count` of a layer: whole groups, or a part of one.
function runChannels(kernels, { kh, kw, c1, c2, g, rows, columns, oh, ow }, buffers, first, count) {
  const [groupIn, groupOut] = [c1 / g, c2 / g];
  for (let at = first; at < first + count; ) {
    const left = first + count - at;
    const whole = at % groupOut === 0 ? Math.floor(left / groupOut) : 0;
    const outputs = whole ? whole * groupOut : Math.min(left, groupOut - (at % groupOut));
    kernels.conv2d(
      buffers.input + 4 * Math.floor(at / groupOut) * groupIn * rows * columns,
      buffers.weights + 4 * at * groupIn * kh * kw, buffers.bias + 4 * at, buffers.out + 4 * at * oh * ow,
      Math.max(whole, 1) * groupIn, rows, columns, outputs, kh, kw, 1, 1, 1, 1, Math.max(whole, 1),
    );
    at += outputs;
  }
}

const pause = () => new Promise((done) => setTimeout(done));
const median = (values) => [...values].sort((a, b) => a - b)[(values.length - 1) / 2];

// Milliseconds that a layer takes in the time of its slices, the pauses between them left out. If
// only some of its channels were run, the time is scaled up to all of them.
async function timeOnce(kernels, work, buffers, alive) {
  let elapsed = 0;
  for (let first = 0; first < work.channels && alive(); first += work.step) {
    const count = Math.min(work.step, work.channels - first);
    const start = performance.now();
    for (let run = 0; run < work.runs; run += 1) runChannels(kernels, work, buffers, first, count);
    elapsed += performance.now() - start;
    await pause();
  }
  return elapsed;
}

// Warms a layer up, and fits its slices, its channels and its runs to the speed of this machine.
async function settle(kernels, work, buffers, alive) {
  const { channels, step } = work;
  work.channels = step;
  await timeOnce(kernels, work, buffers, alive);
  const each = (await timeOnce(kernels, work, buffers, alive)) / step;
  const within = (ms, most) => Math.max(1, Math.min(most, Math.floor(ms / Math.max(each, 1e-6))));
  work.channels = within(MOST_MS, channels);
  work.step = within(SLICE_MS, work.channels);
  while ((await timeOnce(kernels, work, buffers, alive)) < LEAST_MS && alive()) work.runs *= 2;
}

// Milliseconds of each variant: the median of samples taken in turns, so that whatever else the machine does meets all of
// them. `spread` are the least and the greatest ratio to vanilla within a turn. `progress(step, steps)` is told before each step.
async function measureVariants(kernels, geometry, costs, alive, progress) {
  const memory = kernels.scratch();
  const works = costs.map(({ macs }, variant) =>
    macs ? [0, 1].map((index) => workOf(kernels, geometry, variant, index, macs, memory)).filter(Boolean) : [],
  );
  const layers = works.flat();
  const longest = (name) => Math.max(...layers.map(({ counts }) => counts[name]));
  const values = (count) => Float32Array.from({ length: count }, (_, at) => ((37 * at) % 101) / 101 - 0.5);
  // All layers use the same buffers: they are timed, their results are not needed.
  const buffers = Object.fromEntries(["input", "weights", "bias"].map((name) => [name, memory.floats(values(longest(name)))]));
  buffers.out = memory.reserve(longest("out"));
  const steps = layers.length + SAMPLES * works.filter((parts) => parts.length).length;
  let step = 0;
  const next = () => {
    step += 1;
    if (alive()) progress(step, steps);
  };
  for (const work of layers) {
    next();
    await settle(kernels, work, buffers, alive);
  }
  const samples = works.map(() => []);
  for (let sample = 0; sample < SAMPLES && alive(); sample += 1) {
    for (const [variant, parts] of works.entries()) {
      if (parts.length) next();
      let total = 0;
      for (const work of parts) {
        const elapsed = await timeOnce(kernels, work, buffers, alive);
        total += (elapsed / work.runs) * (work.c2 / work.channels);
      }
      samples[variant].push(total);
    }
  }
  if (!alive()) return null;
  return costs.map(({ name, flops }, variant) => {
    const ms = median(samples[variant]);
    const scaled = works[variant].some(({ c2, channels }) => channels < c2);
    const ratios = samples[variant].map((sample, turn) => sample / samples[0][turn]);
    return flops
      ? { name, ms, gflops: flops / ms / 1e6, scaled, spread: [Math.min(...ratios), Math.max(...ratios)] }
      : { name, ms: 0, gflops: 0 };
  });
}
