"""The network in PyTorch: cnngen's weights there, its own here, the same outputs."""
import torch
from torch import nn

from common import build, difference, images, np, outputs, report, run, spec


class PixelNorm(nn.LayerNorm):
    """Over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


network = nn.Sequential(
    nn.Conv2d(3, 4, (3, 2)), nn.BatchNorm2d(4, eps=1e-3), nn.Conv2d(4, 6, 1, groups=2), nn.ReLU(),
    nn.Conv2d(6, 12, 3, padding=1, groups=6), nn.PReLU(12), PixelNorm(12, eps=1e-3), nn.ConvTranspose2d(12, 5, (2, 3)),
    nn.Flatten(), nn.Linear(150, 7), nn.Tanh(), nn.Linear(7, 3))
network.eval()


def answers():
    with torch.no_grad():
        return network(torch.tensor(images).movedim(-1, 1)).numpy()


expected = outputs(build + "/truth.npy")
arrays = np.load(build + "/torch.npz")
layers = dict(zip(["stem", "bn1", "conv2", "depthwise1", "prelu1", "ln1", "conv_transpose1", "dense1", "dense2"], [0, 1, 2, 4, 5, 6, 7, 9, 11]))
named = {f"{layers[name.split('.')[0]]}.{name.split('.')[1]}": torch.tensor(arrays[name]) for name in arrays.files}
network.load_state_dict(named)  # strict
largest = difference(answers(), expected)
report(largest <= 1e-5, "PyTorch goes on with weights of cnngen", largest)
print(f"# PyTorch: largest difference {largest:.3g}")

torch.manual_seed(1)
for value in network.state_dict().values():
    if value.is_floating_point():
        value.uniform_(0.2, 0.7)
np.savez(build + "/of_torch.npz", **{name: value.numpy() for name, value in network.state_dict().items()})
largest = difference(outputs(build + "/of_torch.npz", "--map", "order"), answers())
report(largest <= 1e-5, "cnngen goes on with weights of PyTorch", largest)
print(f"# PyTorch: largest difference {largest:.3g}")
torch.save(network.state_dict(), build + "/of_torch.pt")
report(not run("weights", spec, "--weights", build + "/of_torch.pt"), "torch.save is a pickle and refused")
print("# done")
