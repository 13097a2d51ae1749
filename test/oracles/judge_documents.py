"""Judges documents of Systems Manager Automation by a JSON schema, whose file is the argument.

Reads a JSON array of documents. Writes a JSON array of {"document": index, "fault"}.
"""

import json
import sys

from jsonschema import Draft7Validator

with open(sys.argv[1]) as file:
    validator = Draft7Validator(json.load(file))
faults = [
    {"document": index, "fault": f"{'/'.join(map(str, error.absolute_path))}: {error.message}"}
    for index, document in enumerate(json.load(sys.stdin))
    for error in validator.iter_errors(document)
]
json.dump(faults, sys.stdout)
