"""States that the reader of an explorer can come to, at random, and what a page then holds."""

from convlib import widgets

EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]
# Ends that the figure sets: of a setting that has no largest value of its own.
ENDS = {
    "step": "last_step",
    "row": "last_row",
    "column": "last_column",
    "depth": "last_layer",
    "layer": "last_layer",
    "tensor": "last_tensor",
    "fuse": "layers",
}
MODEL = """(root, [what, given]) => {
    const { model } = remembered.find(({ given }) => root.contains(given.el)).given;
    if (what === "get") return Object.fromEntries(given.map((name) => [name, model.get(name)]));
    for (const [name, value] of Object.entries(given)) model.set(name, value);
    model.save_changes();
}"""
DRAWING = """(root) => {
    const sight = root.querySelector(".sight");
    const names = ["class", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r",
        "width", "height", "transform", "viewBox", "points", "aria-pressed", "aria-valuenow"];
    const seen = [...sight.querySelectorAll("*")].filter((node) => node.getClientRects().length);
    return seen.map((node) => [
        node.localName,
        ...names.map((name) => node.getAttribute(name) ?? ""),
        ...[...node.childNodes].map((child) => child.data ?? ""),
        node.value,
        node.matches("canvas") ? node.toDataURL() : "",
    ].join(" ")).join("|");
}"""


def held(explorer, names):
    """Return what the page's model holds, by name."""
    return explorer.ask(MODEL, ["get", [*names]])


def put(explorer, values):
    """Set traits of the page's model as its controls do; return when the figure is drawn."""
    explorer.ask(MODEL, ["set", values])
    explorer.visit.settle()


def state(explorer):
    """Return everything that a reader of the explorer can have changed."""
    (opened,) = held(explorer, ["opened_with"]).values()
    return held(explorer, opened)


def drawing(explorer):
    """Return all that is drawn, as text: elements, and what canvases hold."""
    return explorer.ask(DRAWING)


def take(explorer, what):
    """Choose an entry of the menu; return the text that was copied."""
    root = explorer.root
    if not root.locator(".menu-list").is_visible():
        root.locator(".menu-button").click()
    root.get_by_role("button", name=what, exact=True).click()
    explorer.visit.settle()
    return root.locator(".menu-list textarea").input_value()


def wander(explorer, made, chance):
    """Take the page to a state drawn from all that a reader can set of `made`, its explorer."""
    drawn, last = {}, {}
    for name in made.opened_with:
        what, low, high, *_ = made.legal[name]
        if chance.random() < 0.3:
            continue
        if what == "bool":
            drawn[name] = chance.random() < 0.5
        elif what == "grid":
            drawn[name] = _with_other_numbers(getattr(made, name), chance)
        elif what == "float":
            drawn[name] = round(chance.uniform(low, high), 3)
        elif what == "int" and high is not None:
            # Many groups are seldom legal.
            drawn[name] = chance.randint(low, 4 if name == "groups" else high)
        elif what != "edits":
            last[name] = chance.random()
    if "network" in last:
        del last["network"]
        networks = made.tables if hasattr(made, "tables") else made.menu
        drawn["network"] = chance.randint(0, len(networks))
    if "network" in drawn:  # which brings its size
        put(explorer, {"network": drawn.pop("network")})
    put(explorer, drawn)
    if "edits" in made.opened_with:
        network = held(explorer, ["network"])["network"]
        put(explorer, {"edits": _edits(made, made.tables[network], chance)})
    ends = {name: held(explorer, [ENDS[name]])[ENDS[name]] for name in last}
    for name, end in ends.items():
        if end is None:  # the pixel of a photograph
            end = made.picture.shape[1 + (name == "column")] - 1
        low = made.legal[name][1]
        put(explorer, {name: low + int(last[name] * (end + 1 - low))})


def _with_other_numbers(rows, chance):
    rows = [list(row) for row in rows]
    for _ in range(chance.randint(1, 5)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice([-1000, -2.5, 0, 0.125, 7, 999])
    return rows


def _edits(made, table, chance):
    convs = [table["names"][at] for at in table["convs"]]
    edits = {}
    for name in chance.sample(convs, 2):
        for knob in chance.sample(sorted(made.knobs), 2):
            low, high = made.legal[knob][1:3]
            edits.setdefault(name, {})[knob] = chance.randint(low, min(high, 64))
    return edits
