"""How a test drives an explorer: as a reader does, with the keyboard and the pointer."""


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
