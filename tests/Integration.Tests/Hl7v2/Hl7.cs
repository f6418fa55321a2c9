using System.Runtime.CompilerServices;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Parsing;

namespace Integration.Tests.Hl7v2;

/// <summary>Short ways to make and read messages.</summary>
internal static class Hl7
{
    public static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
    public static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    public static string Header(string charset = "", string type = "ADT^A01") =>
        $"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||{type}|C1|P|2.5.1||||||{charset}";

    public static byte[] Bytes(string text, Encoding? encoding = null) => (encoding ?? Encoding.UTF8).GetBytes(text);

    public static ParseResult Parse(byte[] raw, Hl7ReadingOptions? options = null) =>
        new Hl7Parser(_ => options ?? Hl7ReadingOptions.Default).Parse(raw, "his");

    public static ParseResult Parse(string text) => Parse(Bytes(text));

    /// <summary>The message, which must have been read without any issue.</summary>
    public static Hl7Message Message(string text)
    {
        var result = Parse(text);
        Assert.Empty(result.Issues);
        return Assert.IsType<Hl7Message>(result.Document);
    }

    public static string RepositoryRoot([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Integration.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Integration.sln is in no folder above.");
        }

        return folder.FullName;
    }
}
