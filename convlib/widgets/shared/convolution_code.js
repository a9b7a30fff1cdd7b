// The Python lines that convolve one channel of numbers, in each library.

// `padding` is [[top, bottom], [left, right]], or what convlib calls the rule that makes it.
function convolutionCode({ image, weights, stride, padding, rule, padValue = 0 }) {
  const text = (rows) => `[${rows.map((row) => `[${row.join(", ")}]`).join(", ")}]`;
  const [[top, bottom], [left, right]] = padding;
  const ends = rule ? `"${rule}"` : `((${top}, ${bottom}), (${left}, ${right}))`;
  const [filled, value] = padValue ? [`, pad_value=${padValue}`, `, value=${padValue}`] : ["", ""];
  return {
    convlib: `import numpy as np\nfrom convlib import conv2d\n\nimage = np.array([${text(image)}], dtype=np.float32)\n`
      + `weight = np.array([[${text(weights)}]], dtype=np.float32)\n`
      + `output = conv2d(image, weight, stride=(${stride.join(", ")}), padding=${ends}${filled})\n`,
    pytorch: `import torch\nimport torch.nn.functional as F\n\nimage = torch.tensor([${text(image)}], dtype=torch.float32)\n`
      + `weight = torch.tensor([[${text(weights)}]], dtype=torch.float32)\n`
      + `padded = F.pad(image, (${left}, ${right}, ${top}, ${bottom})${value})\n`
      + `output = F.conv2d(padded, weight, stride=(${stride.join(", ")}))\n`,
  };
}

// The part of a grid that is used, as rows.
const usedRows = (grid, rows, columns) => grid.slice(0, rows).map((row) => row.slice(0, columns));
