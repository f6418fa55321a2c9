using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>How the text of a message is read. Messages of one sender share one, so that it costs nothing per message.</summary>
/// <param name="Delimiters">What MSH-1 and MSH-2 declare.</param>
/// <param name="Charset">What the bytes were decoded from.</param>
/// <param name="Zone">Of times without offset.</param>
internal sealed record Hl7Dialect(Hl7Delimiters Delimiters, SourceCharset Charset, TimeZoneInfo Zone);
