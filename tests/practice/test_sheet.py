"""The sheets for teachers, and the command that writes them."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from convlib.practice import FAMILIES, LESSONS
from convlib.practice.__main__ import main
from convlib.practice.sheet import MOST_QUESTIONS, questions, sheet

FILES = ("key.html", "key.md", "sheet.html", "sheet.md")


class Plain(HTMLParser):
    """Collects the text of a page, and finds tags that are left open."""

    def __init__(self, page):
        super().__init__()
        self.text, self.open = "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("lesson", list(LESSONS))
def test_both_forms_hold_every_question_and_only_the_key_its_answer(lesson):
    asked, files = questions(lesson, 7, 20), sheet(lesson, 7, 20)
    assert tuple(sorted(files)) == FILES
    assert len({question.text for question in asked}) == 20
    assert len({question.family.name for question in asked}) == len(LESSONS[lesson])
    for name in ("sheet", "key"):
        page = Plain(files[f"{name}.html"])
        assert page.open == []
        for text in (page.text, files[f"{name}.md"]):
            for question in asked:
                assert question.text in text
                assert (question.solution in text) == (name == "key")
                says = [wrong.says for wrong in question.mistakes]
                assert all((sentence in text) == (name == "key") for sentence in says)
                if name == "key":
                    assert question.solved in text
    options = [question for question in asked if question.kind == "choice"]
    for question in options:
        assert all(option in files["sheet.md"] for option in question.options)
    tables = [question for question in asked if question.kind == "cells"]
    assert files["sheet.html"].count("<table>") == len(tables)
    assert 'class="yes"' not in files["sheet.html"].partition("</style>")[2]
    shaded = files["key.html"].partition("</style>")[2].count('class="yes"')
    assert shaded == sum(question.answer.bit_count() for question in tables)


def test_another_seed_is_another_sheet_and_the_same_seed_the_same():
    assert sheet("padding", 7, 10) == sheet("padding", 7, 10)
    here, there = ({q.code for q in questions("padding", seed, 10)} for seed in (7, 8))
    assert not here & there


def test_the_last_seed_has_a_sheet():
    assert len(questions("choice", 2**31 - 1, MOST_QUESTIONS)) == MOST_QUESTIONS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("summary", 1, 3), "lesson='summary'"),
        (("padding", -1, 3), "seed=-1"),
        (("padding", 1, 0), "count=0"),
        (("padding", 1, MOST_QUESTIONS + 1), "legal are 1 to 40"),
    ],
)
def test_what_is_no_sheet_is_refused(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        sheet(*arguments)


def test_the_command_writes_four_files_and_never_over_others(tmp_path, capsys):
    folder = tmp_path / "a" / "b"
    told = ["sheet", "--lesson", "padding", "--seed", "7", "--count", "3", "--folder", str(folder)]
    assert main(told) == 0
    assert tuple(sorted(path.name for path in folder.iterdir())) == FILES
    expected = sheet("padding", 7, 3)
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == expected
    (folder / "key.md").write_text("mine")
    capsys.readouterr()
    assert main(told) == 1
    assert "--force" in capsys.readouterr().err
    assert (folder / "key.md").read_text() == "mine"
    assert main([*told, "--force"]) == 0
    assert (folder / "key.md").read_text("utf-8") == expected["key.md"]


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    told = ["sheet", "--lesson", "padding", "--folder", str(tmp_path / "new")]
    assert main([*told, "--count", "99"]) == 2
    assert "count=99" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    with pytest.raises(SystemExit):
        main(["sheet", "--lesson", "summary"])
    assert "choose from" in capsys.readouterr().err


def test_the_command_runs_from_any_folder_and_lists_the_families(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "convlib.practice", "families"],
        capture_output=True, text=True, check=True, cwd=tmp_path, encoding="utf-8",
    )  # fmt: skip
    assert [line.split()[1] for line in done.stdout.splitlines()] == list(FAMILIES)
