"""Measure the built book in headless Chromium: the kernels' speed, the pages' weight and latency.

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

# From a key on a slider to the frame that shows the new figure, in milliseconds.
LATENCY = """async () => {
    const handle = document.querySelector(".convlib-explorer [role=slider]");
    const figure = document.querySelector(".convlib-figure");
    const times = [];
    for (let round = 0; round < 20; round += 1) {
        const key = round % 2 ? "ArrowLeft" : "ArrowRight";
        const start = performance.now();
        const changed = new Promise((done) => {
            const observer = new MutationObserver(() => {
                observer.disconnect();
                requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
            });
            observer.observe(figure, { childList: true, subtree: true });
        });
        handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        times.push(await changed);
    }
    return times;
}"""

DRAWN = "() => document.querySelector('.convlib-figure')?.childElementCount > 0"


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


def note_size(sizes, response):
    """Keep the gzipped size of a response by its address."""
    sizes[response.url] = len(gzip.compress(response.body()))


def weight_and_latency(browser, address):
    """Print, for each chapter, its gzipped weight, the time to a live figure, and key to paint."""
    for chapter in sorted((HTML / "chapters").glob("*.html")):
        cold, sizes = [], {}
        for _ in range(5):
            context = browser.new_context()
            page = context.new_page()
            page.on("response", functools.partial(note_size, sizes))
            page.goto(f"{address}chapters/{chapter.name}", wait_until="commit")
            if "convlib" not in chapter.read_text("utf-8"):
                context.close()
                break
            page.wait_for_function(DRAWN)
            cold.append(page.evaluate("performance.now()"))
            page.wait_for_load_state("networkidle")
            keys = page.evaluate(LATENCY) if len(cold) == 5 else []
            context.close()
        total = sum(size for url, size in sizes.items() if url.startswith("http")) / 1024
        line = f"  {chapter.name:18} {total:6.0f} KB gzipped"
        if cold:
            line += f"; live after {statistics.median(cold):5.0f} ms (cold, median of 5)"
            line += f"; key to paint {statistics.median(keys):4.0f} ms (median of 20)"
        print(line)


def main():
    """Measure everything and print it."""
    handler = functools.partial(_Silent, directory=str(HTML))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        speed(browser.new_page())
        weight_and_latency(browser, f"http://127.0.0.1:{server.server_port}/")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
