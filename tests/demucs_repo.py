"""The real model in the form that demucs' own command line and its `Separator` take from a folder."""

from pathlib import Path
from typing import Any

import torch
from demucs.hf import load_safetensors_model

NAME = "htdemucs"


def write(weights: Path, folder: Path) -> Path:
    """For `--repo FOLDER -n htdemucs`: a pickle that the tests made themselves."""
    model: Any = load_safetensors_model(weights)
    args, kwargs = model._init_args_kwargs
    package = {"klass": type(model), "args": args, "kwargs": kwargs, "state": model.state_dict()}
    torch.save(package, folder / f"{NAME}.th")
    return folder
