using System.Collections.Concurrent;
using System.Reflection;

namespace Scp.Streams.Filters;

/// <summary>The hooks that a filter overrides: the others are never called, so they cost nothing.</summary>
[Flags]
public enum FilterHooks : byte
{
    None = 0,
    RequestHead = 1,
    RequestContent = 2,
    ResponseHead = 4,
    ResponseContent = 8,
    Trailers = 16,
    ExchangeCompleted = 32,
}

/// <summary>Finds the overridden hooks of a type, once for each type.</summary>
internal static class OverriddenHooks
{
    private static readonly ConcurrentDictionary<Type, FilterHooks> Found = new();

    public static FilterHooks Of(Type filter) => Found.GetOrAdd(filter, static type =>
        Hook(type, nameof(HttpFilter.OnRequestHead), FilterHooks.RequestHead)
        | Hook(type, nameof(HttpFilter.OnRequestContent), FilterHooks.RequestContent)
        | Hook(type, nameof(HttpFilter.OnResponseHead), FilterHooks.ResponseHead)
        | Hook(type, nameof(HttpFilter.OnResponseContent), FilterHooks.ResponseContent)
        | Hook(type, nameof(HttpFilter.OnTrailers), FilterHooks.Trailers)
        | Hook(type, nameof(HttpFilter.OnExchangeCompleted), FilterHooks.ExchangeCompleted));

    private static FilterHooks Hook(Type type, string method, FilterHooks hook) =>
        type.GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.DeclaringType == typeof(HttpFilter) ? FilterHooks.None : hook;
}
