"""The kernels as a WebAssembly module, compiled from the same Python as the native ones."""

import hashlib
import os
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from itertools import dropwhile
from pathlib import Path

from convlib.wasm.numba_settings import NUMBA_SETTINGS
from convlib.wasm.private_folder import is_private, make_private, private_folder

_PACKAGE = Path(__file__).parents[1]
_SECONDS = 300
# What the files are called in which modules are kept.
MODULES = {"pages": "convlib", "graphs": "graphs"}


class WasmCompileError(RuntimeError):
    """The kernels could not be compiled to WebAssembly."""


def module_bytes(which="pages"):
    r"""Return a WebAssembly module of functions in `convlib.wasm.exports`.

    The first call after a change of convlib's source, Numba or llvmlite compiles for a few
    seconds; later ones read the result from disk.

    Parameters
    ----------
    which : {'pages', 'graphs'}
        The functions that all pages with explorers need, or those that check a network.

    Returns
    -------
    bytes
        A module that imports its memory (``env.__linear_memory``) and a stack pointer
        (``env.__stack_pointer``, a mutable i32 global), and exports the functions.

    Raises
    ------
    ValueError
        If there is no such module.
    WasmCompileError
        If the compiler fails; the message holds what it printed, and what to do.

    References
    ----------
    "WebAssembly Core Specification", World Wide Web Consortium, 2019.

    Examples
    --------
    >>> from convlib.wasm import module_bytes
    >>> module_bytes()[:4]
    b'\x00asm'
    """
    if which not in MODULES:
        raise ValueError(f"which={which!r}; legal are {', '.join(MODULES)}")
    name = f"{MODULES[which]}-{_key()}.wasm"
    package, private = _PACKAGE / "__pycache__", private_folder()
    for folder in (package, private) if is_private(private) else (package,):
        try:
            return (folder / name).read_bytes()
        except OSError:
            continue
    module = _compile(which)
    try:
        package.mkdir(exist_ok=True)
        _write(package / name, module)
    except OSError:
        _keep_privately(private, name, module)
    return module


def _keep_privately(folder, name, module):
    """Write the module into the user's temporary folder, or warn that it cannot be trusted."""
    try:
        if make_private(folder):
            _write(folder / name, module)
            return
    except OSError:
        return
    warnings.warn(
        f"{folder} is not a folder of this user's alone (mode 0700, no link), so that the kernels "
        "are compiled to WebAssembly anew in every process, for seconds; remove it, or make "
        f"{_PACKAGE / '__pycache__'} writable",
        RuntimeWarning,
        stacklevel=3,
    )


def _key():
    """Return a digest of all that the module is made of."""
    digest = hashlib.sha256()
    rooms = [_PACKAGE / "kernels", _PACKAGE / "wasm"]
    for path in sorted(path for room in rooms for path in room.rglob("*.py")):
        name = path.relative_to(_PACKAGE).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    for package in ("numba", "llvmlite"):
        digest.update(f"{package} {version(package)}\0".encode())
    return digest.hexdigest()[:16]


def _write(path, data):
    """Write `data` so that a concurrent reader sees all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    # Modules of older sources would pile up.
    for old in path.parent.glob(f"{path.name.partition('-')[0]}-*.wasm"):
        if old != path:
            old.unlink(missing_ok=True)


def _complaint(printed):
    """Return all of the exception that Python printed last, without its stack frames."""
    _, traceback, end = printed.rpartition("Traceback (most recent call last):\n")
    if not traceback:
        return printed.strip()[-3000:]
    lines = end.strip("\n").split("\n")
    return "\n".join(dropwhile(lambda line: line.startswith(" "), lines))


def _compile(which="pages"):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "kernels.wasm"
        # -P: compiles this package, not another convlib in the current folder.
        command = [sys.executable, "-P", "-m", "convlib.wasm.compiler", str(target), which]
        path = os.pathsep.join(
            [str(_PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                env={
                    **os.environ,
                    **NUMBA_SETTINGS,
                    "PYTHONPATH": path,
                    "NUMBA_CACHE_DIR": folder,
                },
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise WasmCompileError(
                f"compiling the kernels to WebAssembly took more than {_SECONDS} s; "
                "is the machine overloaded?"
            ) from None
        if done.returncode != 0 or not target.exists():
            raise WasmCompileError(
                "compiling the kernels to WebAssembly failed (exit code "
                f"{done.returncode}). It printed:\n\n{_complaint(done.stderr)}\n\n"
                "If you changed a kernel, undo the change or simplify it: loops over arrays and "
                "numbers compile, Python objects do not. Otherwise install the pinned versions: "
                "pip install -r requirements.txt. To see the whole output, run "
                "python -m convlib.wasm.compiler kernels.wasm"
            )
        return target.read_bytes()
