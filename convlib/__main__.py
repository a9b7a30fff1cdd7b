"""Check a network of your own: `python -m convlib check model.onnx --size 224`."""

import argparse
import sys

from convlib import networks

EPILOG = """Exit status: 0 if nothing was found but notes, 1 if there are warnings or errors, 2 if
the file cannot be read. Nothing of the file is executed, and files beside it are not opened."""


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m convlib", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check",
        help="say what a network in an ONNX file costs, what its places see, and what is wrong",
        epilog=EPILOG,
    )
    check.add_argument("model", help="an ONNX file")
    check.add_argument(
        "--size", help="height and width in pixels: 224 or 224x320, or 3x224x320 with channels"
    )
    check.add_argument("--table", action="store_true", help="print the row of each tensor too")
    check.add_argument("--json", action="store_true", help="print all that was found as JSON")
    return top


def size_of(text):
    """Return the size that a text such as '224' or '3x224x320' names, None for None."""
    if text is None:
        return None
    parts = text.lower().split("x")
    if not all(part.isdecimal() and part.isascii() for part in parts) or len(parts) > 3:
        raise ValueError(f"--size {text}: legal are 224, 224x320 and 3x224x320")
    lengths = tuple(int(part) for part in parts)
    return lengths[0] if len(lengths) == 1 else lengths


def main(arguments=None):
    """Do what the command line says; return the exit status."""
    told = parser().parse_args(arguments)
    try:
        network = networks.from_onnx(told.model, size_of(told.size))
    except (ImportError, ValueError) as error:
        print(str(error).removeprefix("path_or_bytes="), file=sys.stderr)
        return 2
    if told.json:
        print(network.as_json())
    else:
        parts = [network.summary(), network.told(), network.table() if told.table else ""]
        print("\n\n".join(part for part in parts if part))
    return int(network.count("error") + network.count("warning") > 0)


if __name__ == "__main__":
    sys.exit(main())
