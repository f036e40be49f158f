using System.Reflection;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Binding;

/// <summary>Binds one object to one record: constructor parameters first, then settable properties.</summary>
internal sealed class RecordBinder
{
    private readonly UnknownKeys unknown;
    private readonly ConfigErrors errors;
    private readonly ValueBinder values;

    public RecordBinder(HoconObject root, UnknownKeys unknown, ConfigErrors errors)
    {
        this.unknown = unknown;
        this.errors = errors;
        values = new ValueBinder(this, root, errors);
    }

    public Bound Bind(Type type, HoconObject content, string path, BindingContext context)
    {
        var shape = SettingsShape.Of(type);
        unknown.Report(content, path, [.. shape.Properties.Where(property => !property.IsEntryName).Select(property => property.Key)]);
        var bound = new Dictionary<SettingsProperty, object?>();
        foreach (var property in shape.Properties)
        {
            var value = property.IsEntryName ? Bound.Of(context.EntryName) : BindProperty(property, content, path, context);
            if (value.IsValid) bound[property] = value.Value;
        }
        return bound.Count == shape.Properties.Length && !context.IsTemplate ? Construct(shape, bound, content, path) : Bound.Failed;
    }

    /// <summary>A template is checked for itself, so that its mistakes show even when no entry uses it.</summary>
    public void CheckTemplate(Type type, HoconObject content, string path)
    {
        if (SettingsShape.KindOf(type, out _) == ShapeKind.Record)
            Bind(type, content, path, new BindingContext("", content.Origin, "", IsTemplate: true));
    }

    private Bound BindProperty(SettingsProperty property, HoconObject content, string path, BindingContext context)
    {
        var here = PathText.Append(path, property.Key);
        var isPresent = content.TryGet(property.Key, out var field);
        if (isPresent && field.Value is not HoconScalar { Kind: ScalarKind.Null })
            return values.Bind(property, property.Type, field.Value, here, context);
        if (property.IsNullable) return Bound.Of(null);
        if (!context.IsTemplate)
            errors.Add(context.Blame(content, field.Value), here, $"has no default and must be set to {ValueBinder.Expectation(property)}");
        return Bound.Failed;
    }

    private Bound Construct(SettingsShape shape, Dictionary<SettingsProperty, object?> bound, HoconObject content, string path)
    {
        try
        {
            // By position: two threads that ask first get two sets of ParameterInfo, which are not equal to each other.
            var arguments = shape.Constructor.GetParameters()
                .Select(parameter => bound.FirstOrDefault(pair => pair.Key.Parameter?.Position == parameter.Position).Value).ToArray();
            var record = shape.Constructor.Invoke(arguments);
            foreach (var (property, value) in bound)
                if (property.Parameter is null) property.Property.SetValue(record, value);
            return Bound.Of(record);
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException reason)
        {
            errors.Add(content.Origin, path, reason.Message);
            return Bound.Failed;
        }
    }
}
