"""SqueezeNet, versions 1.0 and 1.1."""

from convlib.branches import Concat
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d, MaxPool2d

# For each version: channels and kernel of the first layer, and the layers that come after a
# pooling. Then squeezed channels, and those of each expansion (Iandola et al., Table 1).
VERSIONS = {"1.0": (96, 7, (2, 5, 9)), "1.1": (64, 3, (2, 4, 6))}
FIRES = (
    (16, 64),
    (16, 64),
    (32, 128),
    (32, 128),
    (48, 192),
    (48, 192),
    (64, 256),
    (64, 256),
)


def squeezenet(version="1.0", num_classes=1000):
    """Return SqueezeNet: eight "fire" modules, that squeeze by 1 × 1, expand by 1 × 1 and 3 × 3.

    Parameters
    ----------
    version : {'1.0', '1.1'}, default '1.0'
        The paper's, or its authors' cheaper one, with a smaller first layer and earlier poolings.
    num_classes : int, default 1000
        Outputs of the last convolution, whose average over the image is the result.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under the paper's names. The two expansions of a module are a
        :class:`~convlib.branches.Concat` named after the module. Poolings round up, and the first
        layer has no padding, as in the authors' model and torchvision's.

    Raises
    ------
    ValueError
        If `version` is unknown.

    References
    ----------
    Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB
    model size", 2016, Table 1; torchvision/models/squeezenet.py.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> for version in ("1.0", "1.1"):
    ...     cost = network_cost(networks.squeezenet(version), 224)
    ...     print(f"{version}  {cost.macs / 1e9:.3f} GMACs  {cost.params:,} parameters")
    1.0  0.819 GMACs  1,248,424 parameters
    1.1  0.349 GMACs  1,235,496 parameters
    """
    if version not in VERSIONS:
        legal = ", ".join(map(repr, VERSIONS))
        raise ValueError(f"version={version!r} is not known; legal values are {legal}")
    channels, kernel_size, pooled = VERSIONS[version]
    network = [("conv1", Conv2d(3, channels, kernel_size, stride=2))]
    for number, (squeezed, expanded) in enumerate(FIRES, start=2):
        if number in pooled:
            network.append((f"maxpool{number - 1}", MaxPool2d(3, 2, ceil_mode=True)))
        expand = Concat(
            (
                ("expand1x1", Conv2d(squeezed, expanded, 1)),
                ("expand3x3", Conv2d(squeezed, expanded, 3, padding=1)),
            )
        )
        network += [
            (f"fire{number}.squeeze", Conv2d(channels, squeezed, 1)),
            (f"fire{number}", expand),
        ]
        channels = 2 * expanded
    network += [
        ("conv10", Conv2d(channels, num_classes, 1)),
        ("avgpool10", AdaptiveAvgPool2d(1)),
    ]
    return tuple(network)
