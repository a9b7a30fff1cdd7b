"""A network as a plain graph: what its file or its tracer says, in names and numbers alone.

The words are ONNX's, because most tools write ONNX: operators, their attributes, layouts. A graph
holds no weights, only their shapes; numbers are kept where an operator reads them as a size, a
padding or a scale. `as_json` and `from_json` make it a text that any other program can write.
"""

import json
from typing import NamedTuple

# Constants of more numbers are weights, and left out.
MOST_NUMBERS = 256


class Node(NamedTuple):
    """One operator: its name, its kind, the tensors it reads and writes, and its attributes.

    A tensor that is left out is ''. Attributes are numbers, texts, or lists of these.
    """

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict


class Constant(NamedTuple):
    """A tensor that the file holds: its shape, and its numbers in order if they are few."""

    shape: tuple[int, ...]
    numbers: tuple | None = None


class Graph(NamedTuple):
    """A network as operators in an order in which they can be computed.

    Attributes
    ----------
    inputs : dict of str to tuple
        The shape of each input; a length that is not fixed is a text, its name, or None.
    outputs : tuple of str
        The tensors that are the result.
    constants : dict of str to Constant
        Weights and other numbers.
    shapes : dict of str to tuple
        What is known about the shapes of other tensors.
    nodes : tuple of Node
        The operators.
    notes : tuple of str
        What was left out in reading, in sentences.
    """

    inputs: dict
    outputs: tuple[str, ...]
    constants: dict
    shapes: dict
    nodes: tuple[Node, ...]
    notes: tuple[str, ...] = ()


def as_json(graph):
    """Return a graph as a text; :func:`from_json` reads it.

    Examples
    --------
    >>> from convlib.graphs.plain import Graph, Node, as_json, from_json
    >>> graph = Graph({"x": (1, 3, 8, 8)}, ("y",), {}, {}, (Node("", "Relu", ("x",), ("y",), {}),))
    >>> from_json(as_json(graph)) == graph
    True
    """
    fields = graph._asdict()
    fields["constants"] = {name: tuple(constant) for name, constant in graph.constants.items()}
    return json.dumps(fields)


def from_json(text):
    """Return the graph that :func:`as_json` wrote."""
    fields = json.loads(text)
    return Graph(
        inputs={name: tuple(shape) for name, shape in fields["inputs"].items()},
        outputs=tuple(fields["outputs"]),
        constants={
            name: Constant(tuple(shape), numbers if numbers is None else tuple(numbers))
            for name, (shape, numbers) in fields["constants"].items()
        },
        shapes={name: tuple(shape) for name, shape in fields["shapes"].items()},
        nodes=tuple(
            Node(name, operator, tuple(inputs), tuple(outputs), attributes)
            for name, operator, inputs, outputs, attributes in fields["nodes"]
        ),
        notes=tuple(fields["notes"]),
    )
