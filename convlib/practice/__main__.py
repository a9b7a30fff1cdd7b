"""Practice from the command line: `python -m convlib.practice sheet --lesson padding --seed 7`."""

import argparse
import sys
from pathlib import Path

from convlib.practice.lessons import FAMILIES, LESSONS
from convlib.practice.sheet import MOST_QUESTIONS, sheet


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m convlib.practice", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    write = commands.add_parser(
        "sheet", help="write a sheet of questions and its key, as Markdown and printable HTML"
    )
    write.add_argument("--lesson", required=True, choices=list(LESSONS))
    write.add_argument("--seed", type=int, default=1, help="another seed, another sheet")
    write.add_argument("--count", type=int, default=10, help=f"1 to {MOST_QUESTIONS} questions")
    write.add_argument(
        "--folder", type=Path, default=None, help="where to; practice-LESSON-SEED if not given"
    )
    write.add_argument("--force", action="store_true", help="overwrite what is there")
    commands.add_parser("families", help="list the families of questions")
    return top


def main(arguments=None):
    """Do what the command line says; return the exit code."""
    told = parser().parse_args(arguments)
    if told.command == "families":
        for name, family in FAMILIES.items():
            print(f"{family.lesson:12} {name:20} {family.title}")
        return 0
    folder = told.folder or Path(f"practice-{told.lesson}-{told.seed}")
    try:
        files = sheet(told.lesson, told.seed, told.count)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    there = [str(folder / name) for name in files if (folder / name).exists()]
    if there and not told.force:
        print(
            f"{', '.join(there)}: already there. Take another --folder, or --force to overwrite",
            file=sys.stderr,
        )
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
        print(folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
