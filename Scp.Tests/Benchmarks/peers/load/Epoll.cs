using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Scp.Peers.Load;

/// <summary>
/// epoll with a timeout in nanoseconds. <c>Socket.Select</c> rounds to microseconds and copies lists; asynchronous sockets hop threads.
/// Both would show in a p99 of a few hundred microseconds.
/// </summary>
internal sealed unsafe partial class Epoll
{
    private const int Capacity = 64;
    private const int CtlAdd = 1;
    private const uint Readable = 1;
    private const int SetTimerSlack = 29;

    // struct epoll_event is packed on x86-64 only: four bytes of events, then eight of data at 4 or at 8.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataAt + 8;

    private readonly int _descriptor = Check(Create(0));
    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * 16, pinned: true);
    private readonly int[] _ready = new int[Capacity];

    public Epoll() => Check(ProcessControl(SetTimerSlack, 1, 0, 0, 0));

    public void Add(int descriptor, int key)
    {
        Span<byte> entry = stackalloc byte[16];
        entry.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(entry, Readable);
        BinaryPrimitives.WriteInt32LittleEndian(entry[DataAt..], key);
        fixed (byte* pointer = entry)
            Check(Control(_descriptor, CtlAdd, descriptor, pointer));
    }

    /// <summary>The keys of the readable descriptors; valid until the next call.</summary>
    public ReadOnlySpan<int> Wait(long nanoseconds)
    {
        var timeout = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        int count;
        fixed (byte* events = _events)
            count = WaitNative(_descriptor, events, Capacity, &timeout, null);
        for (var i = 0; i < count; i++)
            _ready[i] = BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan(i * Stride + DataAt));
        return _ready.AsSpan(0, Math.Max(0, count)); // -1 is a signal: nothing is ready
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int WaitNative(int epoll, byte* events, int capacity, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
