# The twin of bench/cmr-decode.ts: the same zip to the same array with Python's zipfile, pydicom and NumPy.
# Run: /usr/bin/python3 bench/cmr-decode.py FILE [rounds] [--json]
import io
import json
import sys
import time
import zipfile

import numpy as np
import pydicom

path = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
used = []
for _ in range(rounds):
    start = time.process_time()
    slices = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith('.dcm'):
                image = pydicom.dcmread(io.BytesIO(archive.read(name)))
                slices.setdefault(image.SeriesInstanceUID, []).append(image)
    stacks = []
    for images in slices.values():
        images.sort(key=lambda image: float(image.TriggerTime))
        x = np.array(images[0].ImageOrientationPatient, float)
        normal = np.cross(x[:3], x[3:])
        stacks.append((float(normal @ np.array(images[0].ImagePositionPatient, float)), np.stack([image.pixel_array for image in images])))
    stacks.sort(key=lambda item: item[0])
    volume = np.stack([stack for _, stack in stacks], axis=1)
    used.append(time.process_time() - start)
if '--json' in sys.argv:
    print(json.dumps(used))
else:
    used.sort()
    print(f'{volume.shape}: processor seconds a study: median {used[len(used) // 2]:.3f}, best {used[0]:.3f} of {rounds}')
