"""A network as peers see it: what `cnngen check --dump=graph` prints, and its weights.

Peers are built from this description alone, so a new network needs no new peer code. Shapes are
channels last, as in cnngen; `Weights` has them in the other layouts that peers want.
"""
import math
import random
import re
from dataclasses import dataclass, field

NODE = re.compile(r"(\w+) (\w+) (\S+) -> (\S+) from ([^,]+)(?:, (\w+))?$")
WINDOW = re.compile(r"    kernel (\S+) stride (\S+) dilation (\S+) padding (\d+) (\d+) (\d+) (\d+)$")
TENSOR = re.compile(r"    (\w+)\.(\w+) ([\dx]+)\b")
HEAD = re.compile(r"model (\w+): loss (\w+),")


class Unsupported(Exception):
    """This peer has no such layer, or we have not written it: a counted skip."""


@dataclass
class Node:
    name: str
    kind: str
    shape_in: tuple
    shape: tuple
    inputs: list
    activation: str = "linear"
    kernel: tuple = (1, 1)
    stride: tuple = (1, 1)
    dilation: tuple = (1, 1)
    padding: tuple = (0, 0, 0, 0)                 # top, bottom, left, right
    tensors: dict = field(default_factory=dict)   # "kernel" -> its shape

    @property
    def groups(self):
        return self.shape_in[-1] // self.tensors["kernel"][2]


@dataclass
class Network:
    name: str
    loss: str
    input: tuple
    nodes: list

    @property
    def output(self):
        return self.nodes[-1].shape

    @property
    def tensors(self):
        """(layer, tensor, shape) in canonical order."""
        return [(n, part, shape) for n in self.nodes for part, shape in n.tensors.items()]


def shape_of(text):
    return tuple(int(size) for size in text.split("x"))


def parse(text):
    network = None
    for line in text.splitlines():
        if head := HEAD.match(line):
            network = Network(head[1], head[2], (), [])
        elif node := NODE.match(line):
            name, kind, before, after, inputs, activation = node.groups()
            network.nodes.append(Node(name, kind, shape_of(before), shape_of(after),
                                      re.split(r"[ +]+", inputs), activation or "linear"))
        elif line.startswith("input "):
            network.input = shape_of(line.split()[-1])
        elif window := WINDOW.match(line):
            last = network.nodes[-1]
            last.kernel, last.stride, last.dilation = map(shape_of, window.groups()[:3])
            last.padding = tuple(map(int, window.groups()[3:]))
        elif tensor := TENSOR.match(line):
            network.nodes[-1].tensors[tensor[2]] = shape_of(tensor[3])
    for node in network.nodes:
        if node.kind in ACTIVATIONS:
            node.kind = "activation"
    return network


ACTIVATIONS = {"relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "elu", "gelu",
               "silu", "hard_sigmoid", "hard_swish"}


def with_biases(network, flat, seed=7):
    """Initialisers give biases of zero, which would hide a peer that forgets them."""
    chance, at = random.Random(seed), 0
    for _, part, shape in network.tensors:
        for i in range(at, at + math.prod(shape)):
            if part == "bias":
                flat[i] = chance.uniform(-0.1, 0.1)
        at += math.prod(shape)


def batch(network, count, seed=3):
    """Inputs of 0..1 and targets: one-hot, or 0 and 1 in turn for a single output."""
    chance = random.Random(seed)
    x = [chance.random() for _ in range(count * math.prod(network.input))]
    outputs = math.prod(network.output)
    t = [0.0] * (count * outputs)
    for sample in range(count):
        if outputs == 1:
            t[sample] = float(sample % 2 == 0)
        else:
            t[sample * outputs + sample % outputs] = 1.0
    return x, t


class Weights:
    """The tensors as numpy arrays, one at a time, in the layout asked for."""

    def __init__(self, network, flat):
        import numpy
        values, at = numpy.array(flat, dtype=numpy.float32), 0
        self.network, self.arrays = network, {}
        for node, part, shape in network.tensors:
            size = math.prod(shape)
            self.arrays[node.name, part] = values[at:at + size].reshape(shape)
            at += size

    def __call__(self, node, part, axes=None):
        array = self.arrays.get((node.name, part))
        if array is None:
            import numpy
            return numpy.zeros(node.shape[-1], numpy.float32)
        return array.transpose(axes).copy() if axes else array.copy()

    def oihw(self, node):
        return self(node, "kernel", (3, 2, 0, 1))

    def ohwi(self, node):
        return self(node, "kernel", (3, 0, 1, 2))

    def dense(self, node, channels_first):
        """(out, in). Behind a flatten of channels-first data the inputs come in that order."""
        kernel = self(node, "kernel")
        flattened = self.flattened(node)
        if channels_first and len(flattened) == 3:
            kernel = kernel.reshape(*flattened, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        return kernel.T.copy()

    def flattened(self, node):
        """The shape that became this dense layer's input."""
        by_name = {n.name: n for n in self.network.nodes}
        before = by_name.get(node.inputs[0])
        while before and before.kind in ("dropout", "activation"):
            before = by_name.get(before.inputs[0])
        return before.shape_in if before and before.kind == "flatten" else node.shape_in
