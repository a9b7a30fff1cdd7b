"""Show what a cell prints as it was printed, in however many pieces the kernel sent it.

On a busy machine a kernel sends what is printed whenever it comes to it, in the midst of a line
too. myst-nb ends each piece with a line break when it joins them, so here they are joined before.
"""

from typing import Any

from myst_nb.core import render
from nbformat import NotebookNode
from sphinx.application import Sphinx

_coalesce = render.coalesce_streams


def whole(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs with the pieces of each stream joined, where its first one stands."""
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = NotebookNode(output)
            joined.append(streams[output["name"]])
    return joined


def setup(app: Sphinx) -> dict[str, Any]:
    """Join pieces before myst-nb does."""
    render.coalesce_streams = lambda outputs: _coalesce(whole(outputs))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
