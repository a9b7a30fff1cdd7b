"""Execute the chapters whose outputs are not kept all at once, one for each processor.

myst-nb executes a chapter when Sphinx comes to it, one after the other, on one processor. Here
jupyter-cache has executed them before, and myst-nb finds their outputs. A chapter that fails is
left to myst-nb, which executes it again and reports what went wrong.
"""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from convlib.wasm.module import MODULES, module_bytes

READER = {"type": "plugin", "name": "myst_nb_md"}
# Otherwise every process tells when it begins and ends.
LOG = logging.getLogger(__name__)
LOG.setLevel(logging.WARNING)


def execute(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Execute those of the documents that are notebooks, and whose outputs are not kept."""
    if (os.cpu_count() or 1) == 1:
        return
    paths = [Path(env.doc2path(name)) for name in names]
    notebooks = [path for path in paths if is_myst_markdown_notebook(path.read_text("utf-8"))]
    cache = get_cache(app.config.nb_execution_cache_path)
    for path in notebooks:
        cache.add_nb_to_project(str(path), read_data=READER)
    wanted = [record.uri for record in cache.list_unexecuted([str(path) for path in notebooks])]
    if len(wanted) < 2:
        return
    # Two chapters that begin together would both compile these.
    with ThreadPoolExecutor() as pool:
        list(pool.map(module_bytes, MODULES))
    executor = load_executor("local-parallel", cache, LOG)
    executor.run_and_cache(filter_uris=wanted, timeout=app.config.nb_execution_timeout)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("env-before-read-docs", execute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
