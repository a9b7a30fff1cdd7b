"""Measure the built book's pages as a first visitor meets them.

Run after `jupyter-book build .`: `.venv/bin/python benchmarks/pages.py --save`. Every visit is
cold: a browser context of its own, so nothing is cached. Weight is what was transferred until the
page had come to rest and before anything was scrolled, each answer gzipped. A figure is live when
the frame is painted in which it has taken its place. The table has the medians of the visits, at
full speed and with the processor slowed four times.
"""

import argparse
import csv
import functools
import gzip
import http.server
import platform
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
TABLE = ROOT / "benchmarks" / "pages.csv"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
COLUMNS = ("page", "kilobytes", "requests", "live_ms", "live_slowed_ms", "shift", "interactive_ms")
SLOWED = 4

# Notes when the first figure is seen in its place, and what moved meanwhile.
WATCH = """(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) globalThis.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
    // What is posted while a frame is made arrives when it has been painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
        globalThis.liveAfter = performance.now();
    };
    const changes = new MutationObserver(() => {
        const live = document.querySelector(".page-widget");
        const drawn = live?.querySelector(".convlib-figure, .convlib-practice")?.childElementCount;
        if (!drawn || live.parentElement.querySelector(":scope > .kept-place")) return;
        changes.disconnect();
        port2.postMessage(null);
    });
    changes.observe(document, { childList: true, subtree: true });
})()"""


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder):
    """Serve a folder in a thread; return the server and its address."""
    handler = functools.partial(_Silent, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def visit(browser, address, slowed=1):
    """Return what one cold visit took: sizes in bytes by file, and times in ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    answers = []
    page.on("response", functools.partial(list.append, answers))
    page.add_init_script(WATCH)
    if slowed > 1:
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address, wait_until="load")
    if page.locator(".explorer-place").count():
        page.wait_for_function("globalThis.liveAfter !== undefined")
    page.wait_for_load_state("networkidle")
    live = page.evaluate("globalThis.liveAfter ?? null")
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    shift = page.evaluate("globalThis.shift")
    sizes = {}
    if slowed == 1:
        sizes = {a.url: len(gzip.compress(a.body())) for a in answers if a.url.startswith("http")}
    context.close()
    return {"sizes": sizes, "live": live, "interactive": timing, "shift": shift}


def measure(browser, address, name, rounds):
    """Return a page's row of the table, and all times."""
    full = [visit(browser, address) for _ in range(rounds)]
    lives = [each["live"] for each in full if each["live"] is not None]
    slow = [visit(browser, address, SLOWED)["live"] for _ in range(rounds)] if lives else []
    row = {
        "page": name,
        "kilobytes": round(sum(full[0]["sizes"].values()) / 1024),
        "requests": len(full[0]["sizes"]),
        "live_ms": round(statistics.median(lives)) if lives else "",
        "live_slowed_ms": round(statistics.median(slow)) if slow else "",
        "shift": round(max(each["shift"] for each in full), 4),
        "interactive_ms": round(statistics.median(each["interactive"] for each in full)),
    }
    return row, lives, slow, full[0]["sizes"]


def main():
    """Measure the pages and print the table; save it if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="chapters, all if none is named")
    parser.add_argument("--save", action="store_true", help=f"write {TABLE.name}")
    parser.add_argument("--rounds", type=int, default=5, help="cold visits of each page")
    parser.add_argument("--files", action="store_true", help="print what each file weighs")
    asked = parser.parse_args()
    names = asked.pages or sorted(path.stem for path in (HTML / "chapters").glob("*.html"))
    server, root = serve(HTML)
    rows = []
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        print(f"{platform.processor() or platform.machine()}, {browser.version}")
        for name in names:
            address = f"{root}chapters/{name}.html"
            row, lives, slow, sizes = measure(browser, address, name, asked.rounds)
            rows.append(row)
            print(", ".join(f"{key} {value}" for key, value in row.items()))
            print("    live", *map(round, lives), "| slowed", *map(round, slow))
            if asked.files:
                for url, size in sorted(sizes.items(), key=lambda item: -item[1]):
                    print(f"    {size:8} {url.removeprefix(root)}")
        browser.close()
    server.shutdown()
    if asked.save:
        with TABLE.open("w", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(rows)


if __name__ == "__main__":
    main()
