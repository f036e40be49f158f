namespace Scp.Host.Cli;

/// <summary>How scpd ends; part of its interface, see README.md.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done; after a drain nothing was cut.</summary>
    public const int Success = 0;

    /// <summary>Something unexpected went wrong.</summary>
    public const int Failure = 1;

    /// <summary>The configuration has errors, or the command line is wrong.</summary>
    public const int InvalidConfiguration = 2;

    /// <summary>A listener or demo origin could not be opened.</summary>
    public const int CannotListen = 3;

    /// <summary>Connections were cut because they outlasted the drain, or a second signal asked for it.</summary>
    public const int Cut = 4;

    /// <summary>A scenario did not go as it expects.</summary>
    public const int ExpectationBroken = 5;
}
