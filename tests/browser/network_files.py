"""Files for NetworkCheck, and what the figure shows of them."""

import base64

from onnx_models import exported

from convlib import Conv2d, MaxPool2d

# What the figure shows.
SHOWN = """(root) => {
    const text = (node) => node.textContent;
    const said = root.querySelector(".said");
    return {
        said: text(said),
        illegal: said.classList.contains("illegal"),
        rows: [...root.querySelectorAll(".tensors tbody tr")].map((row) => [
            ...[".name", ".what"].map((part) => text(row.querySelector(part))),
            ...[...row.querySelectorAll("td")].map(text),
        ]),
        findings: [...root.querySelectorAll(".findings [data-finding]")].map(text),
    };
}"""
# Hands files to the figure one after another, as if they had been chosen; returns what it shows.
GIVE = f"""async (root, files) => {{
    const shown = {SHOWN};
    const frame = () => new Promise(requestAnimationFrame);
    const found = [];
    for (const [name, bytes] of files) {{
        const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        const given = new DataTransfer();
        given.items.add(new File([data], name));
        const field = root.querySelector("input[type=file]");
        field.files = given.files;
        field.dispatchEvent(new Event("change"));
        const note = root.querySelector(".own-file .file-note");
        while (note.textContent.startsWith("Reading")) await frame();
        await frame();
        await frame();
        found.push(shown(root));
    }}
    return found;
}}"""


def give(explorer, *files):
    """Return what the figure shows of each file: (name, bytes)."""
    sent = [[name, base64.b64encode(data).decode()] for name, data in files]
    return explorer.ask(GIVE, sent)


def number(value):
    return f"{value:g}"


def pair(values, sign=", "):
    """Return what both axes have, once if they agree."""
    if values is None:
        return "–"
    ends = values[:1] if values[0] == values[1] else values
    return sign.join(map(number, ends)).replace("-", "−")


def times(values):
    return " × ".join(map(number, values))


def rows_of(network):
    """Return a checked network's table as the figure writes it."""
    marks = {
        f.name: f.severity for f in reversed(network.findings) if f.severity in ("error", "warning")
    }
    return [
        [
            row.name,
            f"{marks[row.name]}: {row.layer}" if row.name in marks else row.layer,
            "none" if row.output_shape is None else times(row.output_shape),
            pair(row.field, " × "),
            pair(row.stride, " × "),
            pair(row.center),
            pair(row.shift),
            "–" if row.unread is None else f"{row.unread:,}",
            f"{row.macs:,}",
            f"{row.params:,}",
        ]
        for row in network.rows
    ]


def findings_of(network):
    return [
        f"{f.severity}: {f.message}" + (f" {f.mend}" if f.mend else "") for f in network.findings
    ]


def check_shown(shown, network):
    assert not shown["illegal"], shown["said"]
    assert shown["findings"] == findings_of(network)
    assert shown["rows"] == rows_of(network)
    macs = f"{network.macs:,} MACs, {network.params:,} parameters"
    assert macs in shown["said"]
    if network.unread is not None and network.unread.any():
        assert f"{network.unread.sum():,} pixels of the image are read by nothing" in shown["said"]
    if network.wasted_macs:
        assert f"{network.wasted_macs:,} MACs are for what nothing reads" in shown["said"]


def sized(onnx_model, size):
    for axis in (2, 3):
        onnx_model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    return onnx_model


SMALL = sized(exported([Conv2d(3, 8, 3), MaxPool2d(2)]), 32)
