const NO_FILE = "Choose an ONNX file with the button, or drop one on the figure: it is read here, and nothing of it leaves your machine.";

// Why a file cannot be read or checked, in words; errors' own names are for the console.
function reasonFor(error) {
  if (error instanceof DamagedFile || error instanceof NoNetwork) return error.message;
  console.info(error);
  if (error instanceof RangeError) return "it is too large for the memory that the browser gives.";
  return "something in it is not as ONNX files are.";
}

function build(model, el, kernels) {
  const c = model.get("columns");
  const examples = model.get("examples").map(({ label, size, graph }) => ({ label, size, graph: graphFromPython(graph) }));
  let mine = null; // the reader's own file, as an example is, and what is to be said of its size
  let fault = ""; // what is wrong with the file that was chosen last
  let told = ""; // how much of it was read

  const field = html("input", { type: "file", accept: ".onnx", "aria-label": "an ONNX file of your own" });
  const button = html("button", { type: "button" }, "choose an .onnx file …");
  const note = html("span", { class: "file-note", role: "status" });
  const frame = html("div", { class: "frame", role: "img" });
  const caption = html("figcaption", {}, html("b", { class: "of-field" }, "field"), ", ", html("b", { class: "of-cell" }, "own cell"), ", all windows", html("b", { class: "of-unread" }, ", not read"));
  const pictureFigure = html("figure", { "data-panel": "field" }, frame, caption);
  const picture = fieldPicture(model, frame);
  const choose = (tensor) => setAll(model, { tensor: clamp(tensor, 0, model.get("last_tensor")) });
  const table = tensorTable((by) => choose(model.get("tensor") + by), choose);
  const list = findingList(choose, () => draw());
  const said = html("p", { class: "said", "aria-live": "polite" });
  const board = html("div", { class: "checked" }, html("div", { class: "own-file", "data-not-saved": "" }, button, field, note), html("div", { class: "upper" }, pictureFigure, list.box), table.box);
  const formulas = html("div", { class: "formulas" });
  onStage(el, board, said, formulas);

  const networkAt = (at) => examples[at] ?? mine;
  const size = () => [model.get("height"), model.get("width")];

  // The report of the chosen network at its size, made once for each.
  let known = { key: null };
  function reportNow() {
    const network = networkAt(model.get("network"));
    const key = [network?.label, network?.number, ...size()].join();
    if (known.key === key) return known;
    known = { key, network, report: null, fault: network ? "" : NO_FILE };
    if (!network) return known;
    try {
      known.report = checkedGraph(kernels, c, network.graph, size());
    } catch (error) {
      if (network !== mine) throw error;
      known.fault = `“${shortened(network.label)}” cannot be checked: ${reasonFor(error)}`;
    }
    return known;
  }

  // The row that says most: of the first warning or error, or the last one with windows.
  function tellingRow({ rows, findings }) {
    const named = findings.filter(({ severity }) => severity !== "note").map(({ name }) => rows.findIndex((row) => row.name === name));
    return named.find((at) => at >= 0) ?? rows.findLastIndex((row) => row.field);
  }

  // Brings the slider to its end, which depends on the network.
  function bound() {
    const { report } = reportNow();
    const last = report ? report.rows.length - 1 : 0;
    setAll(model, { last_tensor: last, tensor: Math.min(model.get("tensor"), last) });
  }

  function draw() {
    bound();
    const { report, network, fault: wrong } = reportNow();
    const tensor = model.get("tensor");
    const isWrong = Boolean(fault || wrong);
    table.draw(report, tensor);
    list.draw(report);
    picture.draw(report, tensor, size());
    caption.lastElementChild.style.visibility = report?.mask ? "" : "hidden";
    formulas.replaceChildren(...checkFormulas(c, report, tensor));
    const open = report && network.isOpen ? " The file leaves its size open: set height and width." : "";
    said.textContent = fault || wrong || `${summaryOf(shortened(network.label), report)}${open}${tensorSays(report.rows[tensor])}${list.says()}`;
    said.classList.toggle("illegal", isWrong);
    note.textContent = told || "or drop one here: it stays on your machine";
  }

  // A network comes with its size, and with the tensor that says most.
  const begin = () => {
    fault = "";
    const network = networkAt(model.get("network"));
    if (network) setAll(model, { height: network.size[0], width: network.size[1] });
    const { report } = reportNow();
    bound();
    if (report) setAll(model, { tensor: tellingRow(report) });
  };
  const forgetFault = () => {
    fault = "";
  };

  let files = 0;
  async function take(file) {
    if (!file) return;
    files += 1;
    const number = files;
    [fault, told] = ["", `Reading “${shortened(file.name)}” …`];
    note.textContent = told;
    try {
      const source = sourceOf(file);
      const Reader = await protobufLibrary(model);
      const message = await messageOfFile(Reader, ONNX, "Model", source);
      if (number !== files) return; // another one was chosen meanwhile
      const graph = graphOf(message);
      mine = { label: file.name, number, graph, ...sizeOfFile(graph) };
      told = `“${shortened(file.name)}”: ${bytesAs(source.count())} of ${bytesAs(file.size)} were read`;
      note.dataset.read = source.count();
      if (model.get("network") === examples.length) begin();
      else setAll(model, { network: examples.length });
    } catch (error) {
      if (number !== files) return;
      [fault, told] = [`“${shortened(file.name)}” cannot be read: ${reasonFor(error)} The figure shows what it showed before.`, ""];
    }
    draw();
  }

  // Height and width that a file fixes; what it leaves open stays as it is.
  function sizeOfFile(graph) {
    const [, , most] = model.get("legal").height;
    const [image] = [...graph.inputs].filter(([, shape]) => shape?.length === 4);
    const lengths = image ? axesOfImage(graph, image[0]).map((axis) => image[1][axis]) : [null, null];
    const isFixed = (length) => Number.isInteger(length) && length >= 1;
    return {
      size: lengths.map((length, at) => (isFixed(length) && length <= most ? length : size()[at])),
      isOpen: !lengths.every(isFixed),
    };
  }

  button.addEventListener("click", () => field.click());
  field.addEventListener("change", async () => {
    await take(field.files[0]);
    field.value = ""; // so that the same file can be chosen again
  });
  const over = (isOver) => board.classList.toggle("dropping", isOver);
  board.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  board.addEventListener("dragleave", (event) => {
    if (!board.contains(event.relatedTarget)) over(false);
  });
  board.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    over(false);
    take(event.dataTransfer.files[0]);
  });

  const listeners = [["change:network", begin], ["change:height", forgetFault], ["change:width", forgetFault], ["change:tensor", forgetFault]];
  for (const [event, call] of listeners) model.on(event, call);
  const releaseEnd = endKeyGoesTo(el, model, "tensor", "last_tensor");

  function code() {
    const { report, network } = reportNow();
    const tensor = model.get("tensor");
    return checkCode(c, { network, isMine: !network || network === mine, tensor, row: report?.rows[tensor], size: size() });
  }

  return {
    names: ["network", "tensor", "height", "width", "image"],
    draw,
    bound,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      picture.undo();
      releaseEnd();
    },
  };
}

export default explorer(build);
