"""A web server of a folder, and the rules for pages that a course's server may set."""

import contextlib
import functools
import http.server
import re
import threading
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
# The Content-Security-Policy that the book asks for.
NAMED = re.search(r"Content-Security-Policy: (.+)", README.read_text("utf-8"))[1]


@contextlib.contextmanager
def serving(folder, policy=""):
    """Serve a folder, under a policy if one is given; give the server's address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self):
            if policy:
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *args):
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
