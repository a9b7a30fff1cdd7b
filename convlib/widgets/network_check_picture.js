// The photograph with what the middle place of a tensor sees, its own cell, all windows together, and pixels that are not read.

function fieldPicture(model, frame) {
  let canvas = null;
  const shapes = svg("svg", { "aria-hidden": "true" });
  const forget = () => {
    canvas = null;
  };
  model.on("change:image", forget);

  const rect = (x, y, width, height, kind) => svg("rect", { x: x - 0.5, y: y - 0.5, width, height, class: kind });
  const twice = (make) => [make(" halo"), make("")];

  // Pixels of the image that nothing reads, row by row as runs.
  function unreadPath(mask, height, width) {
    let path = "";
    for (let i = 0; i < height; i += 1) {
      for (let j = 0; j < width; j += 1) {
        if (mask[i * width + j]) continue;
        const start = j;
        while (j < width && !mask[i * width + j]) j += 1;
        path += `M${start - 0.5} ${i - 0.5}h${j - start}v1h${start - j}z`;
      }
    }
    return path;
  }

  // `row` is the chosen tensor's number; returns what the picture shows, in words.
  function draw(report, row, [height, width]) {
    if (!canvas) {
      const picture = pictureOf(model, "image");
      canvas = canvasOf(imageOf(picture.levels, picture.height, picture.width));
    }
    const { name, output_shape: shape, field } = report?.rows[row] ?? {};
    const places = field ? shape.slice(1).map((length) => [0, Math.floor((length - 1) / 2), length - 1]) : null;
    const at = (which) => report.window(row, places.map((each) => each[which]));
    const [first, middle, last] = places ? [0, 1, 2].map(at) : [];
    const isEmpty = ([from, to]) => from > to;
    const windows = places && ![...first, ...middle, ...last].some(isEmpty) ? { first, middle, last } : null;
    // The image and the middle place's window, with a margin: the outer windows may go on beyond.
    const spans = [height, width].map((length, axis) => {
      const [from, to] = windows ? windows.middle[axis] : [0, 0];
      return [Math.min(0, from), Math.max(length, to + 1)];
    });
    const whole = Math.max(...spans.map(([low, high]) => high - low)) * 1.06;
    const [y, x] = spans.map(([low, high]) => (low + high - whole) / 2);
    const share = (length) => `${(100 * length) / whole}%`;
    canvas.style.cssText = `left: ${share(-x)}; top: ${share(-y)}; width: ${share(width)}; height: ${share(height)}`;
    setAttributes(shapes, { viewBox: [x - 0.5, y - 0.5, whole, whole].join(" ") });
    const drawn = [rect(0, 0, width, height, "edge")];
    if (report?.mask) drawn.push(svg("path", { d: unreadPath(report.mask, height, width), class: "not-read" }));
    if (windows) {
      const [down, across] = windows.middle;
      const [[top], [left]] = windows.first;
      const [[, bottom], [, right]] = windows.last;
      const [cellY, cellX] = windows.middle.map(([, , start]) => start);
      const [cellHeight, cellWidth] = windows.middle.map(([, , , length]) => length);
      const size = [down[1] - down[0] + 1, across[1] - across[0] + 1];
      drawn.push(
        rect(left, top, right - left + 1, bottom - top + 1, "all-windows"),
        ...twice((halo) => rect(cellX, cellY, cellWidth, cellHeight, `its-cell${halo}`)),
        ...twice((halo) => rect(across[0], down[0], size[1], size[0], `seen-window${halo}`)),
      );
    }
    shapes.replaceChildren(...drawn);
    if (canvas.parentNode !== frame) frame.replaceChildren(canvas, shapes);
    const said = windows
      ? `The image, ${height} by ${width} pixels. The middle place of ${name} sees rows ${middle[0][0]} to ${middle[0][1]} and columns ${middle[1][0]} to ${middle[1][1]}.`
      : `The image, ${height} by ${width} pixels, without a window.`;
    setAttributes(frame, { "aria-label": said });
  }

  return { draw, undo: () => model.off("change:image", forget) };
}
