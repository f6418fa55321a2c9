namespace Integration.Core.Attachments;

/// <summary>A document or picture that came in a message and is kept beside the record: a document of <c>attachments</c>, its content in parts.</summary>
/// <param name="Id">SHA-256 of the content, 64 hex digits: the same document sent twice is kept once.</param>
/// <param name="Bytes">Length of the content.</param>
/// <param name="ContentType">MIME type as its first bytes or the sender tell, e.g. <c>application/pdf</c>.</param>
/// <param name="MessageId">The message that brought it first.</param>
public sealed record AttachmentDocument(string Id, long Bytes, string ContentType, string MessageId, string Feed, DateTimeOffset Received);
