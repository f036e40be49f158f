namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>A folder of its own for the files of one test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("scp-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Replaces a file in one step, as deployment tools do.</summary>
    public void Replace(string name, string text)
    {
        System.IO.File.WriteAllText(File(name) + ".new", text);
        System.IO.File.Move(File(name) + ".new", File(name), overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
