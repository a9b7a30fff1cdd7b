"""Measure the built book in headless Chromium: the kernels' speed, and from a key to the figure.

These latencies are the browser's own, of its Event Timing: from the key to the frame that shows
what it did, in steps of 8 ms. They include the wait for that frame, up to 17 ms. What pages weigh
and when they are live is in `pages.py`.

Run after `jupyter-book build .`: `.venv/bin/python benchmarks/in_the_browser.py`. Timings are
minima and medians over interleaved runs; on a shared machine repeat them.
"""

import base64
import functools
import http.server
import math
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

# Notes how long each key took, from when it was pressed to the next paint, in milliseconds. Of
# those that took less than 16 the browser says nothing.
WATCH = """() => {
    globalThis.times = [];
    new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) {
            if (name === "keydown") times.push(duration);
        }
    }).observe({ type: "event", durationThreshold: 16 });
}"""
LEAST = 16

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
    "NetworkCheck": ("check", 0, ("MobileNet v1, SAME",), {}),
    "NetworkDesigner": ("choice", 0, ("ResNet-50",), {"groups g": "Home", "dilation d": "Home"}),
}

# Whether all explorers have taken their places.
DRAWN = "() => document.readyState === 'complete' && !document.querySelector('.kept-place')"
# Keys on each slider, and milliseconds between them: they fall anywhere between two frames.
KEYS, BETWEEN = 20, 40
# A reader who has turned the veils over what follows a prediction off for good.
NO_VEILS = "localStorage.setItem('convlib-veils', 'off')"


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


def largest_figures(browser, address):
    """Print, for each explorer at its largest, key to paint over all its sliders."""
    for name, (chapter, number, choices, other) in LARGEST.items():
        page = browser.new_page()
        page.add_init_script(NO_VEILS)
        page.goto(f"{address}chapters/{chapter}.html")
        page.wait_for_function(DRAWN)
        explorer = page.locator(".convlib-explorer").nth(number)
        explorer.scroll_into_view_if_needed()
        more = explorer.locator("button.more[aria-expanded=false]")
        if more.count():
            more.click()
        for choice in choices:
            menu = explorer.locator("select").filter(has=page.locator("option", has_text=choice))
            if menu.count():
                menu.first.select_option(choice)
            else:
                explorer.get_by_role("button", name=choice, exact=True).click()
        page.wait_for_timeout(10 * BETWEEN)
        sliders = explorer.locator(".convlib-controls [role=slider]:visible")
        labels = [slider.get_attribute("aria-label") for slider in sliders.all()]
        for label in labels:
            slider = explorer.locator(f".convlib-controls [aria-label='{label}'][role=slider]")
            slider.press(other.get(label, "End"))
        page.wait_for_timeout(10 * BETWEEN)
        page.evaluate(WATCH)
        times = {}
        for label in labels:
            explorer.locator(f".convlib-controls [aria-label='{label}'][role=slider]").focus()
            back, forth = "ArrowLeft", "ArrowRight"
            keys = (forth, back) if other.get(label) == "Home" else (back, forth)
            for key in keys * (KEYS // 2):
                page.keyboard.press(key)
                page.wait_for_timeout(BETWEEN)
            page.wait_for_timeout(10 * BETWEEN)
            told = page.evaluate("times.splice(0)")
            times[label] = [LEAST] * (KEYS - len(told)) + told
        everything = sorted(time for each in times.values() for time in each)
        if not everything:
            print(f"  {name:18} no slider")
            continue
        worst = max(times, key=lambda label: statistics.mean(times[label]))
        high = everything[math.ceil(0.95 * len(everything)) - 1]
        print(
            f"  {name:18} median {statistics.median(everything):2.0f} ms, p95 {high:2.0f} ms, "
            f"longest {everything[-1]:3.0f} ms of {len(everything)} keys; slowest: {worst}, "
            f"mean {statistics.mean(times[worst]):.0f} ms"
        )
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
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
