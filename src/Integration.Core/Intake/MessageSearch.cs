namespace Integration.Core.Intake;

/// <summary>A question to the journal. All parts that are set must hold.</summary>
/// <param name="Feed">Exact feed name.</param>
/// <param name="State">Exact state.</param>
/// <param name="Text">
/// Search box: a message id, a control id, a patient id, a patient identifier with or without its authority, a name or its pinyin initials, a phone or
/// its last four digits, the number of a visit, order, specimen, report or accession. Whole; a name also by its beginning.
/// </param>
/// <param name="From">Received at or after (UTC).</param>
/// <param name="Below">Received before (UTC).</param>
/// <param name="Limit">1 to 500.</param>
/// <param name="After">Token of the previous page.</param>
/// <param name="MessageType">Exact type, e.g. <c>ADT^A01</c>.</param>
/// <param name="Mark">One of <see cref="MessageMarks"/>.</param>
/// <param name="Cause">Exact <see cref="JournaledMessage.Cause"/>.</param>
public sealed record MessageSearch(
    string? Feed = null, MessageState? State = null, string? Text = null, DateTimeOffset? From = null, DateTimeOffset? Below = null,
    int Limit = 50, string? After = null, string? MessageType = null, string? Mark = null, string? Cause = null);

/// <summary>Messages, newest first, without raw bytes.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record MessagePage(IReadOnlyList<JournaledMessage> Messages, string? Next);
