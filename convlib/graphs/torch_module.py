"""PyTorch modules as plain graphs."""


def read_torch(module, input_size):
    """To come."""
    raise ImportError("to come")
