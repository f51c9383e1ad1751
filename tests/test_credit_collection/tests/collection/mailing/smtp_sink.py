import socketserver
import threading
from email import message_from_bytes, policy


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a message."""

    def handle(self):
        self._reply("220 sink")
        recipients = []
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                self._reply("250 sink")
            elif verb == "RCPT":
                address = line.split("<")[1].split(">")[0]
                if address in self.server.refused:
                    self._reply("550 5.1.1 no such user")
                else:
                    recipients.append(address)
                    self._reply("250 ok")
            elif verb == "DATA":
                self._reply("354 go on")
                self._take(recipients)
                self._reply("250 taken")
                recipients = []
            elif verb == "QUIT":
                self._reply("221 bye")
                return
            else:
                self._reply("250 ok")

    def _take(self, recipients):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.taken.append((list(recipients), message))

    def _reply(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class SmtpSink(socketserver.ThreadingTCPServer):
    """A mail server on the loopback address that keeps its messages.

    taken    [(addresses, message)]
    refused  addresses it does not know
    """

    daemon_threads = True

    def __init__(self, refused=()):
        super().__init__(("127.0.0.1", 0), _Session)
        self.refused = set(refused)
        self.taken = []

    @property
    def port(self):
        return self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.shutdown()
        self.server_close()
