"""Reads the samples of run.sh from standard input and prints the tables: report.py text | markdown."""
import os
import sys
from statistics import median

TICK = 1 / os.sysconf("SC_CLK_TCK")
PROXIES = ["scp", "nginx", "haproxy", "yarp"]
NAMES = {"scp": "SCP", "nginx": "nginx", "haproxy": "HAProxy", "yarp": "YARP"}
LOAD = ["small", "response-100k", "new-connection", "post-64k"]
LATENCY = ["latency-half", "latency-common"]
NOISY = 3.0  # percent of the proxy's core that went to others
LATE = 0.2  # percent of the requests that the generator sent over 1 ms late though a connection was free: a p99 can bear that much


class Measured:
    """All rounds of one proxy at one work."""

    def __init__(self):
        self.rounds = []
        self.failure = None

    def values(self, measure):
        found = [measure(sample) for sample in self.rounds if "ticks" in sample or "seconds" in sample]
        return [value for value in found if value is not None]

    def best(self, measure):
        return min(self.values(measure), default=None)

    def middle(self, measure):
        values = self.values(measure)
        return median(values) if values else None

    def errors(self):
        return sum(int(sample.get("errors", 0)) for sample in self.rounds)


def number(key, scale=1.0):
    return lambda sample: float(sample[key]) * scale if key in sample else None


def cpu(sample):
    requests = float(sample.get("requests", 0))
    return float(sample["ticks"]) * TICK * 1e6 / requests if requests else None


def per_second(sample):
    return float(sample["requests"]) / float(sample["seconds"]) if "requests" in sample else None


def busy(sample):
    return 100 * float(sample["ticks"]) * TICK / float(sample["seconds"]) if "seconds" in sample else None


def others(sample):
    if "core_ticks" not in sample or "seconds" not in sample:
        return None
    return max(0.0, 100 * (float(sample["core_ticks"]) - float(sample["ticks"])) * TICK / float(sample["seconds"]))


def late_share(sample):
    return 100 * float(sample["late"]) / float(sample["requests"]) if float(sample.get("requests", 0)) and "late" in sample else None


def per_connection(sample):
    opened = int(sample.get("connections", 0))
    return (float(sample["rss_kib"]) - float(sample["before_kib"])) * 1024 / opened if opened else None


MILLISECONDS = 1e-3
MIB = 1 / 1024
REQUESTS_PER_SECOND = "requests/s"

# title, rows, columns: (heading, best or median, measure, digits)
TABLES = [
    ("Under full load", LOAD, [
        ("cpu us/req best", Measured.best, cpu, 1),
        ("cpu us/req median", Measured.middle, cpu, 1),
        (REQUESTS_PER_SECOND, Measured.middle, per_second, 0),
        ("p50 ms", Measured.middle, number("p50_us", MILLISECONDS), 2),
        ("p99 ms", Measured.middle, number("p99_us", MILLISECONDS), 2),
        ("rss MiB", Measured.middle, number("rss_kib", MIB), 1),
        ("busy %", Measured.middle, busy, 0),
        ("others %", Measured.middle, others, 1),
    ]),
    ("Latency at a constant rate (half: of the proxy's own maximum; common: one rate for all)", LATENCY, [
        ("rate/s", Measured.middle, number("rate"), 0),
        ("p50 ms", Measured.middle, number("p50_us", MILLISECONDS), 3),
        ("p99 ms", Measured.middle, number("p99_us", MILLISECONDS), 3),
        ("p99 ms best", Measured.best, number("p99_us", MILLISECONDS), 3),
        ("p99.9 ms", Measured.middle, number("p999_us", MILLISECONDS), 3),
        ("cpu us/req best", Measured.best, cpu, 1),
        ("cpu us/req median", Measured.middle, cpu, 1),
        ("busy %", Measured.middle, busy, 0),
        ("others %", Measured.middle, others, 1),
    ]),
    ("Idle connections", ["idle"], [
        ("connections", Measured.middle, number("connections"), 0),
        ("bytes/conn best", Measured.best, per_connection, 0),
        ("bytes/conn median", Measured.middle, per_connection, 0),
        ("rss before MiB", Measured.middle, number("before_kib", MIB), 1),
        ("rss after MiB", Measured.middle, number("rss_kib", MIB), 1),
    ]),
    ("Start to first answer", ["start"], [
        ("seconds best", Measured.best, number("seconds"), 3),
        ("seconds median", Measured.middle, number("seconds"), 3),
    ]),
]
NO_RATIO = {"busy %", "others %", "connections", "rss before MiB", "rate/s"}


def read(lines):
    about, samples = {}, {}
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if cells[0].startswith("#"):
            about[cells[0][1:]] = cells[1]
            continue
        measured = samples.setdefault((cells[0], cells[1]), Measured())
        pairs = dict(cell.split("=", 1) for cell in cells[3:])
        if "fails" in pairs:
            measured.failure = pairs["fails"]
        else:
            measured.rounds.append(pairs)
    return about, samples


def show(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def remarks(measured):
    found = []
    if measured.errors():
        found.append(f"{measured.errors()} errors")
    if (measured.middle(others) or 0) > NOISY:
        found.append("noisy")
    late = measured.middle(late_share)
    if late and late > LATE:
        found.append(f"generator late {late:.1f} %")
    return ", ".join(found)


def measured_table(samples, works, columns):
    rows = []
    for work in works:
        for proxy in PROXIES:
            measured = samples.get((work, proxy))
            if measured is None:
                continue
            if measured.failure:
                rows.append([work, NAMES[proxy], *["-"] * len(columns), "fails: " + measured.failure])
                continue
            cells = [show(reduce(measured, measure), digits) for _, reduce, measure, digits in columns]
            rows.append([work, NAMES[proxy], *cells, remarks(measured)])
    return ["work", "proxy", *[heading for heading, *_ in columns], "remarks"], rows


def ratio_table(samples):
    rows = []
    for _, works, columns in TABLES:
        for work in works:
            own = samples.get((work, "scp"))
            if own is None or own.failure:
                continue
            for heading, reduce, measure, _ in columns:
                if heading in NO_RATIO:
                    continue
                cells = [ratio(own, samples.get((work, peer)), reduce, measure) for peer in PROXIES[1:]]
                if any(cell != "-" for cell in cells):
                    rows.append([work, heading, *cells])
    return ["work", "measure", *[f"SCP/{NAMES[peer]}" for peer in PROXIES[1:]]], rows


def ratio(own, peer, reduce, measure):
    """A question mark says that one of the two lines carries a remark."""
    value, other = reduce(own, measure), reduce(peer, measure) if peer else None
    if value is None or not other:
        return "-"
    return f"{value / other:.2f}" + ("?" if remarks(own) or remarks(peer) else "")


def text(header, rows):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    left = {0, 1, len(header) - 1 if header[-1] == "remarks" else 1}
    for row in [header, *rows]:
        print("  ".join(cell.ljust(w) if i in left else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip())
    print()


def markdown(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "|".join("---" if i < 2 or heading == "remarks" else "---:" for i, heading in enumerate(header)) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main(style):
    about, samples = read(sys.stdin)
    table, title = (markdown, "### {}\n") if style == "markdown" else (text, "{}\n")
    print(title.format("SCP and its peers, " + about.pop("date", "no date")))
    print("; ".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    for name, works, columns in TABLES:
        header, rows = measured_table(samples, works, columns)
        if rows:
            print(title.format(name))
            table(header, rows)
    header, rows = ratio_table(samples)
    if rows:
        print(title.format("Ratios (below 1.00 SCP is better; for requests/s above 1.00; ?: see the remarks above)"))
        table(header, rows)


if __name__ == "__main__":
    main(sys.argv[1])
