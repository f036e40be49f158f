"""Bytes a .NET process allocates, read over the runtime's own diagnostics socket: nothing needs to be installed, nothing in the
process needs to be switched on.

  allocation.py PID SECONDS        prints bytes=N collections=N intervals=N

It asks for the event counters of System.Runtime once a second and adds up "alloc-rate" and "gen-0-gc-count". The stream is not decoded
fully: a counter's event holds its name, its display name and its display time scale as UTF-16 strings, each ended by a zero, and then
the increment as a double.
"""
import glob
import re
import socket
import struct
import sys
import threading
import time

MAGIC = b"DOTNET_IPC_V1\0"
EVENT_PIPE, COLLECT, STOP, SERVER = 0x02, 0x02, 0x01, 0xFF
NET_TRACE = 1
BUFFER_MIB = 16
INFORMATIONAL = 4


def text(value):
    return struct.pack("<I", len(value) + 1) + (value + "\0").encode("utf-16-le")


def connect(pid):
    paths = glob.glob(f"/tmp/dotnet-diagnostic-{pid}-*-socket")
    if not paths:
        raise OSError(f"process {pid} has no diagnostics socket in /tmp (not .NET, or DOTNET_EnableDiagnostics=0)")
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(paths[0])
    return connection


def ask(connection, command, payload):
    """Sends a command and returns the number in its answer (the session)."""
    connection.sendall(MAGIC + struct.pack("<HBBH", 20 + len(payload), EVENT_PIPE, command, 0) + payload)
    head = receive(connection, 20)
    size, command_set, status, _ = struct.unpack("<HBBH", head[14:])
    body = receive(connection, size - 20)
    if command_set != SERVER or status != 0:
        raise OSError(f"the runtime refused: {body.hex()}")
    return struct.unpack("<Q", body[:8])[0]


def receive(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise OSError("the runtime closed the diagnostics socket")
        data += more
    return data


def increments(stream, counter):
    """The increments of one counter, interval by interval."""
    name = (counter + "\0").encode("utf-16-le")
    string = rb"(?:[^\0]\0)*\0\0"
    pattern = re.compile(re.escape(name) + string + string + rb"(.{8})", re.DOTALL)
    return [struct.unpack("<d", match.group(1))[0] for match in pattern.finditer(stream)]


def measure(pid, seconds):
    session_connection = connect(pid)
    provider = struct.pack("<QI", 0, INFORMATIONAL) + text("System.Runtime") + text("EventCounterIntervalSec=1")
    session = ask(session_connection, COLLECT, struct.pack("<III", BUFFER_MIB, NET_TRACE, 1) + provider)
    chunks = []

    def read():
        while chunk := session_connection.recv(65536):
            chunks.append(chunk)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    time.sleep(seconds)
    ask(connect(pid), STOP, struct.pack("<Q", session))
    reader.join(10)
    stream = b"".join(chunks)
    return increments(stream, "alloc-rate"), increments(stream, "gen-0-gc-count")


def main(pid, seconds):
    try:
        allocated, collections = measure(pid, seconds)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    if not allocated:
        print("the runtime sent no counters", file=sys.stderr)
        return 1
    print(f"bytes={sum(allocated):.0f} collections={sum(collections):.0f} intervals={len(allocated)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
