"""The Demucs network on one device in one precision: runs segments, and stops in the middle of one when it must."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

import torch
from demucs.hf import load_safetensors_model
from demucs.htdemucs import HTDemucs
from torch import Tensor, nn

from pipeline.engines import nothing

Precision = Literal["fp32", "bf16"]


class Network:
    """Holds the model warm. `device` and `precision` may be changed between runs, with `use`."""

    def __init__(self, weights: Path) -> None:
        self._model = cast("HTDemucs", load_safetensors_model(weights)).eval()
        self._voice = self._model.sources.index("vocals")
        self._check: Callable[[], None] = nothing
        self.length = int(self._model.segment * self._model.samplerate)
        self.device = "cpu"
        self.precision: Precision = "fp32"
        for module in self._model.modules():
            # The parts of an attention are computed without being called: there it counts as one.
            if isinstance(module, nn.MultiheadAttention) or not any(module.children()):
                module.register_forward_pre_hook(lambda *_: self._check())

    def use(self, device: str, precision: Precision = "fp32") -> None:
        """Move the model to a device (`cpu`, `cuda`, `mps`) and compute there in this precision."""
        self._model.to(device)
        self.device, self.precision = device, precision

    def voices(self, segments: Tensor, check: Callable[[], None] = nothing) -> Tensor:
        """The voice in each of these segments, all of them computed together: (n, 2, length) both ways.

        `check` is called before each layer, every few milliseconds; what it raises ends the work.
        """
        self._check = check
        autocast = torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bf16")
        try:
            with torch.inference_mode(), autocast:
                stems: Tensor = self._model(segments.to(self.device))
                return stems[:, self._voice].float().cpu()
        finally:
            self._check = nothing
