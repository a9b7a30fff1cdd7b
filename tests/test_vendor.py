"""The vendored files are the ones that were checked in with their checksums."""

import hashlib
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "_vendor"


def test_every_vendored_file_has_its_checksum():
    lines = (VENDOR / "SHA256SUMS").read_text().split("\n")
    sums = {name: digest for digest, name in (line.split() for line in lines if line)}
    shipped = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css", ".woff2"}}
    assert shipped
    assert shipped <= set(sums)
    for name, digest in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
