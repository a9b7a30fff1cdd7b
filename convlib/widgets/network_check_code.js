// The chosen tensor in code: with convlib as a row of the report, with PyTorch as the operator that makes it.

function checkCode(c, { network, isMine, tensor, row, size: [height, width] }) {
  const start = isMine
    ? `from convlib import networks\n\nnetwork = networks.from_onnx(${JSON.stringify(network?.label ?? "model.onnx")}, size=(${height}, ${width}))\n`
    : `from convlib.graphs.examples import examples\nfrom convlib.graphs.report import checked\n\ngraph = examples()[${JSON.stringify(network.label)}].graph\nnetwork = checked(graph, (${height}, ${width}))\n`;
  return {
    convlib: `${start}print(network)\noutput = network.rows[${tensor}].output_shape\n`,
    pytorch: row?.output_shape ? torchCode(c, row) : "# The chosen tensor has no shape.\n",
  };
}

// One operator in PyTorch, on tensors of ones: of numbers only the shape is shown.
function torchCode(c, { name, output_shape: shape, made }) {
  const ones = (...lengths) => `torch.ones(1, ${lengths.join(", ")})`;
  const [input = shape] = made.from;
  const [[top, bottom], [left, right]] = made.padding;
  const pairs = (...names) => names.map((each) => `${each}=(${made[each].join(", ")})`).join(", ");
  const padded = `F.pad(image, (${left}, ${right}, ${top}, ${bottom}))`;
  const lines = [`import torch\nimport torch.nn.functional as F\n\n# ${name}\nimage = ${ones(...input)}`];
  if (made.kind === c.CONV) {
    lines.push(`weight = ${`torch.ones(${[shape[0], input[0] / made.groups, ...made.kernel].join(", ")})`}`);
    lines.push(`made = F.conv2d(${padded}, weight, ${pairs("stride", "dilation")}, groups=${made.groups})`);
  } else if (made.kind === c.POOL) lines.push(`made = F.max_pool2d(${padded}, (${made.kernel.join(", ")}), ${pairs("stride", "dilation")})`);
  else if (made.kind === c.MERGE) lines.push(`made = ${made.from.map((lengths) => ones(...lengths)).join(" + ")}`);
  else if (made.kind === c.CONCAT) lines.push(`made = torch.cat([${made.from.map((lengths) => ones(...lengths)).join(", ")}], dim=1)`);
  else lines.push(`made = ${ones(...shape)}`); // what is only looked at anew, or sampled
  return `${lines.join("\n")}\noutput = tuple(made.shape[1:])\n`;
}
