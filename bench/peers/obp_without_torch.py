"""Lets Open Bandit Pipeline be imported without PyTorch, once this is."""

import sys
import types


class Anything(type):
    """Stands for whatever is read from a module that isn't there."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


def stand_in_for_torch():
    """OBP imports PyTorch for its learners; none of its estimators uses it."""
    try:
        import torch  # noqa: F401
    except ImportError:
        anything = Anything("anything", (), {})
        for name in ["torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils", "torch.utils.data"]:
            module = types.ModuleType(name)
            module.__getattr__ = lambda _: anything
            sys.modules[name] = module


stand_in_for_torch()
