"""Server-sent events, read field by field."""


class Reader:
    """One subscription, read field by field as the standard says."""

    def __init__(self, server, headers="", last_id=None):
        self.client = server.connect(timeout=30)
        if last_id is not None:
            headers += f"Last-Event-ID: {last_id}\r\n"
        self.client.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
                            .encode())
        self.file = self.client.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline().decode().strip()) != "":
            name, value = line.split(": ", 1)
            self.headers[name] = value
        self.rest = b""

    def line(self):
        while b"\n" not in self.rest:
            size = int(self.file.readline(), 16)
            if size == 0:
                return None
            self.rest += self.file.read(size)
            self.file.readline()
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def event(self):
        """The next event as a dictionary; None at the end of the stream."""
        fields = {}
        while (line := self.line()) is not None:
            if line == "" and fields:
                return fields
            if line and not line.startswith(":"):
                name, value = line.split(": ", 1)
                fields[name] = value
        return None

    def close(self):
        self.client.close()
