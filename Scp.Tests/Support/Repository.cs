namespace Scp.Tests.Support;

/// <summary>Files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Scp.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests do not lie inside the repository.");
    }
}
