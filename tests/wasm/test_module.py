"""How the WebAssembly module is made: from the source as it is, cached, with clear failures."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
import wasmtime
from numpy.testing import assert_array_equal
from test_wasm import Page

import convlib
from convlib.wasm import module as wasm
from convlib.wasm import object_file, private_folder
from convlib.wasm.numba_settings import NUMBA_SETTINGS

SOURCE = Path(convlib.__file__).parent
PRODUCT = "total += weight[c2, c1, u, v]"


@pytest.fixture
def package(tmp_path):
    """Return the folder of a copy of convlib that exports conv2d only, for a short compile.

    Its path is long because Numba's messages repeat it.
    """
    folder = tmp_path / ("copy" * 40) / "convlib"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__", "widgets"))
    with open(folder / "wasm/exports/__init__.py", "a") as file:
        file.write("\nEXPORTS = [e for e in EXPORTS if e[0].__name__ == 'conv2d']\n")
    return folder


def build(package):
    """Run a Python process with this package as its convlib; it prints its module."""
    code = "import sys, convlib.wasm.module as w; sys.stdout.buffer.write(w.module_bytes())"
    temporary = package.parents[1] / "temporary"
    temporary.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=SOURCE.parent,  # another convlib in the current folder must not be taken instead
        env={
            **os.environ,
            "PYTHONPATH": str(package.parent),
            "PYTHONSAFEPATH": "1",
            "NUMBA_CACHE_DIR": str(temporary),
            "TMPDIR": str(temporary),
        },
        capture_output=True,
        timeout=120,
        check=False,
    )


def edit(package, old, new):
    source = (package / "kernels/plain_loops.py").read_text()
    assert source.count(old) == 1
    (package / "kernels/plain_loops.py").write_text(source.replace(old, new))


@pytest.mark.slow
def test_module_follows_an_edited_kernel(package):
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    weight, bias = np.ones((1, 1, 2, 2), np.float32), np.full(1, 0.5, np.float32)
    edit(package, PRODUCT, "total += 2 * weight[c2, c1, u, v]")
    page = Page(build(package).stdout)
    arrays = (image, weight, bias, np.zeros((1, 3, 3), np.float32))
    *_, got = page.call("conv2d", *arrays, 1, 4, 4, 1, 2, 2, 1, 1, 1, 1, 1)
    assert_array_equal(got, 2 * convlib.conv2d(image, weight) + 0.5)
    (cached,) = package.rglob("*.wasm")
    assert build(package).stdout == cached.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("product", "fragments"),
    [
        (
            "total += str(u) + weight[c2, c1, u, v]",
            ["kernels/plain_loops.py", "+= str(u)", "TypingError"],
        ),
        ("total += math.exp(weight[c2, c1, u, v])", ["expf", "not available in WebAssembly"]),
    ],
)
def test_a_kernel_that_cannot_be_compiled_is_an_error_that_helps(package, product, fragments):
    edit(package, PRODUCT, product)
    edit(package, "from numba import njit", "import math\n\nfrom numba import njit")
    done = build(package)
    message = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b"")
    assert "WasmCompileError: compiling the kernels to WebAssembly failed" in message
    for fragment in [*fragments, "If you changed a kernel", "pip install -r requirements.txt"]:
        assert fragment in message
    assert list(package.rglob("*.wasm")) == []


def test_the_compiler_has_nothing_to_say(package, tmp_path):
    target = tmp_path / "kernels.wasm"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-P", "-m", "convlib.wasm.compiler", str(target)],
        env={
            **os.environ,
            **NUMBA_SETTINGS,
            "PYTHONPATH": str(package.parent),
            "NUMBA_CACHE_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert target.read_bytes() == build(package).stdout


def test_a_compile_without_end_is_an_error(monkeypatch):
    monkeypatch.setattr(wasm, "_SECONDS", 0.01)
    with pytest.raises(wasm.WasmCompileError, match=r"took more than 0\.01 s"):
        wasm._compile()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Put sources and temporary folder under `tmp_path`; list compilations, which are faked."""
    package, temporary = tmp_path / "convlib", tmp_path / "temporary"
    (package / "kernels").mkdir(parents=True)
    temporary.mkdir()
    (package / "kernels/plain_loops.py").write_text("a = 1\n")
    monkeypatch.setattr(wasm, "_PACKAGE", package)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    compiled = []

    def compile_(which="pages"):
        compiled.append(b"module %d" % len(compiled))
        return compiled[-1]

    monkeypatch.setattr(wasm, "_compile", compile_)
    return compiled


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_second_call_reads_what_the_first_one_wrote(cache, tmp_path):
    assert [wasm.module_bytes() for _ in range(3)] == [b"module 0"] * 3
    assert cache == [b"module 0"]
    (written,) = (name for name in files(tmp_path) if name != "convlib/kernels/plain_loops.py")
    assert re.fullmatch(r"convlib/__pycache__/convlib-[0-9a-f]{16}\.wasm", written)


def test_a_change_of_source_or_versions_compiles_again(cache, tmp_path, monkeypatch):
    got = [wasm.module_bytes()]
    (tmp_path / "convlib" / "kernels/plain_loops.py").write_text("a = 2\n")
    got.append(wasm.module_bytes())
    (tmp_path / "convlib" / "kernels/more.py").write_text("")
    got.append(wasm.module_bytes())
    for package in ("numba", "llvmlite"):
        monkeypatch.setattr(wasm, "version", lambda name, p=package: f"99 {name == p}")
        got.append(wasm.module_bytes())
    assert got == cache == [b"module %d" % n for n in range(5)]


def test_read_only_package_falls_back_to_the_temporary_folder(cache, tmp_path):
    (tmp_path / "convlib" / "__pycache__").write_text("a file where the folder should be")
    assert [wasm.module_bytes() for _ in range(2)] == [b"module 0"] * 2
    (written,) = (name for name in files(tmp_path) if name.endswith(".wasm"))
    assert written.startswith("temporary/")


def put_in_the_way(kind, folder, elsewhere):
    """Create what another user could have put in the private folder's place."""
    elsewhere.mkdir(mode=0o700)
    if kind == "link":
        folder.symlink_to(elsewhere)
    elif kind == "file":
        folder.write_text("a file")
    else:
        folder.mkdir()
        folder.chmod(kind)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such modes there")
@pytest.mark.parametrize("kind", ["link", "file", 0o755, 0o777, 0o701, 0o770, 0o1777])
def test_a_folder_that_others_may_have_written_to_is_not_trusted(cache, tmp_path, kind):
    folder, elsewhere = private_folder.private_folder(), tmp_path / "elsewhere"
    (tmp_path / "convlib" / "__pycache__").write_text("a file where the folder should be")
    put_in_the_way(kind, folder, elsewhere)
    if kind != "file":
        (folder / f"convlib-{wasm._key()}.wasm").write_bytes(b"planted")
    before = files(tmp_path)
    for n in range(2):
        with pytest.warns(RuntimeWarning, match=f"{folder} is not a folder of this user's alone"):
            assert wasm.module_bytes() == b"module %d" % n
    assert files(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no owners there")
def test_a_folder_of_another_user_is_not_trusted(cache, tmp_path, monkeypatch):
    (tmp_path / "convlib" / "__pycache__").write_text("a file where the folder should be")
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    folder = private_folder.private_folder()
    folder.mkdir(mode=0o700)
    (folder / f"convlib-{wasm._key()}.wasm").write_bytes(b"planted")
    with pytest.warns(RuntimeWarning, match="not a folder of this user's alone"):
        assert wasm.module_bytes() == b"module 0"


def test_nothing_is_said_of_the_private_folder_where_the_package_serves(cache, tmp_path):
    private_folder.private_folder().mkdir(mode=0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [wasm.module_bytes() for _ in range(2)] == [b"module 0"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such modes there")
def test_one_mode_of_all_is_private(tmp_path):
    assert not private_folder.is_private(tmp_path / "missing")
    folder = tmp_path / "folder"
    assert private_folder.make_private(folder)
    found = []
    for mode in range(0o1000):
        folder.chmod(mode)
        found += [mode] * private_folder.is_private(folder)
    assert found == [0o700]


def test_nowhere_to_write_compiles_every_time(cache, tmp_path, monkeypatch):
    (tmp_path / "convlib" / "__pycache__").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "convlib" / "kernels/plain_loops.py"))
    assert [wasm.module_bytes() for _ in range(2)] == [b"module 0", b"module 1"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interrupted_write_leaves_nothing_behind(cache, tmp_path, monkeypatch, interruption):
    def interrupted(*_):
        raise interruption

    before = files(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        if interruption is OSError:  # such as a full disk: the module can be used all the same
            assert wasm.module_bytes() == b"module 0"
        else:
            with pytest.raises(KeyboardInterrupt):
                wasm.module_bytes()
    assert files(tmp_path) == before
    assert wasm.module_bytes() == b"module 1"


@pytest.mark.parametrize("data", [b"", b"\0asm", b"not wasm", b"\0asm\2\0\0\0", b"\x7fELF\2\1\1\0"])
def test_what_is_no_module_is_refused(data):
    with pytest.raises(ValueError, match=re.escape(f"begins with {data[:8]!r}")):
        object_file.sections(data)


def test_a_module_cut_off_is_refused():
    module = wasmtime.wat2wasm('(module (func (export "f") (result i32) i32.const 7))')
    assert [kind for kind, _ in object_file.sections(module)] == [1, 3, 7, 10]
    for length in (9, 12, len(module) - 1):
        with pytest.raises(ValueError, match="cut off"):
            object_file.sections(module[:length])


def test_a_function_that_is_missing_is_named():
    with pytest.raises(ValueError, match="does not define f, g"):
        object_file.exported(wasmtime.wat2wasm("(module (func))"), ["g", "f"])


def test_imported_functions_are_found_among_other_imports():
    module = wasmtime.wat2wasm("""(module
        (import "env" "t" (table 1 2 funcref)) (import "env" "expf" (func (param f32)))
        (import "env" "m" (memory 1)) (import "env" "g" (global (mut i32)))
        (import "env" "call" (func)))""")
    imports = dict(object_file.sections(module))[2]
    assert object_file.imported_functions(imports) == ["expf", "call"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, b"\0"),
        (127, b"\x7f"),
        (128, b"\x80\1"),
        (624485, b"\xe5\x8e\x26"),
        (2**32, b"\x80" * 4 + b"\x10"),
    ],
)
def test_leb128(number, code):
    assert object_file.leb128(number) == code
    assert object_file.Reader(code).number() == number
