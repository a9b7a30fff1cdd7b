"""How much memory conv2d needs beyond its input and output, for a 1 x 64 x 1024 x 1024 input.

python benchmarks/memory.py
"""

import json
import subprocess
import sys

CODE = """
import json, resource, sys
import numpy as np, convlib
algorithm, channels = sys.argv[1], int(sys.argv[2])
groups = channels if algorithm == "depthwise" else 1
x = np.ones((1, channels, 1024, 1024), np.float32)
w = np.ones((channels, channels // groups, 3, 3), np.float32)
convlib.conv2d(x[:, :, :40, :40], w, padding=1, groups=groups, algorithm=algorithm)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
y = convlib.conv2d(x, w, padding=1, groups=groups, algorithm=algorithm)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([x.nbytes / 2**20, y.nbytes / 2**20, (after - before) / 2**10]))
"""

print(f"{'algorithm':10}{'input':>10}{'output':>10}{'beyond both':>13}")
for algorithm in ("depthwise", "im2col", "shifted", "winograd", "auto"):
    run = [sys.executable, "-c", CODE, algorithm, "64"]
    x, y, grown = json.loads(subprocess.run(run, stdout=subprocess.PIPE, check=True).stdout)
    print(f"{algorithm:10}{x:7.0f}MiB{y:7.0f}MiB{grown - y:10.1f}MiB")
