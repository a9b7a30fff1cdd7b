"""A build of the book is left out only where it would make the same pages."""

import sys

import built_book
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its tool is a shell script")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return the folder of a small project with its pages, to which `built_book` is led."""
    for name in ("chapters/a.md", "tests/test_a.py", "_build/html/a.html", ".git/index"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(built_book, "ROOT", tmp_path)
    monkeypatch.setattr(built_book, "HTML", tmp_path / "_build" / "html")
    monkeypatch.setattr(built_book, "STAMP", tmp_path / "_build" / "built-from")
    monkeypatch.setattr(built_book.shutil, "which", lambda *_, **__: str(tmp_path / "tool"))
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho built >> $4/_build/log\ntest ! -e $4/.fails\n")
    tool.chmod(0o755)
    return tmp_path


def builds(project):
    """Return how often the book was built, when it was asked for once more, and what went wrong."""
    fault = built_book.built()
    return len((project / "_build" / "log").read_text().split()), fault


def test_a_book_is_built_again_if_a_source_or_a_page_changed(project):
    assert [builds(project) for _ in range(2)] == [(1, ""), (1, "")]
    (project / "chapters" / "a.md").write_text("after")
    assert [builds(project) for _ in range(2)] == [(2, ""), (2, "")]
    (project / "_build" / "html" / "a.html").unlink()
    assert builds(project) == (3, "")


def test_tests_and_what_is_hidden_make_no_page(project):
    assert builds(project) == (1, "")
    (project / "tests" / "test_a.py").write_text("after")
    (project / ".git" / "index").write_text("after")
    assert builds(project) == (1, "")


def test_a_build_that_failed_is_tried_again(project):
    (project / ".fails").touch()
    assert [builds(project)[0] for _ in range(2)] == [1, 2]
    (project / ".fails").unlink()
    assert builds(project) == (3, "")
