using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using System.Runtime.Loader;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>
/// ADO.NET providers that a site puts into its <c>providers</c> folder. Each is loaded with the assemblies that lie beside it, apart from the engine's
/// and from other providers', so that two may need different versions of a third.
/// </summary>
internal static class ProviderAssembly
{
    private static readonly ConcurrentDictionary<string, Lazy<DbProviderFactory>> Loaded = new(StringComparer.Ordinal);

    /// <summary>The provider's factory, loaded once for the life of the process.</summary>
    /// <param name="folder">Whole path of the folder of providers.</param>
    /// <param name="name">Of the assembly, without <c>.dll</c>; it lies in the folder, or in one of its own name there.</param>
    /// <exception cref="SqlSourceException">It is not there, cannot be loaded, or is no provider.</exception>
    public static DbProviderFactory Load(string folder, string name)
    {
        var path = new[] { Path.Combine(folder, name, $"{name}.dll"), Path.Combine(folder, $"{name}.dll") }.FirstOrDefault(File.Exists)
            ?? throw new SqlSourceException($"There is no {name}.dll in the folder {Path.GetFileName(folder)}, nor in one named {name} there.", isPermanent: true);
        return Loaded.GetOrAdd(path, static place => new(() => FactoryOf(place))).Value;
    }

    private static DbProviderFactory FactoryOf(string path)
    {
        try
        {
            var assembly = new ProviderContext(path).LoadFromAssemblyPath(path);
            return assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(DbProviderFactory)))
                .Select(type => type.GetField("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) ?? type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
                .OfType<DbProviderFactory>().FirstOrDefault()
                ?? throw new SqlSourceException($"{Path.GetFileName(path)} is no ADO.NET provider: it has no DbProviderFactory. Name the assembly that has.", isPermanent: true);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or TargetInvocationException)
        {
            throw new SqlSourceException($"{Path.GetFileName(path)} cannot be loaded ({e.GetType().Name}). Put a build for .NET, with all that it needs, beside it.", e, isPermanent: true);
        }
    }

    private sealed class ProviderContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);
        private readonly string _folder = Path.GetDirectoryName(path)!;

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
            : Path.Combine(_folder, $"{assemblyName.Name}.dll") is var beside && File.Exists(beside) ? LoadFromAssemblyPath(beside)
            : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found)
            : new[] { unmanagedDllName, $"lib{unmanagedDllName}.so", $"{unmanagedDllName}.so", $"{unmanagedDllName}.dll" }.Select(file => Path.Combine(_folder, file)).FirstOrDefault(File.Exists) is { } beside
                ? LoadUnmanagedDllFromPath(beside)
                : nint.Zero;
    }
}
