"""One operator that torch.export traced, with what is needed to write nodes of a plain graph."""

from convlib.graphs.plain import Constant, Node


class Call:
    """One traced operator: its arguments by name, and what is needed to write nodes for it."""

    def __init__(self, traced, names, constants, name):
        self.traced, self.names, self.constants, self.name = traced, names, constants, name
        schema = traced.target._schema
        self.arguments = {
            argument.name: argument.default_value if argument.has_default_value() else None
            for argument in schema.arguments
        }
        self.arguments |= dict(
            zip((argument.name for argument in schema.arguments), traced.args, strict=False)
        )
        self.arguments |= traced.kwargs
        value = traced.meta.get("val")
        self.shape = tuple(map(int, value.shape)) if hasattr(value, "shape") else None

    def __getitem__(self, name):
        return self.arguments.get(name)

    def pair(self, name, default=None):
        """Return an argument of one or two numbers as two."""
        value = self[name]
        value = default if value is None or value == [] else value
        value = [value] if isinstance(value, int) else list(value)
        return value * 2 if len(value) == 1 else value

    def tensor(self, value):
        """Return the name of a tensor; a number becomes a constant, None nothing."""
        if value is None:
            return ""
        if value in self.names:
            return self.names[value]
        if isinstance(value, (bool, int, float)):
            return self.constant((value,), ())
        return getattr(value, "name", "")

    def constant(self, numbers, shape):
        """Add a constant and return its name."""
        name = f"{self.traced.name}/{len(self.constants)}"
        self.constants[name] = Constant(shape, tuple(numbers))
        return name

    def integers(self, numbers):
        """Add a constant with one axis and return its name."""
        return self.constant([int(number) for number in numbers], (len(numbers),))

    def node(self, operator, inputs, outputs=None, **attributes):
        """Return a node; inputs are traced values, or names."""
        inputs = tuple(one if isinstance(one, str) else self.tensor(one) for one in inputs)
        return Node(self.name, operator, inputs, outputs or (self.traced.name,), attributes)
