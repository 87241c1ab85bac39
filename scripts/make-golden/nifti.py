# Makes test/golden/formats/nifti: small images with oblique sform, qform only, both byte orders, slopes, and nibabel's affines.
# Run from the project's root: /usr/bin/python3 scripts/make-golden/nifti.py     Needs Debian's python3-nibabel.
import json
import os

import nibabel as nib
import numpy as np

OUT = 'test/golden/formats/nifti'
os.makedirs(OUT, exist_ok=True)
a, b = 0.4, -0.7
turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]) @ np.array(
    [[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
affine = np.eye(4)
affine[:3, :3] = turn * np.array([1.5, 1.25, 8])
affine[:3, 3] = [-90.5, -126.25, 72]
mirrored = affine.copy()
mirrored[:3, 2] *= -1
data = (np.arange(5 * 4 * 3 * 2).reshape(5, 4, 3, 2) * 7 % 301).astype(np.int16)
truth = {}


def save(name, image, **zooms):
    image.header.set_xyzt_units('mm', 'sec')
    if image.ndim == 4:
        image.header.set_zooms((*image.header.get_zooms()[:3], 0.04))
    nib.save(image, f'{OUT}/{name}')
    back = nib.load(f'{OUT}/{name}')
    truth[name] = {'affine': back.affine.tolist(), 'shape': back.shape, 'values': np.asarray(back.dataobj).ravel(order='F')[:40].tolist()}


save('oblique.nii.gz', nib.Nifti1Image(data, affine))
qform = nib.Nifti1Image(data, mirrored)
qform.set_sform(None, 0)
qform.set_qform(mirrored, 1)
save('qform-mirrored.nii', qform)
big = nib.Nifti1Image(data, affine, nib.Nifti1Header(endianness='>'))
save('big-endian.nii', big)
scaled = nib.Nifti1Image(data.astype(np.float32) / 3, affine)
scaled.set_data_dtype(np.int16)
save('scaled.nii.gz', scaled)
save('nifti2.nii', nib.Nifti2Image(data, affine))
save('three.nii', nib.Nifti1Image(data[..., 0].astype(np.uint8), affine))
save('float64.nii', nib.Nifti1Image(data.astype(np.float64), affine))
with open(f'{OUT}/truth.json', 'w') as file:
    json.dump(truth, file)
print(sorted(os.listdir(OUT)))
