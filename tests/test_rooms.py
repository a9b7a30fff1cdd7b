"""Imports go one way through convlib's rooms; a room may import only what is named here."""

import ast
from graphlib import CycleError, TopologicalSorter
from itertools import product
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "convlib"
# What each room may import besides itself. "api" is convlib's own modules, networks and graphs.
MAY_KNOW = {
    "kernels": (),
    "arguments": ("kernels",),
    "fast": ("kernels", "arguments.checks"),
    "wasm": ("kernels",),
    "api": ("kernels", "arguments", "fast.choice"),
    "distributed": ("kernels", "arguments", "api", "fast.choice"),
    "plots": ("arguments.checks", "api"),
    "practice": ("kernels", "arguments.checks"),
    "widgets": ("kernels", "arguments", "api", "wasm", "plots", "practice"),
}


def graph_of(package):
    """Return for each module below the folder `package`, dotted, the modules that it imports."""
    paths = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        paths[".".join(part for part in parts if part != "__init__")] = path
    graph = {}
    for module, path in paths.items():
        graph[module] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                graph[module] |= {alias.name for alias in node.names if alias.name in paths}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports by dots"
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    graph[module] |= {name for name in (whole, node.module) if name in paths}
                    if whole in paths:  # a module imported from its package, not a name in it
                        graph[module].discard(node.module)
    return graph


def room_of(module):
    """Return the room that a module is in, and its name from the room on."""
    _, *parts = module.split(".")
    if parts and parts[0] in MAY_KNOW:
        return parts[0], ".".join(parts)
    return "api", ".".join(["api", *parts])


def allowances(graph):
    """Return (what breaks the rules, in words; which allowances were used)."""
    broken, used = [], set()
    for module, imported in graph.items():
        room, _ = room_of(module)
        for other in imported:
            there, name = room_of(other)
            if there == room:
                continue
            fitting = [a for a in MAY_KNOW[room] if f"{name}.".startswith(f"{a}.")]
            used |= {(room, a) for a in fitting}
            if not fitting:
                broken.append(f"{module} imports {other}")
    return broken, used


def cycle_in(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def made_up(folder, **files):
    """Write a package with a module `inner` in each room, and these files; return its graph."""
    for room in MAY_KNOW:
        inner = folder / "convlib" / ("" if room == "api" else room) / "inner.py"
        inner.parent.mkdir(parents=True, exist_ok=True)
        inner.write_text("")
    for name, text in files.items():
        file = name if name == "__init__" else name.replace("__", "/")
        (folder / "convlib" / f"{file}.py").write_text(text)
    return graph_of(folder / "convlib")


def test_every_folder_is_a_room():
    folders = {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert folders - {"networks", "graphs"} == set(MAY_KNOW) - {"api"}


def test_no_room_knows_one_above_it():
    broken, _ = allowances(graph_of(PACKAGE))
    assert broken == []


def test_every_allowance_is_made_use_of():
    _, used = allowances(graph_of(PACKAGE))
    assert used == {(room, allowed) for room, rooms in MAY_KNOW.items() for allowed in rooms}


def test_there_is_no_cycle():
    assert cycle_in(graph_of(PACKAGE)) == []
    assert (
        cycle_in({room: {a.split(".")[0] for a in rooms} for room, rooms in MAY_KNOW.items()}) == []
    )


FORMS = (
    "from convlib{dot}{there} import inner",
    "from convlib{dot}{there}.inner import anything",
    "import convlib{dot}{there}.inner",
    "def late():\n    from convlib{dot}{there} import inner",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("room", "there"), list(product(MAY_KNOW, repeat=2)))
def test_a_planted_import_is_found(tmp_path, room, there, form):
    place = {"dot": "", "there": ""} if there == "api" else {"dot": ".", "there": there}
    planted = "planted" if room == "api" else f"{room}__planted"
    graph = made_up(tmp_path, **{planted: form.format(**place) + "\n"})
    target = f"convlib{place['dot']}{place['there']}.inner"
    module = f"convlib.{planted.replace('__', '.')}"
    legal = room == there or there in MAY_KNOW[room]
    assert graph[module] == {target}
    assert allowances(graph)[0] == ([] if legal else [f"{module} imports {target}"])


def test_only_the_part_of_a_room_that_is_named_may_be_known(tmp_path):
    text = "from convlib.arguments import checks, checks_more\n"
    more = {"arguments__checks": "", "arguments__checks_more": "", "fast__planted": text}
    broken, _ = allowances(made_up(tmp_path, **more))
    assert broken == ["convlib.fast.planted imports convlib.arguments.checks_more"]


def test_the_public_names_are_not_for_the_library_itself(tmp_path):
    top = "from convlib.inner import f\nfrom convlib.planted import g\n"
    graph = made_up(tmp_path, __init__=top, planted="from convlib import f\n")
    assert set(cycle_in(graph)) == {"convlib", "convlib.planted"}


def test_a_planted_cycle_is_found(tmp_path):
    files = {
        "kernels__a": "from convlib.kernels import b\n",
        "kernels__b": "def f():\n    import convlib.kernels.c\n",
        "kernels__c": "from convlib.kernels.a import g\n",
    }
    cycle = cycle_in(made_up(tmp_path, **files))
    assert set(cycle) == {f"convlib.kernels.{name}" for name in "abc"}
