// KernelOnPhotograph: a picture of the reader's own, from a file that is chosen or dropped.

const LONGEST_NAME = 30;

// A file as a picture's trait holds it, made smaller if a side is longer than `largest`; throws what is wrong, in words.
async function pictureFrom(file, smallest, largest) {
  const name = file.name.length > LONGEST_NAME ? `${file.name.slice(0, LONGEST_NAME)}…` : file.name;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`“${name}” is not a picture that this browser can read; the photograph stays.`);
  }
  const share = Math.min(1, largest / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.round(share * length));
  if (Math.min(width, height) < smallest) {
    throw new Error(`“${name}” is ${bitmap.width} × ${bitmap.height} pixels: too narrow for a kernel of ${smallest} × ${smallest}; the photograph stays.`);
  }
  const small = await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
  const canvas = html("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what is transparent lies on white
  context.fillRect(0, 0, width, height);
  context.drawImage(small, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const area = width * height;
  const levels = new Uint8Array(3 * area);
  for (let at = 0; at < area; at += 1) {
    for (let c = 0; c < 3; c += 1) levels[c * area + at] = data[4 * at + c];
  }
  return { shape: [3, height, width], levels: new DataView(levels.buffer) };
}

// A button that opens a file, another that brings back the picture of the page. `took(picture)` is told of a picture,
// `failed(sentence)` of what is none. Returns the node, what takes files dropped on a node, and what offers the way back.
function fileChooser({ smallest, largest, took, failed, back }) {
  const field = html("input", { type: "file", accept: "image/*", "aria-label": "your own picture" });
  const choose = html("button", { type: "button" }, "your own picture …");
  const undo = html("button", { type: "button" }, "back to the photograph");
  const take = async (file) => {
    if (!file) return;
    try {
      took(await pictureFrom(file, smallest, largest));
    } catch (error) {
      failed(error.message);
    }
  };
  choose.addEventListener("click", () => field.click());
  field.addEventListener("change", async () => {
    await take(field.files[0]);
    field.value = ""; // so that the same file can be chosen again
  });
  undo.addEventListener("click", back);
  return {
    node: html("div", { class: "own-file" }, choose, undo, field),
    offerBack: (own) => {
      undo.style.visibility = own ? "visible" : "hidden";
    },
    dropOn(target) {
      const over = (on) => target.classList.toggle("dropping", on);
      target.addEventListener("dragover", (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        over(true);
      });
      target.addEventListener("dragleave", (event) => {
        if (!target.contains(event.relatedTarget)) over(false);
      });
      target.addEventListener("drop", (event) => {
        if (!event.dataTransfer.files.length) return;
        event.preventDefault();
        over(false);
        take(event.dataTransfer.files[0]);
      });
    },
  };
}
