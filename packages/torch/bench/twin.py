# The other side of bench/run.ts: the same cases in PyTorch, eager. Reads "<case> <repeats>" lines, answers the seconds per repeat; for no
# repeats the floating-point operations of one, 0 where this PyTorch cannot count them.
#   python3 twin.py <threads> cpu|wall <device> <dtype>
import contextlib, os, sys, time
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "test"))
from networks import MaskedAutoencoder, ResNet, TwoTower

SIZES, BATCH, EMBEDDING = (48, 600, 192, 4, 6), 16, 128
device, dtype = sys.argv[3], getattr(torch, sys.argv[4])
torch.set_num_threads(int(sys.argv[1]))
now = time.process_time if sys.argv[2] == "cpu" else time.perf_counter


def training_step(model, loss_of):
    model.to(device)
    kind = {"fused": True} if device != "cpu" else {}  # as here, where libtorch has it
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, **kind)
    narrow = lambda: contextlib.nullcontext() if dtype == torch.float32 else torch.autocast(device.split(":")[0], dtype)

    def step():
        optimiser.zero_grad(set_to_none=True)
        with narrow():
            loss = loss_of()
        loss.backward()
        optimiser.step()
        loss.item()

    return step


def random(*shape):
    return torch.randn(*shape, device=device)


def masked_autoencoder():
    model = MaskedAutoencoder(*SIZES)
    tokens = random(BATCH, 48, 600)
    return training_step(model, lambda: model(tokens, torch.rand(BATCH, 48, device=device)))


def contrastive(towers, shapes):
    model = TwoTower(SIZES, towers, EMBEDDING)
    tokens, views = random(BATCH, 48, 600), [random(BATCH, *shape) for shape in shapes]
    return training_step(model, lambda: model(tokens, views))


def volume_tower():
    return ResNet(3, 1, [16, 32, 64], EMBEDDING)


def chain():
    a = torch.ones(4, 4)

    def run():
        y = a
        for _ in range(1000):
            y = y + a

    return run


def copy():
    import numpy

    array = numpy.zeros(25_000_000, dtype=numpy.float32)
    return lambda: torch.from_numpy(array).reshape(1000, 25000).numpy()


BUILD = [
    masked_autoencoder,
    lambda: contrastive([ResNet(2, 1, [32, 64, 128], EMBEDDING)], [(1, 96, 96)]),
    lambda: contrastive([ResNet(2, 25, [32, 64, 128], EMBEDDING)], [(25, 96, 96)]),
    lambda: contrastive([volume_tower()], [(1, 8, 64, 64)]),
    lambda: contrastive([volume_tower(), volume_tower()], [(1, 8, 64, 64)] * 2),
    chain,
    copy,
]


def flops(work):
    try:
        from torch.utils.flop_counter import FlopCounterMode  # PyTorch 2.1 and later
    except ImportError:
        return 0
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


print(torch.__version__, flush=True)
work, current = None, None
for line in sys.stdin:
    index, repeats = (int(word) for word in line.split())
    if index != current:
        work, current = BUILD[index](), index
    if repeats == 0:
        print(flops(work), flush=True)
        continue
    start = now()
    for _ in range(repeats):
        work()
    if device != "cpu":
        torch.cuda.synchronize(device)
    print((now() - start) / repeats, flush=True)
