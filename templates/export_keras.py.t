% local T = load_template("export_keras.lua")()(M)
% local P = T.P
"""${M.name} in Keras 3: the network of ${P.file_name(M)}, written by cnngen ${M.version}.

% for _, row in ipairs(P.rows(M)) do
${row}
% end

Images are channels last${M.planar and " but for the input" or ""}, as in cnngen. Weights are read from and written to cnngen's safetensors files:

    python ${M.name}.py --weights W.safetensors --input x.npy --compare y.npy

where `cnngen run ${P.file_name(M)} --weights W.safetensors --input x.npy -o y.npy` made y.npy.
"""
import argparse
import json
import sys
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

INPUT_SHAPE = ${P.tuple(P.input_dims(M))}
OUTPUT_SHAPE = ${P.tuple(P.dims(M.output))}
% if T.uses_infinite_padding or T.uses_average_inside then


def all_axes(padding):
    """Padding of a row or of an image, for ops.pad."""
    pairs = padding if isinstance(padding[0], tuple) else (padding,)
    return ((0, 0), *pairs, (0, 0))
% end
% if T.uses_infinite_padding then


def infinite_padding(padding):
    """Padding that never wins a maximum."""
    return lambda x: ops.pad(x, all_axes(padding), constant_values=-float("inf"))
% end
% if T.uses_average_inside then


def average_inside(pool, strides, padding):
    """Means of windows that do not count their padding."""

    def sums(x):
        return ops.average_pool(ops.pad(x, all_axes(padding)), pool, strides)

    return lambda x: sums(x) / sums(ops.ones_like(x))
% end

% if T.uses_sides_continued then


def sides_continued(padding, mode):
    """Rows and columns beyond the sides: the outermost again ("edge") or those behind it ("reflect")."""
    pairs = padding if isinstance(padding[0], tuple) else (padding,)

    def apply(x):
        for axis, pair in enumerate(pairs, start=1):
            x = ops.take(x, np.pad(np.arange(x.shape[axis]), pair, mode=mode), axis=axis)
        return x

    return apply
% end


def build():
% local lines, result = T.layers()
% if M.planar then
    inputs = keras.Input(INPUT_SHAPE)
    ${T.variables[0]} = layers.Permute(${M.input.rank == 3 and "(2, 3, 1)" or "(2, 1)"}, name="input-order")(inputs)
% else
    ${T.variables[0]} = inputs = keras.Input(INPUT_SHAPE)
% end
% for _, line in ipairs(lines) do
    ${line[1]}${line[2]}
% end
    model = keras.Model(inputs, ${result}, name="${M.name}")
% for _, line in ipairs(T.fixed()) do
    ${line}
% end
    return model


def loss(targets, outputs):
    """${M.loss} of each sample; targets have the shape of the outputs."""
    targets, outputs = (ops.reshape(a, (-1, ${M.output.count})) for a in (targets, outputs))
% if M.loss == "mse" then
    return ops.mean(ops.square(outputs - targets), axis=1)
% elseif M.loss == "mae" then
    return ops.mean(ops.abs(outputs - targets), axis=1)
% elseif M.loss == "huber" then
    distance = ops.abs(outputs - targets)
    delta = ${T.number(M.huber_delta)}
    return ops.mean(ops.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2)), axis=1)
% elseif M.loss == "binary_cross_entropy" then
    p = ops.clip(outputs, 1e-7, 1 - 1e-7)
    return -ops.mean(targets * ops.log(p) + (1 - targets) * ops.log(1 - p), axis=1)
% else
    p = ops.clip(outputs, 1e-7, 1 - 1e-7)
    return -ops.sum(targets * ops.log(p), axis=1)
% end


def optimizer():
% if M.optimizer.name == "rmsprop" then
    # Keras adds epsilon below the root, cnngen behind it: gradients that are not much larger move otherwise.
% elseif M.optimizer.name:find("^adam") then
    # Keras adds epsilon before it corrects for the first steps, cnngen behind that: gradients that are not much larger move otherwise.
% end
    return ${T.optimizer()}


def compile_model(model):
    """For model.fit(x, targets, batch_size=...)."""
    model.compile(optimizer=optimizer(), loss=loss)
    return model


class Tensor(NamedTuple):
    layer: str
    variable: str
    shape: tuple  # in the file


# cnngen's tensors; their axes are Keras' own.
TENSORS = {
% for _, row in ipairs(T.tensors()) do
    ${row}
% end
}


def set_tensor(model, name, value):
    variable = getattr(model.get_layer(TENSORS[name].layer), TENSORS[name].variable)
    variable.assign(np.asarray(value, dtype=np.float32).reshape(variable.shape))


def get_tensor(model, name):
    variable = getattr(model.get_layer(TENSORS[name].layer), TENSORS[name].variable)
    return ops.convert_to_numpy(variable).reshape(TENSORS[name].shape)


def predict(model, inputs):
    """Outputs of an array of samples, as outside of training."""
    return ops.convert_to_numpy(model(inputs, training=False))


% include("export_main.py.t")
