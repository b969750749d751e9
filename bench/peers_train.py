"""The two peers that train as well: PyTorch and JAX. The same interface as in peers.py.

A training step ends in the loss on logits, which is what their users write: the last activation is left out and the fused
loss taken instead.
"""
import functools
import itertools
import operator
import types

import numpy

import ours
from network import STATISTICS, Unsupported

FUSED = {("cross_entropy", "softmax"), ("binary_cross_entropy", "sigmoid")}


def last_activation(network, trains):
    """Name of the activation the loss takes over, if any."""
    last = network.nodes[-1]
    if not trains:
        return None
    for node in network.nodes:
        if node.frozen or node.kind == "dropout":
            raise Unsupported(f"training with {node.kind if not node.frozen else 'frozen layers'}")
    if (network.loss, last.activation) not in FUSED:
        raise Unsupported(f"{network.loss} behind {last.activation}")
    return last.name


def fresh(function):
    """A copy that shares no compiled variants with others of the same text, nor the time to tell them apart."""
    return types.FunctionType(function.__code__.replace(), function.__globals__, closure=function.__closure__)


class PyTorch:
    """Eager, channels last, oneDNN's tensors, torch.jit frozen, torch.compile and AOTInductor with frozen weights."""

    modules = ["torch"]
    # Each of these keeps a C++ compiler busy for minutes, and none was PyTorch's fastest in any smaller network.
    slow = ("compile", "compile channels_last", "AOTInductor")

    def __init__(self, torch):
        self.torch, self.version = torch, torch.__version__
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        torch._inductor.config.freezing = True      # of inference only: weights are laid out for oneDNN once
        torch._inductor.config.autotune_num_choices_displayed = 0
        torch._inductor.config.max_autotune_report_choices_stats = False
        self.compile_options = {"fullgraph": True, "dynamic": False, "options": {"max_autotune": True}}
        self.serial = itertools.count()

    def module(self, network, weights, trains=False):
        """The layers as calls in order, in the Python that torch.fx writes, which drops every tensor behind its last reader."""
        fx, skipped = self.torch.fx, last_activation(network, trains)
        layers, graph = self.torch.nn.Module(), fx.Graph()
        values = {"input": graph.placeholder("image")}
        for node in network.nodes:
            calls, value = self.layer(node, weights), self.joined(graph, node, [values[name] for name in node.inputs])
            if node.activation != "linear" and node.name != skipped:
                calls.append(self.activation(node.activation))
            for i, layer in enumerate(calls):
                layers.add_module(f"{node.name}_{i}", layer)
                value = graph.call_module(f"{node.name}_{i}", (value,))
            values[node.name] = value
        graph.output(values[network.nodes[-1].name])
        return fx.GraphModule(layers, graph)

    def joined(self, graph, node, inputs):
        if node.kind in ("residual", "add"):
            return functools.reduce(lambda a, b: graph.call_function(operator.add, (a, b)), inputs)
        if node.kind == "concat":
            return graph.call_function(self.torch.cat, (inputs, 1))
        return inputs[0]

    def layer(self, node, weights):
        nn = self.torch.nn
        top, bottom, left, right = node.padding
        even, pad = (top, left), []
        if (top, left) != (bottom, right):
            even, pad = 0, [nn.ZeroPad2d((left, right, top, bottom))]
        if node.kind == "conv2d":
            layer = nn.Conv2d(node.shape_in[-1], node.shape[-1], node.kernel, node.stride, even, node.dilation, node.groups,
                              bias="bias" in node.tensors)
            return pad + [self.filled(layer, weights.oihw(node), weights(node, "bias"))]
        if node.kind == "dense":
            layer = nn.Linear(node.shape_in[-1], node.shape[-1], bias="bias" in node.tensors)
            return [self.filled(layer, weights.dense(node, channels_first=True), weights(node, "bias"))]
        if node.kind == "maxpool2d" and not pad:
            return [nn.MaxPool2d(node.kernel, node.stride, even)]
        if node.kind == "avgpool2d" and not any(node.padding):
            return [nn.AvgPool2d(node.kernel, node.stride)]
        if node.kind == "global_avgpool2d":
            return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        if node.kind == "global_maxpool2d":
            return [nn.AdaptiveMaxPool2d(1), nn.Flatten()]
        if node.kind == "zero_padding2d":
            return [nn.ZeroPad2d((left, right, top, bottom))]
        if node.kind == "flatten":
            return [nn.Flatten()]
        if node.kind == "batch_norm":
            kind = nn.BatchNorm2d if len(node.shape) == 3 else nn.BatchNorm1d
            layer = self.filled(kind(node.shape[-1], node.epsilon, 1 - node.momentum), weights(node, "gamma"), weights(node, "beta"))
            layer.weight.requires_grad_("gamma" in node.tensors)
            layer.bias.requires_grad_("beta" in node.tensors)
            with self.torch.no_grad():
                layer.running_mean.copy_(self.torch.from_numpy(weights(node, "moving_mean")))
                layer.running_var.copy_(self.torch.from_numpy(weights(node, "moving_variance")))
            return [layer]
        if node.kind in ("activation", "dropout", "residual", "add", "concat"):
            return []
        raise Unsupported(node.kind)

    def filled(self, layer, kernel, bias):
        with self.torch.no_grad():
            layer.weight.copy_(self.torch.from_numpy(kernel))
            if layer.bias is not None:
                layer.bias.copy_(self.torch.from_numpy(bias))
        return layer

    def activation(self, name):
        nn = self.torch.nn
        known = {"relu": nn.ReLU, "relu6": nn.ReLU6, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus,
                 "silu": nn.SiLU, "hard_swish": nn.Hardswish}
        if name == "softmax":
            return nn.Softmax(dim=1)
        if name not in known:
            raise Unsupported(name)
        return known[name]()

    def input(self, network, x, count):
        array = numpy.array(x, numpy.float32).reshape(count, *network.input)
        return self.torch.from_numpy(numpy.ascontiguousarray(numpy.moveaxis(array, -1, 1)))

    def predict(self, network, weights, x):
        torch, last = self.torch, self.torch.channels_last
        image = self.input(network, x, 1)

        def variant(prepare, layout=None):
            module, given = self.module(network, weights).eval(), image
            if layout and len(network.input) == 3:
                module, given = module.to(memory_format=layout), image.to(memory_format=layout)
            with torch.inference_mode():
                run = prepare(module, given)

            def output():
                with torch.inference_mode():
                    return self.dense(run(given)).numpy().ravel()
            return lambda: run(given), output

        yield "eager", lambda: variant(lambda m, g: m)
        yield "channels_last", lambda: variant(lambda m, g: m, last)
        yield "oneDNN", lambda: variant(self.onednn)
        yield "jit.freeze", lambda: variant(self.frozen, last)
        yield "compile", lambda: variant(self.compiled, last)
        yield "AOTInductor", lambda: variant(self.ahead)
        yield "AOTInductor channels_last", lambda: variant(self.ahead, last)

    def around(self):
        return self.torch.inference_mode()

    def dense(self, tensor):
        return tensor.to_dense() if tensor.is_mkldnn else tensor

    def onednn(self, module, given):
        """Left to itself, PyTorch takes oneDNN's convolutions only with several threads or images."""
        from torch.utils.mkldnn import to_mkldnn
        converted = to_mkldnn(module)
        return lambda image: converted(image.to_mkldnn())

    def frozen(self, module, given):
        with self.torch.no_grad():
            traced = self.torch.jit.trace(module, given)
            fused = self.torch.jit.optimize_for_inference(self.torch.jit.freeze(traced))
            for _ in range(3):
                fused(given)
        return fused

    def compiled(self, module, given):
        run = self.torch.compile(fresh(lambda image: module(image)), **self.compile_options)
        run(given)
        return run

    def ahead(self, module, given):
        """Compiled before it runs: no guards, hence torch's lowest cost of a call."""
        inductor, path = self.torch._inductor, ours.BUILD / f"torch-{next(self.serial)}.pt2"
        with self.torch.inference_mode(False), self.torch.no_grad():
            exported = self.torch.export.export(module, (given.clone(),))
            inductor.aoti_compile_and_package(exported, package_path=str(path), inductor_configs={"max_autotune": True})
        loader, arguments = inductor.aoti_load_package(str(path)).loader, [given]
        path.unlink()
        return lambda _: loader.run(arguments)[0]

    def step(self, network, weights, count, x, t):
        torch, nn = self.torch, self.torch.nn.functional
        outputs = network.output[-1]
        images = self.input(network, x, count)
        targets = torch.tensor(t).reshape(count, outputs)
        loss_of = nn.binary_cross_entropy_with_logits
        if network.loss == "cross_entropy":
            targets, loss_of = targets.argmax(1), nn.cross_entropy

        def variant(layout=None, compiles=False):
            module, given = self.module(network, weights, trains=True).train(), images
            if layout and len(network.input) == 3:
                module, given = module.to(memory_format=layout), images.to(memory_format=layout)
            optimizer = torch.optim.SGD(module.parameters(), lr=ours.LR, fused=True)

            def loss():
                return loss_of(module(given), targets)
            if compiles:
                loss = torch.compile(fresh(loss), **self.compile_options)

            def call():
                optimizer.zero_grad(set_to_none=True)
                value = loss()
                value.backward()
                optimizer.step()
                return value.detach()
            return call

        last = torch.channels_last
        yield "eager", variant
        yield "channels_last", lambda: variant(last)
        yield "compile", lambda: variant(compiles=True)
        yield "compile channels_last", lambda: variant(last, compiles=True)


class Jax:
    """jit; one step is one compiled function, its parameters given back in place."""

    modules = ["jax"]

    def __init__(self, jax):
        import jax.numpy
        self.jax, self.np, self.version = jax, jax.numpy, jax.__version__
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_cpu_enable_async_dispatch", False)
        jax.config.update("jax_default_matmul_precision", "highest")

    def parameters(self, network, weights):
        """Channels last throughout, which is cnngen's own layout."""
        return {f"{node.name}.{part}": weights(node, part) for node, part, _ in network.tensors}

    def forward(self, network, trains=False):
        skipped = last_activation(network, trains)

        def run(parameters, x):
            """The output, and what becomes of moving statistics."""
            values, moved = {"input": x}, {}
            for node in network.nodes:
                inputs = [values[name] for name in node.inputs]
                if node.kind == "batch_norm":
                    x = self.batch_norm(node, parameters, inputs[0], moved if trains else None)
                else:
                    x = self.layer(node, parameters, *inputs)
                if node.activation != "linear" and node.name != skipped:
                    x = self.activation(node.activation)(x)
                values[node.name] = x
            return x, moved
        return run

    def batch_norm(self, node, parameters, x, moved):
        """Of the batch when `moved` is there; the variance as Flax has it, in one pass."""
        names = [f"{node.name}.{part}" for part in STATISTICS]
        mean, variance = (parameters[name] for name in names)
        if moved is not None:
            axes = tuple(range(x.ndim - 1))
            mean = x.mean(axes)
            variance = self.np.maximum(0, (x * x).mean(axes) - mean * mean)
            for name, now in zip(names, (mean, variance)):
                moved[name] = parameters[name] * node.momentum + now * (1 - node.momentum)
        scale = parameters.get(f"{node.name}.gamma", 1) * self.jax.lax.rsqrt(variance + node.epsilon)
        return (x - mean) * scale + parameters.get(f"{node.name}.beta", 0)

    def activation(self, name):
        known = {"relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "silu", "hard_swish"}
        if name not in known:
            raise Unsupported(name)
        return self.np.tanh if name == "tanh" else getattr(self.jax.nn, name)

    def layer(self, node, parameters, x, *others):
        lax, np = self.jax.lax, self.np
        top, bottom, left, right = node.padding
        pads = ((top, bottom), (left, right))
        bias = parameters.get(f"{node.name}.bias", 0)
        if node.kind == "conv2d":
            return bias + lax.conv_general_dilated(
                x, parameters[f"{node.name}.kernel"], node.stride, pads, rhs_dilation=node.dilation,
                dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=node.groups)
        if node.kind == "dense":
            return x @ parameters[f"{node.name}.kernel"] + bias
        if node.kind == "maxpool2d":
            return lax.reduce_window(x, -np.inf, lax.max, (1, *node.kernel, 1), (1, *node.stride, 1), ((0, 0), *pads, (0, 0)))
        if node.kind == "avgpool2d" and not any(node.padding):
            total = lax.reduce_window(x, 0.0, lax.add, (1, *node.kernel, 1), (1, *node.stride, 1), "VALID")
            return total / (node.kernel[0] * node.kernel[1])
        if node.kind == "global_avgpool2d":
            return x.mean((1, 2))
        if node.kind == "global_maxpool2d":
            return x.max((1, 2))
        if node.kind == "zero_padding2d":
            return np.pad(x, ((0, 0), *pads, (0, 0)))
        if node.kind == "flatten":
            return x.reshape(x.shape[0], -1)
        if node.kind in ("residual", "add"):
            return sum(others, x)
        if node.kind == "concat":
            return np.concatenate((x, *others), -1)
        if node.kind in ("activation", "dropout"):
            return x
        raise Unsupported(node.kind)

    def predict(self, network, weights, x):
        def make(constant):
            forward, parameters = self.forward(network), self.parameters(network, weights)
            given = self.np.asarray(numpy.array(x, numpy.float32).reshape(1, *network.input))
            if constant:
                run, arguments = self.jax.jit(lambda image: forward(parameters, image)[0]), (given,)
            else:
                run, arguments = self.jax.jit(lambda p, image: forward(p, image)[0]), (self.jax.device_put(parameters), given)

            def call():
                return run(*arguments).block_until_ready()
            return call, lambda: numpy.asarray(call()).ravel()

        yield "jit", lambda: make(False)
        yield "jit, weights constant", lambda: make(True)

    def step(self, network, weights, count, x, t):
        np, jax = self.np, self.jax

        def loss_of(logits, targets):
            if network.loss == "cross_entropy":
                return -(jax.nn.log_softmax(logits) * targets).sum(1).mean()
            return (jax.nn.softplus(logits) - logits * targets).mean()

        def make():
            forward = self.forward(network, trains=True)
            given = np.asarray(numpy.array(x, numpy.float32).reshape(count, *network.input))
            targets = np.asarray(numpy.array(t, numpy.float32).reshape(count, -1))

            def loss_and_moved(parameters, moving, images, targets):
                logits, moved = forward(parameters | moving, images)
                return loss_of(logits, targets), moved

            def update(parameters, moving, images, targets):
                (loss, moved), slopes = jax.value_and_grad(loss_and_moved, has_aux=True)(parameters, moving, images, targets)
                return loss, jax.tree.map(lambda p, slope: p - ours.LR * slope, parameters, slopes), moved

            run = jax.jit(update, donate_argnums=(0, 1))
            everything = self.parameters(network, weights)
            moving = jax.device_put({name: p for name, p in everything.items() if name.endswith(STATISTICS)})
            parameters = jax.device_put({name: p for name, p in everything.items() if name not in moving})

            def call():
                nonlocal parameters, moving
                loss, parameters, moving = run(parameters, moving, given, targets)
                return jax.block_until_ready((loss, parameters, moving))[0]
            return call
        yield "jit", make
