# The networks of networks.ts in PyTorch, name for name, so that weights go from one to the other.
import torch
from torch import nn
from torch.nn import functional as F


def blocks(width, depth, num_heads):
    return nn.ModuleList(
        nn.TransformerEncoderLayer(width, num_heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        for _ in range(depth)
    )


def through_all(layers, x):
    for layer in layers:
        x = layer(x)
    return x


class Vit(nn.Module):
    def __init__(self, num_tokens, patch_width, width, depth, num_heads):
        super().__init__()
        self.patch = nn.Linear(patch_width, width)
        self.position = nn.Parameter(torch.normal(0.0, 0.02, (1, num_tokens, width)))
        self.blocks = blocks(width, depth, num_heads)
        self.norm = nn.LayerNorm(width)

    def embed(self, tokens):
        return self.patch(tokens) + self.position

    def forward(self, tokens):
        return self.norm(through_all(self.blocks, self.embed(tokens))).mean(1)


class MaskedAutoencoder(nn.Module):
    def __init__(self, num_tokens, patch_width, width, depth, num_heads):
        super().__init__()
        self.encoder = Vit(num_tokens, patch_width, width, depth, num_heads)
        self.decoder_embed = nn.Linear(width, width // 2)
        self.mask_token = nn.Parameter(torch.normal(0.0, 0.02, (1, 1, width // 2)))
        self.decoder_position = nn.Parameter(torch.normal(0.0, 0.02, (1, num_tokens, width // 2)))
        self.decoder_blocks = blocks(width // 2, 1, 2)
        self.head = nn.Linear(width // 2, patch_width)

    def forward(self, tokens, noise):
        num_batch, num_tokens = noise.shape
        num_seen = num_tokens // 4
        order = noise.argsort(1)
        back = order.argsort(1)
        pick = lambda x, index: x.gather(1, index.unsqueeze(-1).expand(-1, -1, x.size(-1)))
        seen = pick(self.encoder.embed(tokens), order.narrow(1, 0, num_seen))
        encoded = self.decoder_embed(self.encoder.norm(through_all(self.encoder.blocks, seen)))
        hidden = self.mask_token.expand(num_batch, num_tokens - num_seen, -1)
        rebuilt = self.head(through_all(self.decoder_blocks, pick(torch.cat([encoded, hidden], 1), back) + self.decoder_position))
        is_hidden = back.ge(num_seen).float()
        return ((rebuilt - tokens).square().mean(-1) * is_hidden).sum() / is_hidden.sum()


class Residual(nn.Module):
    def __init__(self, axes, from_, to):
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if axes == 2 else (nn.Conv3d, nn.BatchNorm3d)
        self.conv1 = conv(from_, to, 3, stride=2, padding=1, bias=False)
        self.norm1 = norm(to)
        self.conv2 = conv(to, to, 3, padding=1, bias=False)
        self.norm2 = norm(to)
        self.shortcut = conv(from_, to, 1, stride=2, bias=False)

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, axes, in_channels, widths, num_out):
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if axes == 2 else (nn.Conv3d, nn.BatchNorm3d)
        self.stem = conv(in_channels, widths[0], 3, stride=2 if axes == 2 else (1, 2, 2), padding=1, bias=False)
        self.norm = norm(widths[0])
        self.stages = nn.ModuleList(Residual(axes, widths[i], widths[i + 1]) for i in range(len(widths) - 1))
        self.head = nn.Linear(widths[-1], num_out)

    def forward(self, x):
        y = through_all(self.stages, F.relu(self.norm(self.stem(x))))
        return self.head(y.flatten(2).mean(2))


class TwoTower(nn.Module):
    def __init__(self, sizes, images, num_out):
        super().__init__()
        self.ecg = Vit(*sizes)
        self.project = nn.Linear(sizes[2], num_out)
        self.images = nn.ModuleList(images)

    def forward(self, tokens, views):
        ecg = F.normalize(self.project(self.ecg(tokens)), dim=-1)
        losses = [info_nce(ecg, F.normalize(tower(view), dim=-1)) for tower, view in zip(self.images, views)]
        return sum(losses) / len(losses)


def info_nce(a, b):
    logits = a @ b.t() / 0.1
    target = torch.arange(a.size(0), device=a.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2
