"""The promises that README, requirements and CI make to each other."""

import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def commands(section):
    """Return the shell lines of a README section."""
    body = README.split(f"## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^```bash\n(.*?)^```", body, flags=re.M | re.S)[0].strip().splitlines()


def test_ci_calls_exactly_the_readmes_test_command():
    (command,) = commands("Test it")
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_readme_builds_with_one_command():
    (command,) = commands("Read it")
    assert "requirements.txt" in command
    assert "jupyter-book build ." in command


def test_requirements_pin_everything_and_name_no_registry():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins[-1] == "-e ."
    assert all(re.match(r"[\w.-]+==[\w.]+( ;|$)", pin) for pin in pins[:-1])
    named = {re.match(r"[\w.-]+", pin).group().lower() for pin in pins[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    direct = {
        re.match(r"[\w.-]+", spec).group().lower()
        for specs in (project["dependencies"], *extras)
        for spec in specs
    }
    assert direct <= named


def test_a_test_module_that_others_import_is_the_only_one_of_its_name():
    """Python takes the first on the path: only pytest distinguishes modules of the same name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    folders = [ROOT / folder for folder in settings["pythonpath"]]
    on_the_path = Counter(path.stem for folder in folders for path in folder.glob("*.py"))
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    imported = set(re.findall(r"^(?:from|import) (\w+)", sources, flags=re.M)) & set(on_the_path)
    assert {"reference", "strategies"} <= imported
    assert {name: on_the_path[name] for name in imported if on_the_path[name] > 1} == {}


def test_no_stylesheet_says_what_safari_ignores():
    """It takes a line alone for `text-decoration`, and drops one with a style or a colour."""
    sheets = [*ROOT.glob("_static/*.css"), *(ROOT / "convlib").rglob("*.css")]
    told = [
        (sheet.name, value)
        for sheet in sheets
        for value in re.findall(r"text-decoration: ([^;]+);", sheet.read_text("utf-8"))
    ]
    assert told
    assert [(name, value) for name, value in told if " " in value] == []
