// What the explorers share that draw photographs.

// The picture that the trait `name` holds: its size, and its levels plane by plane.
function pictureOf(model, name) {
  const { shape: [channels, height, width], levels } = model.get(name);
  return { channels, height, width, levels: bytesOf(levels) };
}

// A picture's planes of floats as an image to put on a canvas.
function imageOf(planes, rows, columns) {
  const image = new ImageData(columns, rows);
  const area = rows * columns;
  for (let at = 0; at < area; at += 1) {
    for (let c = 0; c < 3; c += 1) image.data[4 * at + c] = planes[c * area + at];
    image.data[4 * at + 3] = 255;
  }
  return image;
}

function canvasOf(image) {
  const canvas = html("canvas", { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
