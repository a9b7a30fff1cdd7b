"""How a test visits a page and drives an explorer: as a reader does, by keyboard and pointer."""

# Notes with what each explorer on a page is rendered: anywidget gets one in its place that passes
# the calls on, in the book from a script of the site, elsewhere from a Blob.
REMEMBER = """(() => {
    const create = URL.createObjectURL;
    globalThis.remembered = [];
    globalThis.noting = (made) => typeof made?.render !== "function" ? made : {
        ...made,
        async render(given) {
            given.el.dataset.explorer = given.model.get("_anywidget_id").split(".").at(-1);
            const figure = { made, given };
            remembered.push(figure);
            figure.cleanUp = await made.render(given);
            return () => figure.cleanUp();
        },
    };
    let modules;
    const set = (all, name, made) => Reflect.set(all, name, noting(made));
    Object.defineProperty(globalThis, "convlibModules", {
        get: () => modules,
        set: (given) => { modules = new Proxy(given, { set }); },
    });
    URL.createObjectURL = (blob) => {
        const address = create(blob);
        if (blob.type !== "text/javascript") return address;
        const code = `import made from "${address}"; export default noting(made);`;
        return create(new Blob([code], { type: blob.type }));
    };
})()"""

# Notes what moves by itself while a page loads.
WATCH_SHIFTS = """(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries()) {
            const moved = sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.data);
            shifts.push([value, ...moved]);
        }
    }).observe({ type: "layout-shift", buffered: true });
})()"""

# Whether all that is alive on the page has been drawn: no script waits to be replaced by its view.
DRAWN = """() => document.readyState === "complete" &&
    [...document.querySelectorAll(".jupyter-widget-view, .page-widget")].every((view) =>
        view.querySelector(".convlib-figure, .convlib-practice")?.childElementCount) &&
    !document.querySelector(".kept-place, script[type$='jupyter.widget-view+json']")"""

# Waits until nothing has changed its place for a while: controls are drawn after their figure, and
# a click meanwhile would meet another one.
REST = """() => new Promise((done) => {
    const chosen = ".convlib-explorer :is(button, [role=slider])";
    const placed = () => [...document.querySelectorAll(chosen)]
        .map((node) => node.getBoundingClientRect().top).join();
    let [last, still] = ["", 0];
    const look = () => {
        const now = placed();
        still = now === last ? still + 1 : 0;
        last = now;
        if (still < 4) requestAnimationFrame(look);
        else done();
    };
    look();
})"""

# Notes the state of all models, and how to get back to it: every model is set, and figures are
# rendered again, so that none of their internal state is left. That of a figure in which nothing
# has happened, and changed nothing, is as it was.
NOTE = """async () => {
    if (!remembered.length) return;
    const manager = remembered[0].given.model.widget_manager;
    const models = await Promise.all(Object.values(manager._models));
    const start = models.map((model) => [model, { ...model.attributes }]);
    const placeOf = ({ given }) => given.el.closest(".convlib-explorer") ?? given.el;
    const used = new Set();
    const everything =
        { subtree: true, childList: true, characterData: true, attributes: true };
    const watches = new Map(remembered.map((figure) => {
        const watch = new MutationObserver(() => {
            used.add(figure);
            watch.disconnect();
        });
        watch.observe(placeOf(figure), everything);
        for (const name of ["pointermove", "pointerdown", "keydown", "focusin", "scroll"]) {
            placeOf(figure).addEventListener(name, () => used.add(figure), { capture: true });
        }
        return [figure, watch];
    }));
    globalThis.goBack = async () => {
        for (const [figure, watch] of watches) if (watch.takeRecords().length) used.add(figure);
        const again = [...used];
        for (const { cleanUp, given } of again) {
            cleanUp();
            given.el.replaceChildren();
        }
        // Twice: one that is set may, by a link, set another that was back already.
        for (const _ of [1, 2]) for (const [model, values] of start) model.set(values);
        for (const figure of again) figure.cleanUp = await figure.made.render(figure.given);
    };
    globalThis.isBack = () => {
        used.clear();
        for (const [figure, watch] of watches) {
            watch.takeRecords();
            watch.observe(placeOf(figure), everything);
        }
    };
}"""
BACK = """async () => {
    document.activeElement?.blur();
    if (globalThis.remembered?.length && !globalThis.goBack) throw Error("loaded anew");
    await globalThis.goBack?.();
    scrollTo(0, 0);
}"""

# Presses buttons, and types into fields and the numbers beside sliders, without a wait in between.
PUT = """(root, values) => {
    for (const [label, value] of Object.entries(values)) {
        const box = [...root.querySelectorAll(".widget-inline-hbox, .widget-toggle-buttons")]
            .find((each) => each.querySelector(".widget-label")?.textContent === label);
        const button = [...box.querySelectorAll(".widget-toggle-button")].find((each) =>
            each.textContent === `${value}`);
        if (button) {
            button.click();
            continue;
        }
        const field = box.querySelector("input[type=number]");
        if (field) {
            field.value = value;
            field.dispatchEvent(new Event("change", { bubbles: true }));
            continue;
        }
        const readout = box.querySelector(".widget-readout");
        readout.textContent = value;
        readout.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
    }
}"""


def middle(node):
    """Return where in the window the middle of what a locator finds is."""
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Visit:
    """One page in a browser of its own, with every fault and request it was seen to make."""

    def __init__(self, page):
        self.page, self.faults, self.requests, self.shifts = page, [], [], []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("requestfailed", self._request_failed)
        page.on("request", lambda request: self.requests.append(request.url))

    def _request_failed(self, request):
        # A page that is left while its icon loads aborts that request: not a fault.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url}")

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def open(self, address):
        """Go to `address`; return when every explorer on the page has been drawn."""
        self.page.goto(address)
        self.page.wait_for_function(DRAWN)
        self.page.evaluate(REST)
        self.shifts = self.page.evaluate("globalThis.shifts ?? []")
        if self.page.evaluate("Boolean(globalThis.remembered)"):
            self.page.evaluate(NOTE)
        return self

    def reset(self):
        """Undo all that a test did; return when the page is as it was when opened."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(BACK)
        self.settle()
        self.page.evaluate("globalThis.isBack?.()")
        return self

    def settle(self):
        """Wait until what was asked for has been drawn."""
        self.page.evaluate(
            """() => new Promise((done) => {
                const frames = (left) => {
                    if (left) requestAnimationFrame(() => frames(left - 1));
                    else done();
                };
                frames(2);
            })"""
        )


class Driver:
    """One explorer on a page, found by its number from the top, among all or those of a kind."""

    def __init__(self, visit, number=0, kind=None):
        self.visit = visit
        of_kind = f":has([data-explorer={kind.__name__}])" if kind else ""
        self.root = visit.page.locator(f".convlib-explorer{of_kind}").nth(number)
        self.root.scroll_into_view_if_needed()

    def ask(self, script, given=None):
        """Return what a function of the explorer's element, and of what it is given, gives.

        A locator's own `evaluate` takes four times as long: it finds, keeps and lets go its node.
        """
        return self.root.evaluate_all(f"([root], given) => ({script})(root, given)", given)

    def unfold(self):
        """Show the controls that are folded away, if any are."""
        more = self.root.locator("button.more[aria-expanded=false]")
        if more.count():
            more.click()
            self.visit.settle()
        return self

    def handle(self, label):
        """Return the slider's handle of that name, or a grip in the picture."""
        handle = self.root.get_by_role("slider", name=label, exact=True)
        # What is folded away has no role.
        if not handle.count():
            self.unfold()
        return handle

    def buttons(self, label):
        """Return the buttons, in a row of that name, that stand for values."""
        row = self.root.locator(".widget-toggle-buttons").filter(
            has=self.visit.page.locator(f".widget-label:text-is('{label}')")
        )
        if row.count() and not row.is_visible():
            self.unfold()
        return row.locator(".widget-toggle-button:visible")

    def labels(self):
        """Return the names of all controls of numbers: sliders, and rows of numbered buttons."""
        return self.ask(
            """(root) => {
                const rows = ".convlib-controls :is(.widget-slider, .widget-toggle-buttons, " +
                    ".widget-text:has(input[type=number][step='1']))";
                const isNumber = ({ textContent }) => /^\\d*$/.test(textContent);
                return [...root.querySelectorAll(rows)]
                    .filter((row) => getComputedStyle(row).visibility === "visible")
                    .filter((row) => [...row.querySelectorAll("button")].every(isNumber))
                    .map((row) => row.querySelector(".widget-label").textContent);
            }"""
        )

    def field(self, label):
        """Return the field of that name, in which a number is typed, if it is not folded away."""
        return self.root.get_by_role("spinbutton", name=label, exact=True)

    def ends(self, label):
        """Return the least and the greatest value of a control."""
        if self.field(label).count():
            return tuple(int(self.field(label).get_attribute(end)) for end in ("min", "max"))
        buttons = self.buttons(label)
        if buttons.count():
            return int(buttons.first.text_content()), int(buttons.last.text_content())
        handle = self.handle(label)
        return tuple(int(float(handle.get_attribute(f"aria-value{end}"))) for end in ("min", "max"))

    def press(self, label, *keys):
        """Press keys on a slider's handle; in a row of buttons press those they would lead to."""
        for key in keys:
            if self.field(label).count() and key in ("Home", "End"):
                self.type_value(label, self.ends(label)[key == "End"])
                continue
            buttons = self.buttons(label)
            if not buttons.count():
                self.handle(label).press(key)
                continue
            texts = buttons.all_text_contents()
            at = texts.index(str(self.value(label)))
            last = len(texts) - 1
            steps = {"ArrowLeft": at - 1, "ArrowRight": at + 1, "Home": 0, "End": last}
            buttons.nth(min(max(steps[key], 0), last)).press("Enter")
        self.visit.settle()

    def put(self, values):
        """Set controls to values, given by their labels."""
        self.ask(PUT, values)
        self.visit.settle()

    def type_value(self, label, value):
        """Type a value into the number beside a slider, key by key; or press its button."""
        if self.field(label).count():
            self.field(label).fill(str(value))
            self.field(label).press("Enter")
            return
        if self.buttons(label).count():
            self.put({label: value})
            return
        box = self.root.locator(".widget-inline-hbox").filter(
            has=self.visit.page.locator(f".widget-label:text-is('{label}')")
        )
        readout = box.locator(".widget-readout")
        readout.fill(str(value))
        readout.press("Enter")

    def value(self, label):
        """Return a control's value."""
        row = self.root.locator(".widget-toggle-buttons").filter(
            has=self.visit.page.locator(f".widget-label:text-is('{label}')")
        )
        if row.count():
            return int(row.locator(".mod-active").text_content())
        if self.field(label).count():
            return int(self.field(label).input_value())
        return int(float(self.handle(label).get_attribute("aria-valuenow")))

    def choose(self, label):
        """Press one of a row of buttons."""
        button = self.root.get_by_role("button", name=label, exact=True)
        if not button.count():
            self.unfold()
        button.click()
        self.visit.settle()

    def swipe(self, node, across, down):
        """Drag the middle of a node by a finger, so many pixels to the right and down."""
        page = self.visit.page
        touch = page.context.new_cdp_session(page)
        # Not under the picture, which stays at the top.
        node.evaluate("(node) => node.scrollIntoView({ block: 'end' })")
        box = node.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for k in range(11):
            point = {"x": x + k * across / 10, "y": y + k * down / 10}
            kind = "touchMove" if k else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.visit.settle()

    def texts(self, selector):
        """Return the texts of all that matches inside the explorer."""
        return self.root.locator(selector).all_text_contents()

    def text(self, selector):
        """Return the text of the one thing that matches."""
        return self.root.locator(selector).text_content()
