"""What a figure leaves behind when it is removed: nothing."""

import pytest
from ipywidgets.embed import dependency_state

from convlib import widgets
from convlib.widgets import CostComparison, GroupWiring, NetworkDesigner, OutputSize

EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]

# Renders an explorer on a model of our own, changes it, and calls what `render` returned. Of all
# that outlives a figure (its model, the document, timers, frames, observers) it counts what is on.
SCRIPT = """async ([id, state, changes]) => {
    const on = { model: new Set(), page: new Set(), timer: new Set(), frame: new Set(),
        observer: new Set() };
    for (const [start, stop, kind] of [
        ["setTimeout", "clearTimeout", "timer"], ["setInterval", "clearInterval", "timer"],
        ["requestAnimationFrame", "cancelAnimationFrame", "frame"],
    ]) {
        const [begin, end] = [start, stop].map((name) => globalThis[name].bind(globalThis));
        globalThis[start] = (call, ...rest) => {
            const handle = begin((...given) => {
                if (start !== "setInterval") on[kind].delete(handle);
                call(...given);
            }, ...rest);
            on[kind].add(handle);
            return handle;
        };
        globalThis[stop] = (handle) => {
            on[kind].delete(handle);
            end(handle);
        };
    }
    const keys = new Map();
    const keyOf = (target, type, call, options) => {
        if (!keys.has(call)) keys.set(call, keys.size);
        const captured = options?.capture ?? Boolean(options);
        return `${target.constructor.name} ${type} ${keys.get(call)} ${captured}`;
    };
    for (const target of [globalThis, document, document.documentElement, document.body]) {
        const [add, remove] = [target.addEventListener, target.removeEventListener];
        target.addEventListener = (type, call, options) => {
            on.page.add(keyOf(target, type, call, options));
            add.call(target, type, call, options);
        };
        target.removeEventListener = (type, call, options) => {
            on.page.delete(keyOf(target, type, call, options));
            remove.call(target, type, call, options);
        };
    }
    for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
        globalThis[name] = class extends globalThis[name] {
            observe(...given) { on.observer.add(this); super.observe(...given); }
            disconnect() { on.observer.delete(this); super.disconnect(); }
        };
    }

    const modelOf = (name) => {
        const { state: traits, buffers = [] } = state[name];
        for (const { path, data } of buffers) {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const holder = path.slice(0, -1).reduce((outer, key) => outer[key], traits);
            holder[path.at(-1)] = new DataView(bytes.buffer);
        }
        const listeners = new Map();
        return {
            widget_manager: { get_model: async (other) => modelOf(other) },
            get: (trait) => traits[trait],
            set(trait, value) {
                traits[trait] = value;
                for (const call of [...(listeners.get(`change:${trait}`) ?? [])]) call();
            },
            save_changes() {},
            on(event, call) {
                if (!listeners.has(event)) listeners.set(event, new Set());
                listeners.get(event).add(call);
                on.model.add(`${event} ${(keyOf(globalThis, event, call))}`);
            },
            off(event, call) {
                listeners.get(event).delete(call);
                on.model.delete(`${event} ${(keyOf(globalThis, event, call))}`);
            },
        };
    };
    const count = () =>
        Object.fromEntries(Object.entries(on).map(([kind, all]) => [kind, all.size]));
    const model = modelOf(id);
    const panel = document.createElement("div");
    panel.className = "convlib-explorer";
    const el = panel.appendChild(document.createElement("div"));
    document.body.append(panel);
    const code = new Blob([model.get("_esm")], { type: "text/javascript" });
    const explorer = (await import(URL.createObjectURL(code))).default;
    const cleanUp = await explorer.render({ model, el });
    const failed = el.querySelector("[role=alert]")?.textContent ?? "";
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    const before = count();
    cleanUp();
    const after = count();
    panel.remove();
    // What is measured stops at the next pause, a timer of 0 ms.
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    const drawn = el.innerHTML;
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    await new Promise(requestAnimationFrame);
    return { failed, before, after, later: count(), still: el.innerHTML === drawn };
}"""


def removed(fresh, explorer, changes):
    state = dependency_state([explorer], drop_defaults=False)
    page = fresh().page
    return page.evaluate(SCRIPT, [explorer.model_id, state, changes])


@pytest.mark.parametrize("kind", EXPLORERS)
def test_removed_figure_leaves_nothing_behind(fresh, kind):
    explorer = kind()
    got = removed(fresh, explorer, {name: getattr(explorer, name) for name in explorer.settings()})
    assert got["failed"] == ""
    # It had something to clean up: the model's changes, a watch for controls, a frame to draw.
    assert {name for name, count in got["before"].items() if count} >= {
        "model", "observer", "frame",
    }  # fmt: skip
    assert got["after"] == got["later"] == dict.fromkeys(got["before"], 0)
    assert got["still"]


def test_listeners_of_the_document_are_removed(fresh):
    # Three keep the focus, one closes the menu, one follows links, two the full screen, one shows
    # what a question asks for; those with a board have two for paper, with a movable end one for
    # the End key.
    for kind, count in ((GroupWiring, 10), (OutputSize, 11), (NetworkDesigner, 9)):
        assert removed(fresh, kind(), {})["before"]["page"] == count


def test_measuring_stops_with_its_figure(fresh):
    got = removed(fresh, CostComparison(layer=5), {"measure": True})
    assert got["before"]["timer"] == 1  # the pause between two measurements
    assert set(got["later"].values()) == {0}
