"""Prints every attribute of a DICOM file in front of its pixels, a line each, in the order of tags: path, VR, values. UTF-8."""
import struct
import sys

import pydicom
from pydicom import config

config.replace_un_with_known_vr = False

BULK = ("OB", "OD", "OF", "OL", "OV", "OW", "UN")
MOST_BULK = 1024


def value_text(element, value):
    if element.VR in ("FL", "FD"):
        return struct.pack("<f" if element.VR == "FL" else "<d", value).hex()
    if element.VR == "AT":
        return "%08X" % int(value)
    if element.VR in ("DS", "IS"):
        return str(getattr(value, "original_string", value)).strip()
    return " ".join(str(value).split())


def lines(dataset, path):
    for element in dataset:
        tag = "%08X" % int(element.tag)
        if element.tag.element == 0 or element.tag >= 0x7FE00010:
            continue
        if element.VR == "SQ":
            yield f"{path}{tag} SQ {len(element.value)}"
            for number, item in enumerate(element.value, 1):
                yield from lines(item, f"{path}{tag}[{number}].")
            continue
        if element.VR in BULK:
            raw = element.value or b""
            yield f"{path}{tag} {element.VR} {raw.hex() if len(raw) <= MOST_BULK else 'skipped'}"
            continue
        if element.value is None or element.value == "":
            values = []
        elif isinstance(element.value, (list, pydicom.multival.MultiValue)):
            values = list(element.value)
        else:
            values = [element.value]
        yield f"{path}{tag} {element.VR} " + "\\".join(value_text(element, value) for value in values)


for line in lines(pydicom.dcmread(sys.argv[1], force=True), ""):
    sys.stdout.buffer.write((line.rstrip() + "\n").encode())
