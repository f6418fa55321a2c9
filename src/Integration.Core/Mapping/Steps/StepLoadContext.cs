using System.Reflection;
using System.Runtime.Loader;

namespace Integration.Core.Mapping.Steps;

/// <summary>
/// Loads a step with the libraries that lie beside it. What the engine itself is made of is the engine's: a step's interface must be the one that is
/// called, and two versions of a library do not get into each other's way.
/// </summary>
internal sealed class StepLoadContext(string file) : AssemblyLoadContext($"mapping step {Path.GetFileNameWithoutExtension(file)}")
{
    private readonly AssemblyDependencyResolver _resolver = new(file);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        Default.Assemblies.Any(loaded => loaded.GetName().Name == assemblyName.Name) || _resolver.ResolveAssemblyToPath(assemblyName) is not { } path
            ? null
            : LoadFromAssemblyPath(path);
}
