"""Opens idle keep-alive connections and says what they cost the proxy in resident memory.

  idle.py PORT CONNECTIONS SETTLE-SECONDS PID...

Each connection makes one request, reads the whole response and stays open. A few at a time, so that the pool towards the origin stays
small and only the idle side is weighed. The kernel's socket buffers are not part of VmRSS and so not part of the result.
"""
import asyncio
import sys
import time

AT_A_TIME = 50
ANSWER_LIMIT = 10
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def resident_kib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as status:
            total += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return total


async def open_one(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=8192)
    writer.write(REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(length)
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise OSError("not a 200")
    return reader, writer


async def open_all(port, count):
    opened, failed = [], 0
    for begin in range(0, count, AT_A_TIME):
        attempts = [asyncio.wait_for(open_one(port), ANSWER_LIMIT) for _ in range(min(AT_A_TIME, count - begin))]
        for result in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(result, BaseException):
                failed += 1
            else:
                opened.append(result)
        if failed > AT_A_TIME:
            break
    return opened, failed


async def main(port, count, settle, pids):
    before = resident_kib(pids)
    begin = time.monotonic()
    opened, failed = await open_all(port, count)
    seconds = time.monotonic() - begin
    await asyncio.sleep(settle)
    after = resident_kib(pids)
    lost = sum(reader.at_eof() for reader, _ in opened)
    print(f"connections={len(opened)} before_kib={before} rss_kib={after} open_seconds={seconds:.2f} errors={failed + lost}")
    for _, writer in opened:
        writer.transport.abort()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), [int(pid) for pid in sys.argv[4:]]))
