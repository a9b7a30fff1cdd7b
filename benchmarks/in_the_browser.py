"""Measure the built book in headless Chromium: the kernels' speed, the pages' weight and latency.

Latencies include the wait for two frames of the screen, 33 ms together.

Run after `jupyter-book build .`: `.venv/bin/python benchmarks/in_the_browser.py`. Timings are
minima and medians over interleaved runs; on a shared machine repeat them.
"""

import base64
import functools
import gzip
import http.server
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from convlib.wasm import module_bytes

HTML = Path(__file__).parents[1] / "_build" / "html"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

# name: in channels, out channels, output side, kernel
LAYERS = {
    "3x3, 3 -> 16, 224": (3, 16, 224, 3),
    "3x3, 64 -> 64, 56": (64, 64, 56, 3),
    "3x3, 128 -> 128, 28": (128, 128, 28, 3),
    "5x5, 16 -> 16, 56": (16, 16, 56, 5),
}

SPEED = """async ([bytes, layers]) => {
    const binary = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    const memory = new WebAssembly.Memory({ initial: 1024 });
    const stack = new WebAssembly.Global({ value: "i32", mutable: true }, 65536);
    const { instance } = await WebAssembly.instantiate(binary, {
        env: { __linear_memory: memory, __stack_pointer: stack },
    });
    new Float32Array(memory.buffer).fill(0.5, 65536 / 4);
    const times = layers.map(() => ({ conv2d: [], conv2d_fast: [] }));
    for (let round = 0; round < 12; round += 1) {
        layers.forEach(([c1, c2, side, k], index) => {
            for (const name of ["conv2d", "conv2d_fast"]) {
                if (name === "conv2d" && round > 2) continue;
                const padded = side + k - 1;
                const weight = 65536 + 4 * c1 * padded * padded;
                const bias = weight + 4 * c1 * c2 * k * k;
                const out = bias + 4 * c2;
                const start = performance.now();
                instance.exports[name](
                    65536, weight, bias, out, c1, padded, padded, c2, k, k, 1, 1, 1, 1, 1);
                times[index][name].push(performance.now() - start);
            }
        });
    }
    return times;
}"""

# From a key on a slider to the frame that shows the new figure, in milliseconds; null if nothing
# was drawn.
LATENCY = """async ([number, label, rounds, first]) => {
    const explorer = document.querySelectorAll(".convlib-explorer")[number];
    const handles = [...explorer.querySelectorAll("[role=slider]")];
    const handle = handles.find((node) => !label || node.getAttribute("aria-label") === label);
    const figure = explorer.querySelector(".convlib-figure");
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
        const key = (round % 2 === 0) === (first === "right") ? "ArrowRight" : "ArrowLeft";
        let observer;
        const start = performance.now();
        const changed = new Promise((done) => {
            observer = new MutationObserver(() => {
                observer.disconnect();
                requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
            });
            observer.observe(figure, { attributes: true, childList: true, subtree: true });
            setTimeout(() => done(null), 1000);
        });
        handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        times.push(await changed);
        observer.disconnect();
    }
    return times;
}"""

# The explorers where they have most to draw: page, number on it, what to choose, and the keys for
# the sliders that are not at their ends for it.
LARGEST = {
    "OutputSize": ("index", 0, (), {"stride down": "Home", "stride across": "Home"}),
    "ContextShift": ("padding", 2, ("7 × 7",), {}),
    "KernelOnPhotograph": ("convolution", 0, (), {}),
    "ConvolutionMatrix": ("convolution", 1, (), {"stride s": "Home"}),
    "NetworkBlocks": ("convolution", 2, (), {}),
    "StrideGrid": ("stride", 0, (), {"stride down": "Home", "stride across": "Home"}),
    "ReceptiveField": ("stride", 1, ("ResNet-50, torchvision",), {}),
    "GroupWiring": ("groups", 0, ("1",), {"split between groups": "Home"}),
    "ChannelMixing": ("depthwise", 1, (), {}),
    "CostComparison": ("cost", 0, (), {}),
    "NetworkDesigner": ("choice", 0, ("ResNet-50",), {"groups g": "Home", "dilation d": "Home"}),
}

DRAWN = "() => document.querySelector('.page-widget .convlib-figure')?.childElementCount > 0"


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def speed(page):
    """Print each layer's time and GFLOP/s, for the plain and the fast kernel."""
    module = base64.b64encode(module_bytes()).decode()
    print(f"module: {len(module_bytes())} bytes; one thread; minimum of 12 runs")
    for (name, (c1, c2, side, k)), times in zip(
        LAYERS.items(), page.evaluate(SPEED, [module, list(LAYERS.values())]), strict=True
    ):
        flops = 2 * c1 * c2 * k * k * side * side
        line = f"  {name:22}"
        for kernel, runs in times.items():
            best = min(runs)
            line += f"  {kernel}: {best:7.2f} ms {flops / best / 1e6:6.2f} GFLOP/s"
        print(line)


def weight_and_latency(browser, address):
    """Print, for each chapter, its gzipped weight, the time to a live figure, and key to paint."""
    for chapter in sorted((HTML / "chapters").glob("*.html")):
        cold = []
        live = "jupyter.widget-view" in chapter.read_text("utf-8")
        for _ in range(5 if live else 1):
            answers = []
            context = browser.new_context()
            page = context.new_page()
            page.on("response", functools.partial(list.append, answers))
            page.goto(f"{address}chapters/{chapter.name}", wait_until="commit")
            if live:
                page.wait_for_function(DRAWN)
                cold.append(page.evaluate("performance.now()"))
            page.wait_for_load_state("networkidle")
            sizes = [len(gzip.compress(a.body())) for a in answers if a.url.startswith("http")]
            keys = page.evaluate(LATENCY, [0, None, 20, "right"]) if len(cold) == 5 else []
            context.close()
        line = f"  {chapter.name:18} {sum(sizes) / 1024:6.0f} KB gzipped"
        if cold:
            line += f"; live after {statistics.median(cold):5.0f} ms (cold, median of 5)"
            # At the end of a slider a key draws nothing.
            drawn = [time for time in keys if time is not None]
            line += f"; key to paint {statistics.median(drawn):4.0f} ms (median of {len(drawn)})"
        print(line)


def press(page, explorer, label, key):
    """Press a key on a slider and wait for the figure."""
    explorer.get_by_role("slider", name=label, exact=True).press(key)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def largest_figures(browser, address):
    """Print, for each explorer at its largest, key to paint of its slowest slider."""
    for name, (chapter, number, choices, other) in LARGEST.items():
        page = browser.new_page()
        page.goto(f"{address}chapters/{chapter}.html")
        page.wait_for_function(DRAWN)
        explorer = page.locator(".convlib-explorer").nth(number)
        explorer.get_by_role("slider").first.wait_for()
        for choice in choices:
            if explorer.locator("option", has_text=choice).count():
                explorer.locator("select").first.select_option(choice)
            else:
                explorer.get_by_role("button", name=choice, exact=True).click()
        sliders = explorer.get_by_role("slider").all()
        labels = [slider.get_attribute("aria-label") for slider in sliders]
        for label in labels:
            press(page, explorer, label, other.get(label, "End"))
        slowest = {}
        for label in labels:
            first = "right" if other.get(label) == "Home" else "left"
            times = page.evaluate(LATENCY, [number, label, 8, first])
            if drawn := [time for time in times if time is not None]:
                slowest[label] = statistics.median(drawn)
        worst = max(slowest, key=slowest.get)
        print(f"  {name:18} {slowest[worst]:5.0f} ms, {worst} (median of 8)")
        page.close()


def main():
    """Measure everything and print it."""
    handler = functools.partial(_Silent, directory=str(HTML))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        speed(browser.new_page())
        address = f"http://127.0.0.1:{server.server_port}/"
        print("explorers at their largest, key to paint:")
        largest_figures(browser, address)
        weight_and_latency(browser, address)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
