# Writes golden/operators.json: arguments and PyTorch's results for every typed function of scripts/operators.txt.
# Run with Debian's python3-torch (1.13):   /usr/bin/python3 packages/torch/test/make-operator-golden.py
import json, os, re
import torch
import torch.nn.functional as F

torch.manual_seed(0)
r2 = lambda t: (t * 64).round() / 64  # short decimals that float32 holds exactly
R = lambda *shape: r2(torch.randn(*shape))
U = lambda *shape: r2(torch.rand(*shape) * 0.8 + 0.1)  # inside (0.1, 0.9): every function is defined there
I = lambda *values: torch.tensor(values)
a, b, u, v, w3 = R(2, 3), R(2, 3), U(2, 3), U(2, 3), R(3)
sq, sy = R(3, 3), (lambda m: r2(m @ m.t()) + 3 * torch.eye(3))(R(3, 3))
whole, mask = I([1, 2, 3], [4, 5, 6]), torch.tensor([[True, False, True], [False, True, True]])
x1, x2, x3 = R(1, 2, 6), R(1, 2, 4, 6), R(1, 2, 4, 4, 4)
cases = []


def case(name, *args, py=None, **options):
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m.group(1).lower(), name)
    names = [snake, re.sub(r"(\d)d$", r"\1d", snake)]
    keywords = {re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m.group(1).lower(), k): val for k, val in options.items()}
    fn = py or next(getattr(space, n) for n in names for space in (torch, F, torch._C._nn, torch.Tensor) if hasattr(space, n))
    out = fn(*args, **keywords)
    cases.append({"name": name, "args": [encode(x) for x in args], "options": options, "out": flat(out)})


def encode(x):
    if isinstance(x, torch.Tensor):
        return {"shape": list(x.shape), "dtype": str(x.dtype)[6:], "data": x.flatten().tolist()}
    return [encode(e) for e in x] if isinstance(x, (list, tuple)) else x


def flat(out):
    if isinstance(out, torch.Tensor):
        return {"shape": list(out.shape), "dtype": str(out.dtype)[6:], "data": [number(e) for e in out.flatten().tolist()] if not out.is_complex() else [number(e) for e in torch.view_as_real(out).flatten().tolist()]}
    return [flat(e) for e in out] if isinstance(out, (list, tuple)) else out


def number(e):
    return str(e) if isinstance(e, float) and (e != e or e in (float("inf"), float("-inf"))) else e


L = torch.linalg
for name in "abs neg sign exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan asin acos atan sinh cosh tanh asinh atanh erf erfc erfinv lgamma digamma sigmoid logit floor ceil round trunc frac deg2rad rad2deg sinc relu detach clone nanToNum".split():
    case(name, u)
case("acosh", u + 1), case("contiguous", u, py=lambda x: x.contiguous()), case("clamp", a, -0.5, 0.5), case("clampMin", a, 0.25), case("clampMax", a, 0.25)
for name in "add sub mul div maximum minimum fmax fmin atan2 hypot logaddexp xlogy copysign heaviside eq ne lt le gt ge isclose allclose equal dist remainder fmod floorDivide".split():
    case(name, u, v)
case("add", a, 2, alpha=3, py=lambda x, o, alpha: torch.add(x, o, alpha=alpha)), case("sub", a, b, alpha=0.5), case("mul", a, 0.25), case("div", a, b, roundingMode="floor")
case("pow", u, v), case("pow", u, 3), case("lerp", a, b, 0.25), case("lerp", a, b, u), case("addcmul", a, b, u, value=0.5), case("addcdiv", a, b, u, value=0.5)
for name in "bitwiseAnd bitwiseOr bitwiseXor".split():
    case(name, whole, whole.flip(1))
case("bitwiseNot", whole)
for name in "logicalAnd logicalOr logicalXor".split():
    case(name, mask, mask.flip(1))
case("logicalNot", mask)
odd = torch.tensor([1.0, float("nan"), float("inf")])
odd_json = u.clone()
for name in "isnan isinf isfinite".split():
    case(name, odd_json)
case("sum", a), case("sum", a, 1, True), case("sum", a, [0, 1]), case("mean", a), case("mean", a, [1], True), case("prod", a), case("prod", a, 1)
for name in ("var", "std"):
    case(name, a, 1, py=getattr(torch, name)), case(name, a, 1, correction=0)
case("amax", a, 1), case("amin", a, 0, True), case("max", a), case("max", a, 1), case("min", a), case("min", a, 0), case("argmax", a), case("argmax", a, 1), case("argmin", a, 1)
case("median", a), case("median", a, 1), case("mode", whole, 1), case("all", mask), case("all", mask, 1), case("any", mask), case("any", mask, 0), case("logsumexp", a, 1)
for name in "cumsum cumprod cummax cummin".split():
    case(name, a, 1)
case("diff", a), case("countNonzero", whole), case("countNonzero", whole, 1), case("nansum", a), case("nanmean", a, 1), case("quantile", a, 0.25, 1), case("bincount", I(0, 2, 2, 5)), case("histc", a, 4, -1, 1)
case("linalgVectorNorm", a, 3, 1, py=lambda x, p, d: L.vector_norm(x, p, d)), case("cdist", a, R(4, 3)), case("softmax", a, 1), case("logSoftmax", a, 1)
case("reshape", a, [3, 2]), case("view", a, [6], py=lambda x, s: x.view(s)), case("permute", x2, [0, 2, 3, 1]), case("transpose", a, 0, 1), case("t", a), case("squeeze", x1), case("squeeze", x1, 0), case("unsqueeze", a, 1)
case("flatten", x2, 1, 2), case("unflatten", a, 1, [3, 1], py=lambda x, d, s: x.unflatten(d, s)), case("expand", R(1, 3), [2, -1], py=lambda x, s: x.expand(s)), case("expandAs", R(1, 3), a, py=lambda x, o: x.expand_as(o)), case("repeat", a, [2, 1], py=lambda x, s: x.repeat(s))
case("repeatInterleave", a, 2, 1), case("tile", a, [2, 2]), case("flip", a, [1]), case("roll", a, 1, 1), case("rot90", a, 1, [0, 1]), case("movedim", x2, 1, 3), case("movedim", x2, [0, 1], [1, 0]), case("swapaxes", a, 0, 1)
case("cat", [a, b], 1), case("stack", [a, b], 1), case("split", a, 2, 1), case("split", a, [1, 2], 1), case("chunk", a, 3, 1), case("unbind", a, 1), case("narrow", a, 1, 1, 2), case("select", a, 1, 2), case("unfold", w3, 0, 2, 1, py=lambda x, d, s, t: x.unfold(d, s, t)), case("diagonal", sq, 1)
case("broadcastTo", w3, [2, 3]), case("broadcastTensors", [a, w3], py=lambda ts: torch.broadcast_tensors(*ts)), case("meshgrid", [w3, R(2)], indexing="ij"), case("ravel", a), case("pixelShuffle", R(1, 4, 2, 2), 2), case("pixelUnshuffle", R(1, 1, 4, 4), 2)
index = I([0, 2], [1, 0])
case("gather", a, 1, index), case("indexSelect", a, 1, I(2, 0)), case("maskedSelect", a, mask), case("maskedFill", a, mask, 7), case("maskedFill", a, mask, torch.tensor(2.0)), case("maskedScatter", a, mask, b), case("scatter", a, 1, index, b), case("scatter", a, 1, index, 3)
case("scatterAdd", a, 1, index, b), case("scatterReduce", a, 1, index, b, "amax"), case("indexAdd", a, 1, I(2, 0), R(2, 2)), case("indexCopy", a, 1, I(2, 0), R(2, 2)), case("indexFill", a, 1, I(2), 5), case("indexPut", a, [I(0, 1), I(2, 0)], R(2)), case("take", a, I(4, 0)), case("takeAlongDim", a, index, 1)
case("nonzero", mask), case("argwhere", mask), case("sort", a, 1, True), case("argsort", a, 1), case("topk", a, 2, 1), case("kthvalue", a, 2, 1), case("searchsorted", I(1, 3, 5), I(2, 3)), case("bucketize", I(2, 3), I(1, 3, 5)), case("isin", whole, I(2, 5))
case("unique", I(3, 1, 3), True, True, True, py=torch._unique2), case("uniqueConsecutive", I(1, 1, 2), True, True), case("tril", sq), case("triu", sq, 1), case("diag", w3), case("diagEmbed", a)
case("fill_", a.clone(), 4), cases[-1]["args"].__setitem__(0, encode(a)), case("zero_", b.clone()), case("copy_", torch.zeros(2, 3), a, py=lambda x, y: x.clone().copy_(y))
case("matmul", a, sq), case("mm", a, sq), case("bmm", R(2, 2, 3), R(2, 3, 2)), case("mv", sq, w3), case("dot", w3, R(3)), case("outer", w3, R(2)), case("addmm", R(2, 3), a, sq, beta=0.5, alpha=2), case("baddbmm", R(2, 2, 2), R(2, 2, 3), R(2, 3, 2)), case("addmv", w3, sq, R(3))
case("einsum", "ij,kj->ik", [a, b], py=lambda e, ts: torch.einsum(e, *ts)), case("tensordot", a, b, [1], [1], py=lambda x, y, i, j: torch.tensordot(x, y, dims=(i, j))), case("kron", a, b), case("cross", a, b, 1), case("trace", sq), case("linalgNorm", sq, py=L.norm), case("matrixExp", sq)
for name, fn in (("Inv", L.inv), ("Pinv", L.pinv), ("Cholesky", L.cholesky), ("Eigh", L.eigvalsh), ("Svd", L.svdvals), ("Qr", lambda m: L.qr(m)[1].abs()), ("Det", L.det), ("Slogdet", L.slogdet)):
    case("linalg" + name, sy, py=fn)
case("linalgSolve", sy, R(3, 1), py=L.solve), case("linalgLstsq", R(5, 3), R(5, 1), py=lambda m, y: L.lstsq(m, y)[0])
case("linear", a, sq, w3), case("bilinear", a, b, R(2, 3, 3), R(2)), case("conv1d", x1, R(4, 2, 3), R(4), 2, 1), case("conv2d", x2, R(4, 2, 3, 3), None, [1, 2], "valid" if False else 1), case("conv2d", x2, R(2, 1, 3, 3), None, 1, "same", 1, 2), case("conv3d", x3, R(2, 2, 3, 3, 3), R(2), 1, 1)
case("convTranspose1d", x1, R(2, 3, 3), None, 2, 1, 1), case("convTranspose2d", x2, R(2, 3, 2, 2), R(3), 2), case("convTranspose3d", x3, R(2, 1, 2, 2, 2), None, 2), case("opEmbedding", R(5, 3), I(4, 0), py=lambda t, i: F.embedding(i, t))
for n, x in ((1, x1), (2, x2), (3, x3)):
    case(f"avgPool{n}d", x, 2, py=getattr(F, f"avg_pool{n}d")), case(f"maxPool{n}d", x, 2, 1, 1, py=getattr(F, f"max_pool{n}d")), case(f"adaptiveAvgPool{n}d", x, [2] * n, py=getattr(F, f"adaptive_avg_pool{n}d"))
    case(f"adaptiveMaxPool{n}d", x, [2] * n, py=lambda y, s, n=n: getattr(F, f"adaptive_max_pool{n}d")(y, s, return_indices=True))
    case(f"upsampleNearest{n}d", x, [8] * n, py=lambda y, s: F.interpolate(y, size=s))
case("upsampleLinear1d", x1, [9], False, py=lambda y, s, c: F.interpolate(y, size=s, mode="linear")), case("upsampleBilinear2d", x2, [7, 9], True, py=lambda y, s, c: F.interpolate(y, size=s, mode="bilinear", align_corners=True)), case("upsampleBicubic2d", x2, [7, 9], False, py=lambda y, s, c: F.interpolate(y, size=s, mode="bicubic")), case("upsampleTrilinear3d", x3, [5, 6, 7], False, py=lambda y, s, c: F.interpolate(y, size=s, mode="trilinear"))
case("opBatchNorm", x2, R(2), R(2), R(2), U(2), False, 0.1, 1e-5, False, py=lambda x, w, b, m, s, t, mo, e, c: F.batch_norm(x, m, s, w, b, t, mo, e)), case("instanceNorm", x2, R(2), R(2), None, None, True, 0.1, 1e-5, False, py=lambda x, w, b, m, s, t, mo, e, c: F.instance_norm(x, None, None, w, b))
case("groupNorm", x2, 2, R(2), R(2)), case("layerNorm", a, [3], w3, R(3))
for name in "gelu silu mish selu relu6 hardswish hardsigmoid glu softplus softshrink logSigmoid elu celu leakyRelu hardtanh".split():
    case(name, R(2, 4), py=getattr(F, "logsigmoid") if name == "logSigmoid" else None)
case("gelu", a, approximate="tanh"), case("prelu", x1, U(2)), case("oneHot", I(0, 2), 4), case("cosineSimilarity", a, b, 1), case("pairwiseDistance", a, b)
target = I(2, 0)
case("opCrossEntropyLoss", a, target, w3.abs(), 2, -100, 0.1, py=lambda x, t, w, r, i, s: F.cross_entropy(x, t, w, reduction="sum", label_smoothing=s)), case("opNllLoss", a.log_softmax(1), target, None, 1, py=lambda x, t, w, r: F.nll_loss(x, t))
for name, py in (("opMseLoss", F.mse_loss), ("opL1Loss", F.l1_loss)):
    case(name, a, b, 2, py=lambda x, y, r, py=py: py(x, y, reduction="sum"))
case("opSmoothL1Loss", a, b, 1, 0.5, py=lambda x, y, r, k: F.smooth_l1_loss(x, y, beta=k)), case("opHuberLoss", a, b, 1, 0.5, py=lambda x, y, r, k: F.huber_loss(x, y, delta=k)), case("opBinaryCrossEntropy", u, v, None, 1, py=lambda x, y, w, r: F.binary_cross_entropy(x, y)), case("opBinaryCrossEntropyWithLogits", a, v, None, w3.abs(), 1, py=lambda x, y, w, p, r: F.binary_cross_entropy_with_logits(x, y, pos_weight=p))
case("opKlDiv", u.log(), v, 2, py=lambda x, y, r: F.kl_div(x, y, reduction="sum")), case("opPoissonNllLoss", a, v, True, False, 1e-8, 1, py=lambda x, y, *_: F.poisson_nll_loss(x, y)), case("opMarginRankingLoss", R(3), R(3), I(1, -1, 1), 0.1, 1, py=lambda x, y, t, m, r: F.margin_ranking_loss(x, y, t, margin=m)), case("opTripletMarginLoss", a, b, u, 0.5, 2, 1e-6, False, 1, py=lambda x, y, z, m, p, e, s, r: F.triplet_margin_loss(x, y, z, margin=m)), case("opCosineEmbeddingLoss", a, b, I(1, -1), 0.1, 1, py=lambda x, y, t, m, r: F.cosine_embedding_loss(x, y, t, margin=m))
theta = R(1, 2, 3)
case("opPad", x2, [1, 2, 0, 1], "constant", 3, py=F.pad), case("opPad", x2, [1, 1, 1, 1], "reflect", py=F.pad), case("affineGridGenerator", theta, [1, 2, 3, 4], False, py=F.affine_grid), case("gridSampler", x2, F.affine_grid(theta, [1, 2, 3, 4], False), 0, 0, False, py=torch.grid_sampler)
case("im2col", x2, [2, 2], [1, 1], [0, 0], [1, 1], py=torch._C._nn.im2col), case("col2im", R(1, 8, 15), [4, 6], [2, 2], [1, 1], [0, 0], [1, 1], py=torch._C._nn.col2im), case("fftRfft", w3, py=torch.fft.rfft), case("stft", R(16), 8, 4, 8, None, False, True, True, py=lambda x, n, h, l, w, no, on, rc: torch.stft(x, n, h, l, center=False, return_complex=True))

path = os.path.join(os.path.dirname(__file__), "golden", "operators.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases of", len({c["name"] for c in cases}), "functions")
