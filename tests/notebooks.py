"""Chapters as notebooks, for tests.

What reads them takes seconds to be imported, in each worker: only those that read one do.
"""


def read(path):
    """Return a chapter as a notebook."""
    import jupytext

    return jupytext.read(path)


def loads(data):
    """Return the notebook that this text is, and see that it is a valid one."""
    import nbformat

    notebook = nbformat.reads(data, as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(notebook):
    """Execute all cells, with a kernel of Jupyter's."""
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()


def code_of(notebook):
    """Return its cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
