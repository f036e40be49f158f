namespace Scp.Actors.Discovery;

/// <summary>Asks for the members of one pool.</summary>
public interface INameResolver
{
    /// <summary>What the name stands for now. What goes wrong is an answer too, not an exception.</summary>
    Task<NameAnswer> ResolveAsync(CancellationToken cancellation);
}
