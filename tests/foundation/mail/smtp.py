"""A mail server for tests on 127.0.0.1: it takes mails, or answers as a test wants."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Server:
    """What it answers to a command (by its first word), and what it took: (sender, recipient, message)."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    hold: threading.Event | None = None
    busy: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving() -> Iterator[Server]:
    """Serve until the block ends."""
    state = Server()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say(state.answers.get("CONNECT", "220 test"))
            sender = recipient = ""
            while line := self.rfile.readline():
                command, _blank, rest = line.decode().strip().partition(" ")
                word = command.upper()
                sender = rest if word == "MAIL" else sender
                recipient = rest if word == "RCPT" else recipient
                refused = state.answers.get(word)
                if word == "DATA" and not refused:
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part.decode())
                    state.busy.set()
                    if state.hold:
                        state.hold.wait(5)
                    end = state.answers.get("END")
                    if not end:
                        state.taken.append((sender, recipient, "".join(lines)))
                    self.say(end or "250 taken")
                else:
                    self.say(refused or ("221 bye" if word == "QUIT" else "250 ok"))

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
