namespace Scp.Host.Hocon;

/// <summary>A key and its value; <see cref="KeyOrigin"/> is where the key was written last.</summary>
public readonly record struct HoconField(string Key, Origin KeyOrigin, HoconValue Value);
