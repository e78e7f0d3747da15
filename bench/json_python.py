#!/usr/bin/python3
"""json_python.py PATH: parses every JSON document of a file or a plain tar, one at a time; prints
the bytes."""

import json
import sys
import tarfile

total = 0
if sys.argv[1].endswith(".tar"):
    with tarfile.open(sys.argv[1], "r|") as archive:
        for member in archive:
            archive.members = []  # or it keeps every header
            if member.isfile() and member.name.endswith(".json"):
                text = archive.extractfile(member).read()
                json.loads(text)
                total += len(text)
else:
    with open(sys.argv[1], "rb") as file:
        text = file.read()
        json.loads(text)
        total = len(text)
print(total)
