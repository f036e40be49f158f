using Akka.Event;

namespace Scp.Actors.Discovery;

/// <summary>What the log says of a resolution: a line when something changes, none for what goes on as before.</summary>
internal static class DiscoveryLog
{
    private const int MostNames = 5;

    public static void Write(
        ILoggingAdapter log, string pool, DiscoverySettings settings, DiscoveryState before, DiscoveryState after, DiscoveryNews news)
    {
        if (news.HasFlag(DiscoveryNews.FailureBegan))
            log.Warning(
                "Pool {0} cannot resolve its members ({1}). {2}; the next try is in {3} s.", pool, after.Failure, Kept(after), Seconds(after));
        if (news.HasFlag(DiscoveryNews.FailureOver))
            log.Info("Pool {0} resolves its members again after {1} failures.", pool, before.Failures);
        if (news.HasFlag(DiscoveryNews.MembersChanged))
            log.Info(
                "Pool {0} has {1} members by {2}: {3}.", pool, after.Members.Count, settings.Name,
                string.Join("; ", Changes("came", after, before).Concat(Changes("went", before, after)).DefaultIfEmpty("other weights")));
        if (news.HasFlag(DiscoveryNews.LimitReached))
            log.Warning(
                "Pool {0} leaves out {1} addresses of {2}: more than discovery.maximum-members = {3}.",
                pool, after.LeftOut, settings.Name, settings.MaximumMembers);
    }

    private static string Kept(DiscoveryState state) => state.Members.Count switch
    {
        0 => "It has none so far",
        1 => "The one of the last good answer stays",
        var count => $"The {count} of the last good answer stay",
    };

    private static double Seconds(DiscoveryState state) => Math.Round(state.NextRefresh.TotalSeconds, 1);

    private static IEnumerable<string> Changes(string verb, DiscoveryState with, DiscoveryState without)
    {
        var names = with.Members.Select(m => m.Address).Except(without.Members.Select(m => m.Address)).ToList();
        if (names.Count == 0) yield break;
        var rest = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
        yield return $"{string.Join(", ", names.Take(MostNames))}{rest} {verb}";
    }
}
