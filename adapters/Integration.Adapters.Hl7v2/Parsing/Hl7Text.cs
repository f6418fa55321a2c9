namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>What the segments of one message share.</summary>
/// <param name="Utf8">The decoded message; valid UTF-8.</param>
/// <param name="Charset">What it was decoded from.</param>
internal sealed record Hl7Text(ReadOnlyMemory<byte> Utf8, Hl7Delimiters Delimiters, Hl7Charset Charset);
