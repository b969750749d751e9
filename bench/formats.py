"""Writes a network in the file formats of peers: ONNX, ncnn's pair of files, LiteRT's flatbuffer.

Each is a walk over the nodes; a layer that a walk does not know raises Unsupported.
"""
import math
from collections import Counter

import numpy

from network import STATISTICS, Unsupported


def check_average(node):
    """Whether padding counts is not in the description."""
    if node.kind == "avgpool2d" and any(node.padding):
        raise Unsupported("avgpool2d with padding")


# --- ONNX ------------------------------------------------------------------------------------------------------------

ONNX_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softmax": "Softmax",
                    "softplus": "Softplus", "hard_swish": "HardSwish", "relu6": "Clip"}


class Onnx:
    """Channels first, the batch of one in front."""

    def __init__(self, network, weights):
        from onnx import TensorProto, helper, numpy_helper
        self.helper, self.numpy_helper, self.weights = helper, numpy_helper, weights
        self.nodes, self.constants, self.named = [], [], {"input": "input"}
        for node in network.nodes:
            self.layer(node)
        self.nodes[-1].output[0] = "output"
        first, last = network.input, network.output
        x = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *first[-1:], *first[:-1]])
        y = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, *last[-1:], *last[:-1]])
        graph = helper.make_graph(self.nodes, network.name, [x], [y], self.constants)
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)

    def constant(self, name, array):
        self.constants.append(self.numpy_helper.from_array(numpy.ascontiguousarray(array), name))
        return name

    def layer(self, node):
        call = getattr(self, node.kind, None)
        if call is None:
            raise Unsupported(node.kind)
        operator, inputs, attributes = call(node)
        at = self.named[node.inputs[0]]
        if operator:
            before, at = [self.named[name] for name in node.inputs], f"{node.name}_linear"
            self.nodes.append(self.helper.make_node(operator, before + inputs, [at], **attributes))
        if node.activation != "linear":
            if node.activation not in ONNX_ACTIVATIONS:
                raise Unsupported(node.activation)
            axis = {"axis": 1} if node.activation == "softmax" else {}
            inputs, at = [at], node.name
            if node.activation == "relu6":
                inputs += [self.constant(f"{at}.{bound}", numpy.float32(bound)) for bound in (0, 6)]
            self.nodes.append(self.helper.make_node(ONNX_ACTIVATIONS[node.activation], inputs, [at], **axis))
        self.named[node.name] = at

    def window(self, node):
        top, bottom, left, right = node.padding
        return {"kernel_shape": node.kernel, "strides": node.stride, "pads": [top, left, bottom, right]}

    def conv2d(self, node):
        inputs = [self.constant(f"{node.name}.kernel", self.weights.oihw(node)),
                  self.constant(f"{node.name}.bias", self.weights(node, "bias"))]
        return "Conv", inputs, self.window(node) | {"group": node.groups, "dilations": node.dilation}

    def dense(self, node):
        inputs = [self.constant(f"{node.name}.kernel", self.weights.dense(node, channels_first=True)),
                  self.constant(f"{node.name}.bias", self.weights(node, "bias"))]
        return "Gemm", inputs, {"transB": 1}

    def batch_norm(self, node):
        inputs = [self.constant(f"{node.name}.{part}", self.weights(node, part)) for part in ("gamma", "beta", *STATISTICS)]
        return "BatchNormalization", inputs, {"epsilon": node.epsilon}

    def add(self, node):
        return "Add" if len(node.inputs) == 2 else "Sum", [], {}

    residual = add

    def concat(self, node):
        return "Concat", [], {"axis": 1}

    def maxpool2d(self, node):
        return "MaxPool", [], self.window(node)

    def avgpool2d(self, node):
        check_average(node)
        return "AveragePool", [], self.window(node)

    def global_avgpool2d(self, node):
        return "ReduceMean", [], {"axes": [2, 3], "keepdims": 0}

    def global_maxpool2d(self, node):
        return "ReduceMax", [], {"axes": [2, 3], "keepdims": 0}

    def zero_padding2d(self, node):
        top, bottom, left, right = node.padding
        pads = numpy.array([0, 0, top, left, 0, 0, bottom, right])
        return "Pad", [self.constant(f"{node.name}.pads", pads)], {}

    def flatten(self, node):
        return "Flatten", [], {}

    def activation(self, node):
        return None, [], {}

    dropout = activation


# --- ncnn ------------------------------------------------------------------------------------------------------------

NCNN_FUSED = {"linear": "", "relu": " 9=1", "relu6": " 9=3 -23310=2,0.0,6.0", "sigmoid": " 9=4"}
NCNN_LAYERS = {"relu": ("ReLU", ""), "relu6": ("Clip", "0=0 1=6"), "sigmoid": ("Sigmoid", ""), "tanh": ("TanH", ""),
               "softmax": ("Softmax", ""), "silu": ("Swish", ""), "hard_swish": ("HardSwish", "0=0.16666667 1=0.5")}


class Ncnn:
    """Text that names layers and numbered options, and a file of weights in the same order."""

    def __init__(self, network, weights):
        self.lines, self.blobs, self.data, self.weights = [], 0, bytearray(), weights
        self.readers = Counter(name for node in network.nodes for name in node.inputs)
        self.named = {}
        self.name("input", self.layer_line("Input", "input", [], ""))
        for node in network.nodes:
            self.layer(node)
        self.output = self.named[network.nodes[-1].name].pop()
        self.param = f"7767517\n{len(self.lines)} {self.blobs}\n" + "\n".join(self.lines) + "\n"

    def layer_line(self, kind, name, inputs, options, outputs=None):
        outputs = outputs or [name]
        self.blobs += len(outputs)
        self.lines.append(" ".join([kind, name, str(len(inputs)), str(len(outputs)), *inputs, *outputs, options]))
        return name

    def name(self, node, at):
        """A blob has one reader, so one with several is split."""
        self.named[node] = [at]
        if self.readers[node] > 1:
            self.named[node] = [f"{node}_{i}" for i in range(self.readers[node])]
            self.layer_line("Split", f"{node}_split", [at], "", self.named[node])

    def layer(self, node):
        call = getattr(self, node.kind, None)
        if call is None:
            raise Unsupported(node.kind)
        kind, options = call(node)
        before = [self.named[name].pop() for name in node.inputs]
        at = before[0]
        fused = kind in ("Convolution", "ConvolutionDepthWise", "InnerProduct") and node.activation in NCNN_FUSED
        if kind:
            fuse = NCNN_FUSED[node.activation] if fused else ""
            at = self.layer_line(kind, f"{node.name}_linear", before, options + fuse)
        if not fused and node.activation != "linear":
            if node.activation not in NCNN_LAYERS:
                raise Unsupported(node.activation)
            kind, options = NCNN_LAYERS[node.activation]
            at = self.layer_line(kind, node.name, [at], options)
        self.name(node.name, at)

    def conv2d(self, node):
        top, bottom, left, right = node.padding
        (kh, kw), (sh, sw), (dh, dw) = node.kernel, node.stride, node.dilation
        kernel = self.weights.oihw(node)
        self.data += bytes(4) + kernel.tobytes() + self.weights(node, "bias").tobytes()   # 4 zeros: float32
        options = (f"0={node.shape[-1]} 1={kw} 11={kh} 2={dw} 12={dh} 3={sw} 13={sh} "
                   f"4={left} 15={right} 14={top} 16={bottom} 5=1 6={kernel.size}")
        if node.groups == 1:
            return "Convolution", options
        return "ConvolutionDepthWise", options + f" 7={node.groups}"

    def dense(self, node):
        kernel = self.weights.dense(node, channels_first=True)
        self.data += bytes(4) + kernel.tobytes() + self.weights(node, "bias").tobytes()
        return "InnerProduct", f"0={node.shape[-1]} 1=1 2={kernel.size}"

    def batch_norm(self, node):
        for part in ("gamma", *STATISTICS, "beta"):
            self.data += self.weights(node, part).tobytes()
        return "BatchNorm", f"0={node.shape[-1]} 1={node.epsilon}"

    def add(self, node):
        return ("BinaryOp", "0=0") if len(node.inputs) == 2 else ("Eltwise", "0=1")

    residual = add

    def concat(self, node):
        return "Concat", "0=0"

    def pool(self, node, kind):
        top, bottom, left, right = node.padding
        (kh, kw), (sh, sw) = node.kernel, node.stride
        return "Pooling", f"0={kind} 1={kw} 11={kh} 2={sw} 12={sh} 3={left} 14={right} 13={top} 15={bottom} 5=1"

    def maxpool2d(self, node):
        return self.pool(node, 0)

    def avgpool2d(self, node):
        check_average(node)
        return self.pool(node, 1)

    def global_maxpool2d(self, node):
        return "Pooling", "0=0 4=1"

    def global_avgpool2d(self, node):
        return "Pooling", "0=1 4=1"

    def zero_padding2d(self, node):
        top, bottom, left, right = node.padding
        return "Padding", f"0={top} 1={bottom} 2={left} 3={right} 4=0 5=0"

    def flatten(self, node):
        return "Flatten", ""

    def activation(self, node):
        return None, ""

    dropout = activation


# --- LiteRT ----------------------------------------------------------------------------------------------------------

LITERT_FUSED = {"relu": "RELU", "relu6": "RELU6"}
LITERT_LAYERS = {"softmax": "SOFTMAX", "sigmoid": "LOGISTIC", "tanh": "TANH", "relu": "RELU", "hard_swish": "HARD_SWISH"}


class Litert:
    """Channels last. Tables of the flatbuffer's own schema, which comes with the runtime."""

    def __init__(self, network, weights):
        from ai_edge_litert import schema_py_generated as schema
        self.schema, self.weights, self.named = schema, weights, {}
        self.codes, self.buffers, self.operators = [], [schema.BufferT()], []
        self.graph = schema.SubGraphT()
        self.graph.tensors = []
        self.named["input"] = self.tensor("input", (1, *network.input))
        for node in network.nodes:
            self.layer(node)
        self.graph.inputs, self.graph.outputs = [0], [self.named[network.nodes[-1].name]]
        self.graph.operators = self.operators
        self.bytes = self.pack()

    def pack(self):
        import flatbuffers
        model = self.schema.ModelT()
        model.version, model.operatorCodes, model.buffers = 3, self.codes, self.buffers
        model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def tensor(self, name, shape, array=None):
        tensor = self.schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, list(shape), 0
        tensor.type = self.schema.TensorType.FLOAT32
        if array is not None:
            buffer = self.schema.BufferT()
            buffer.data = numpy.frombuffer(array.tobytes(), numpy.uint8)
            tensor.buffer = len(self.buffers)
            tensor.type = self.schema.TensorType.INT32 if array.dtype == numpy.int32 else tensor.type
            self.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, code, inputs, output, options=None):
        entry = self.schema.OperatorCodeT()
        entry.builtinCode = getattr(self.schema.BuiltinOperator, code)
        entry.deprecatedBuiltinCode, entry.version = min(entry.builtinCode, 127), 1
        operator = self.schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(self.codes), inputs, [output]
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, type(options).__name__[:-1])
        self.codes.append(entry)
        self.operators.append(operator)

    def layer(self, node):
        call = getattr(self, node.kind, None)
        if call is None:
            raise Unsupported(node.kind)
        code, inputs, options = call(node)
        fused = hasattr(options, "fusedActivationFunction") and node.activation in LITERT_FUSED
        if fused:
            options.fusedActivationFunction = getattr(self.schema.ActivationFunctionType, LITERT_FUSED[node.activation])
        at = self.named[node.inputs[0]]
        if node.kind == "conv2d" and options.padding == self.schema.Padding.VALID and any(node.padding):
            at = self.pad(node, at)
        if code:
            before = [at] + [self.named[name] for name in node.inputs[1:]]
            at = self.tensor(f"{node.name}_linear", (1, *node.shape))
            self.operator(code, before + inputs, at, options)
        if not fused and node.activation != "linear":
            before, at = at, self.tensor(f"{node.name}_active", (1, *node.shape))
            if node.activation not in LITERT_LAYERS:
                raise Unsupported(node.activation)
            softmax = self.schema.SoftmaxOptionsT() if node.activation == "softmax" else None
            if softmax:
                softmax.beta = 1.0
            self.operator(LITERT_LAYERS[node.activation], [before], at, softmax)
        self.named[node.name] = at

    def padded(self, node):
        """The format knows "valid" and "same" only; other padding is what XNNPACK folds: a PAD in front."""
        if not any(node.padding):
            return self.schema.Padding.VALID
        same = all(total == max(0, (math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size) and first == total // 2
                   for total, first, size, s, d, k in zip(
                       (node.padding[0] + node.padding[1], node.padding[2] + node.padding[3]),
                       (node.padding[0], node.padding[2]), node.shape_in, node.stride, node.dilation, node.kernel))
        if same:
            return self.schema.Padding.SAME
        if node.kind != "conv2d":
            raise Unsupported("pooling with this padding")
        return self.schema.Padding.VALID

    def pad(self, node, at):
        top, bottom, left, right = node.padding
        h, w, c = node.shape_in
        out = self.tensor(f"{node.name}_padded", (1, h + top + bottom, w + left + right, c))
        self.operator("PAD", [at, self.amounts(node)], out, self.schema.PadOptionsT())
        return out

    def amounts(self, node):
        top, bottom, left, right = node.padding
        array = numpy.array([[0, 0], [top, bottom], [left, right], [0, 0]], numpy.int32)
        return self.tensor(f"{node.name}_amounts", (4, 2), array)

    def zero_padding2d(self, node):
        return "PAD", [self.amounts(node)], self.schema.PadOptionsT()

    def conv2d(self, node):
        depthwise = node.groups == node.shape_in[-1] and node.groups > 1
        if node.groups != 1 and not depthwise:
            raise Unsupported("groups")
        options = self.schema.DepthwiseConv2DOptionsT() if depthwise else self.schema.Conv2DOptionsT()
        options.padding = self.padded(node)
        options.strideH, options.strideW = node.stride
        options.dilationHFactor, options.dilationWFactor = node.dilation
        kernel = self.weights.ohwi(node)
        if depthwise:
            options.depthMultiplier = node.shape[-1] // node.groups
            kernel = kernel.transpose(3, 1, 2, 0).copy()
        inputs = [self.tensor(f"{node.name}.kernel", kernel.shape, kernel), self.bias(node)]
        return "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D", inputs, options

    def bias(self, node):
        return self.tensor(f"{node.name}.bias", node.shape[-1:], self.weights(node, "bias"))

    def dense(self, node):
        kernel = self.weights.dense(node, channels_first=False)
        inputs = [self.tensor(f"{node.name}.kernel", kernel.shape, kernel), self.bias(node)]
        return "FULLY_CONNECTED", inputs, self.schema.FullyConnectedOptionsT()

    def add(self, node):
        if len(node.inputs) > 2:
            return "ADD_N", [], self.schema.AddNOptionsT()
        return "ADD", [], self.schema.AddOptionsT()

    residual = add

    def concat(self, node):
        options = self.schema.ConcatenationOptionsT()
        options.axis = -1
        return "CONCATENATION", [], options

    def pool(self, node, code):
        options = self.schema.Pool2DOptionsT()
        options.padding = self.padded(node)
        options.strideH, options.strideW = node.stride
        options.filterHeight, options.filterWidth = node.kernel
        return code, [], options

    def maxpool2d(self, node):
        return self.pool(node, "MAX_POOL_2D")

    def avgpool2d(self, node):
        check_average(node)
        return self.pool(node, "AVERAGE_POOL_2D")

    def global_avgpool2d(self, node):
        axes = self.tensor(f"{node.name}_axes", (2,), numpy.array([1, 2], numpy.int32))
        return "MEAN", [axes], self.schema.ReducerOptionsT()

    def flatten(self, node):
        options = self.schema.ReshapeOptionsT()
        options.newShape = [1, *node.shape]
        shape = self.tensor(f"{node.name}_shape", (2,), numpy.array([1, *node.shape], numpy.int32))
        return "RESHAPE", [shape], options

    def activation(self, node):
        return None, [], None

    dropout = activation
