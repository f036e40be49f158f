using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>The copies of one client connection whose requests are not complete yet.</summary>
internal sealed class OpenCopies
{
    private readonly List<MirrorCopy> _open = [];

    public void Keep(MirrorCopy copy) => _open.Add(copy);

    /// <summary>Shows a part to the copy of its request, if there is one.</summary>
    public void Add(RequestPart part)
    {
        for (var i = 0; i < _open.Count; i++)
        {
            if (!ReferenceEquals(_open[i].Original, part.Exchange)) continue;
            if (!_open[i].Add(part)) _open.RemoveAt(i);
            return;
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Drop()
    {
        foreach (var copy in _open) copy.Drop(MirrorOutcome.Incomplete);
        _open.Clear();
    }
}
