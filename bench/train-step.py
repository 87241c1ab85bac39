# The PyTorch side of bench/train-step.ts: the demo recipe's networks, losses and optimiser in eager PyTorch, data in memory.
# Reads "<case> <repeats>" lines, answers the seconds per repeat. Arguments: threads, cpu|wall.
import math, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
now = time.process_time if sys.argv[2] == "cpu" else time.perf_counter
B, MAE_B, L, T, CROP, PATCH, D, DEPTH, HEADS, RATIO = 64, 16, 12, 5000, 2500, 100, 96, 3, 4, 2
N, P = CROP // PATCH, L * PATCH


def positions(n, d):
    angle = torch.arange(n)[:, None] / 10000 ** (torch.arange(d // 2) / (d // 2))
    return torch.cat([angle.sin(), angle.cos()], 1)


def blocks(width, depth):
    return nn.ModuleList(
        nn.TransformerEncoderLayer(width, HEADS, RATIO * width, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(depth)
    )


def crop(ecg):
    start = (torch.rand(len(ecg)) * (T - CROP + 1)).floor()
    index = (start[:, None] + torch.arange(CROP)).long()
    return ecg.gather(2, index[:, None].expand(-1, L, -1))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.scale = nn.Linear(P, D), nn.Linear(3, D)
        self.extra = nn.Parameter(torch.randn(1, 1, D) * 0.02)
        self.blocks, self.norm = blocks(D, DEPTH), nn.LayerNorm(D)
        self.register_buffer("position", positions(N, D))

    def patches(self, ecg):
        return ecg.reshape(len(ecg), 1, L, N, PATCH).permute(0, 1, 3, 2, 4).reshape(len(ecg), N, P)

    def encode(self, tokens, scale):
        x = torch.cat([self.extra + self.scale(scale)[:, None], tokens], 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def forward(self, ecg, scale):
        return self.encode(self.embedding(self.patches(ecg)) + self.position, scale).mean(1)


class Autoencoder(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.encoder, self.seen, self.width = Encoder(), round(N * 0.3), width
        self.bridge, self.mask = nn.Linear(D, width), nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.blocks, self.norm, self.head = blocks(width, 1), nn.LayerNorm(width), nn.Linear(width, P)
        self.register_buffer("position", positions(N, width))

    def forward(self, ecg, scale):
        target = self.encoder.patches(ecg)
        order = torch.rand(len(ecg), N).argsort(1)
        place = order.argsort(1)
        masked = (place >= self.seen).float()
        tokens = self.encoder.embedding(target) + self.encoder.position
        visible = tokens.gather(1, order[:, : self.seen, None].expand(-1, -1, D))
        coded = self.bridge(self.encoder.encode(visible, scale))
        hidden = self.mask.expand(len(ecg), N - self.seen, -1)
        ordered = torch.cat([coded[:, 1:], hidden], 1).gather(1, place[:, :, None].expand(-1, -1, self.width)) + self.position
        x = torch.cat([coded[:, :1], ordered], 1)
        for block in self.blocks:
            x = block(x)
        error = (self.head(self.norm(x[:, 1:])) - target).square().mean(2)
        return (error * masked).sum() / masked.sum()


def projector(width):
    return nn.Sequential(nn.Linear(width, 128), nn.GELU(), nn.Linear(128, 64))


class Residual(nn.Module):
    def __init__(self, rank, inner, outer, kernel):
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if rank == 2 else (nn.Conv3d, nn.BatchNorm3d)
        stride, pad = ((2, 2) if rank == 2 else (1, 2, 2)), tuple(k // 2 for k in kernel)
        self.chain = nn.Sequential(
            conv(inner, outer, kernel, stride, pad, bias=False), norm(outer), nn.ReLU(), conv(outer, outer, kernel, 1, pad, bias=False), norm(outer)
        )
        self.shortcut = nn.Sequential(conv(inner, outer, 1, stride, bias=False), norm(outer))

    def forward(self, x):
        return (self.chain(x) + self.shortcut(x)).relu()


def trunk(kind):
    if kind != "volume":
        a, b, c = (16, 24, 48) if kind == "cine" else (24, 32, 64)
        return nn.Sequential(
            nn.Conv2d(1, a, 7, 4, 3, bias=False), nn.BatchNorm2d(a), nn.ReLU(), Residual(2, a, b, (3, 3)), Residual(2, b, c, (3, 3))
        )
    return nn.Sequential(
        nn.Conv3d(1, 24, (1, 7, 7), (1, 4, 4), (0, 3, 3), bias=False), nn.BatchNorm3d(24), nn.ReLU(),
        Residual(3, 24, 32, (1, 3, 3)), Residual(3, 32, 64, (3, 3, 3)),
    )  # fmt: skip


class Cmr(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind, self.trunk = kind, trunk(kind)
        if kind == "cine":
            self.memory = nn.LSTM(48, 64, batch_first=True)
        else:
            self.head = nn.Linear(64, 64)
        if kind == "volume":
            self.slices = nn.Linear(6, 1)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        if self.kind == "cine":
            features = self.trunk(x.reshape(-1, 1, 64, 64)).mean((2, 3)).reshape(len(x), -1, 48)
            return self.out(self.memory(features)[0][:, -1])
        features = self.trunk(x[:, None])
        if self.kind == "slice":
            return self.out(self.head(features.mean((2, 3))))
        return self.out(self.head(self.slices(features.mean((3, 4))).squeeze(2)))


def augment_view(view):
    swing = lambda: torch.rand(len(view)) * 2 - 1
    angle, x, y = swing() * 0.15, swing() * 0.08, swing() * 0.08
    theta = torch.stack([torch.stack([angle.cos(), -angle.sin(), x], 1), torch.stack([angle.sin(), angle.cos(), y], 1)], 1)
    moved = F.grid_sample(view, F.affine_grid(theta, view.shape, align_corners=False), align_corners=False)
    return moved * (swing() * 0.1 + 1)[:, None, None, None] + (swing() * 0.1)[:, None, None, None]


def stepper(module, loss_of):
    params = list(module.parameters())
    groups = [{"params": [p for p in params if p.ndim > 1], "weight_decay": 0.05}, {"params": [p for p in params if p.ndim <= 1], "weight_decay": 0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95))

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.item()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        optimiser.step()

    return step


def rows(data, count):
    return data[torch.randperm(len(data))[:count]]


def nce(left, right):
    logits = left @ right.T / 0.07
    own = logits.diagonal()
    return ((logits.logsumexp(1) - own).mean() + (logits.logsumexp(0) - own).mean()) / 2


def arm(views):
    ecg, scale = torch.randn(280, L, T), torch.randn(280, 3)
    features = [torch.randn(280, 64) for _ in range(views)]
    module = nn.ModuleList([Encoder(), projector(D)] + [projector(64) for _ in range(views)])
    unit = lambda x: x / x.square().sum(1, keepdim=True).sqrt().clamp(1e-6)

    def loss_of():
        index = torch.randperm(280)[:B]
        x = crop(ecg[index])
        x = x * (torch.randn(B, L, 1) * 0.05 + 1)
        x = x + torch.randn(x.shape) * 0.05
        out = [unit(module[1](module[0](x, scale[index])))] + [unit(p(f[index])) for p, f in zip(module[2:], features)]
        pairs = [(i, j) for i in range(len(out)) for j in range(i + 1, len(out))]
        return sum(nce(out[i], out[j]) / len(pairs) for i, j in pairs)

    return stepper(module, loss_of)


def autoencoder():
    ecg, scale, module = torch.randn(280, L, T), torch.randn(280, 3), Autoencoder()

    def loss_of():
        index = torch.randperm(280)[:MAE_B]
        return module(crop(ecg[index]), scale[index])

    return stepper(module, loss_of)


def cmr(kind):
    data = torch.rand(280, {"slice": 1, "cine": 16, "volume": 6}[kind], 64, 64)
    target, module = torch.randn(280, 10), Cmr(kind)

    def loss_of():
        index = torch.randperm(280)[:32]
        view = augment_view(data[index])
        return F.mse_loss(module(view[:, 0] if kind == "slice" else view), target[index])


    return stepper(module, loss_of)


CASES = {
    "masked autoencoder": autoencoder,
    "cmr slice": lambda: cmr("slice"),
    "cmr cine": lambda: cmr("cine"),
    "cmr volume": lambda: cmr("volume"),
    "arm of one view": lambda: arm(1),
    "arm tcl": lambda: arm(2),
}
built = {}
print(torch.__version__, flush=True)
for line in sys.stdin:
    name, repeats = line.rsplit(" ", 1)
    if name not in built:
        built[name] = CASES[name]()
        built[name]()
    start = now()
    for _ in range(int(repeats)):
        built[name]()
    print((now() - start) / int(repeats), flush=True)
