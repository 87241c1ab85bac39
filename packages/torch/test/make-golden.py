# Writes golden/{vit,resnet3d}.safetensors: starting weights, inputs and 50 losses of PyTorch's own training.
# Run with Debian's python3-torch (1.13):   /usr/bin/python3 packages/torch/test/make-golden.py
import json, os, struct, sys
import torch

sys.path.insert(0, os.path.dirname(__file__))
from networks import MaskedAutoencoder, ResNet

NAMES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


def save(path, tensors):
    head, offset, parts = {}, 0, []
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        head[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(head).encode()
    text += b" " * (-(8 + len(text)) % 64)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def train(name, model, inputs, loss_of):
    start = {"weight." + key: value.clone() for key, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    losses = []
    for _ in range(50):
        optimiser.zero_grad()
        loss = loss_of(model)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    folder = os.path.join(os.path.dirname(__file__), "golden")
    tensors = {"losses": torch.tensor(losses, dtype=torch.float64), **start, **{"input." + key: value for key, value in inputs.items()}}
    save(os.path.join(folder, name + ".safetensors"), tensors)
    print(name, losses[0], losses[-1])


torch.manual_seed(0)
torch.set_num_threads(1)
tokens, noise = torch.randn(4, 8, 20), torch.rand(4, 8)
train("vit", MaskedAutoencoder(8, 20, 16, 2, 2), {"tokens": tokens, "noise": noise}, lambda model: model(tokens, noise))
volumes, target = torch.randn(4, 1, 6, 12, 12), torch.randn(4, 3)
loss = torch.nn.functional.mse_loss
train("resnet3d", ResNet(3, 1, [4, 8], 3), {"volumes": volumes, "target": target}, lambda model: loss(model(volumes), target))
