"""A network as peers see it: what `cnngen check --dump=graph` prints, and its weights.

Peers are built from this description alone, so a new network needs no new peer code. Shapes are
channels last, as in cnngen; `Weights` has them in the other layouts that peers want. A depthwise
convolution is one with as many groups as channels, whose kernel has the same bytes.
"""
import math
import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace

NODE = re.compile(r"(\w+) (\w+) (\S+) -> (\S+)((?: from [^\s,]+)+)(?:, (\w+))?$")
WINDOW = re.compile(r"    kernel (\S+) stride (\S+) dilation (\S+) padding (\d+) (\d+) (\d+) (\d+)$")
NORM = re.compile(r"    epsilon (\S+)(?: momentum (\S+))?$")
TENSOR = re.compile(r"    (\w+)\.(\w+) ([\dx]+)( frozen)?$")
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
    momentum: float = 0.0                         # of a batch norm: what stays of the moving statistics
    epsilon: float = 0.0
    tensors: dict = field(default_factory=dict)   # "kernel" -> its shape
    frozen: bool = False                          # has tensors that no gradient changes, but for moving statistics

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
                                      inputs.split(" from ")[1:], activation or "linear"))
        elif line.startswith("input "):
            network.input = shape_of(line.split()[-1])
        elif window := WINDOW.match(line):
            last = network.nodes[-1]
            last.kernel, last.stride, last.dilation = map(shape_of, window.groups()[:3])
            last.padding = tuple(map(int, window.groups()[3:]))
        elif norm := NORM.match(line):
            network.nodes[-1].epsilon, network.nodes[-1].momentum = (float(number or 0) for number in norm.groups())
        elif tensor := TENSOR.match(line):
            last, part = network.nodes[-1], tensor[2]
            last.tensors[part] = shape_of(tensor[3])
            last.frozen |= bool(tensor[4]) and part not in STATISTICS
    for node in network.nodes:
        if node.kind in ACTIVATIONS:
            node.kind = "activation"
        elif node.kind == "depthwise_conv2d":
            h, w, channels, multiplier = node.tensors["kernel"]
            node.kind, node.tensors["kernel"] = "conv2d", (h, w, 1, channels * multiplier)
    return network


ACTIVATIONS = {"relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "elu", "gelu",
               "silu", "hard_sigmoid", "hard_swish"}
STATISTICS = ("moving_mean", "moving_variance")
RANGES = {"bias": (-0.1, 0.1), "beta": (-0.1, 0.1), "gamma": (0.5, 1.5), "moving_mean": (-0.1, 0.1), "moving_variance": (0.5, 1.5)}


def random_weights(network, seed=7):
    """All in canonical order: kernels that keep the size of values (He et al. 2015), and biases and batch norms that
    are not those at the start of training, which would hide a peer that forgets them."""
    chance, flat = random.Random(seed), []
    for _, part, shape in network.tensors:
        most = math.sqrt(6 / math.prod(shape[:-1])) if part == "kernel" else 0
        low, high = RANGES.get(part, (-most, most))
        flat += [chance.uniform(low, high) for _ in range(math.prod(shape))]
    return flat


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
        self.by_name, self.arrays = {node.name: node for node in network.nodes}, {}
        for node, part, shape in network.tensors:
            size = math.prod(shape)
            self.arrays[node.name, part] = values[at:at + size].reshape(shape)
            at += size

    def __call__(self, node, part, axes=None):
        array = self.arrays.get((node.name, part))
        if array is None:
            import numpy
            return numpy.full(node.shape[-1], part == "gamma", numpy.float32)
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
        before = self.by_name.get(node.inputs[0])
        while before and before.kind in ("dropout", "activation"):
            before = self.by_name.get(before.inputs[0])
        return before.shape_in if before and before.kind == "flatten" else node.shape_in

    def scale_and_shift(self, node):
        """What a batch norm is once it no longer learns, in double."""
        gamma, beta, mean, variance = (self(node, part).astype("double") for part in ("gamma", "beta", *STATISTICS))
        scale = gamma / (variance + node.epsilon) ** 0.5
        return scale, beta - mean * scale

    def fold(self, node, norm):
        """The batch norm behind this layer becomes part of its kernel and bias."""
        scale, shift = self.scale_and_shift(norm)
        self.arrays[node.name, "bias"] = (self(node, "bias") * scale + shift).astype("float32")
        self.arrays[node.name, "kernel"] = (self(node, "kernel") * scale).astype("float32")


def folded(network, flat):
    """The network to predict with, and its weights: batch norms are folded into the convolution or dense layer before
    them where that is possible, as the converters of all peers do it."""
    weights, nodes, renamed = Weights(network, flat), {}, {}
    readers = Counter(name for node in network.nodes for name in node.inputs)
    for node in network.nodes:
        node = replace(node, inputs=[renamed.get(name, name) for name in node.inputs], tensors=dict(node.tensors))
        before = nodes.get(node.inputs[0])
        if (node.kind == "batch_norm" and before and before.kind in ("conv2d", "dense")
                and before.activation == "linear" and readers[before.name] == 1):
            weights.fold(before, node)
            before.tensors["bias"], before.activation = before.shape[-1:], node.activation
            renamed[node.name], readers[before.name] = before.name, readers[node.name]
        else:
            nodes[node.name] = node
    weights.by_name = nodes
    return replace(network, nodes=list(nodes.values())), weights
