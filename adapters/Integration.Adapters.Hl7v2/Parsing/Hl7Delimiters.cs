using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>The delimiters that MSH-1 and MSH-2 declare, as ASCII bytes. HL7 v2.5.1 §2.5.4.</summary>
/// <remarks>A delimiter that the message does not use is <see cref="None"/>, a byte that no UTF-8 text holds.</remarks>
public readonly record struct Hl7Delimiters(byte Field, byte Component, byte Repetition, byte Escape, byte Subcomponent, byte Truncation)
{
    /// <summary>Stands for a delimiter that is not declared.</summary>
    public const byte None = 0xFF;

    /// <summary><c>|^~\&amp;</c></summary>
    public static readonly Hl7Delimiters Standard = new((byte)'|', (byte)'^', (byte)'~', (byte)'\\', (byte)'&', None);

    /// <summary>Reads the delimiters of a header segment.</summary>
    /// <param name="header">Bytes that begin with <c>MSH</c>; may go on past the segment.</param>
    /// <param name="delimiters">What was declared; <see cref="Standard"/> when the return value is false.</param>
    /// <param name="issue">DelimitersInvalid: an Error when the return value is false, a Warning when something was assumed; else null.</param>
    internal static bool TryRead(ReadOnlySpan<byte> header, out Hl7Delimiters delimiters, out MessageIssue? issue)
    {
        delimiters = Standard;
        issue = null;
        if (header.Length < 4 || !IsDelimiter(header[3]))
        {
            issue = Invalid("MSH-1", "The field separator behind MSH must be one punctuation character, usually a vertical bar.");
            return false;
        }

        var field = header[3];
        var rest = header[4..];
        var end = rest.IndexOfAny(field, (byte)'\r', (byte)'\n');
        var declared = end < 0 ? rest : rest[..end];
        if (declared.Length > 5 || !AreDistinctDelimiters(field, declared))
        {
            issue = Invalid("MSH-2", "MSH-2 must hold up to five different punctuation characters, usually ^~\\&.");
            return false;
        }

        delimiters = Assemble(field, declared, out var assumption);
        issue = assumption is null ? null : MessageIssue.Warning(IntegrationErrorCode.DelimitersInvalid, "MSH-2", assumption);
        return true;
    }

    private static Hl7Delimiters Assemble(byte field, ReadOnlySpan<byte> declared, out string? assumption)
    {
        assumption = null;
        if (declared.IsEmpty)
        {
            assumption = "MSH-2 is empty; the standard delimiters ^~\\& were assumed.";
            return Standard with { Field = field };
        }

        // A sender that forgets to escape the backslash in its own source code sends ^~& and means ^~\&.
        if (declared is [var component, var repetition, (byte)'&'])
        {
            assumption = "MSH-2 has no escape character; a backslash was assumed.";
            return new(field, component, repetition, (byte)'\\', (byte)'&', None);
        }

        if (declared.Length < 4)
        {
            assumption = "MSH-2 declares fewer than four delimiters; those that are missing were taken as not used.";
        }

        return new(field, At(declared, 0), At(declared, 1), At(declared, 2), At(declared, 3), At(declared, 4));
    }

    private static byte At(ReadOnlySpan<byte> declared, int index) => index < declared.Length ? declared[index] : None;

    private static bool AreDistinctDelimiters(byte field, ReadOnlySpan<byte> declared)
    {
        for (var i = 0; i < declared.Length; i++)
        {
            if (declared[i] == field || !IsDelimiter(declared[i]) || declared[..i].Contains(declared[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDelimiter(byte value) => value is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);

    private static MessageIssue Invalid(string place, string text) => MessageIssue.Error(IntegrationErrorCode.DelimitersInvalid, place, text);
}
