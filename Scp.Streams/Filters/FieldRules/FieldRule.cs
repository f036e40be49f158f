using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters.FieldRules;

/// <summary>One compiled rule.</summary>
internal abstract class FieldRule
{
    public abstract void Apply(FieldSection fields, Exchange exchange);

    /// <summary>Null when the entry is invalid; then the errors say why.</summary>
    public static FieldRule? Compile(FieldRuleEntry entry, ICollection<string> errors)
    {
        var before = errors.Count;
        string?[] operations = [entry.Add, entry.Set, entry.Remove, entry.Rename];
        if (operations.Count(o => o is not null) != 1)
        {
            errors.Add("A field rule has exactly one of add, set, remove, rename.");
            return null;
        }

        var name = Name(operations.First(o => o is not null)!, errors);
        var needsValue = entry.Add is not null || entry.Set is not null;
        var value = needsValue && entry.Value is not null ? FieldTemplate.Compile(entry.Value, errors) : null;
        var to = entry.Rename is not null && entry.To is not null ? Name(entry.To, errors) : null;
        if (needsValue != entry.Value is not null)
            errors.Add(
                needsValue ? "A rule that adds or sets a field needs a value." : "Only a rule that adds or sets a field has a value.");
        if (entry.Rename is null != entry.To is null)
            errors.Add(entry.To is null ? "A rule that renames a field needs to." : "Only a rule that renames a field has to.");
        if (errors.Count > before) return null;
        return entry switch
        {
            { Add: not null } => new Add(name!, value!),
            { Set: not null } => new Set(name!, value!),
            { Rename: not null } => new Rename(name!, to!),
            _ => new Remove(name!),
        };
    }

    /// <summary>
    /// Fields that the proxy must be able to rely on are not for rules: framing, the connection, and Host, which routing read.
    /// </summary>
    private static byte[]? Name(string name, ICollection<string> errors)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (!FieldValue.IsToken(bytes)) errors.Add($"\"{name}\" is no field name.");
        else if (FieldNames.Recognise(bytes) is KnownField.Host)
            errors.Add("Host is not for field rules: the rewrite of the route changes it.");
        else if (FieldNames.Recognise(bytes) is KnownField.ContentLength or KnownField.TransferEncoding or KnownField.Connection
            or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.Te or KnownField.Trailer or KnownField.Upgrade
            or KnownField.Http2Settings or KnownField.ProxyAuthenticate or KnownField.ProxyAuthorization
            or KnownField.ProxyAuthenticationInfo or KnownField.Expect)
            errors.Add($"{name} is not for field rules: the proxy itself writes what concerns framing and the connection.");
        else return bytes;
        return null;
    }

    private sealed class Add(byte[] name, FieldTemplate value) : FieldRule
    {
        private readonly KnownField _known = FieldNames.Recognise(name);

        public override void Apply(FieldSection fields, Exchange exchange)
        {
            var slice = value.Write(fields, exchange);
            fields.AddParsed(fields.AppendBytes(name), slice, _known);
        }
    }

    private sealed class Set(byte[] name, FieldTemplate value) : FieldRule
    {
        private readonly Add _add = new(name, value);

        public override void Apply(FieldSection fields, Exchange exchange)
        {
            var first = fields.IndexOf(name);
            if (first < 0)
            {
                _add.Apply(fields, exchange);
                return;
            }

            // The template may read the old value, so the others go last.
            fields.SetValue(first, value.Write(fields, exchange));
            for (var i = fields.IndexOf(name, first + 1); i >= 0; i = fields.IndexOf(name, i + 1)) fields.RemoveAt(i);
        }
    }

    private sealed class Remove(byte[] name) : FieldRule
    {
        public override void Apply(FieldSection fields, Exchange exchange) => fields.Remove(name);
    }

    private sealed class Rename(byte[] name, byte[] to) : FieldRule
    {
        public override void Apply(FieldSection fields, Exchange exchange)
        {
            var first = fields.IndexOf(name);
            if (first < 0 || name.AsSpan().SequenceEqual(to)) return;
            if (!Ascii.EqualsIgnoreCase(name, to)) fields.Remove(to);
            for (var i = first; i >= 0; i = fields.IndexOf(name, i + 1)) fields.Rename(i, to);
        }
    }
}
