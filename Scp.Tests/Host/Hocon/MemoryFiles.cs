using System.Text;
using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

internal sealed class MemoryFiles(Dictionary<string, string> content) : HoconFiles
{
    public override bool Exists(string path) => content.ContainsKey(path);

    public override FileReading Read(string path, int limit) =>
        content.TryGetValue(path, out var text) ? Decode(Encoding.UTF8.GetBytes(text)) : new FileReading("", 0, "it does not exist");
}
