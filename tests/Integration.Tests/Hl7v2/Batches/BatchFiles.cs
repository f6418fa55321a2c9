using System.Text;

namespace Integration.Tests.Hl7v2.Batches;

/// <summary>Makes files of messages.</summary>
internal static class BatchFiles
{
    /// <summary>An admission of a patient of its own.</summary>
    /// <param name="controlId">Empty for a message without MSH-10.</param>
    public static string Message(int number, string? controlId = null, string end = "\r") => string.Join(end,
        $"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|{controlId ?? $"C{number}"}|P|2.5.1||||||UNICODE UTF-8",
        $"PID|1||P{number}^^^EAST||欧阳^娜娜", "");

    /// <summary>FHS, BHS, so many messages, BTS, FTS.</summary>
    /// <param name="declared">BTS-1.</param>
    public static string File(int messages, int declared)
    {
        var text = new StringBuilder("FHS|^~\\&|HIS|EAST|HUB|H|20240501|||f|F1\rBHS|^~\\&|HIS|EAST|HUB|H|20240501||||B1\r");
        for (var i = 1; i <= messages; i++)
        {
            text.Append(Message(i));
        }

        return text.Append($"BTS|{declared}\rFTS|1\r").ToString();
    }
}
