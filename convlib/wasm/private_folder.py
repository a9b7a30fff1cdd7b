"""A folder in the system's temporary folder that only its owner can have written to."""

import os
import stat
import tempfile
from pathlib import Path


def private_folder():
    """Return this user's folder; `is_private` says whether it is there and can be trusted.

    Its name can be guessed, so on a shared machine somebody else may have made it first.
    """
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"convlib-{user}"


def is_private(folder):
    """Whether `folder` is a folder, not a link to one, owned by this user and closed to others."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # on Windows the temporary folder is itself the user's own
        return True
    return found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def make_private(folder):
    """Make `folder` unless it is there, and return whether it can be trusted."""
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    return is_private(folder)
