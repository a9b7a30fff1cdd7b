"""What a cell prints is shown as it was printed, wherever the kernel cut it into pieces."""

import html
import re
import sys
from itertools import pairwise
from pathlib import Path

import notebooks
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "_ext"))

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.md"))
NOTEBOOKS = [path.stem for path in CHAPTERS if "\nkernelspec:" in path.read_text("utf-8")]
PRINTED = "in millions  MACs\nvanilla     4867.3\n\nseparable    568.7\n"


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


@given(cuts=st.lists(st.integers(0, len(PRINTED)), max_size=5), warns=st.booleans())
def test_pieces_are_joined_as_they_were_printed(cuts, warns):
    from myst_nb.core.utils import coalesce_streams
    from whole_streams import whole

    ends = [0, *sorted(cuts), len(PRINTED)]
    pieces = [stream(PRINTED[a:b]) for a, b in pairwise(ends)]
    figure = {"output_type": "display_data", "data": {}}
    warning = [stream("careful\n", "stderr")] if warns else []
    outputs = [*pieces[:1], figure, *warning, *pieces[1:]]
    shown = coalesce_streams(whole(outputs))
    assert [each["text"] for each in shown if each.get("name") == "stdout"] == [PRINTED]
    assert shown.count(figure) == 1
    # What a cell printed stays as it is, for another reader of the notebook.
    assert pieces == [stream(PRINTED[a:b]) for a, b in pairwise(ends)]


def test_pages_show_what_the_chapters_printed(book):
    found = 0
    for name in NOTEBOOKS:
        notebook = notebooks.loads((book / f"_sources/chapters/{name}.ipynb").read_text("utf-8"))
        printed = {
            "".join(each["text"] for each in cell.outputs if each.get("name") == "stdout").rstrip()
            for cell in notebooks.code_of(notebook)
        }
        page = (book / f"chapters/{name}.html").read_text("utf-8")
        blocks = re.findall(r'<div class="output stream.*?<pre[^>]*>(.*?)</pre>', page, re.S)
        shown = {html.unescape(re.sub(r"<[^>]*>", "", block)).rstrip() for block in blocks}
        assert shown <= printed
        found += len(shown)
    assert found > 50
