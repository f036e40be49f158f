using Scp.Peers.Load;

// A load generator with a constant rate and an open loop: request n is due at start + n/rate whether or not the proxy keeps up, and
// its latency counts from that moment. A closed loop (wrk) waits for the slow answer before it asks again and so never sees the queue.
// Arguments: PORT RATE WARM-UP-SECONDS SECONDS CONNECTIONS. The warm-up runs at the same rate and is not counted.
var port = int.Parse(args[0]);
var rate = double.Parse(args[1]);
var warmUp = double.Parse(args[2]);
var seconds = double.Parse(args[3]);
var connections = int.Parse(args[4]);

var run = new ConstantRate(port, connections, rate);
if (warmUp > 0)
    run.Run(warmUp);

// The proxy's CPU time is read by whoever started us, between this line and the next.
Console.WriteLine("measuring");
var latencies = run.Run(seconds);
Array.Sort(latencies);

double Percentile(double share) =>
    latencies.Length == 0 ? double.NaN : latencies[Math.Min(latencies.Length - 1, (int)(share * latencies.Length))] / 1e3;

Console.WriteLine(
    $"peers requests={latencies.Length} seconds={run.Elapsed.TotalSeconds:F3} rate={rate:F0} p50_us={Percentile(0.5):F0} "
    + $"p99_us={Percentile(0.99):F0} p999_us={Percentile(0.999):F0} max_us={Percentile(1):F0} late={run.Late} errors={run.Errors}");
return 0;
