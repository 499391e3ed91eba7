"""Makes training.pth, training_legacy.pth, scripted.pt and expected.safetensors with torch 2.13.0, NumPy and safetensors:
    python make_archives.py
What PyTorch's own pickles look like: shared storages, strides, parameters, optimizer state, namespaces, NumPy scalars."""
import argparse, collections, pathlib
import numpy, torch
from safetensors.torch import save_file

torch.manual_seed(7)
base = torch.randn(4, 6)
tensors = {
    "f64": torch.randn(3, dtype=torch.float64), "f32": torch.randn(2, 3), "f16": torch.randn(5).half(),
    "bf16": torch.randn(5).bfloat16(), "i64": torch.arange(4) - 2, "i32": torch.arange(4, dtype=torch.int32),
    "i16": torch.arange(3, dtype=torch.int16), "i8": torch.tensor([-1, 2], dtype=torch.int8),
    "u8": torch.tensor([1, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3), "transposed": base.t(), "rows": base[1:3], "columns": base[:, 1:4],
    "every_second": base[::2, ::3], "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 5), "permuted": torch.randn(2, 3, 4).permute(2, 0, 1),
    "parameter": torch.nn.Parameter(torch.randn(2, 2)), "nan": torch.tensor([float("nan"), float("inf")]),
}
layer = torch.nn.Linear(3, 2)
optimizer = torch.optim.AdamW(layer.parameters(), lr=1e-3)
layer(torch.randn(4, 3)).sum().backward()
optimizer.step()
state = collections.OrderedDict(tensors)
state._metadata = {"": {"version": 1}}
tree = {
    "state_dict": state, "layer": layer.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "best": numpy.float64(0.75),
    "count": numpy.int64(9), "config": {"lr": 1e-4, "name": "tiny", "nothing": None, "sizes": (1, 2, 3), "big": 2**70, "tags": {"a"}},
    "args": argparse.Namespace(image_size=96, output=pathlib.PurePosixPath("out/run"), device=torch.device("cpu"), dtype=torch.float16),
    "shape": torch.Size([2, 3]), "list": [torch.ones(2), "text", True],
}
torch.save(tree, "training.pth")
torch.save(tree, "training_legacy.pth", _use_new_zipfile_serialization=False)


class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(2, 3).half())
        self.register_buffer("steps", torch.tensor([5]))
        self.sizes = [1, 2]

    def forward(self, x):
        return x @ self.weight.t()


class Outer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.resolution = 224

    def forward(self, x):
        return self.inner(x) * self.resolution


outer = Outer()
torch.jit.script(outer).save("scripted.pt")
expected = {"state_dict." + k: v.detach().contiguous().clone() for k, v in tensors.items()}
expected |= {"layer." + k: v.contiguous() for k, v in layer.state_dict().items()}
for i, s in optimizer.state_dict()["state"].items():
    expected |= {f"optimizer.state.{i}.{k}": v for k, v in s.items()}
expected["list.0"] = torch.ones(2)
expected |= {"scripted." + k: v.detach().clone() for k, v in outer.state_dict().items()}
save_file(expected, "expected.safetensors", {"made": "by Python"})
