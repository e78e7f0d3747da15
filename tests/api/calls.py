"""Calls of an API, valid and not, made from its own document: the same seed makes the same calls."""

import dataclasses
import json
import random
import re
import urllib.parse

NASTY = ["", " ", "\0", "a\0b", "\x01\x1f\x7f", "\r\nX-Evil: 1", "é\u202e\u200d", "\U0001d518" * 9,
         "\ud800", "\ufffe", "../../etc/passwd", "%00%2f", "' OR 1=1 --", "%s%n{0}", "null", "-1",
         "9" * 40, "1e309", "x" * 513, "ü" * 300, "y" * 20000, "2026-13-45T99:99:99Z",
         "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-11-22T10:00:00+14:00"]
NUMBERS = [0, 1, -1, 7, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**63, 2**64, 10**40, 0.5, -0.0, 1e308]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"]
TYPES = ["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded",
         "multipart/form-data; boundary=x", "application/jsonx", "application/json\t;x", "", None]


@dataclasses.dataclass
class Operation:
    method: str
    path: str
    permission: str
    parameters: list
    body: dict  # its schema, None: it takes none
    responses: dict


@dataclasses.dataclass
class Call:
    operation: Operation
    method: str
    target: bytes
    headers: dict
    body: bytes  # None: none is sent
    raw: bool  # bytes that no client should send: they may be refused before there is a route

    def __str__(self):
        return f"{self.method} {self.target[:300]!r} {self.headers} {(self.body or b'')[:2000]!r}"


def read_operations(document):
    found = []
    for path, methods in document["paths"].items():
        for method, row in methods.items():
            needs = re.search(r"permission `([^`]+)`", row["description"])
            body = row.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append(Operation(method.upper(), path, needs.group(1) if needs else "public",
                                   row.get("parameters", []), body.get("schema"),
                                   row["responses"]))
    return found


class Generator:
    def __init__(self, document, seed, known, finish={}):
        """known: {word: [values]}, what is there: a name that has the word in it often takes one.
        finish: {schema: function}, makes a body whole where its parts must fit each other."""
        self.schemas = document["components"]["schemas"]
        self.operations = read_operations(document)
        self.random = random.Random(seed)
        self.known, self.finish = known, finish

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    # --- values ---

    def text(self, name, schema):
        fitting = [v for word, values in self.known.items() if word in name for v in values]
        if fitting and not self.chance(3):
            return self.random.choice(fitting)
        if schema.get("format") == "date-time":
            return f"20{self.random.randrange(20, 60)}-0{self.random.randrange(1, 10)}-11T10:00:00Z"
        if "pattern" in schema:
            return "ab" * self.random.randrange(40)
        length = min(self.random.choice([0, 1, 8, 64, 300]), schema.get("maxLength", 300))
        return "".join(self.random.choice("abz019-.:+~ äß") for _ in range(length))

    def value(self, schema, name="", depth=0):
        """One that the schema allows."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in schema or "oneOf" in schema:
            return self.value(self.random.choice(schema.get("anyOf") or schema["oneOf"]), name, depth)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "object":
            required = schema.get("required", [])
            return {key: self.value(of, key, depth + 1)
                    for key, of in schema.get("properties", {}).items()
                    if key in required or not self.chance(2 + depth)}
        if kind == "array":
            return [self.value(schema["items"], name, depth + 1)
                    for _ in range(0 if depth > 3 else self.random.randrange(4))]
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", -3), schema.get("maximum", 1 << 40)
            return self.random.choice([low, high, self.random.randint(low, high), 1, 60])
        return {"boolean": self.chance(2), "null": None}.get(kind, None) \
            if kind in ("boolean", "null") else self.text(name, schema)

    def junk(self, depth=0):
        if depth < 3 and self.chance(3):
            return [self.junk(depth + 1)] if self.chance(2) else {self.random.choice(NASTY): 1}
        return self.random.choice([*NASTY, *NUMBERS, None, True, [], {}])

    def spoil(self, value):
        """The value with one place of it made wrong; often still right elsewhere."""
        if isinstance(value, dict) and value and not self.chance(6):
            key = self.random.choice(sorted(value))
            wrong = self.random.randrange(4)
            if wrong == 0:
                return {k: v for k, v in value.items() if k != key}
            if wrong == 1:
                return value | {self.random.choice([*NASTY, key.upper()]): self.junk()}
            return value | {key: self.spoil(value[key])}
        if isinstance(value, list) and value and not self.chance(4):
            return [self.spoil(value[0]), *value[1:]]
        return self.junk()

    # --- a call ---

    def nest(self):
        depth = self.random.choice([31, 33, 500, 50000])
        return b'{"a":' * depth + b"1" + b"}" * depth if self.chance(2) else b"[" * depth

    def bytes_of(self, value):
        text = json.dumps(value, ensure_ascii=self.chance(2)).encode(errors="surrogatepass")
        if not self.chance(6):
            return text
        cut = self.random.randrange(len(text) + 1)
        return self.random.choice([
            text[:cut], text + b"x", text[:cut] + b"\xff\xc0\x80" + text[cut:], b"\xef\xbb\xbf" + text,
            text[:cut] + b"\0" + text[cut:], text[:-1] + b',"login":1,"login":2}', b"", b"NaN",
            b'{"quota":1e999}', b"{/**/}", self.nest(), text + b" " * (3 << 20), b"\x1f\x8b\x08" + text])

    def make_body(self, operation):
        if operation.body is None:
            return b"{}" if self.chance(12) else None
        if self.chance(25):
            return None
        value = self.value(operation.body)
        finish = self.finish.get(operation.body.get("$ref", "").rsplit("/", 1)[-1])
        if finish and not self.chance(4):
            finish(value)
        return self.bytes_of(value if self.chance(2) else self.spoil(value))

    def argument(self, parameter):
        if self.chance(4):
            return str(self.random.choice([*NASTY, *NUMBERS]))
        value = self.value(parameter["schema"], parameter["name"])
        return str(value).lower() if isinstance(value, bool) else str(value)

    def encode(self, text):
        data = text.encode(errors="surrogatepass")
        return urllib.parse.quote_from_bytes(data, safe="") if not self.chance(40) else \
            data.replace(b" ", b"%").decode("latin-1")

    def make_target(self, operation):
        path, query = operation.path, []
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", self.encode(self.argument(parameter)))
            elif not self.chance(2):
                query += [f"{parameter['name']}={self.encode(self.argument(parameter))}"] * \
                    (2 if self.chance(20) else 1)
        if self.chance(25):
            query.append(self.random.choice(["nonsense=1", "=", "&&", "limit", "%zz=1", "a=" * 300]))
        return (path + ("?" + "&".join(query) if query else "")).encode("latin-1")

    def call(self):
        operation = self.random.choice(self.operations)
        body, target, headers = self.make_body(operation), self.make_target(operation), {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.chance(30):
            headers["Content-Type"] = self.random.choice(TYPES)
        if self.chance(30):
            headers |= self.random.choice([{"If-None-Match": "*"}, {"X-Salve-CSRF": "wrong"},
                                           {"Accept": "text/html"}, {"Authorization": "Bearer x"},
                                           {"Cookie": "salve=" + "z" * 50}, {"Origin": "null"},
                                           {"Last-Event-ID": "9" * 30}, {"Range": "bytes=0-1"}])
        method = self.random.choice(METHODS) if self.chance(20) else operation.method
        raw = any(byte <= 0x20 or byte >= 0x7f for byte in target)
        headers = {name: value for name, value in headers.items() if value is not None}
        return Call(operation, method, target, headers, body, raw)
