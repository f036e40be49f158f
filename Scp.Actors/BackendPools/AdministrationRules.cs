namespace Scp.Actors.BackendPools;

/// <summary>What an operator says holds until an operator says otherwise.</summary>
internal static class AdministrationRules
{
    /// <summary>Takes back the operator's weight.</summary>
    public const int ConfiguredWeight = -1;

    public const int MaxWeight = 1000;

    public static IReadOnlyList<PoolEvent> Decide(BackendState backend, Administer command, long now)
    {
        var state = command.State ?? backend.Administrative;
        var weight = command.Weight switch
        {
            null => backend.Weight,
            ConfiguredWeight => null,
            var given => given,
        };

        // Said for the first time it counts even if it changes nothing: what is recalled later must not undo it.
        return backend.IsAdministered && (state, weight) == (backend.Administrative, backend.Weight)
            ? []
            : [new AdministrationChanged(backend.Name, state, weight, IsRecalled: false, now)];
    }
}
