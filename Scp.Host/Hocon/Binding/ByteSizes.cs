namespace Scp.Host.Hocon.Binding;

/// <summary>HOCON sizes: kB counts thousands, KiB and K count 1024. A bare number is bytes.</summary>
internal static class ByteSizes
{
    public const string Expectation =
        "a size in bytes, such as 512, 64KiB or 10MB (kB MB GB TB count thousands; KiB MiB GiB TiB, or K M G T, count 1024)";

    public static bool TryRead(string text, out long bytes)
    {
        bytes = 0;
        if (!Quantity.TrySplit(text, out var number, out var unit) || FactorOf(unit) is not { } factor) return false;
        if (number > long.MaxValue / factor) return false;
        bytes = (long)(number * factor);
        return bytes == number * factor;
    }

    private static decimal? FactorOf(string unit) => unit switch
    {
        "" or "B" or "b" or "byte" or "bytes" => 1,
        "kB" or "KB" or "kilobyte" or "kilobytes" => 1000,
        "MB" or "megabyte" or "megabytes" => 1000_000,
        "GB" or "gigabyte" or "gigabytes" => 1000_000_000,
        "TB" or "terabyte" or "terabytes" => 1000_000_000_000,
        "PB" or "petabyte" or "petabytes" => 1000_000_000_000_000,
        "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        "p" or "P" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => 1L << 50,
        _ => null,
    };
}
