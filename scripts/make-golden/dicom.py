# Makes test/golden/formats/dicom: one small cardiac image in every transfer syntax, and the pixels that dcmtk or gdcm decode.
# Run from the project's root: /usr/bin/python3 scripts/make-golden/dicom.py
# Needs Debian's python3-pydicom, dcmtk (dcmcjpeg, dcmcjpls, dcmcrle, dcmconv, dcmdjpls) and libgdcm-tools (gdcmconv).
import os
import subprocess
import tempfile

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

OUT = 'test/golden/formats/dicom'
ROWS, COLUMNS = 20, 28


def pixels(signed):
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    values = 900 + 700 * np.sin(x / 5.0) * np.cos(y / 4.0) + ((x * 7 + y * 13) % 11)
    if signed:
        values = values - 1200
    return values.astype('<i2' if signed else '<u2')


def base(signed=False):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.4'
    ds.file_meta.MediaStorageSOPInstanceUID = '1.2.826.0.1.3680043.10.1.1'
    ds.SOPClassUID = '1.2.840.10008.5.1.4.1.1.4'
    ds.SOPInstanceUID = '1.2.826.0.1.3680043.10.1.1'
    ds.StudyInstanceUID = '1.2.826.0.1.3680043.10.1.2'
    ds.SeriesInstanceUID = '1.2.826.0.1.3680043.10.1.3'
    ds.PatientName = 'Nobody^Made^Up'
    ds.PatientID = 'NOBODY'
    ds.Modality = 'MR'
    ds.SeriesDescription = 'CINE_segmented_SAX_b3'
    ds.SeriesNumber = 12
    ds.InstanceNumber = 7
    ds.TriggerTime = '123.5'
    ds.NominalInterval = 860
    ds.CardiacNumberOfImages = 50
    ds.AcquisitionDate = '20150830'
    ds.AcquisitionTime = '101112.250000'
    ds.ImagePositionPatient = ['-10.5', '20.25', '30']
    ds.ImageOrientationPatient = ['1', '0', '0', '0', '0.6', '-0.8']
    ds.PixelSpacing = ['1.8269230127335', '1.75']
    ds.SliceThickness = '8'
    ds.SpacingBetweenSlices = '10'
    ds.RescaleSlope = '2'
    ds.RescaleIntercept = '-5'
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = 'MONOCHROME2'
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16 if signed else 12, 15 if signed else 11
    ds.PixelRepresentation = 1 if signed else 0
    ds.PixelData = pixels(signed).tobytes()
    return ds


def save(ds, path):
    ds.is_little_endian, ds.is_implicit_VR = True, False
    pydicom.dcmwrite(path, ds, write_like_original=False)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def enhanced():
    ds = base()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = '1.2.840.10008.5.1.4.1.1.4.1'
    for name in ('TriggerTime', 'ImagePositionPatient', 'ImageOrientationPatient', 'PixelSpacing', 'SliceThickness',
                 'SpacingBetweenSlices', 'RescaleSlope', 'RescaleIntercept', 'InstanceNumber', 'NominalInterval'):
        delattr(ds, name)

    def sequence(**fields):
        item = Dataset()
        for key, value in fields.items():
            setattr(item, key, value)
        return Sequence([item])

    shared = Dataset()
    shared.PlaneOrientationSequence = sequence(ImageOrientationPatient=['1', '0', '0', '0', '1', '0'])
    shared.PixelMeasuresSequence = sequence(PixelSpacing=['1.5', '1.5'], SliceThickness='8', SpacingBetweenSlices='10')
    shared.PixelValueTransformationSequence = sequence(RescaleSlope='3', RescaleIntercept='1', RescaleType='US')
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    frames, items = [], []
    for z in range(2):
        for t in range(3):
            item = Dataset()
            item.PlanePositionSequence = sequence(ImagePositionPatient=['0', '0', str(10 * z)])
            item.CardiacSynchronizationSequence = sequence(NominalCardiacTriggerDelayTime=40.5 * t, RRIntervalTimeNominal=900.0)
            items.append(item)
            frames.append(pixels(False) + np.uint16(100 * z + t))
    ds.PerFrameFunctionalGroupsSequence = Sequence(items)
    ds.NumberOfFrames = len(frames)
    ds.PixelData = b''.join(frame.tobytes() for frame in frames)
    return ds


os.makedirs(OUT, exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    plain, signed = f'{folder}/plain.dcm', f'{folder}/signed.dcm'
    save(base(), plain)
    save(base(True), signed)
    save(base(), f'{OUT}/explicit-little.dcm')
    save(base(True), f'{OUT}/signed.dcm')
    save(enhanced(), f'{OUT}/enhanced.dcm')
    run('dcmconv', '+ti', plain, f'{OUT}/implicit-little.dcm')
    run('dcmconv', '+tb', plain, f'{OUT}/explicit-big.dcm')
    run('dcmconv', '+td', plain, f'{OUT}/deflated.dcm')
    run('dcmconv', '-F', '+te', plain, f'{OUT}/bare.dcm')
    run('dcmcrle', plain, f'{OUT}/rle.dcm')
    run('dcmcrle', signed, f'{OUT}/rle-signed.dcm')
    run('dcmcjpeg', '+e1', plain, f'{OUT}/jpeg-lossless-sv1.dcm')
    run('dcmcjpeg', '+el', plain, f'{OUT}/jpeg-lossless-14.dcm')
    run('dcmcjpeg', '+ee', plain, f'{OUT}/jpeg-12bit.dcm')
    run('dcmcjpls', '+el', plain, f'{OUT}/jpeg-ls.dcm')
    run('dcmcjpls', '+en', '+md', '3', plain, f'{OUT}/jpeg-ls-near.dcm')
    run('gdcmconv', '--j2k', plain, f'{OUT}/jpeg-2000.dcm')
    run('gdcmconv', '--j2k', signed, f'{OUT}/jpeg-2000-signed.dcm')
    run('gdcmconv', '--j2k', '--lossy', '-r', '4', plain, f'{OUT}/jpeg-2000-lossy.dcm')
    run('dcmdjpls', f'{OUT}/jpeg-ls-near.dcm', f'{folder}/near.dcm')
    run('gdcmconv', '--raw', f'{OUT}/jpeg-2000-lossy.dcm', f'{folder}/lossy.dcm')
    for name in ('near', 'lossy'):
        decoded = pydicom.dcmread(f'{folder}/{name}.dcm')
        with open(f'{OUT}/{name}.raw', 'wb') as file:
            file.write(decoded.PixelData[: 2 * ROWS * COLUMNS])
    run('dcmcjpls', '+el', f'{OUT}/enhanced.dcm', f'{OUT}/enhanced-jpeg-ls.dcm')
print(sorted(os.listdir(OUT)))
