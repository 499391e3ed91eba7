"""The networks of io.medley.bench.DiffusionTasks in plain PyTorch, as a contender that speaks the protocol of io.medley.bench.Worker.

To race them: this program and `medley bench --worker` run side by side, and a third one asks
them in turn for the same task. Sizes are those of DiffusionTasks; weights are random; float32; one thread each (OMP_NUM_THREADS=1).
    python diffusion_peer.py                    serves tasks torch:unet_step, torch:unet_train, torch:dit_step, torch:dit_train
    python diffusion_peer.py --channels-last    the same with the U-Net in torch.channels_last
"""
import json, math, sys, time
import torch
from torch import nn
import torch.nn.functional as F


def waves(t, width, last, cosine_first):
    half = width // 2
    f = torch.exp(torch.arange(half) * (-math.log(10000) / (half - 1 + last)))
    a = t[:, None] * f
    return torch.cat([a.cos(), a.sin()] if cosine_first else [a.sin(), a.cos()], 1)


class Residual(nn.Module):
    def __init__(self, i, o, e):
        super().__init__()
        self.norm1, self.conv1, self.time = nn.GroupNorm(32, i, 1e-6), nn.Conv2d(i, o, 3, 1, 1), nn.Linear(e, o)
        self.norm2, self.conv2 = nn.GroupNorm(32, o, 1e-6), nn.Conv2d(o, o, 3, 1, 1)
        self.short = nn.Conv2d(i, o, 1) if i != o else nn.Identity()

    def forward(self, x, e):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(F.silu(e))[:, :, None, None]
        return self.short(x) + self.conv2(F.silu(self.norm2(h)))


class PixelAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm, self.q, self.k, self.v, self.out = nn.GroupNorm(32, c, 1e-6), *(nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        n = self.norm(x)
        q, k, v = (m(n).flatten(2).transpose(1, 2)[:, None] for m in (self.q, self.k, self.v))
        return x + self.out(F.scaled_dot_product_attention(q, k, v)[:, 0].transpose(1, 2).reshape(x.shape))


class Unet(nn.Module):
    def __init__(self, ch, mult, attends, blocks):
        super().__init__()
        self.ch, e = ch, 4 * ch
        self.t0, self.t1, self.inp = nn.Linear(ch, e), nn.Linear(e, e), nn.Conv2d(3, ch, 3, 1, 1)
        self.down, self.up, skips, c = nn.ModuleList(), nn.ModuleList(), [ch], ch
        for l, m in enumerate(mult):
            for _ in range(blocks):
                self.down.append(nn.ModuleList([Residual(c, ch * m, e), PixelAttention(ch * m) if attends[l] else nn.Identity()]))
                c = ch * m
                skips.append(c)
            if l + 1 < len(mult):
                self.down.append(nn.Conv2d(c, c, 3, 2))
                skips.append(c)
        self.m1, self.ma, self.m2 = Residual(c, c, e), PixelAttention(c), Residual(c, c, e)
        for l, m in reversed(list(enumerate(mult))):
            for _ in range(blocks + 1):
                self.up.append(nn.ModuleList([Residual(c + skips.pop(), ch * m, e), PixelAttention(ch * m) if attends[l] else nn.Identity()]))
                c = ch * m
            if l:
                self.up.append(nn.Conv2d(c, c, 3, 1, 1))
        self.norm, self.out = nn.GroupNorm(32, c, 1e-6), nn.Conv2d(c, 3, 3, 1, 1)

    def forward(self, x, t):
        e = self.t1(F.silu(self.t0(waves(t, self.ch, 0, False))))
        h = self.inp(x)
        skips = [h]
        for part in self.down:
            h = part(F.pad(h, (0, 1, 0, 1))) if isinstance(part, nn.Conv2d) else part[1](part[0](h, e))
            skips.append(h)
        h = self.m2(self.ma(self.m1(h, e)), e)
        for part in self.up:
            if isinstance(part, nn.Conv2d):
                h = part(F.interpolate(h, scale_factor=2.0, mode='nearest'))
            else:
                h = part[1](part[0](torch.cat([h, skips.pop()], 1), e))
        return self.out(F.silu(self.norm(h)))


class Block(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(c, 3 * c), nn.Linear(c, c)
        self.fc1, self.fc2, self.ada = nn.Linear(c, 4 * c), nn.Linear(4 * c, c), nn.Linear(c, 6 * c)
        self.norm = nn.LayerNorm(c, 1e-6, elementwise_affine=False)

    def forward(self, x, s):
        b, n, c = x.shape
        p = self.ada(s)[:, None].chunk(6, -1)
        q, k, v = self.qkv(self.norm(x) * (1 + p[1]) + p[0]).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        x = x + p[2] * self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))
        return x + p[5] * self.fc2(F.gelu(self.fc1(self.norm(x) * (1 + p[4]) + p[3]), approximate='tanh'))


class Dit(nn.Module):
    def __init__(self, size, patch, c, depth, heads, classes):
        super().__init__()
        self.patch, self.grid = patch, size // patch
        self.embed, self.t0, self.t2 = nn.Conv2d(3, c, patch, patch), nn.Linear(256, c), nn.Linear(c, c)
        self.table, self.pos = nn.Embedding(classes, c), nn.Parameter(torch.randn(1, self.grid ** 2, c), requires_grad=False)
        self.blocks = nn.ModuleList(Block(c, heads) for _ in range(depth))
        self.norm, self.ada, self.last = nn.LayerNorm(c, 1e-6, elementwise_affine=False), nn.Linear(c, 2 * c), nn.Linear(c, 3 * patch * patch)

    def forward(self, x, t, y):
        s = F.silu(self.t2(F.silu(self.t0(waves(t, 256, 1, True)))) + self.table(y))
        h = self.embed(x).flatten(2).transpose(1, 2) + self.pos
        for b in self.blocks:
            h = b(h, s)
        p = self.ada(s)[:, None].chunk(2, -1)
        h = self.last(self.norm(h) * (1 + p[1]) + p[0]).reshape(-1, self.grid, self.grid, self.patch, self.patch, 3)
        return h.permute(0, 5, 1, 3, 2, 4).reshape(x.shape)


torch.manual_seed(0)
layout = torch.channels_last if '--channels-last' in sys.argv else torch.contiguous_format
unet = Unet(64, (1, 2, 2), (False, True, False), 2).to(memory_format=layout)
dit = Dit(32, 4, 192, 6, 6, 10)
xu, tu = torch.randn(4, 3, 32, 32).to(memory_format=layout), torch.linspace(0, 999, 4)
xd, td, yd = torch.randn(16, 3, 32, 32), torch.linspace(0, 999, 16), torch.arange(16) % 10


def step(net, *inputs):
    net.eval()
    with torch.inference_mode():
        net(*inputs).sum().item()


def train(net, *inputs):
    net.train()
    for p in net.parameters():
        p.grad = None
    (net(*inputs) - inputs[0]).square().mean().backward()


tasks = {
    'torch:unet_step': lambda: step(unet, xu, tu),
    'torch:unet_train': lambda: train(unet, xu, tu),
    'torch:dit_step': lambda: step(dit, xd, td, yd),
    'torch:dit_train': lambda: train(dit, xd, td, yd),
}
print(json.dumps({'ready': True, 'tasks': list(tasks)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request['cmd'] == 'quit':
        break
    start, cpu = time.perf_counter(), time.process_time()
    tasks[request['task']]()
    print(json.dumps({'task': request['task'], 's': time.perf_counter() - start, 'cpu_s': time.process_time() - cpu}), flush=True)
