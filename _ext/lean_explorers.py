"""Write once a site what explorers share, and in a page only what is one explorer's own.

A notebook's widgets carry all that they need: each its script, its style sheet, the kernels, its
photograph, and every attribute of every control. In the pages of the book

- what the explorers' scripts share is one file, ``explorers.js``, and each has one of its own;
- their style sheets are the page's (``_ext/vendored_files.py``);
- data that is large is a file named after its content, the same one wherever it is needed;
- the state of an explorer stands where it is shown, so that it can begin before the page has been
  read to its end, without attributes that are as they are by default, and with short names.

These files are classic scripts: from ``file:`` a browser loads no others. What reads them is
``_vendor/src/main.js``.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
from sphinx.application import Sphinx

STATE, VIEW = (f"application/vnd.jupyter.widget-{part}+json" for part in ("state", "view"))
VIEWS = re.compile(rf'<script type="{re.escape(VIEW)}">(.*?)</script>', re.DOTALL)
REFERENCE = re.compile(r"IPY_MODEL_(\w+)")
# Letters of base64 from which on data is a file of its own.
LARGE = 30_000
SHARED = "explorers.js"
# What a view says of itself is its class's; anywidget's classes have no defaults for it.
NAMES = ("_model_module", "_model_module_version", "_model_name", "_view_module")
NAMES += ("_view_module_version", "_view_name")


@cache
def kinds() -> tuple[str, ...]:
    """Return the names of the classes that are in the bundle."""
    from convlib import widgets

    return tuple(name for name in widgets.__all__ if hasattr(getattr(widgets, name), "_esm"))


def scripts() -> dict[str, str]:
    """Return the explorers' modules as classic scripts, by file: what they share, then each one's.

    A module is a function's body, so that its names are its own; of the shared names it gets those
    that occur in it.
    """
    from convlib import widgets
    from convlib.widgets.shared.explorer import javascript

    parts = {part: declared(part) for part in (javascript(), javascript(shared=("runtime.js",)))}
    shared = next(iter(parts))
    giving = f"globalThis.convlibShared = {{ {', '.join(parts[shared])} }};"
    files = {
        SHARED: _script(f"{shared}\n{giving}\nglobalThis.convlibModules = {{ Kernels: {{}} }};")
    }
    for name in kinds():
        text = getattr(widgets, name)._esm
        part = next(part for part in parts if text.startswith(part))
        target = f"convlibModules.{name} ="
        own, exports = re.subn(r"^export default", target, text[len(part) :], flags=re.M)
        if exports != 1:
            raise ValueError(f"{name} has {exports} lines that begin with 'export default', not 1")
        used = [each for each in parts[part] if re.search(rf"\b{each}\b", own)]
        files[f"explorer-{name}.js"] = _script(
            f"const {{ {', '.join(used)} }} = convlibShared;\n{own}"
        )
    return files


def declared(text: str) -> list[str]:
    r"""Return the names that a script declares for others: of functions and constants.

    >>> declared("const PAGE = 1;\nasync function ask() {\n  const inner = 2;\n}\nconst [A, B] = C")
    ['PAGE', 'ask', 'A', 'B']
    """
    found = re.findall(r"^(?:async )?(?:function|const) (\w+|\[[\w, ]+\])", text, flags=re.M)
    return [name for names in found for name in names.strip("[]").split(", ")]


def _script(text: str) -> str:
    # Comments are for those who read the sources.
    text = re.sub(r"^ *//.*\n", "", text, flags=re.M)
    return f'(() => {{\n"use strict";\n{text}\n}})();\n'


@cache
def defaults(model: str) -> dict[str, Any]:
    """Return a core widget's attributes as they are by default, by name; of others none."""
    for kind in vars(ipywidgets).values():
        if isinstance(kind, type) and issubclass(kind, ipywidgets.Widget):
            traits = kind.class_traits(sync=True)
            if traits["_model_name"].default_value == model:
                return {name: trait.default_value for name, trait in traits.items()}
    return {}


def without_defaults(record: dict[str, Any]) -> dict[str, Any]:
    """Return a model's attributes that its class would not set by itself."""
    state = record["state"]
    if record["model_module"] == "anywidget":
        empty = {"_css": None, "_dom_classes": [], "tabbable": None, "tooltip": None}
        empty["_view_count"] = None
        kind = state["_anywidget_id"].rpartition(".")[2]
        kept = {**state, "_esm": kind, "_css": None} if kind in (*kinds(), "Kernels") else state
        return {name: kept[name] for name in kept if kept[name] != empty.get(name, ...)}
    usual = defaults(record["model_name"])
    drop = {name for name in state if name in usual and _plain(usual[name]) == state[name]}
    return {name: value for name, value in state.items() if name not in drop | set(NAMES)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def lean(models: dict[str, Any]) -> dict[str, Any]:
    """Return models without what goes without saying, under the names m0, m1, ..."""
    models = {key: {**model, "state": without_defaults(model)} for key, model in models.items()}
    # A layout or a style that says nothing: a control without one looks the same.
    for model in models.values():
        for name in ("layout", "style"):
            key = str(model["state"].get(name, "")).removeprefix("IPY_MODEL_")
            if key in models and not models[key]["state"]:
                del model["state"][name]
    short = {key: f"m{number}" for number, key in enumerate(models)}

    def renamed(match: re.Match) -> str:
        return f"IPY_MODEL_{short[match[1]]}"

    text = {key: REFERENCE.sub(renamed, json.dumps(model)) for key, model in models.items()}
    return {short[key]: json.loads(model) for key, model in text.items()}


def parts_of(models: dict[str, Any], root: str) -> dict[str, Any]:
    """Return the models that one view needs: what it refers to, and the links within that."""
    needs = {key: set(REFERENCE.findall(json.dumps(m["state"]))) for key, m in models.items()}
    found, new = set(), {root}
    while new:
        found |= new
        new = set().union(*(needs[key] for key in new)) - found
    links = {
        key for key in models if models[key]["model_name"] in ("LinkModel", "DirectionalLinkModel")
    }
    found |= {key for key in links if needs[key] <= found}
    return {key: model for key, model in models.items() if key in found}


def own_scripts(models: dict[str, Any]) -> list[str]:
    """Return the files of the modules that these models name."""
    named = [model["state"].get("_esm") for model in models.values()]
    return [f"explorer-{name}.js" for name in kinds() if name in named]


class Files:
    """The files of a site that hold data, written when they are first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def move(self, models: dict[str, Any]) -> list[str]:
        """Put large data into files; return their names."""
        names = []
        for model in models.values():
            for buffer in model.get("buffers", ()):
                if len(buffer["data"]) >= LARGE:
                    names.append(self._write(buffer["data"]))
                    buffer.update(data="", encoding="base64", file=names[-1])
        return list(dict.fromkeys(names))

    def _write(self, data: str) -> str:
        name = f"data-{hashlib.sha256(data.encode()).hexdigest()[:12]}.js"
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(f'(globalThis.convlibData ??= {{}})["{name}"] = "{data}";\n', "utf-8")
        return name


def lean_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Take the widgets' state out of the head, and put each explorer's beside its view."""
    scripts = context["script_files"]
    states = [each for each in scripts if getattr(each, "attributes", {}).get("type") == STATE]
    if not states:
        return
    context["script_files"][:] = [
        each for each in scripts if each not in states and "widgets.js" not in str(each.filename)
    ]
    models: dict[str, Any] = {}
    for state in states:
        models.update(json.loads(state.attributes["body"])["state"])
    short = {key: f"m{number}" for number, key in enumerate(models)}
    models = lean(models)
    files = Files(Path(app.outdir) / "_static")
    static = context["pathto"]
    before: list[str] = []

    def place(match: re.Match) -> str:
        root = short[json.loads(match[1])["model_id"]]
        own = json.loads(json.dumps(parts_of(models, root)))
        sources = [*files.move(own), SHARED, *own_scripts(own), "widgets.js"]
        sources = [source for source in sources if source not in before]
        before.extend(sources)
        state = json.dumps({"version_major": 2, "version_minor": 0, "state": own})
        state = state.replace("</", "<\\/").replace("<!--", "<\\u0021--")
        loads = "".join(
            f'<script src="{static(f"_static/{source}", resource=True)}"></script>'
            for source in sources
        )
        view = json.dumps({"model_id": root})
        return (
            f'<script type="{STATE}">{state}</script><script type="{VIEW}">{view}</script>{loads}'
        )

    context["body"] = VIEWS.sub(place, context["body"])


def write_scripts(app: Sphinx) -> None:
    """Write the explorers' scripts."""
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in scripts().items():
        (folder / name).write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("builder-inited", write_scripts)
    # After myst-nb (500) and our styles (600), before repeated scripts are dropped (900).
    app.connect("html-page-context", lean_page, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
