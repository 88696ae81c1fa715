"""The Demucs network on one device in one precision: runs segments, and stops in the middle of one when it must."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

import torch
from demucs.hf import load_safetensors_model
from demucs.htdemucs import HTDemucs
from torch import Tensor, nn

from pipeline.engines import nothing

Precision = Literal["fp32", "bf16"]


class Network:
    """Holds the model warm. `device` and `precision` may be changed between runs, with `use`."""

    def __init__(self, weights: Path) -> None:
        self._model = _voice_only(cast("HTDemucs", load_safetensors_model(weights)).eval())
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
        # torch's shortcut for attention writes out how much each moment heeds each other one. On a processor, in full
        # precision, the long way that never does is twice as fast; in bf16 it is not.
        torch.backends.mha.set_fastpath_enabled(self.device != "cpu" or self.precision == "bf16")
        autocast = torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bf16")
        try:
            with torch.inference_mode(), autocast:
                stems: Tensor = self._model(segments.to(self.device))
                return stems[:, 0].float().cpu()
        finally:
            self._check = nothing


def _voice_only(model: HTDemucs) -> HTDemucs:
    """The same network without what only makes the other stems: they part in the last layer of each branch."""
    voice, number = model.sources.index("vocals"), len(model.sources)
    for branch in (model.decoder, model.tdecoder):
        last: Any = branch[-1].conv_tr
        each = last.out_channels // number
        wanted = slice(voice * each, (voice + 1) * each)
        last.weight = nn.Parameter(last.weight[:, wanted].clone())
        last.bias = nn.Parameter(last.bias[wanted].clone())
        last.out_channels = each
    model.sources = ["vocals"]
    return model
