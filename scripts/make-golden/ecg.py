"""Golden files for the ECG readers and filters, made with SciPy, pydicom and biosig (Debian 12).

    /usr/bin/python3 scripts/make-golden/ecg.py [REAL_DATA]

Writes test/golden/prepare/ecg-filters.json (filters, resampling, baseline), test/golden/formats/ecg-digests.json (SHA-256 of the
real recording's integers as biosig and pydicom decode it; REAL_DATA is the folder with ecg/ecgtoolkit) and
test/golden/formats/made.edf and made.bdf (packed here from the specification).
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import scipy
from scipy import signal, sparse
from scipy.sparse.linalg import spsolve

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
RATE = 500.0


def made_signal(size):
    """A wave with a slow drift and steps, by closed form: the test computes the same."""
    t = np.arange(size)
    return np.sin(t / 7.0) + 0.3 * np.sin(t / 1.7) + 0.002 * t + np.where(t % 97 < 5, 2.0, 0.0) + 1.5


def als(y, lam, p, rounds):
    size = len(y)
    d = sparse.diags([1, -2, 1], [0, 1, 2], shape=(size - 2, size))
    w = np.ones(size)
    for _ in range(rounds):
        z = spsolve(sparse.csc_matrix(sparse.diags(w) + lam * d.T @ d), w * y)
        w = p * (y > z) + (1 - p) * (y <= z)
    return z


def filters():
    x = made_signal(400)
    out = {"scipy": scipy.__version__, "size": 400}
    for name, args in {
        "highpass 4 0.5": (4, 0.5, "highpass"),
        "highpass 3 2": (3, 2.0, "highpass"),
        "lowpass 4 40": (4, 40.0, "lowpass"),
        "lowpass 1 40": (1, 40.0, "lowpass"),
        "bandpass 2 5 25": (2, [5.0, 25.0], "bandpass"),
        "bandpass 3 0.5 40": (3, [0.5, 40.0], "bandpass"),
    }.items():
        out[name] = signal.sosfiltfilt(signal.butter(args[0], args[1], args[2], fs=RATE, output="sos"), x).tolist()
    sos = signal.butter(4, 0.5, "highpass", fs=RATE, output="sos")
    out["highpass even 300"] = signal.sosfiltfilt(sos, x, padtype="even", padlen=300).tolist()
    out["highpass odd 300"] = signal.sosfiltfilt(sos, x, padtype="odd", padlen=300).tolist()
    for mains in (50.0, 60.0):
        b, a = signal.iirnotch(mains, 30.0, RATE)
        out[f"notch {mains:.0f}"] = signal.filtfilt(b, a, x).tolist()
    for up, down in ((1, 2), (25, 18), (5, 1), (500, 977)):
        out[f"resample {up} {down}"] = signal.resample_poly(x, up, down, padtype="line").tolist()
    out["als 1e7 0.3 5"] = als(made_signal(1500), 1e7, 0.3, 5)[::5].tolist()
    return out


def digest(counts):
    """Integers of all leads, lead after lead, as 16-bit little endian."""
    return hashlib.sha256(np.ascontiguousarray(counts, dtype="<i2").tobytes()).hexdigest()


def xli_leads(data):
    """Philips' XLI: chunks of LZW in 10-bit codes, second differences; written from the format's description, with whole strings in a dictionary."""
    leads, at = [], 0
    while at + 8 <= len(data):
        size, first = int.from_bytes(data[at : at + 4], "little"), int.from_bytes(data[at + 6 : at + 8], "little", signed=True)
        bits = "".join(f"{byte:08b}" for byte in data[at + 8 : at + 8 + size])
        at += 8 + size
        words, out, before = {code: bytes([code]) for code in range(256)}, b"", b""
        for place in range(0, len(bits) - 9, 10):
            code = int(bits[place : place + 10], 2)
            if code > 1022:
                break
            word = words[code] if code in words else before + before[:1]
            if before and len(words) <= 1022:
                words[len(words)] = before + word[:1]
            out, before = out + word, word
        half = len(out) // 2
        deltas = [int.from_bytes(bytes([out[k], out[half + k]]), "big", signed=True) for k in range(half)]
        samples, last = deltas[:2], first
        for k in range(2, half):
            samples.append(2 * samples[-1] - samples[-2] - last)
            last = deltas[k] - 64
        leads.append(samples)
    i, ii, iii, avr, avl, avf = (np.array(lead) for lead in leads[:6])
    iii = ii - i - iii
    limb = [i, ii, iii, -avr - (i + ii) // 2, (i - iii) // 2 - avl, (ii + iii) // 2 - avf]
    return np.stack(limb + [np.array(lead) for lead in leads[6:]])


def philips(real):
    import base64
    import xml.etree.ElementTree as tree

    found = {}
    folder = os.path.join(real, "ecg", "philips")
    for name in sorted(os.listdir(folder)):
        waves = next(element for element in tree.parse(os.path.join(folder, name)).iter() if element.tag.endswith("parsedwaveforms"))
        found[name] = digest(xli_leads(base64.b64decode(waves.text))[:12, :5500])
    return found


def digests(real):
    import pydicom

    folder = os.path.join(real, "ecg", "ecgtoolkit")
    dataset = pydicom.dcmread(os.path.join(folder, "Example.dcm"))
    leads = dataset.WaveformSequence[0].ChannelDefinitionSequence
    names = [lead.ChannelSourceSequence[0].CodeMeaning.replace("Lead ", "") for lead in leads]
    raw = np.frombuffer(dataset.WaveformSequence[0].WaveformData, dtype="<i2").reshape(-1, len(names)).T
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["save2gdf", "-f=ASCII", os.path.join(folder, "Example.scp"), os.path.join(work, "x")], check=True, capture_output=True)
        columns = [np.loadtxt(os.path.join(work, f"x.a{index:02d}")) for index in range(1, 13)]
    scp_names = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6", "III", "aVR", "aVL", "aVF"]
    return {
        "pydicom": {"version": pydicom.__version__, "leads": names, "sha256": digest(raw)},
        "biosig": {"leads": scp_names, "sha256": digest(np.rint(np.stack(columns) / 2.5))},
        "philips": philips(real),
    }


def made_edf(kind):
    """A continuous EDF+ or BDF+ of three leads and annotations, packed from the specification: two records of half a second."""
    width = 2 if kind == "edf" else 3
    top = 2 ** (8 * width - 1)
    leads, per_record, records = ["ECG I", "EKG aVR", "V1", "BDF Annotations" if kind == "bdf" else "EDF Annotations"], 250, 2
    per = [per_record] * 3 + [20]
    units = ["mV", "uV", "mV", ""]
    # The second lead has an offset: digital -1000..1000 means -500..1500 uV.
    physical = [(-10, 10), (-500, 1500), (-10, 10), (-1, 1)]
    digital = [(-2000, 2000), (-1000, 1000), (-2000, 2000), (-top, top - 1)]
    head = (b"\xffBIOSEMI" if kind == "bdf" else b"0       ") + b"X X X X".ljust(80) + b"Startdate 31-MAR-2019 X X X".ljust(80)
    head += b"31.03.19" + b"12.00.00" + str(256 * 5).encode().ljust(8) + f"{kind.upper()}+C".encode().ljust(44)
    head += str(records).encode().ljust(8) + b"0.5".ljust(8) + b"4".ljust(4)
    columns = [(leads, 16), (["AgAgCl"] * 4, 80), (units, 8), ([p[0] for p in physical], 8), ([p[1] for p in physical], 8),
               ([d[0] for d in digital], 8), ([d[1] for d in digital], 8), (["HP:0.05Hz LP:150Hz N:50Hz"] * 4, 80), (per, 8), ([""] * 4, 32)]
    for values, size in columns:
        head += b"".join(str(value).encode().ljust(size) for value in values)
    body = b""
    for record in range(records):
        t = np.arange(per_record) + record * per_record
        for lead in range(3):
            counts = np.rint(300 * np.sin(t / (5.0 + lead)) + 10 * lead).astype(int)
            body += b"".join(int(value).to_bytes(width, "little", signed=True) for value in counts)
        body += f"+{record * 0.5}\x14\x14".encode().ljust(20 * width, b"\0")
    with open(os.path.join(ROOT, "test", "golden", "formats", f"made.{kind}"), "wb") as file:
        file.write(head + body)


def rounded(data):
    """Twelve significant digits: six more than the tests ask for."""
    if isinstance(data, float):
        return float(f"{data:.12g}")
    if isinstance(data, list):
        return [rounded(item) for item in data]
    return {key: rounded(item) for key, item in data.items()} if isinstance(data, dict) else data


def write(path, data):
    target = os.path.join(ROOT, "test", "golden", path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w") as file:
        json.dump(rounded(data), file)
        file.write("\n")


write("prepare/ecg-filters.json", filters())
for made_kind in ("edf", "bdf"):
    made_edf(made_kind)
if len(sys.argv) > 1:
    write("formats/ecg-digests.json", digests(sys.argv[1]))
