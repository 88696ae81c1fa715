"""The Demucs network on one device in one precision: runs segments, and stops in the middle of one when it must."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Literal

import torch
from demucs.htdemucs import HTDemucs
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline.engines import nothing
from pipeline.errors import WrongModel

Precision = Literal["fp32", "bf16"]

# Demucs' own two, and what was trained further from them. A file says nothing about it that would be believed.
FORM = {
    "sources": ["drums", "bass", "other", "vocals"],
    "audio_channels": 2,
    "samplerate": 44_100,
    "segment": Fraction(39, 5),
    "bottom_channels": 512,
    "dconv_mode": 3,
}


class Network:
    """Holds the model warm. `device` and `precision` may be changed between runs, with `use`."""

    def __init__(self, weights: Path) -> None:
        self._model = _voice_only(_load(weights))
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
        return self.start(segments, check).cpu()

    def start(self, segments: Tensor, check: Callable[[], None] = nothing) -> Tensor:
        """The same, where it is computed: a card goes on with it while the caller does something else."""
        self._check = check
        # torch's shortcut for attention writes out how much each moment heeds each other one. On a processor, in full
        # precision, the long way that never does is twice as fast; in bf16 it is not.
        torch.backends.mha.set_fastpath_enabled(self.device != "cpu" or self.precision == "bf16")
        autocast = torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bf16")
        try:
            with torch.inference_mode(), autocast:
                stems: Tensor = self._model(self._moved(segments))
                return stems[:, 0].float()
        finally:
            self._check = nothing

    def _moved(self, segments: Tensor) -> Tensor:
        if self.device != "cuda":
            return segments.to(self.device)
        return segments.pin_memory().to(self.device, non_blocking=True)


def _load(weights: Path) -> HTDemucs:
    """The network with the weights of a safetensors file, or of a pickle that is known by its checksum."""
    model: HTDemucs = HTDemucs(**FORM)
    try:
        state = _unpickled(weights) if weights.suffix == ".th" else load_file(weights)
        model.load_state_dict(state)
    except (SafetensorError, UnpicklingError, RuntimeError, KeyError) as error:
        raise WrongModel(str(error)[:500], name=weights.name, reason="form") from error
    if not all(bool(tensor.isfinite().all()) for tensor in model.parameters()):
        raise WrongModel(name=weights.name, reason="numbers")
    model.eval()
    return model


def _unpickled(path: Path) -> dict[str, Tensor]:
    """What Demucs published holds the network's class and arguments too; nothing else is let in."""
    with torch.serialization.safe_globals([HTDemucs, Fraction]):
        state: dict[str, Tensor] = torch.load(path, "cpu", weights_only=True)["state"]
    return state


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
