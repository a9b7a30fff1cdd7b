"""Chapters are executed before Sphinx reads them; one that fails is reported as it always was."""

import subprocess
import sys

import pytest
from test_incremental_build import CONFIGURATION, HEADER

pytestmark = pytest.mark.slow
AT_ONCE = CONFIGURATION.replace('"myst_nb"', '"myst_nb", "chapters_at_once"')
AT_ONCE += "nb_execution_cache_path = '_build/kept'\nnb_execution_show_tb = True\n"
PAGE = """# A page

```{code-cell}
CELL
```
"""


def test_what_succeeds_is_kept_and_what_fails_stops_the_build_and_says_why(tmp_path):
    (tmp_path / "conf.py").write_text(AT_ONCE, "utf-8")
    for name, cell in [("index", "print(6 * 7)"), ("other", "1 / 0")]:
        (tmp_path / f"{name}.md").write_text(HEADER + PAGE.replace("CELL", cell), "utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", ".", "_build/html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "index.md: Using cached notebook" in done.stdout
    assert done.stdout.count("Executing notebook") == 1
    assert "ZeroDivisionError" in done.stderr
