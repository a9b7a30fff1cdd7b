"""Print a page from WebKitGTK as a PDF: its driver cannot, but the library beneath it can.

The system's own Python runs this, with its PyGObject and no package of the tests:
`python3 webkit_print.py ADDRESS FILE.pdf WIDTH READY`, where the window's width is in pixels, and
READY is a function of JavaScript that says whether the page can be printed.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

# In seconds: for a page to be loaded and printed, on a busy machine.
PATIENCE = 60
# In milliseconds, until the page is asked again.
AGAIN = 100


def main(address, path, width, ready):
    """Print the page as it stands in a window of that width; return what went wrong, or None."""
    window = Gtk.OffscreenWindow()
    view = WebKit2.WebView()
    view.set_size_request(int(width), 900)
    window.add(view)
    window.show_all()
    faults = []

    def end(fault=None):
        if fault:
            faults.append(fault)
        Gtk.main_quit()

    def ask():
        view.evaluate_javascript(f"String(({ready})())", -1, None, None, None, answered)
        return False

    def answered(_, result):
        if view.evaluate_javascript_finish(result).to_string() == "true":
            _print(view, path, end)
        else:
            GLib.timeout_add(AGAIN, ask)

    def loaded(_, event):
        if event == WebKit2.LoadEvent.FINISHED:
            ask()

    view.connect("load-changed", loaded)
    GLib.timeout_add_seconds(PATIENCE, lambda: end(f"not printed within {PATIENCE} s"))
    view.load_uri(address)
    Gtk.main()
    return "".join(faults) or None


def _print(view, path, end):
    operation = WebKit2.PrintOperation.new(view)
    settings = Gtk.PrintSettings()
    settings.set_printer("Print to File")
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_URI, GLib.filename_to_uri(path))
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf")
    operation.set_print_settings(settings)
    paper = Gtk.PageSetup()
    paper.set_paper_size(Gtk.PaperSize.new("iso_a4"))
    operation.set_page_setup(paper)
    operation.connect("finished", lambda *_: end())
    operation.connect("failed", lambda _, fault: end(fault.message))
    operation.print_()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
