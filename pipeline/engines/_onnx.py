"""Reads the separation model's tensors out of its ONNX file, under the names they have in demucs' own model.

An ONNX file is one protobuf message. Of its hundreds of fields four are wanted here, so a few lines read them, and no
code generated from a schema has to look at a file from outside.
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Tensor = npt.NDArray[np.float32]

FLOAT = 1  # TensorProto.DataType
# Field numbers of the messages ModelProto, GraphProto, NodeProto and TensorProto.
GRAPH, NODE, INITIALIZER = 7, 1, 5
NODE_INPUT, NODE_NAME, NODE_OPERATOR = 1, 3, 4
DIMS, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9

EMBEDDING = "onnx::Expand_5107"  # the frequency embedding, times ten and spread out over the frames


class Node(NamedTuple):
    """One operation of the graph."""

    operator: str
    name: str
    inputs: list[str]


def read(model: bytes) -> dict[str, Tensor]:
    """Every tensor of the model, named and shaped as in demucs' `HTDemucs`."""
    nodes, tensors = _graph(memoryview(model))
    anonymous = {name for name in tensors if name.startswith("onnx::")}
    named = {name: tensor for name, tensor in tensors.items() if name not in anonymous}
    for node in nodes:
        for place, name in enumerate(node.inputs):
            if name == EMBEDDING:
                named["freq_emb.embedding.weight"] = tensors[name][0, :, :, 0].T / np.float32(10)
            elif name in anonymous:
                _add(named, node, place, tensors[name])
    return named


def _add(named: dict[str, Tensor], node: Node, place: int, tensor: Tensor) -> None:
    """Put a constant that lost its name where its operation shows that it belongs."""
    module = _module(node.name)
    attention = "in_proj_" if module.endswith("attn") else ""
    if node.operator == "MatMul":
        key, tensor = f"{module}.{attention}weight", tensor.T
    elif node.operator == "Add":
        key = f"{module}.{attention}bias"
    else:
        # A layer's scale stands on the left of its `Mul`, the weight of a norm on the right.
        key = f"{module}.{'scale' if place == 0 else 'weight'}"
    if not attention:
        named[key] = tensor.reshape(-1) if tensor.ndim == 2 and tensor.shape[1] == 1 else tensor
    elif key in named:
        # The two halves of a cross attention: the query first, then key and value.
        named[key] = np.concatenate([named[key], tensor])
    else:
        named[key] = tensor


def _module(node_name: str) -> str:
    """`/encoder.0/dconv/layers.0/layers.0.1/Mul` → `encoder.0.dconv.layers.0.1`."""
    parts: list[str] = []
    for part in node_name.strip("/").split("/")[:-1]:
        if parts and part.startswith(f"{parts[-1]}."):
            parts.pop()
        parts.append(part)
    return ".".join(parts)


def _graph(model: memoryview) -> tuple[list[Node], dict[str, Tensor]]:
    nodes: list[Node] = []
    tensors: dict[str, Tensor] = {}
    for field, graph in _fields(model):
        if field != GRAPH or isinstance(graph, int):
            continue
        for kind, message in _fields(graph):
            if isinstance(message, int):
                continue
            if kind == NODE:
                nodes.append(_node(message))
            elif kind == INITIALIZER and (found := _tensor(message)) is not None:
                tensors[found[0]] = found[1]
    return nodes, tensors


def _node(message: memoryview) -> Node:
    texts: dict[int, list[str]] = {NODE_INPUT: [], NODE_NAME: [""], NODE_OPERATOR: [""]}
    for field, value in _fields(message):
        if field in texts and not isinstance(value, int):
            texts[field].append(str(value, "utf-8"))
    return Node(texts[NODE_OPERATOR][-1], texts[NODE_NAME][-1], texts[NODE_INPUT])


def _tensor(message: memoryview) -> tuple[str, Tensor] | None:
    dims: list[int] = []
    name, kind, raw = "", 0, memoryview(b"")
    for field, value in _fields(message):
        if isinstance(value, int):
            if field == DIMS:
                dims.append(value)
            elif field == DATA_TYPE:
                kind = value
        elif field == DIMS:
            dims += _packed(value)
        elif field == NAME:
            name = str(value, "utf-8")
        elif field == RAW_DATA:
            raw = value
    if kind != FLOAT or len(raw) != 4 * prod(dims):
        return None
    return name, np.frombuffer(raw, "<f4").reshape(dims)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of one protobuf message: its number, and a whole number or the bytes of what is inside."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = _varint(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind} is not used in ONNX files")
        yield key >> 3, message[at : at + length]
        at += length


def _packed(message: memoryview) -> list[int]:
    at, numbers = 0, []
    while at < len(message):
        number, at = _varint(message, at)
        numbers.append(number)
    return numbers


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
        shift += 7
