using Jint;
using Jint.Runtime.Modules;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>Hands the engine the modules that were read beforehand, and no others. Belongs to one engine.</summary>
internal sealed class ScriptModuleLoader(ScriptModules modules) : IModuleLoader
{
    private readonly ScriptJson _json = new();

    public ResolvedSpecifier Resolve(string? referencingModuleLocation, ModuleRequest moduleRequest)
    {
        var module = referencingModuleLocation is not null && modules.ByPath.TryGetValue(referencingModuleLocation, out var importer)
            ? importer.Imported[moduleRequest.Specifier]
            : modules.Entry;
        return new ResolvedSpecifier(moduleRequest, module.Path, null, SpecifierType.RelativeOrAbsolute);
    }

    public Module LoadModule(Engine engine, ResolvedSpecifier resolved)
    {
        var module = modules.ByPath[resolved.Key];
        return module.Program is { } program
            ? ModuleFactory.BuildSourceTextModule(engine, program)
            : ModuleFactory.BuildJsonModule(engine, _json.Read(engine, module.Path, module.Text), module.Path);
    }
}
