namespace Integration.Core.Security;

/// <summary>Sends by a handler that knows what TLS shows and trusts, and by another one when that was renewed. Safe for many threads.</summary>
/// <param name="current">What is in use now; another object when it was renewed.</param>
/// <param name="create">Makes a handler for it.</param>
internal sealed class TlsHttpHandler(Func<object> current, Func<object, HttpMessageHandler> create) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private (object Of, HttpMessageInvoker Invoker)? _inUse;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Invoker().SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _inUse?.Invoker.Dispose();
                _inUse = null;
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Invoker()
    {
        var now = current();
        lock (_lock)
        {
            if (_inUse is not { } known || !ReferenceEquals(known.Of, now))
            {
                // Not disposed: answers that are still read through it end as they are; its idle connections close by themselves.
                _inUse = known = (now, new HttpMessageInvoker(create(now)));
            }

            return known.Invoker;
        }
    }
}
