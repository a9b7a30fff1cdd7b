"""Halo on a page against native convlib."""

import random
import re

import numpy as np
import pytest
from explorers import Driver, middle
from states import state, wander

from convlib.kernels.halo_costs import COSTS, halo_costs, tile_read
from convlib.widgets import Halo
from convlib.widgets.halo import CHANNELS, HEIGHT, ITEMSIZE, WIDTH


@pytest.fixture
def explorer(show):
    return Driver(show(Halo)).unfold()


def natively(now):
    """Return what the settings cost for each number of fused layers, and what the tile reads."""
    kernel, tile = 2 * now["reach"] + 1, (now["tile_height"], now["tile_width"])
    found = []
    for fuse in range(1, now["layers"] + 1):
        costs = np.zeros(4)
        halo_costs(HEIGHT, WIDTH, *tile, kernel, now["layers"], fuse, CHANNELS, ITEMSIZE, costs)
        found.append(dict(zip(COSTS, costs, strict=True)))
    read = [
        tile_read(pixel // t * t, min((pixel // t + 1) * t, n), n, kernel, now["fuse"])
        for pixel, t, n in zip((now["row"], now["column"]), tile, (HEIGHT, WIDTH), strict=True)
    ]
    return found, read


def shown(explorer, name):
    bars = explorer.root.locator(f"[data-price={name}]")
    return bars.evaluate_all("(all) => all.map((bar) => Number(bar.dataset.value))")


def read_frame(explorer):
    """Return the range of rows and of columns that the thick frame holds, in pixels."""
    return explorer.ask(
        """(root) => {
            const of = (kind) => root.querySelector(`rect.${kind}`);
            const number = (node, name) => Number(node.getAttribute(name));
            const cell = number(of("whole"), "width") / 64;
            return [["y", "height"], ["x", "width"]].map(([first, length]) => {
                const begin = number(of("read"), first);
                return [begin, begin + number(of("read"), length)].map((at) => at / cell);
            });
        }"""
    )


def test_random_settings_draw_what_convlib_computes(explorer):
    chance = random.Random(4)
    for _ in range(8):
        wander(explorer, Halo(), chance)
        costs, read = natively(state(explorer))
        for name in ("exchanges", "bytes", "repeated"):
            assert shown(explorer, name) == [each[name] for each in costs]
        assert np.allclose(read_frame(explorer), read)
        said = explorer.text(".said")
        sent = costs[state(explorer)["fuse"] - 1]["bytes"]
        if sent:
            assert f"{sent / 1000:.1f}\u00a0kB" in said
            again = re.search(r"([\d.]+)\s% of the MACs", said)[1]
            one = costs[state(explorer)["fuse"] - 1]
            share = 100 * one["repeated"] / (one["macs"] - one["repeated"])
            assert float(again) == pytest.approx(share, abs=0.051)
        else:
            assert "Nothing is sent" in said


def dragged(explorer, name, across, down):
    dot = explorer.handle(name).locator(".dot-of-grip")
    x, y = middle(dot)
    mouse = explorer.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + across / 2, y + down / 2)
    mouse.move(x + across, y + down)
    mouse.up()
    mouse.move(0, 0)
    explorer.visit.settle()
    return state(explorer)


def test_tiles_layers_and_fuse_are_dragged(explorer):
    # The chosen tile is the second of its row: its corner is two tiles away from the image's.
    now = dragged(explorer, "size of the tiles", 48, 24)
    assert (now["tile_height"], now["tile_width"]) == (18, 20)
    now = dragged(explorer, "number of layers", 300, 0)
    assert now["layers"] == 5
    now = dragged(explorer, "layers fused for each exchange", 400, 0)
    assert now["fuse"] == 5
    now = dragged(explorer, "number of layers", -400, 0)
    assert (now["layers"], now["fuse"]) == (1, 1)
    assert not explorer.root.get_by_role("slider", name="layers fused").is_visible()


def test_keys_and_taps_do_the_same(explorer):
    grip = explorer.handle("size of the tiles")
    grip.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        grip.press(key)
    explorer.visit.settle()
    assert (state(explorer)["tile_height"], state(explorer)["tile_width"]) == (18, 17)
    grip.press("End")
    explorer.visit.settle()
    assert "the whole image" in explorer.text(".said")
    grip.press("Home")
    explorer.visit.settle()
    assert state(explorer)["tile_width"] == 4
    explorer.root.locator("[data-tile='3,5']").click()
    explorer.visit.settle()
    assert (state(explorer)["row"], state(explorer)["column"]) == (14, 22)
    explorer.root.locator("[data-tiles]").press("ArrowLeft")
    explorer.visit.settle()
    assert state(explorer)["column"] == 18
    explorer.root.locator("[data-choice='3']").click()
    explorer.visit.settle()
    assert state(explorer)["fuse"] == 3


def test_a_finger_drags_the_corner(show):
    explorer = Driver(show(Halo(), has_touch=True, width=390))
    dot = explorer.handle("size of the tiles").locator(".dot-of-grip")
    assert explorer.text(".said").startswith("Tile (1, 1) has 16 × 16 pixels")
    explorer.swipe(dot, 20, 40)
    height, width = re.match(r"Tile \(1, 1\) has (\d+) × (\d+)", explorer.text(".said")).groups()
    assert int(height) > int(width) > 16


def test_pointing_at_a_tile_shows_its_halo(explorer):
    assert explorer.text(".said").startswith("Tile (1, 1) has 16 × 16")
    explorer.visit.page.mouse.move(*middle(explorer.root.locator("[data-tile='0,3']")))
    explorer.visit.settle()
    assert explorer.text(".said").startswith(
        "Tile (0, 3) has 16 × 16 pixels; one layer reads 17 × 17"
    )
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()
    assert explorer.text(".said").startswith("Tile (1, 1)")
