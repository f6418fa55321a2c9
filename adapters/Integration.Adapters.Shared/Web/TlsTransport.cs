using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Integration.Core.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Web;

/// <summary>Puts TLS under the connections of a web server, with the certificates and checks of every other TLS listener of the engine.</summary>
internal sealed class TlsTransport(TlsIdentity tls, string feed, ILogger logger)
{
    /// <summary>A connection middleware.</summary>
    public async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var plain = connection.Transport;
        SslStream secured;
        try
        {
            secured = await tls.AcceptAsync(new TransportStream(plain), connection.ConnectionClosed);
        }
        catch (Exception e) when (e is AuthenticationException or TimeoutException or IOException or OperationCanceledException)
        {
            WebLog.HandshakeFailed(logger, feed, connection.RemoteEndPoint?.ToString() ?? "unknown", e.Message);
            return;
        }

        await using (secured)
        {
            connection.Transport = new Secured(
                PipeReader.Create(secured, new StreamPipeReaderOptions(leaveOpen: true)),
                PipeWriter.Create(secured, new StreamPipeWriterOptions(leaveOpen: true)));
            try
            {
                await next(connection);
                await secured.ShutdownAsync();
            }
            catch (IOException)
            {
                // The peer is gone without a farewell, which changes nothing: every answer was written or had failed before.
                connection.Abort();
            }
            finally
            {
                connection.Transport = plain;
            }
        }
    }

    private sealed record Secured(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Both directions of a transport as one stream.</summary>
    private sealed class TransportStream(IDuplexPipe transport) : Stream
    {
        private readonly Stream _input = transport.Input.AsStream(leaveOpen: true);
        private readonly Stream _output = transport.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            _input.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _output.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            _output.WriteAsync(buffer, offset, count, cancellationToken);

        public override void Flush() => _output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
