// The layers of ReceptiveField's stack, as convlib wants them, and what it finds; and code that finds the same.

const FATES_OF_FIELD = ["taps", "jumpBefore", "field", "jump", "before", "after", "outputs"];
const AS_GIVEN = 0;
const SAME_UPPER = 1;
const [PAD_BOTH, PAD_SAME] = [0, 1];

// The own stack's layers, each a list of integers as convlib's stack_field wants it.
function ownLayers(model, kernels) {
  const kernel = model.get("kernel");
  const period = model.get("periods")[model.get("strides")];
  const rule = model.get("padding");
  const pad = rule === PAD_BOTH ? kernels.same_before(kernel, kernel, 1, 1) : 0;
  const layer = (at) => {
    const stride = period && at % period === 0 ? 2 : 1;
    return [kernel, stride, pad, pad, 1, rule === PAD_SAME ? SAME_UPPER : AS_GIVEN];
  };
  const rows = Array.from({ length: model.get("own_layers") }, (_, k) => layer(k + 1));
  return { names: rows.map((_, k) => `layer ${k + 1}`), axes: [rows, rows] };
}

// The field after each layer of one axis, as convlib computes it.
function trace(kernels, layers, size) {
  const memory = kernels.scratch();
  const given = memory.ints(layers.flat());
  const fields = memory.reserve(layers.length * FATES_OF_FIELD.length);
  kernels.stack_field(given, layers.length, size, fields);
  const numbers = memory.readInts(fields, layers.length * FATES_OF_FIELD.length);
  const width = FATES_OF_FIELD.length;
  return layers.map((_, at) =>
    Object.fromEntries(FATES_OF_FIELD.map((name, k) => [name, numbers[at * width + k]])));
}

// What no layer at all sees: each output is its pixel.
const untouched = (size) => ({ field: 1, jump: 1, before: 0, after: 0, outputs: size });

// Code that finds the pixels that the chosen output sees: from the layers, and by the gradient.
function fieldCode({ stack, axes: [down, across], size }) {
  const ends = ({ steps }, at) => ["before", "after"].map((side) =>
    (steps[at][side] - (at ? steps[at - 1][side] : 0)) / steps[at].jumpBefore);
  const [rows, columns] = stack.axes;
  const layers = down.steps.map((_, at) => {
    const pair = (column) => `(${rows[at][column]}, ${columns[at][column]})`;
    const [top, bottom, left, right] = [...ends(down, at), ...ends(across, at)];
    return { kernel: pair(0), stride: pair(1), dilation: pair(4), top, bottom, left, right };
  });
  const place = `${down.output}, ${across.output}`;
  const convs = layers.map(({ kernel, stride, dilation, top, bottom, left, right }) =>
    `    Conv2d(1, 1, ${kernel}, ${stride}, ((${top}, ${bottom}), (${left}, ${right})), ${dilation}),\n`);
  const rowsOf = layers.map(({ kernel, stride, dilation, top, bottom, left, right }) =>
    `    (${kernel}, ${stride}, (${left}, ${right}, ${top}, ${bottom}), ${dilation}),\n`);
  return {
    convlib: `from convlib import Conv2d, receptive_field\n\nlayers = [\n${convs.join("")}]\n`
      + `# The first and the last row that the output sees, then the columns; outside the input is padding.\n`
      + `output = receptive_field(layers, ${size}).window((${place}))\n`,
    pytorch: `import torch\nimport torch.nn.functional as F\n\n# kernel, stride, padding, dilation of each layer\nlayers = [\n${rowsOf.join("")}]\n`
      + `image = torch.ones(1, 1, ${size}, ${size}, dtype=torch.float64, requires_grad=True)\nx = image\n`
      + `for kernel, stride, padding, dilation in layers:\n    weight = torch.full((1, 1, *kernel), 1 / (kernel[0] * kernel[1]), dtype=torch.float64)\n`
      + `    x = F.conv2d(F.pad(x, padding), weight, stride=stride, dilation=dilation)\nx[0, 0, ${place}].backward()\n`
      + `# What the output sees of the input: the pixels with a gradient.\nseen = image.grad[0, 0].nonzero()\n`
      + `(top, left), (bottom, right) = seen.amin(0).tolist(), seen.amax(0).tolist()\noutput = (top, bottom), (left, right)\n`,
  };
}
