"""Chromium, Firefox and WebKit behind the same few calls, for what the three are to do alike.

Playwright drives Chromium. Its Firefox and WebKit are builds of its own; here the ones of the
system are driven, by the protocols that they speak themselves: WebDriver BiDi, and WebDriver.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import websocket

# In seconds: for a browser to start, and for a command to be answered, on a busy machine.
PATIENCE = 60
SIZE = (1280, 900)
# What WebKit needs to know in a container, as root: there is neither a sandbox nor a graphics card.
WITHOUT_CARD = {
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
}
# What prints from it.
LIBRARY = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2"
# Private characters stand for keys in both protocols.
CODES = {
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "End": "\ue010",
    "Home": "\ue011",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Space": " ",
}


class MissingError(Exception):
    """A browser, or what it needs, is not installed."""


def _found(*names):
    """Return the path of the first program that there is."""
    paths = [shutil.which(name) for name in names]
    if not any(paths):
        raise MissingError(f"not on the PATH: {' or '.join(names)}")
    return next(filter(None, paths))


def _keystrokes(keys):
    """Return what both protocols call a sequence of actions: each key down and up."""
    pressed = [{"type": kind, "value": CODES[key]} for key in keys for kind in ("keyDown", "keyUp")]
    return [{"type": "key", "id": "keyboard", "actions": pressed}]


def _drag(start, end, finger):
    """Return the actions of a drag by the mouse or by a finger.

    It is one move: where a drawing is scaled anew under the pointer, how far several of them lead
    depends on what is drawn in between.
    """
    (x, y), (to_x, to_y) = [map(round, point) for point in (start, end)]
    actions = [
        {"type": "pointerMove", "x": x, "y": y},
        {"type": "pointerDown", "button": 0},
        {"type": "pointerMove", "x": to_x, "y": to_y, "duration": 0},
        {"type": "pointerUp", "button": 0},
    ]
    kind = "touch" if finger else "mouse"
    return [
        {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}
    ]


class Chromium:
    """A page of the browser of all the other tests."""

    def __init__(self, page):
        self.page = page

    def open(self, address):
        self.page.goto(address)

    def run(self, function, *given):
        """Return what a function of JavaScript, which may be async, gives in the page."""
        return self.page.evaluate(f"(given) => ({function})(...given)", list(given))

    def keys(self, *keys):
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, start, end, finger=False):
        """Press at one point of the window, move to another, and let go."""
        (x, y), (to_x, to_y) = [map(round, point) for point in (start, end)]
        if finger:
            touch = self.page.context.new_cdp_session(self.page)
            where = {"touchStart": [{"x": x, "y": y}], "touchMove": [{"x": to_x, "y": to_y}]}
            for kind in ("touchStart", "touchMove", "touchEnd"):
                points = where.get(kind, [])
                touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            return
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(to_x, to_y)
        mouse.up()

    def resize(self, width, height):
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self):
        """Return what the window shows, as a PNG."""
        return self.page.screenshot()

    def close(self):
        self.page.context.close()


class Firefox:
    """A page in Firefox, driven by WebDriver BiDi."""

    def __init__(self, folder, theme="light"):
        program = _found("firefox-esr", "firefox")
        settings = {
            # 0 is dark, 1 is light.
            "layout.css.prefers-color-scheme.content-override": int(theme == "light"),
            "ui.prefersReducedMotion": 1,
            # A frame follows as soon as the one before is drawn, not 16 ms later.
            "layout.frame_rate": 0,
            "dom.w3c_touch_events.enabled": 1,
            # As in the others, or a page is narrower by its scroll bar.
            "ui.useOverlayScrollbars": 1,
            "browser.shell.checkDefaultBrowser": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in settings.items()]
        (Path(folder) / "user.js").write_text("\n".join(lines), "utf-8")
        log = Path(folder) / "log"
        with log.open("wb") as heard:
            self._process = subprocess.Popen(
                [program, "--headless", "--remote-debugging-port", "0", "--profile", str(folder)],
                stdout=heard,
                stderr=heard,
                start_new_session=True,
            )
        self._count = 0
        try:
            told = re.compile(r"BiDi listening on (ws://\S+)")
            address = _until(lambda: told.search(log.read_text("utf-8", "replace")))[1]
            # Firefox refuses what comes from a page.
            self._socket = websocket.create_connection(
                f"{address}/session", timeout=PATIENCE, suppress_origin=True
            )
            self._call("session.new", capabilities={})
            # The tab that Firefox begins with never gets the focus.
            self._page = self._call("browsingContext.create", type="tab")["context"]
            self._call("browsingContext.activate", context=self._page)
            self.resize(*SIZE)
        except BaseException:
            self.close()
            raise

    def _call(self, method, **parameters):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._count:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, address):
        self._call("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def run(self, function, *given):
        answer = self._call(
            "script.callFunction",
            target={"context": self._page},
            awaitPromise=True,
            functionDeclaration="async (given) => "
            f"JSON.stringify(await ({function})(...JSON.parse(given))) ?? 'null'",
            arguments=[{"type": "string", "value": json.dumps(given)}],
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def keys(self, *keys):
        self._call("input.performActions", context=self._page, actions=_keystrokes(keys))

    def drag(self, start, end, finger=False):
        self._call("input.performActions", context=self._page, actions=_drag(start, end, finger))

    def resize(self, width, height):
        size = {"width": width, "height": height}
        self._call("browsingContext.setViewport", context=self._page, viewport=size)

    def picture(self):
        seen = self._call("browsingContext.captureScreenshot", context=self._page)
        return base64.b64decode(seen["data"])

    def printed(self, width, height):
        """Return the page on paper of that size in cm, as a PDF."""
        paper = {"width": width, "height": height}
        made = self._call("browsingContext.print", context=self._page, page=paper)
        return base64.b64decode(made["data"])

    def close(self):
        _end(self._process)


class WebKit:
    """A page in WebKitGTK's own small browser, driven by WebDriver, on a screen in memory."""

    def __init__(self, folder, theme="light"):
        program, screen, page = _found("WebKitWebDriver"), _found("Xvfb"), _mini_browser()
        settings = Path(folder) / "gtk-3.0" / "settings.ini"
        settings.parent.mkdir()
        dark = int(theme == "dark")
        settings.write_text(
            f"[Settings]\ngtk-enable-animations=0\ngtk-application-prefer-dark-theme={dark}\n",
            "utf-8",
        )
        self._processes = []
        try:
            out, into = os.pipe()
            self._start(
                [screen, "-displayfd", str(into), "-screen", "0", "1400x3200x24"], pass_fds=[into]
            )
            os.close(into)
            with os.fdopen(out) as told:
                display = told.readline().strip()
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            needs = {**WITHOUT_CARD, "DISPLAY": f":{display}", "XDG_CONFIG_HOME": str(folder)}
            self._start([program, f"--port={port}"], env={**os.environ, **needs})
            self._address = f"http://127.0.0.1:{port}"
            _until(lambda: self._answers(port))
            options = {"binary": page, "args": ["--automation"]}
            session = self._ask(
                "POST",
                "/session",
                {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}},
            )
            self._address += f"/session/{session['sessionId']}"
            self._ask("POST", "/timeouts", {"script": 1000 * PATIENCE, "pageLoad": 1000 * PATIENCE})
            self.resize(*SIZE)
        except BaseException:
            self.close()
            raise

    def _start(self, command, **options):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._processes.append(
            subprocess.Popen(command, start_new_session=True, **quiet, **options)
        )

    def _answers(self, port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    def _ask(self, method, path, given=None):
        data = None if given is None else json.dumps(given).encode()
        request = urllib.request.Request(self._address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as fault:
            raise RuntimeError(f"{path}: {json.load(fault)['value']['message']}") from fault

    def open(self, address):
        self._ask("POST", "/url", {"url": address})

    def run(self, function, *given):
        script = f"""const [given, done] = arguments;
            (async () => ({function})(...given))().then(
                (value) => done({{ value: value ?? null }}),
                (fault) => done({{ fault: `${{fault}} ${{fault.stack}}` }}));"""
        answer = self._ask("POST", "/execute/async", {"script": script, "args": [list(given)]})
        if "fault" in answer:
            raise RuntimeError(answer["fault"])
        return answer["value"]

    def keys(self, *keys):
        self._ask("POST", "/actions", {"actions": _keystrokes(keys)})

    def drag(self, start, end, finger=False):
        self._ask("POST", "/actions", {"actions": _drag(start, end, finger)})

    def resize(self, width, height):
        """Give the page that size; the window around it is larger.

        A window takes a new size some time after it was asked to, and the page after its window:
        what is measured too early is asked for wrongly, and once more.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            frame = self._ask("GET", "/window/rect")
            inner = self._inner()
            extra = [frame["width"] - inner[0], frame["height"] - inner[1]]
            size = {"width": width + extra[0], "height": height + extra[1]}
            self._ask("POST", "/window/rect", {"x": 0, "y": 0, **size})
            if self._keeps([width, height]):
                return
        raise TimeoutError(f"the page does not become {width} x {height} pixels large")

    def _inner(self):
        return self.run("() => [innerWidth, innerHeight]")

    def _keeps(self, size):
        """Return whether the page soon has that size, and still has it after a while."""
        end = time.monotonic() + 1
        while self._inner() != size:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        time.sleep(0.1)
        return self._inner() == size

    def picture(self):
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def close(self):
        with contextlib.suppress(OSError, RuntimeError):
            self._ask("DELETE", "")
        for process in reversed(self._processes):
            _end(process)


def printed_by_webkit(address, path, width, ready):
    """Print a page from a window of that width to a PDF, as soon as a function of it says so.

    The driver of `WebKit` cannot, but the library beneath it can.
    """
    python, screen = "/usr/bin/python3", _found("xvfb-run")
    asked = subprocess.run([python, "-c", LIBRARY], capture_output=True, check=False)
    if asked.returncode:
        raise MissingError(f"{python} has no PyGObject with WebKit2: {asked.stderr.decode()}")
    program = Path(__file__).with_name("webkit_print.py")
    given = [address, str(path), str(width), ready]
    done = subprocess.run(
        [screen, "-a", python, str(program), *given],
        env={**os.environ, **WITHOUT_CARD},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    if done.returncode or not Path(path).exists():
        raise RuntimeError(f"{address} was not printed: {done.stdout}{done.stderr}")


def _mini_browser():
    """Return the path of the browser that comes with WebKitGTK's driver."""
    places = ("lib/*/webkit2gtk-4.*", "lib*/webkit2gtk-4.*")  # Debian's, and others'
    found = sorted(path for place in places for path in Path("/usr").glob(f"{place}/MiniBrowser"))
    if not found:
        raise MissingError("WebKitGTK's MiniBrowser is not in /usr/lib or /usr/libexec")
    return str(found[-1])


def _until(ask):
    """Return the first answer that is true."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        if time.monotonic() > end:
            raise TimeoutError(f"a browser did not start within {PATIENCE} s")
        time.sleep(0.05)
    return answer


def _end(process):
    """End a process with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# The browsers beside Chromium, by name.
OTHERS = {"firefox": Firefox, "webkit": WebKit}
