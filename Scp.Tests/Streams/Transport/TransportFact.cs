using System.Net.Sockets;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Scp.Tests.Streams.Transport;

/// <summary>What a transport needs of the machine.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsIPv6Attribute : Attribute
{
    public static string? MissingOn(Type type) =>
        type.IsDefined(typeof(NeedsIPv6Attribute), inherit: true) && !HasLoopback() ? "This machine has no IPv6." : null;

    private static bool HasLoopback()
    {
        if (!Socket.OSSupportsIPv6) return false;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>A fact that every transport inherits; skipped, and said so, where the machine lacks what the transport needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Scp.Tests.Streams.Transport.TransportFactDiscoverer", "Scp.Tests")]
public sealed class TransportFactAttribute : FactAttribute;

public sealed class TransportFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    private readonly IMessageSink _sink = sink;

    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new TransportTestCase(_sink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

public sealed class TransportTestCase : XunitTestCase
{
    [Obsolete("For the deserializer only.")]
    public TransportTestCase()
    {
    }

    public TransportTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        NeedsIPv6Attribute.MissingOn(TestMethod.TestClass.Class.ToRuntimeType()) ?? base.GetSkipReason(factAttribute);
}
