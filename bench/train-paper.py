# The PyTorch side of bench/train-paper.ts: the `paper` recipe's networks, augmentation, loss and optimiser in eager PyTorch with bfloat16
# autocast, fed from the same store by a DataLoader with workers and pinned memory. Prints one line of JSON.
# Arguments: store, case, device, steps, batch.
import json, os, resource, struct, sys, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

STORE, CASE, DEVICE, STEPS, B = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
CUDA = DEVICE.startswith("cuda")
WIDTH, DEPTH, HEADS, PATCH = 576, 12, 8, 100


class Store(torch.utils.data.Dataset):
    """One array of every subject, mapped; halves as stored."""

    def __init__(self, name):
        manifest = json.load(open(os.path.join(STORE, "manifest.json")))
        self.parts, self.places = [], []
        for shard in manifest["shards"]:
            path = os.path.join(STORE, shard["file"])
            with open(path, "rb") as file:
                (size,) = struct.unpack("<Q", file.read(8))
                head = json.loads(file.read(size))[name]
            start = 8 + size + head["data_offsets"][0]
            self.parts.append(np.memmap(path, np.float16, "r", start, tuple(head["shape"])))
            self.places += [(len(self.parts) - 1, row) for row in range(head["shape"][0])]

    def __len__(self):
        return len(self.places)

    def __getitem__(self, i):
        part, row = self.places[i]
        return torch.from_numpy(np.array(self.parts[part][row])), i


def blocks(width, depth, heads):
    return nn.ModuleList(nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(depth))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.scale = nn.Linear(PATCH, WIDTH), nn.Linear(3, WIDTH)
        self.extra, self.position = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02), nn.Parameter(torch.randn(600, WIDTH) * 0.02, False)
        self.blocks, self.norm = blocks(WIDTH, DEPTH, HEADS), nn.LayerNorm(WIDTH)

    def patches(self, ecg):
        return ecg.reshape(len(ecg), 600, PATCH)

    def encode(self, tokens, scale):
        x = torch.cat([self.extra + self.scale(scale)[:, None], tokens], 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def forward(self, ecg, scale):
        return self.encode(self.embedding(self.patches(ecg)) + self.position, scale).mean(1)


class Autoencoder(nn.Module):
    def __init__(self, width=256):
        super().__init__()
        self.encoder, self.seen, self.width = Encoder(), round(600 * 0.3), width
        self.bridge, self.mask = nn.Linear(WIDTH, width), nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.blocks, self.norm, self.head = blocks(width, 2, 8), nn.LayerNorm(width), nn.Linear(width, PATCH)
        self.position = nn.Parameter(torch.randn(600, width) * 0.02, False)

    def forward(self, ecg, scale):
        target = self.encoder.patches(ecg)
        order = torch.rand(len(ecg), 600, device=ecg.device).argsort(1)
        place = order.argsort(1)
        masked = (place >= self.seen).float()
        tokens = self.encoder.embedding(target) + self.encoder.position
        coded = self.bridge(self.encoder.encode(tokens.gather(1, order[:, : self.seen, None].expand(-1, -1, WIDTH)), scale))
        hidden = self.mask.expand(len(ecg), 600 - self.seen, -1).to(coded.dtype)
        ordered = torch.cat([coded[:, 1:], hidden], 1).gather(1, place[:, :, None].expand(-1, -1, self.width)) + self.position
        x = torch.cat([coded[:, :1].to(ordered.dtype), ordered], 1)
        for block in self.blocks:
            x = block(x)
        error = (self.head(self.norm(x[:, 1:])).float() - target).square().mean(2)
        return (error * masked).sum() / masked.sum()


class Bottleneck(nn.Module):
    def __init__(self, rank, start, end, stride, kernel, first):
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if rank == 2 else (nn.Conv3d, nn.BatchNorm3d)
        inner, pad = end // 4, lambda k: tuple(side // 2 for side in k)
        self.chain = nn.Sequential(
            conv(start, inner, first, padding=pad(first), bias=False), norm(inner), nn.ReLU(True),
            conv(inner, inner, kernel, stride, pad(kernel), bias=False), norm(inner), nn.ReLU(True),
            conv(inner, end, 1, bias=False), norm(end),
        )  # fmt: skip
        same = start == end and set(stride) == {1}
        self.shortcut = nn.Identity() if same else nn.Sequential(conv(start, end, 1, stride, bias=False), norm(end))

    def forward(self, x):
        return (self.chain(x) + self.shortcut(x)).relu_()


def resnet50(rank):
    wide = lambda side: (side, side) if rank == 2 else (1, side, side)
    conv, norm, pool = (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d) if rank == 2 else (nn.Conv3d, nn.BatchNorm3d, nn.MaxPool3d)
    half = lambda k: tuple(side // 2 for side in k)
    layers = [conv(1, 64, wide(7), wide(2), half(wide(7)), bias=False), norm(64), nn.ReLU(True), pool(wide(3), wide(2), half(wide(3)))]
    start = 64
    for stage, (end, count) in enumerate([(256, 3), (512, 4), (1024, 6), (2048, 3)]):
        for block in range(count):
            stride = wide(2) if stage > 0 and block == 0 else wide(1)
            first = (3, 1, 1) if rank == 3 and stage > 1 else wide(1)
            layers.append(Bottleneck(rank, start, end, stride, wide(3), first))
            start = end
    return nn.Sequential(*layers)


class Cmr(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = resnet50(3 if CASE == "cmr volume" else 2)
        if CASE == "cmr cine":
            self.memory = nn.LSTM(2048, 768, batch_first=True)
        else:
            self.head = nn.Linear(2048, 768)
        if CASE == "cmr volume":
            self.slices = nn.Linear(6, 1)
        self.out = nn.Linear(768, 10)

    def forward(self, x):
        if CASE == "cmr slice":
            return self.out(self.head(self.trunk(x).mean((2, 3))))
        if CASE == "cmr volume":
            return self.out(self.head(self.slices(self.trunk(x[:, None]).mean((3, 4))).squeeze(2)))
        features = self.trunk(x.reshape(-1, 1, *x.shape[2:])).mean((2, 3)).reshape(len(x), -1, 2048)
        return self.out(self.memory(features)[0][:, -1])


def swing(n):
    return torch.rand(n, device=DEVICE) * 2 - 1


def augment_view(view):
    n = len(view)
    angle, size, x, y = swing(n) * 0.26, swing(n) * 0.05 + 1, swing(n) * 0.1, swing(n) * 0.1
    cos, sin = angle.cos() / size, angle.sin() / size
    theta = torch.stack([torch.stack([cos, -sin, x], 1), torch.stack([sin, cos, y], 1)], 1)
    moved = F.grid_sample(view, F.affine_grid(theta, view.shape, align_corners=False), align_corners=False)
    return moved * (swing(n) * 0.2 + 1)[:, None, None, None] + (swing(n) * 0.2)[:, None, None, None]


def augment_ecg(ecg):
    n, leads, samples = ecg.shape
    spectrum = torch.fft.rfft(ecg)
    angle = torch.randn(n, 1, spectrum.shape[2], device=DEVICE) * 0.18
    angle[:, :, 0] = angle[:, :, -1] = 0
    ecg = torch.fft.irfft(spectrum * torch.polar(torch.ones_like(angle), angle), samples)
    ecg = ecg * (torch.randn(n, 1, 1, device=DEVICE) * 0.5 + 1) + torch.randn(ecg.shape, device=DEVICE) * 0.25
    return ecg * (torch.rand(n, leads, 1, device=DEVICE) >= 0.05)


def projector(width):
    return nn.Sequential(nn.Linear(width, 768), nn.GELU(), nn.Linear(768, 128))


def nce(left, right):
    logits = left @ right.T / 0.07
    own = logits.diagonal()
    return ((logits.logsumexp(1) - own).mean() + (logits.logsumexp(0) - own).mean()) / 2


def case():
    """Name of the array, module, loss of a batch."""
    rows = len(Store("ecg_SLT"))
    scale, target = torch.randn(rows, 3, device=DEVICE), torch.randn(rows, 10, device=DEVICE)
    if CASE == "masked autoencoder":
        module = Autoencoder()
        return "ecg_SLT", module, lambda ecg, i: module(ecg, scale[i])
    if CASE == "arm tcl":
        module = nn.ModuleList([Encoder(), projector(WIDTH), projector(768), projector(768)])
        features = [torch.randn(rows, 768, device=DEVICE) for _ in range(2)]

        def loss(ecg, i):
            out = [module[1](module[0](augment_ecg(ecg), scale[i]))] + [p(f[i]) for p, f in zip(list(module)[2:], features)]
            out = [F.normalize(one.float(), dim=1) for one in out]
            return (nce(out[0], out[1]) + nce(out[0], out[2]) + nce(out[1], out[2])) / 3

        return "ecg_SLT", module, loss
    module = Cmr()
    cut = (lambda v: v[:, v.shape[1] // 2 : v.shape[1] // 2 + 1]) if CASE == "cmr slice" else (lambda v: v)
    name = "cine_SFYX" if CASE == "cmr cine" else "ed_SZYX"
    return name, module, lambda view, i: F.mse_loss(module(augment_view(cut(view))).float(), target[i])


name, module, loss_of = case()
module.to(DEVICE)
workers = min(8, os.cpu_count() or 1) if CUDA else 0
loader = torch.utils.data.DataLoader(
    Store(name), B, shuffle=True, drop_last=True, num_workers=workers, pin_memory=CUDA, persistent_workers=workers > 0
)
params = [p for p in module.parameters() if p.requires_grad]
groups = [{"params": [p for p in params if p.ndim > 1]}, {"params": [p for p in params if p.ndim <= 1], "weight_decay": 0}]
optimiser = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95), weight_decay=1e-4, **({"fused": True} if CUDA else {}))


def batches():
    while True:
        yield from loader


def step(batch):
    data, index = batch
    data, index = data.to(DEVICE, non_blocking=True).float(), index.to(DEVICE, non_blocking=True)
    optimiser.zero_grad(set_to_none=True)
    with torch.autocast("cuda" if CUDA else "cpu", torch.bfloat16):
        loss = loss_of(data, index)
    loss.backward()
    nn.utils.clip_grad_norm_(params, 1.0)
    optimiser.step()
    return loss.item()


def matrix_peak():
    """FLOP a second of a large bfloat16 product on this card: the peak that anything here can be compared with."""
    side = 8192 if CUDA else 512
    a = torch.randn(side, side, device=DEVICE).bfloat16()
    best = 0.0
    for _ in range(5):
        wait()
        start = time.perf_counter()
        for _ in range(10):
            a @ a
        wait()
        best = max(best, 10 * 2 * side**3 / (time.perf_counter() - start))
    return best


def wait():
    if CUDA:
        torch.cuda.synchronize()


stream = batches()
for _ in range(STEPS):
    step(next(stream))
wait()
start, waited = time.perf_counter(), 0.0
for _ in range(STEPS):
    asked = time.perf_counter()
    batch = next(stream)
    waited += time.perf_counter() - asked
    step(batch)
wait()
seconds = time.perf_counter() - start
memory = torch.cuda.max_memory_allocated() if CUDA else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
told = {"rowsPerSecond": B * STEPS / seconds, "loadingFraction": waited / seconds, "memoryBytes": memory}
try:
    from torch.utils.flop_counter import FlopCounterMode  # PyTorch 2.1 and later

    with FlopCounterMode(display=False) as counter:
        step(next(stream))
    told["flopPerRow"] = counter.get_total_flops() / B
    told["peakFlops"] = matrix_peak()
except ImportError:
    print("no FLOP counter in this PyTorch: shares of the peak are left out", file=sys.stderr)
print(json.dumps(told))
