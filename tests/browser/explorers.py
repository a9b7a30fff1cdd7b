"""How a test visits a page and drives an explorer: as a reader does, by keyboard and pointer."""


class Visit:
    """One page in a browser of its own, with every fault and request it was seen to make."""

    def __init__(self, page):
        self.page, self.faults, self.requests = page, [], []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def open(self, address):
        """Go to `address`; return when every explorer on the page has been drawn."""
        self.page.goto(address)
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jupyter-widget-view, .page-widget')]"
            ".every((view) => view.querySelector('.convlib-figure')?.childElementCount > 0)"
        )
        self.settle()
        return self

    def settle(self):
        """Wait until what was asked for has been drawn."""
        self.page.evaluate(
            """() => new Promise((done) => {
                const frames = (left) => {
                    if (left) requestAnimationFrame(() => frames(left - 1));
                    else done();
                };
                frames(3);
            })"""
        )


class Driver:
    """One explorer on a page, found by its number from the top."""

    def __init__(self, visit, number=0):
        self.visit = visit
        self.root = visit.page.locator(".convlib-explorer").nth(number)
        self.root.scroll_into_view_if_needed()

    def handle(self, label):
        """Return the slider's handle of that name."""
        return self.root.get_by_role("slider", name=label, exact=True)

    def press(self, label, *keys):
        """Press keys on a slider's handle."""
        for key in keys:
            self.handle(label).press(key)
        self.visit.settle()

    def type_value(self, label, value):
        """Type a value into the number beside a slider."""
        box = self.root.locator(".widget-inline-hbox").filter(
            has=self.visit.page.locator(f".widget-label:text-is('{label}')")
        )
        readout = box.locator(".widget-readout")
        readout.fill(str(value))
        readout.press("Enter")

    def value(self, label):
        """Return a slider's value."""
        return int(float(self.handle(label).get_attribute("aria-valuenow")))

    def choose(self, label):
        """Press one of a row of buttons."""
        self.root.get_by_role("button", name=label, exact=True).click()
        self.visit.settle()

    def texts(self, selector):
        """Return the texts of all that matches inside the explorer."""
        return self.root.locator(selector).all_text_contents()

    def text(self, selector):
        """Return the text of the one thing that matches."""
        return self.root.locator(selector).text_content()
