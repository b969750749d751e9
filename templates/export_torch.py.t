% local T = load_template("export_torch.lua")()(M)
% local P = T.P
"""${M.name} in PyTorch: the network of ${P.file_name(M)}, written by cnngen ${M.version}.

% for _, row in ipairs(P.rows(M)) do
${row}
% end

${M.planar and "Inputs are channels first, outputs channels last" or "Inputs and outputs are channels last"}, as in cnngen: ${P.tuple {"N", table.unpack(P.input_dims(M))}} gives ${P.tuple {"N", table.unpack(P.dims(M.output))}}.
Weights are read from and written to cnngen's safetensors files:

    python ${M.name}.py --weights W.safetensors --input x.npy --compare y.npy

where `cnngen run ${P.file_name(M)} --weights W.safetensors --input x.npy -o y.npy` made y.npy.
"""
import argparse
import json
import sys
from typing import NamedTuple, Optional

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

INPUT_SHAPE = ${P.tuple(P.input_dims(M))}
OUTPUT_SHAPE = ${P.tuple(P.dims(M.output))}
% for _, d in ipairs(T.norms()) do


class BatchNorm${d}(nn.BatchNorm${d}):
    """The moving variance follows variances divided by n, as in cnngen and Keras; PyTorch divides by n - 1."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        with torch.no_grad():
            self.running_mean.lerp_(x.mean(axes), self.momentum)
            self.running_var.lerp_(x.var(axes, correction=0), self.momentum)
        return F.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.eps)
% end
% if T.uses_average_inside then


def average_inside(x, padding, kernel, stride):
    """Means of windows that do not count their padding."""
    pool = F.avg_pool2d if x.dim() == 4 else F.avg_pool1d
    inside = F.pad(torch.ones_like(x), padding)
    return pool(F.pad(x, padding), kernel, stride) / pool(inside, kernel, stride)
% end
% if T.uses("^depth_to_space$") then


def depth_to_space(x, block):
    """Channels become blocks of pixels; channel (i*block + j)*c + k goes to row i, column j. (pixel_shuffle counts otherwise.)"""
    n, c, h, w = x.shape
    x = x.reshape(n, block, block, -1, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(n, c // block**2, h * block, w * block)
% end
% if T.uses("^space_to_depth$") then


def space_to_depth(x, block):
    """Blocks of pixels become channels: row i, column j of a block goes to channel (i*block + j)*c + k."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // block, block, w // block, block).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, c * block**2, h // block, w // block)
% end


class Network(nn.Module):
    def __init__(self):
        super().__init__()
% for _, line in ipairs(T.modules()) do
        ${line}
% end
% for _, line in ipairs(T.starts()) do
        ${line}
% end
% local frozen, norms = T.frozen()
% for _, line in ipairs(frozen) do
        ${line}
% end

% if #norms > 0 then
    def train(self, mode=True):
        """Frozen norms use their moving statistics in training, too."""
        super().train(mode)
%   for _, line in ipairs(norms) do
        ${line}
%   end
        return self

% end
    def forward(self, inputs):
% local lines, result = T.forward()
% for _, line in ipairs(lines) do
        ${line[1]}  # ${line[2]}
% end
        return ${result}


def loss(outputs, targets):
    """${M.loss}: the mean over the samples. Targets have the shape of the outputs."""
% if M.loss == "mse" then
    return F.mse_loss(outputs, targets)
% elseif M.loss == "mae" then
    return F.l1_loss(outputs, targets)
% elseif M.loss == "huber" then
    return F.huber_loss(outputs, targets, delta=${T.number(M.huber_delta)})
% elseif M.loss == "binary_cross_entropy" then
    p = outputs.clamp(1e-7, 1 - 1e-7)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()
% else
    p = outputs.clamp(1e-7, 1 - 1e-7)
    return -(targets * p.log()).flatten(1).sum(1).mean()
% end


def optimizer(model):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return ${T.optimizer()}


def train_step(model, state, inputs, targets):
    """One step on a batch; state: what optimizer() made. Returns the loss before the step."""
    model.train()
    state.zero_grad()
    value = loss(model(inputs), targets)
    value.backward()
% if M.optimizer.clip_norm > 0 then
    nn.utils.clip_grad_norm_(model.parameters(), ${T.number(M.optimizer.clip_norm)})
% end
    state.step()
    return value.item()


class Tensor(NamedTuple):
    here: str  # its name in state_dict()
    shape: tuple  # in the file
    axes: Optional[tuple] = None  # the order of the file's axes here; None: the same
    view: Optional[tuple] = None  # the shape that has these axes, where the file's has fewer


# cnngen's tensors. Kernels are (height, width, in, out) there and (out, in, height, width) here; flattened images are channels
# last there and channels first here.
TENSORS = {
% for _, row in ipairs(T.tensors()) do
    ${row}
% end
}


def set_tensor(model, name, value):
    tensor = TENSORS[name]
    to = model.state_dict()[tensor.here]
    value = np.asarray(value, dtype=np.float32).reshape(tensor.view or tensor.shape)
    if tensor.axes:
        value = value.transpose(tensor.axes)
    to.copy_(torch.tensor(value).reshape(to.shape))


def get_tensor(model, name):
    tensor = TENSORS[name]
    value = model.state_dict()[tensor.here].detach().cpu().numpy()
    if tensor.axes:
        view = tensor.view or tensor.shape
        value = value.reshape([view[axis] for axis in tensor.axes]).transpose(np.argsort(tensor.axes))
    return value.reshape(tensor.shape)


def build():
    return Network()


def predict(model, inputs):
    """Outputs of an array of samples, as outside of training."""
    device = next(iter(model.state_dict().values())).device if TENSORS else "cpu"
    model.eval()
    with torch.no_grad():
        return model(torch.from_numpy(inputs).to(device)).cpu().numpy()


% include("export_main.py.t")
