"""Judges calls of AWS by the models of its services, as botocore carries them.

Reads a JSON object a line: {"service", "operation", "input"}, and "template": true where the input is one of a document whose
`{{ … }}` stand for any value. Writes a JSON array of {"line", "fault"}.
"""

import base64
import json
import sys
from datetime import datetime
from functools import cache

import regex
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator, ValidationErrors

loader = Loader()


@cache
def model_of(service):
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


class Faults(ValidationErrors):
    """Botocore's faults, and those that it leaves to the service to find."""

    def _format_error(self, error):
        reason, name, details = error
        return details.get("said") or super()._format_error(error)


class Validator(ParamValidator):
    """Botocore's own validator, which knows types, required members and least values. This one knows the rest of the model."""

    def __init__(self, is_template):
        self.is_template = is_template

    def _shape_has_constraints(self, shape):
        return True

    def validate(self, params, shape):
        errors = Faults()
        self._validate(params, shape, errors, name="")
        return errors

    def _validate(self, params, shape, errors, name):
        if self.is_template and isinstance(params, str) and "{{" in params:
            return
        super()._validate(params, shape, errors, name)
        for fault in faults_of(params, shape):
            errors.report(name, "refused", said=f"{self_name(name)} {fault}")


def self_name(name):
    return name.removeprefix(".") or "input"


def readable(pattern):
    """Java writes a character beyond the first plane as two."""
    return regex.sub(
        r"\\u(D[89AB]..)\\u(D[CDEF]..)",
        lambda pair: chr(0x10000 + (int(pair[1], 16) - 0xD800) * 0x400 + int(pair[2], 16) - 0xDC00),
        pattern,
        flags=regex.IGNORECASE,
    )


def faults_of(value, shape):
    constraints = shape.metadata
    most = constraints.get("max")
    if isinstance(value, bool) or value is None:
        return
    size = value if isinstance(value, (int, float)) else len(value) if hasattr(value, "__len__") else None
    if most is not None and size is not None and size > most:
        yield f"is {size}, more than {most}: {value!r:.200}"
    if not isinstance(value, str):
        return
    enum = constraints.get("enum")
    if enum and value not in enum:
        yield f"is {value!r}, none of {', '.join(enum)}"
    # Models differ in whether they anchor their patterns; services match the whole.
    pattern = constraints.get("pattern")
    if pattern and not regex.fullmatch(readable(pattern), value):
        yield f"is {value!r:.200}, which does not match {pattern}"


def revive(item):
    if "$bytes" in item:
        return base64.b64decode(item["$bytes"])
    if "$time" in item:
        return datetime.fromisoformat(item["$time"])
    return item


def judge(call):
    model = model_of(call["service"])
    if call["operation"] not in model.operation_names:
        return f"there is no operation {call['operation']}"
    shape = model.operation_model(call["operation"]).input_shape
    if shape is None:
        return f"takes no input, and is given {call['input']}" if call["input"] else None
    errors = Validator(call.get("template", False)).validate(call["input"], shape)
    return errors.generate_report() if errors.has_errors() else None


faults = []
for line, text in enumerate(sys.stdin):
    fault = judge(json.loads(text, object_hook=revive))
    if fault:
        faults.append({"line": line, "fault": fault})
json.dump(faults, sys.stdout)
