"""Hypothesis profiles: the same examples in every run, fewer where kernels run slowly."""

import os

from hypothesis import settings

settings.register_profile("default", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("small", settings.get_profile("default"), max_examples=12)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
