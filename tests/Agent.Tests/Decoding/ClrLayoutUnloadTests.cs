using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding;

public sealed class ClrLayoutUnloadTests
{
    [Fact]
    public void A_layout_does_not_hold_the_type_it_was_read_from()
    {
        var (layout, type) = ReadFromCollectibleAssembly();
        for (var i = 0; i < 10 && type.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(type.IsAlive);
        Assert.Equal(["First", "Second"], layout.Fields.Select(field => field.Path));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (KeyLayout Layout, WeakReference Type) ReadFromCollectibleAssembly()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("plugin"), AssemblyBuilderAccess.RunAndCollect);
        var builder = assembly.DefineDynamicModule("plugin").DefineType("Key", TypeAttributes.SequentialLayout | TypeAttributes.Public, typeof(ValueType));
        builder.DefineField("First", typeof(uint), FieldAttributes.Public);
        builder.DefineField("Second", typeof(byte), FieldAttributes.Public);
        var type = builder.CreateType();
        return (KeyLayout.FromClr(type), new WeakReference(type));
    }
}
