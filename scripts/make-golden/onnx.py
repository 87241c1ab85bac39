# Makes test/golden/deploy: a network of three convolutions exported by PyTorch, its declaration, two slices and the labels PyTorch gives them.
# Run from the project's root: /usr/bin/python3 scripts/make-golden/onnx.py
# Needs Debian's python3-torch (1.13).
import json
import os

import torch

OUT = 'test/golden/deploy'
ROWS, COLUMNS = 24, 32

torch.manual_seed(5)
network = torch.nn.Sequential(
    torch.nn.Conv2d(1, 6, 3, padding=1), torch.nn.ReLU(),
    torch.nn.Conv2d(6, 6, 3, padding=1), torch.nn.ReLU(),
    torch.nn.Conv2d(6, 4, 1),
).eval()
y, x = torch.meshgrid(torch.arange(ROWS), torch.arange(COLUMNS), indexing='ij')
slices = torch.stack([((torch.hypot(y - 12.0, x - 15.0 + shift) / 2).cos() * 3 + 3).round(decimals=3) for shift in (0, 5)])
with torch.no_grad():
    scores = network(slices[:, None])
    # Biases that make each class win on a quarter of the pixels or so.
    network[4].bias -= scores.mean((0, 2, 3))
    scores = network(slices[:, None])
os.makedirs(OUT, exist_ok=True)
torch.onnx.export(network, slices[:, None], f'{OUT}/tiny.onnx', opset_version=13, input_names=['image'], output_names=['scores'],
                  dynamic_axes={'image': {0: 'batch', 2: 'rows', 3: 'columns'}, 'scores': {0: 'batch', 2: 'rows', 3: 'columns'}})
with open(f'{OUT}/tiny.json', 'w') as file:
    json.dump({
        'input': {'name': 'image', 'layout': 'BCYX', 'size': {'multipleOf': 8}, 'intensity': {'kind': 'none'}},
        'output': {'name': 'scores', 'layout': 'BCYX', 'classes': ['background', 'lvCavity', 'myocardium', 'rvCavity']},
    }, file, indent=2)
    file.write('\n')
with open(f'{OUT}/tiny-answer.json', 'w') as file:
    json.dump({'rows': ROWS, 'columns': COLUMNS, 'slices': [round(v, 3) for v in slices.flatten().tolist()],
               'labels': scores.argmax(1).flatten().tolist()}, file)
    file.write('\n')
top = scores.topk(2, dim=1).values
print('labels', scores.argmax(1).flatten().bincount(minlength=4).tolist(), 'least margin', float((top[:, 0] - top[:, 1]).min()))
