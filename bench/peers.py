"""The peers: how each runs a network as fast as it can on one thread.

A peer is a class with `version` and generators `predict` and, where it trains, `step`. They yield (variant, make); make()
builds one variant and returns what to call in the timing loop: for predict (call, output), where call runs the network
once on the same input and output() reads the result; for step a call that does one step and returns its loss. A peer may
have `around`, a context for the loop around the calls of predict, and `slow`, variants that large networks leave out.
"""
import importlib
import importlib.metadata
import subprocess
import sys

import numpy

import formats
import network as net
import ours
import peers_train


def channels_first(network, x, count=1):
    array = numpy.array(x, numpy.float32).reshape(count, *network.input)
    return numpy.ascontiguousarray(numpy.moveaxis(array, -1, 1))


def channels_last(network, x, count=1):
    return numpy.array(x, numpy.float32).reshape(count, *network.input)


class OnnxRuntime:
    """Input and output are bound to fixed memory once."""

    modules = ["onnxruntime", "onnx"]

    def __init__(self, runtime, _):
        self.ort, self.version = runtime, runtime.__version__
        runtime.set_default_logger_severity(3)

    def predict(self, network, weights, x):
        yield "", lambda: self.session(network, weights, x)

    def session(self, network, weights, x):
        ort, options = self.ort, self.ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        model = formats.Onnx(network, weights).model.SerializeToString()
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        given = ort.OrtValue.ortvalue_from_numpy(channels_first(network, x))
        result = ort.OrtValue.ortvalue_from_shape_and_type(session.get_outputs()[0].shape, numpy.float32)
        binding.bind_ortvalue_input("input", given)
        binding.bind_ortvalue_output("output", result)
        run, keep = session.run_with_iobinding, (given, session)

        def output():
            run(binding)
            return result.numpy().ravel() if keep else None
        return lambda: run(binding), output


class OpenVino:
    modules = ["openvino", "onnx"]

    def __init__(self, openvino, _):
        self.openvino, self.version = openvino, openvino.__version__.split("-")[0]
        self.core = openvino.Core()

    def predict(self, network, weights, x):
        yield "", lambda: self.request(network, weights, x)

    def request(self, network, weights, x):
        model = formats.Onnx(network, weights).model.SerializeToString()
        compiled = self.core.compile_model(self.core.read_model(model), "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"})
        request = compiled.create_infer_request()
        request.set_input_tensor(self.openvino.Tensor(channels_first(network, x)))
        # The method under Python's wrapper, which copies outputs into a dictionary at every call.
        infer = super(type(request), request).infer

        def call():
            infer({}, True, False)

        def output():
            call()
            return request.get_output_tensor().data.ravel()
        return call, output


class Ncnn:
    modules = ["ncnn"]

    def __init__(self, ncnn):
        self.ncnn, self.version = ncnn, ncnn.__version__

    def predict(self, network, weights, x):
        yield "", lambda: self.net(network, weights, x)

    def net(self, network, weights, x):
        ncnn, model = self.ncnn, formats.Ncnn(network, weights)
        net = ncnn.Net()
        net.opt.num_threads = 1
        net.opt.use_fp16_storage = net.opt.use_fp16_packed = net.opt.use_fp16_arithmetic = False
        net.opt.use_bf16_storage = False
        folder = ours.BUILD / network.name
        (folder / "ncnn.param").write_text(model.param)
        (folder / "ncnn.bin").write_bytes(model.data)
        if net.load_param(str(folder / "ncnn.param")) or net.load_model(str(folder / "ncnn.bin")):
            raise RuntimeError("the model is not accepted")
        array = channels_first(network, x)[0]
        given = ncnn.Mat(array).clone()   # of its own: layers that work in place take it otherwise

        def call():
            extractor = net.create_extractor()
            extractor.input("input", given)
            return extractor.extract(model.output)
        return call, lambda: numpy.array(call()[1]).ravel()


class LiteRt:
    """XNNPACK is its processor back end."""

    modules = ["ai_edge_litert.interpreter", "flatbuffers"]

    def __init__(self, litert, _):
        self.litert = litert
        self.version = importlib.metadata.version("ai-edge-litert")

    def predict(self, network, weights, x):
        yield "", lambda: self.interpreter(network, weights, x)

    def interpreter(self, network, weights, x):
        interpreter = self.litert.Interpreter(model_content=formats.Litert(network, weights).bytes, num_threads=1)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], channels_last(network, x))
        result = interpreter.get_output_details()[0]["index"]

        def output():
            interpreter.invoke()
            return interpreter.get_tensor(result).ravel()
        return interpreter.invoke, output


CLASSES = {"ONNX Runtime": OnnxRuntime, "OpenVINO": OpenVino, "ncnn": Ncnn, "LiteRT": LiteRt,
           "PyTorch": peers_train.PyTorch, "JAX": peers_train.Jax}


def create(name):
    return CLASSES[name](*[importlib.import_module(module) for module in CLASSES[name].modules])


def load(wanted, spec, skip):
    """The peers that run here, tried first in a process of their own: a peer that crashes is a skip like one that is missing."""
    found = []
    for name in CLASSES:
        if wanted != "all" and name.lower() not in wanted.lower().split(","):
            continue
        done = subprocess.run([sys.executable, __file__, name, spec], capture_output=True, text=True)
        if done.returncode == 0:
            found.append((name, create(name)))
        else:
            last = done.stderr.strip().splitlines()[-1:] or [f"ended by signal {-done.returncode}"]
            skip(name, last[0])
    return found


def attempt(name, spec):
    network = net.parse(ours.graph(spec))
    (ours.BUILD / network.name).mkdir(parents=True, exist_ok=True)
    _, make = next(create(name).predict(*net.folded(network, []), net.batch(network, 1)[0]))
    call, output = make()
    call()
    output()


if __name__ == "__main__":
    attempt(*sys.argv[1:])
