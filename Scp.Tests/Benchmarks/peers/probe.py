"""Short questions to a proxy: is its port free, does it answer, does it do what a row of the table needs, how fast does it start.

  probe.py free PORT
  probe.py ready PORT PID
  probe.py work WORK PORT          WORK as in run.sh; prints why not, if not
  probe.py start PORT COMMAND...   prints the seconds from process start to the first answer
"""
import os
import signal
import socket
import subprocess
import sys
import time

READY_LIMIT = 30
ANSWER_LIMIT = 5


class Refused(Exception):
    """The proxy cannot do this work."""


def request(port, head, body=b"", limit=ANSWER_LIMIT, until_close=False):
    """Sends one request, returns (status, length of the content, whether the proxy closed the connection)."""
    with socket.create_connection(("127.0.0.1", port), timeout=limit) as connection:
        connection.settimeout(limit)
        connection.sendall(head.encode() + b"\r\n" + body)
        received = b""
        while b"\r\n\r\n" not in received:
            received += receive(connection)
        head, content = received.split(b"\r\n\r\n", 1)
        status = int(head.split(b" ", 2)[1])
        lengths = [line.split(b":", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        if not lengths:
            raise Refused("the response has no Content-Length")
        missing = int(lengths[0]) - len(content)
        while missing > 0:
            missing -= len(receive(connection))
        closed = False
        if until_close:
            try:
                closed = connection.recv(1) == b""
            except ConnectionResetError:
                closed = True
            except TimeoutError:
                closed = False
        return status, int(lengths[0]), closed


def receive(connection):
    try:
        data = connection.recv(65536)
    except TimeoutError:
        raise Refused(f"no complete response within {ANSWER_LIMIT} s") from None
    except ConnectionError as error:
        raise Refused(f"the connection broke: {error.strerror}") from None
    if not data:
        raise Refused("the proxy closed the connection before the response was complete")
    return data


def check(work, port):
    head = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if work == "response-100k":
        status, length, _ = request(port, head.replace(" / ", " /100k "))
        if length != 102400:
            raise Refused(f"the response has {length} bytes instead of 102400")
    elif work == "new-connection":
        status, _, closed = request(port, head + "Connection: close\r\n", limit=2, until_close=True)
        if not closed:
            raise Refused("the proxy does not close the connection when the client asks for it")
    elif work == "post-64k":
        head = "POST /post HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 65536\r\n"
        for _ in range(2):
            status, _, _ = request(port, head, b"x" * 65536)
    else:
        status, _, _ = request(port, head)
    if status != 200:
        raise Refused(f"the response is {status} instead of 200")


def answers(port, limit):
    try:
        return request(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", limit=limit)[0] == 200
    except (Refused, OSError, ValueError, IndexError):
        return False


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def wait_ready(port, pid):
    end = time.monotonic() + READY_LIMIT
    while time.monotonic() < end:
        if answers(port, 1):
            return True
        if not os.path.exists(f"/proc/{pid}") or open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z":
            print(f"process {pid} ended before it answered", file=sys.stderr)
            return False
        time.sleep(0.02)
    print(f"no answer on port {port} within {READY_LIMIT} s", file=sys.stderr)
    return False


def measure_start(port, command):
    if not is_free(port):
        raise Refused(f"port {port} is taken")
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(*_):
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
        sys.exit(1)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while time.monotonic() - begin < READY_LIMIT:
            if answers(port, 2):
                return time.monotonic() - begin
            if process.poll() is not None:
                raise Refused(f"the process ended with status {process.returncode} before it answered")
            time.sleep(0.001)
        raise Refused(f"no answer within {READY_LIMIT} s")
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(verb, *arguments):
    try:
        if verb == "free":
            return 0 if is_free(int(arguments[0])) else 1
        if verb == "ready":
            return 0 if wait_ready(int(arguments[0]), int(arguments[1])) else 1
        if verb == "work":
            check(arguments[0], int(arguments[1]))
        elif verb == "start":
            print(f"seconds={measure_start(int(arguments[0]), arguments[1:]):.4f}")
        return 0
    except (Refused, OSError) as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
