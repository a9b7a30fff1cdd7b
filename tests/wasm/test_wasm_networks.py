"""`walk_layers` as WebAssembly against the native walk."""

import random

import numpy as np
import pytest
from test_encoded import random_edits
from test_wasm import Page

from convlib.kernels import network_walk as k
from convlib.networks import encoded
from convlib.wasm import module_bytes
from convlib.widgets.network_designer import NETWORKS


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@pytest.mark.parametrize("seed", range(30))
def test_walk_layers_equals_native(page, seed):
    chance = random.Random(seed)
    _, make, fixed = NETWORKS[seed % len(NETWORKS)]
    names, rows = encoded.encoded(make(), fixed)
    if seed >= len(NETWORKS):
        convs = [name for name, row in zip(names, rows, strict=True) if row[k.KIND] == k.CONV]
        rows = encoded.edited(names, rows, random_edits(chance, convs))
    size, percent = (chance.randint(32, 512), chance.randint(32, 512)), chance.randint(25, 200)
    expected = encoded.walked(rows, size, percent)
    numbers = (len(rows), 3, *size, percent)
    kept, got = page.call("walk_layers", rows, *numbers, np.full_like(expected, -1))
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(kept, rows)
